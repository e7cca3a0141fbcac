"""An independent judge of schedules: it recomputes nothing, it tries to find a better or a broken date.

A start is right if every link and date holds and one working minute earlier would break one. A late finish is
right if all successors' late dates survive it and one working minute later would cost one. No code is shared
with the scheduler, only the words of ``types``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wonward.engines.scheduling.slow_clock import SlowClock
from wonward.engines.scheduling.types import (
    ConstraintType,
    Key,
    LagUnit,
    LinkType,
    PlanLink,
    PlanProblem,
    PlanSchedule,
    PlanTask,
    TaskTiming,
)

FROM_START = (LinkType.SS, LinkType.SF)
TO_START = (LinkType.FS, LinkType.SS)
EARLIEST_DATES = (ConstraintType.SNET, ConstraintType.FNET)


@dataclass(frozen=True, slots=True)
class Bar:
    """Where a task lies, or would lie."""

    start: datetime
    finish: datetime


def verify_schedule(problem: PlanProblem, schedule: PlanSchedule) -> list[str]:
    """Everything wrong with a schedule, as sentences naming the task; an empty list if nothing is."""
    missing = [task.key for task in problem.tasks if task.key not in schedule.timings]
    if missing:
        return [f"{key}: has no dates" for key in missing]
    return list(_Judge(problem, schedule).complaints())


class _Judge:
    def __init__(self, problem: PlanProblem, schedule: PlanSchedule) -> None:
        self.problem = problem
        self.schedule = schedule
        self.timings = schedule.timings
        self.tasks = {task.key: task for task in problem.tasks}
        self.parents = {task.parent for task in problem.tasks if task.parent is not None}
        origin = problem.start_at.date()
        clocks = {name: SlowClock(calendar, origin) for name, calendar in problem.calendars.items()}
        own = SlowClock(problem.calendar, origin)
        self.clocks = {
            task.key: own if task.calendar is None else clocks[task.calendar] for task in problem.tasks
        }
        self.into: dict[Key, list[PlanLink]] = {key: [] for key in self.tasks}
        self.out_of: dict[Key, list[PlanLink]] = {key: [] for key in self.tasks}
        for link in self._leaf_links():
            self.into[link.to_key].append(link)
            self.out_of[link.from_key].append(link)

    def complaints(self) -> Iterator[str]:
        for task in self.problem.tasks:
            check = self._judge_summary if task.key in self.parents else self._judge_leaf
            for words in check(task, self.timings[task.key]):
                yield f"{task.key}: {words}"
        last = max((timing.finish_at for timing in self.timings.values()), default=self.problem.start_at)
        if last != self.schedule.finish_at:
            yield f"the plan finishes at {last}, not at {self.schedule.finish_at}"

    def _leaves(self, key: Key) -> list[Key]:
        if key not in self.parents:
            return [key]
        return [leaf for task in self.problem.tasks if task.parent == key for leaf in self._leaves(task.key)]

    def _leaf_links(self) -> Iterator[PlanLink]:
        places = {key: place for place, key in enumerate(self.tasks)}
        for link in self.problem.links:
            sources = self._leaves(link.from_key)
            if link.type in FROM_START:
                sources = [min(sources, key=lambda key: (self.timings[key].start_at, places[key]))]
            for source in sources:
                for target in self._leaves(link.to_key):
                    yield replace(link, from_key=source, to_key=target)

    def _judge_summary(self, task: PlanTask, timing: TaskTiming) -> Iterator[str]:
        below = [self.timings[key] for key in self._leaves(task.key)]
        if timing.start_at != min(child.start_at for child in below):
            yield "a summary starts with its first task"
        if timing.finish_at != max(child.finish_at for child in below):
            yield "a summary finishes with its last task"
        if timing.late_finish_at != max(child.late_finish_at for child in below):
            yield "a summary may finish as late as its last task"
        if timing.is_critical != any(child.is_critical for child in below):
            yield "a summary is critical if one of its tasks is"

    def _judge_leaf(self, task: PlanTask, timing: TaskTiming) -> Iterator[str]:
        if timing.finish_at < timing.start_at:
            yield "finishes before it starts"
        if _is_started(task):
            yield from self._judge_started(task, timing)
        elif task.is_manual and task.manual_start_at is not None:
            yield from self._judge_manual(task, timing)
        else:
            yield from self._judge_length(task, timing)
            yield from self._judge_start(task, timing)
        if not _is_complete(task):
            yield from self._judge_late(task, timing)
            yield from self._judge_free_float(task, timing)
        total = self.clocks[task.key].between(timing.finish_at, timing.late_finish_at)
        if total != timing.total_float_minutes:
            yield f"its total float is {total} minutes, not {timing.total_float_minutes}"
        if timing.is_critical != (timing.total_float_minutes <= 0 and not _is_complete(task)):
            yield "is critical without total float, and only then"

    def _judge_started(self, task: PlanTask, timing: TaskTiming) -> Iterator[str]:
        if task.actual_finish_at is not None:
            if timing.finish_at != _minute(task.actual_finish_at):
                yield "finished when it did"
            return
        if task.actual_start_at is not None and timing.start_at != _minute(task.actual_start_at):
            yield "started when it did"
        if not task.duration_minutes:
            return
        clock, needed, left = self.clocks[task.key], task.duration_minutes, _minutes_left(task)
        if left and self.problem.status_at is not None:
            needed = max(needed, clock.between(timing.start_at, self.problem.status_at) + left)
        if left and task.constraint is ConstraintType.FNET and task.constraint_at is not None:
            needed = max(needed, clock.between(timing.start_at, task.constraint_at))
        if timing.finish_at != clock.finish_after(timing.start_at, needed):
            yield f"needs {needed} working minutes from its start"

    def _judge_manual(self, task: PlanTask, timing: TaskTiming) -> Iterator[str]:
        assert task.manual_start_at is not None
        if timing.start_at != _minute(task.manual_start_at):
            yield "stays where it was put"
        if task.manual_finish_at is not None:
            if timing.finish_at != _minute(task.manual_finish_at):
                yield "finishes where it was put"
        elif self.clocks[task.key].between(timing.start_at, timing.finish_at) != task.duration_minutes:
            yield "does not last as long as it should"

    def _judge_length(self, task: PlanTask, timing: TaskTiming) -> Iterator[str]:
        clock = self.clocks[task.key]
        if not task.duration_minutes:
            if timing.start_at != timing.finish_at:
                yield "a milestone takes no time"
            elif not (clock.is_start(timing.start_at) or clock.is_finish(timing.start_at)):
                yield "a milestone lies in working time"
            return
        if not clock.is_start(timing.start_at) or not clock.is_finish(timing.finish_at):
            yield "starts or finishes outside working time"
        if clock.between(timing.start_at, timing.finish_at) != task.duration_minutes:
            yield f"lasts {clock.between(timing.start_at, timing.finish_at)} working minutes"

    def _judge_start(self, task: PlanTask, timing: TaskTiming) -> Iterator[str]:
        clock, bar = self.clocks[task.key], Bar(timing.start_at, timing.finish_at)
        at = task.constraint_at
        start_gap = clock.between(at, bar.start) if at is not None else 0
        finish_gap = clock.between(at, bar.finish) if at is not None else 0
        kind = task.constraint
        if kind is ConstraintType.MSO or kind is ConstraintType.MFO:
            if start_gap if kind is ConstraintType.MSO else finish_gap:
                yield f"must be where its date says: {kind} {at}"
            return
        cap_gap = start_gap if kind is ConstraintType.SNLT else finish_gap
        is_capped = kind in (ConstraintType.SNLT, ConstraintType.FNLT) and at is not None
        if is_capped and cap_gap > 0:
            yield f"is later than its date allows: {kind} {at}"
        broken = self._broken(task, bar)
        if broken and not (is_capped and cap_gap == 0):
            yield broken
        is_held = kind is ConstraintType.ALAP and bar.start == timing.late_start_at
        if not broken and not is_held and not self._broken(task, self._moved(task.key, bar, -1)):
            yield "could start earlier"

    def _broken(self, task: PlanTask, bar: Bar) -> str:
        """What forbids a task to lie where ``bar`` is, in words; empty if nothing does."""
        clock = self.clocks[task.key]
        if clock.between(self.problem.start_at, bar.start) < 0 and not self._has_own_earliest(task):
            return "starts before the plan does"
        for floor, reaches in self._floors(task):
            if clock.between(floor, bar.start if reaches == "start" else bar.finish) < 0:
                return f"{reaches}s before {floor}"
        for link in self.into[task.key]:
            source = self.timings[link.from_key]
            if not self._holds(link, Bar(source.start_at, source.finish_at), bar):
                return f"breaks its {link.type} link from {link.from_key}"
        return ""

    def _has_own_earliest(self, task: PlanTask) -> bool:
        return task.constraint in EARLIEST_DATES and task.constraint_at is not None

    def _floors(self, task: PlanTask) -> Iterator[tuple[datetime, str]]:
        if self._has_own_earliest(task) and task.constraint_at is not None:
            yield task.constraint_at, "start" if task.constraint is ConstraintType.SNET else "finish"
        if self.problem.status_at is not None:
            yield self.problem.status_at, "start"
        for above in self._above(task):
            if above.constraint in (ConstraintType.SNET, ConstraintType.MSO) and above.constraint_at:
                yield max(above.constraint_at, self.problem.start_at), "start"

    def _above(self, task: PlanTask) -> Iterator[PlanTask]:
        while task.parent is not None:
            task = self.tasks[task.parent]
            yield task

    def _holds(self, link: PlanLink, source: Bar, target: Bar, is_strict: bool = True) -> bool:
        """Whether a link is kept; strictly, a milestone on Friday evening is before Monday morning."""
        clock, lag = self.clocks[link.to_key], link.lag_minutes
        begin = source.start if link.type in FROM_START else source.finish
        end = target.start if link.type in TO_START else target.finish
        is_instant = is_strict and target.start == target.finish
        if link.lag_unit is LagUnit.ELAPSED:
            begin, lag = begin + timedelta(minutes=lag), 0
        if is_instant and lag <= 0:
            return (clock.start_after(begin, lag) if lag else begin) <= end
        return clock.between(begin, end) >= lag

    def _moved(self, key: Key, bar: Bar, minutes: int) -> Bar:
        """The bar shifted by working minutes of its calendar, ends on the sides work starts and stops."""
        clock = self.clocks[key]
        finish = clock.finish_after(bar.finish, minutes)
        return Bar(finish if bar.start == bar.finish else clock.start_after(bar.start, minutes), finish)

    def _judge_late(self, task: PlanTask, timing: TaskTiming) -> Iterator[str]:
        clock, at = self.clocks[task.key], task.constraint_at
        length = _length(task, timing, clock)
        late = self._late_bar(task.key)
        if _is_started(task):
            if timing.late_start_at != timing.start_at:
                yield "started when it did, late or not"
        elif clock.between(timing.late_start_at, timing.late_finish_at) != length:
            yield "its late dates are not its length apart"
        if timing.late_finish_at != timing.finish_at and not clock.is_finish(timing.late_finish_at):
            yield "its late finish lies outside working time"
        caps = [above.deadline_at for above in (task, *self._above(task)) if above.deadline_at is not None]
        for above in self._above(task):
            if above.constraint in (ConstraintType.FNLT, ConstraintType.MFO) and above.constraint_at:
                caps.append(above.constraint_at)
        pinned: datetime | None = None
        if at is not None and task.constraint is ConstraintType.MSO:
            pinned = clock.finish_after(at, task.duration_minutes)
        elif at is not None and task.constraint is ConstraintType.MFO:
            pinned = at
        elif at is not None and task.constraint is ConstraintType.SNLT:
            caps.append(clock.finish_after(at, task.duration_minutes))
        elif at is not None and task.constraint is ConstraintType.FNLT:
            caps.append(at)

        def fits(bar: Bar, is_strict: bool) -> bool:
            if any(clock.between(bar.finish, cap) < 0 for cap in caps):
                return False
            if pinned is not None:
                return clock.between(bar.finish, pinned) >= 0
            if clock.between(bar.finish, self.schedule.finish_at) < 0:
                return False
            return self._leaves_alone(task, bar, self._late_bar, is_strict)

        if not fits(late, False):
            yield f"its late finish {late.finish} is too late"
        if fits(self._moved(task.key, late, 1), True):
            yield f"its late finish {late.finish} could be later"

    def _late_bar(self, key: Key) -> Bar:
        timing, clock = self.timings[key], self.clocks[key]
        length = _length(self.tasks[key], timing, clock)
        finish = clock.finish_after(timing.late_finish_at, 0)
        return Bar(clock.start_after(finish, -length) if length else finish, finish)

    def _early_bar(self, key: Key) -> Bar:
        return Bar(self.timings[key].start_at, self.timings[key].finish_at)

    def _leaves_alone(
        self, task: PlanTask, bar: Bar, place_of: Callable[[Key], Bar], is_strict: bool = True
    ) -> bool:
        """Whether the open successors, lying where ``place_of`` says, can bear the task lying at ``bar``."""
        return all(
            self._holds(link, bar, place_of(link.to_key), is_strict) for link in self._open_links(task)
        )

    def _open_links(self, task: PlanTask) -> Iterator[PlanLink]:
        for link in self.out_of[task.key]:
            follower = self.tasks[link.to_key]
            if _is_complete(follower) or (link.type is LinkType.SS and _is_started(follower)):
                continue
            if not (link.type in FROM_START and _is_started(task)):
                yield link

    def _judge_free_float(self, task: PlanTask, timing: TaskTiming) -> Iterator[str]:
        free, bar = timing.free_float_minutes, Bar(timing.start_at, timing.finish_at)
        if not any(self._open_links(task)):
            if free != max(0, timing.total_float_minutes):
                yield "nobody waits for it, so its free float is its total float"
            return

        def fits(minutes: int) -> bool:
            moved = self._moved(task.key, bar, minutes)
            if self.clocks[task.key].between(moved.finish, self.schedule.finish_at) < 0:
                return False
            return self._leaves_alone(task, moved, self._early_bar)

        if free < 0 or (free > 0 and not fits(free)):
            yield f"moves a successor within its free float of {free} minutes"
        if fits(free + 1):
            yield f"has more free float than {free} minutes"


def _is_started(task: PlanTask) -> bool:
    return bool(task.percent_complete or task.actual_start_at or task.actual_finish_at)


def _is_complete(task: PlanTask) -> bool:
    return task.actual_finish_at is not None or task.percent_complete >= 100


def _minutes_left(task: PlanTask) -> int:
    return max(0, task.duration_minutes - int(task.duration_minutes * task.percent_complete / 100 + 0.5))


def _length(task: PlanTask, timing: TaskTiming, clock: SlowClock) -> int:
    if _is_started(task):
        return _minutes_left(task)
    return clock.between(timing.start_at, timing.finish_at)


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
