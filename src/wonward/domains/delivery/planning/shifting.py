"""What else moves with a task: only what must, everything behind it by as much, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from wonward.domains.delivery.models import Task
from wonward.domains.delivery.planning.applied import AppliedEdits, set_columns
from wonward.domains.delivery.planning.network import Network, solve
from wonward.domains.delivery.types import SHIFT_RULES
from wonward.engines.scheduling import PlanSchedule
from wonward.kernel.errors import Refused
from wonward.kernel.wording import joined, worded
from wonward.kernel.work_calendar import WorkCalendar

Spots = Mapping[int, tuple[date | None, date | None]]


def shift_others(network: Network, before: Spots, result: AppliedEdits, rule: str) -> tuple[PlanSchedule, dict[int, int]]:
    """Date the edited network by a rule of SHIFT_RULES; the schedule, and which task keeps its distance to which.

    "use_gap" moves what the dependencies move; "keep_gap" moves everything behind an edited task by as many working days;
    "none" holds all others where they are, and refuses naming the first that cannot stay.
    """
    if rule not in SHIFT_RULES:
        raise Refused.field("rule", worded("“{rule}” is not a rule; choose {shift_rules}.", rule=rule, shift_rules=", ".join(SHIFT_RULES)), "unknown")
    schedule = solve(network)
    if rule == "use_gap" or not result.edited:
        return schedule, {}
    if rule == "none":
        return _hold_others(network, before, result, schedule), {}
    kept = _keep_distances(network, before, result, schedule)
    return (solve(network) if kept else schedule), kept


def _hold_others(network: Network, before: Spots, result: AppliedEdits, schedule: PlanSchedule) -> PlanSchedule:
    others = [task for task in _leaves(network) if task.pk not in result.edited and before.get(task.pk, (None, None))[0]]
    pulled = [task for task in others if schedule.timings[task.pk].start_at.date() < _start_of(before, task)]
    for task in pulled:
        set_columns(task, {"constraint": "SNET", "constraint_date": _start_of(before, task)}, result)
    if pulled:
        schedule = solve(network)
    names = network.names()
    for task in others:
        timing = schedule.timings[task.pk]
        if timing.start_at.date() > _start_of(before, task):
            driver = names.get(timing.driver, "")
            held = (
                worded("“{name}” waits for {driver} and cannot stay on {before}.", name=task.name, driver=driver, before=_start_of(before, task)) if driver
                else worded("“{name}” cannot stay on {before}.", name=task.name, before=_start_of(before, task))
            )
            raise Refused.field("rule", joined([held, worded("Let the tasks behind move too, or take the dependency out first.")]), "held")
    return schedule


def _keep_distances(network: Network, before: Spots, result: AppliedEdits, schedule: PlanSchedule) -> dict[int, int]:
    """Hold everything behind the edited tasks as far from them as it was; which task keeps its distance to which."""
    graph = _Graph.of(network, before, schedule)
    by_id = {task.pk: task for task in network.tasks}
    shifts: dict[int, tuple[int, int]] = {}
    for source in sorted(key for key in result.edited if key in by_id):
        days = _moved_days(network.calendar, before.get(source), schedule, source)
        if not days:
            continue
        for key in graph.behind(source):
            if key not in result.edited and abs(days) > abs(shifts.get(key, (0, 0))[0]):
                shifts[key] = (days, source)
    kept = {}
    for key, (days, source) in shifts.items():
        task, was = by_id[key], before.get(key, (None, None))[0]
        if was is None or task.status != "todo" or task.is_manual:
            continue
        target = days_on(network.calendar, was, days)
        is_held = task.constraint_date is not None and network.calendar.next_working_day(task.constraint_date) >= was
        if is_held or (days > 0 and schedule.timings[key].start_at.date() < target):
            set_columns(task, {"constraint": "SNET", "constraint_date": target}, result)
            kept[key] = source
    return kept


def _moved_days(calendar: WorkCalendar, was: tuple[date | None, date | None] | None, schedule: PlanSchedule, key: int) -> int:
    """By how many working days a task ends later than before, or starts later when its end stayed; negative for earlier."""
    if was is None or was[0] is None or was[1] is None:
        return 0
    timing = schedule.timings[key]
    return days_between(calendar, was[1], timing.finish_at.date()) or days_between(calendar, was[0], timing.start_at.date())


def days_between(calendar: WorkCalendar, first: date, last: date) -> int:
    if last < first:
        return -days_between(calendar, last, first)
    return max(0, calendar.working_days_between(first, last) - 1)


def days_on(calendar: WorkCalendar, day: date, days: int) -> date:
    return calendar.add_working_days(day, days)


def _start_of(before: Spots, task: Task) -> date:
    start = before[task.pk][0]
    assert start is not None
    return start


def _leaves(network: Network) -> list[Task]:
    parents = {task.parent_id for task in network.tasks}
    return [task for task in network.tasks if task.pk not in parents]


@dataclass(slots=True)
class _Graph:
    """What waits for what; a phase passes a wait on to all inside it, and counts as waited for when its own end moved."""

    waiters: dict[int, list[int]]
    children: dict[int, list[int]]
    parents: dict[int, int | None]
    moved_phases: set[int]

    @classmethod
    def of(cls, network: Network, before: Spots, schedule: PlanSchedule) -> _Graph:
        waiters: dict[int, list[int]] = {}
        for link in network.links:
            waiters.setdefault(link.predecessor_id, []).append(link.successor_id)
        children: dict[int, list[int]] = {}
        for task in network.tasks:
            if task.parent_id is not None:
                children.setdefault(task.parent_id, []).append(task.pk)
        moved = {key for key in children if before.get(key, (None, None))[1] != schedule.timings[key].finish_at.date()}
        return cls(waiters, children, {task.pk: task.parent_id for task in network.tasks}, moved)

    def behind(self, source: int) -> set[int]:
        """Every task that waits for this one, directly or through others; phases stand for what lies in them."""
        found: set[int] = set()
        waiting = [source]
        while waiting:
            key = waiting.pop()
            for gate in (key, *self._around(key)):
                for waiter in self.waiters.get(gate, ()):
                    for leaf in self._inside(waiter):
                        if leaf not in found and leaf != source:
                            found.add(leaf)
                            waiting.append(leaf)
        return found

    def _around(self, key: int) -> Iterable[int]:
        parent = self.parents.get(key)
        while parent is not None:
            if parent in self.moved_phases:
                yield parent
            parent = self.parents.get(parent)

    def _inside(self, key: int) -> Iterable[int]:
        waiting = [key]
        while waiting:
            one = waiting.pop()
            if inside := self.children.get(one):
                waiting.extend(inside)
            else:
                yield one
