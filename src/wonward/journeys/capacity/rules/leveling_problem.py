"""From plans and people to a levelling problem; every slot is a working day.

A plan as it stands keeps all its ties in the problem: what a tie asks is never more than what the plan keeps today, so that
nothing moves but for lack of people, a date in the past, or what lies before it.
"""

from __future__ import annotations

from datetime import timedelta

from wonward.domains.delivery.queries.leveling import PlanItem, PlanWait
from wonward.domains.staff.rules import lacking
from wonward.engines.leveling import LevelingLink, LevelingProblem, LevelingTask, ObjectiveWeights
from wonward.engines.scheduling import LinkType
from wonward.journeys.capacity.rules.axis import DayAxis
from wonward.journeys.capacity.rules.leveling_world import (
    LevelingModel,
    LevelingWorld,
    Note,
    is_leaf_work,
)
from wonward.journeys.capacity.rules.pools import person_key, pool_key
from wonward.journeys.capacity.rules.staffing import Staffing
from wonward.kernel.work_calendar import WorkCalendar

HORIZON_DAYS = 550
DUE_FACTOR = {"A": 4, "B": 2}
# A day of lateness, times what the promise weighs, against a task moved by a day and a minute asked too much of somebody. A
# promise that breaks at all counts as some days more, so that one is broken by much before several are by a little.
WEIGHTS = ObjectiveWeights(lateness=1000, makespan=0, change=5, overload=1, missed=5)
_PINNING = ("MSO", "MFO")
_MINUTES = 480


def build_model(world: LevelingWorld) -> LevelingModel:
    """The problem of these plans. Work of people who are not planned, or who never work, is dated without them, with a note."""
    return _Builder(world).model()


class _Builder:
    def __init__(self, world: LevelingWorld) -> None:
        self.world = world
        parents = {item.parent_id for item in world.items}
        dated = [item for item in world.items if item.start_date and item.finish_date]
        self.leaves = {item.id: item for item in dated if item.id not in parents}
        self.children: dict[int, list[int]] = {}
        for item in dated:
            if item.parent_id is not None:
                self.children.setdefault(item.parent_id, []).append(item.id)
        starts = [item.start_date for item in dated if item.start_date]
        finishes = [item.finish_date for item in dated if item.finish_date]
        self.axis = DayAxis(
            list(world.calendars.values()) or [world.usual], first=world.first, earliest=min([*starts, world.first]),
            last=max([*finishes, world.first]) + timedelta(days=HORIZON_DAYS),
        )
        self.staffing = Staffing(world, self.axis)
        # Pools count only where work asks for somebody without naming them.
        asked = {key for item in self.leaves.values() if item.assignee_id is None for key, _ in self._pools_of(item)}
        self.pools = self.staffing.pools.with_joint(asked, [key for key, days in world.taken.items() if key.startswith("role:") and days])
        self.calendars, self.calendar_of = self._calendars()
        self.spots = {key: self._spot(item) for key, item in self.leaves.items()}
        self.notes: dict[tuple[str, str, str], int] = {}
        self.used: set[str] = set()
        self.overdue: set[int] = set()
        self.held: set[int] = set()
        self.due: dict[int, tuple[int, int]] = self._dues()

    def model(self) -> LevelingModel:
        tasks = [self._task(item) for item in self.leaves.values()]
        links, moments = self._links()
        sinks, sink_links = self._sinks()
        problem = LevelingProblem(
            (*tasks, *moments, *sinks), (*links, *sink_links), self.staffing.resources(self.used), self.calendars, WEIGHTS
        )
        notes = tuple(Note(code, subject, count, other) for (code, subject, other), count in self.notes.items())
        return LevelingModel(problem, self.axis, notes, frozenset(self.overdue), frozenset(self.held), self.pools)

    def _calendars(self) -> tuple[dict[str, tuple[bool, ...]], dict[int, str]]:
        """Patterns of the calendars that do not work on every day of the axis, and which project has which."""
        patterns: dict[str, tuple[bool, ...]] = {}
        names: dict[WorkCalendar, str] = {}
        of_project: dict[int, str] = {}
        for project_id, calendar in self.world.calendars.items():
            if calendar not in names:
                pattern = tuple(calendar.is_working_day(day) for day in self.axis.future)
                names[calendar] = "" if all(pattern) else f"calendar:{len(names)}"
                if names[calendar]:
                    patterns[names[calendar]] = pattern
            if names[calendar]:
                of_project[project_id] = names[calendar]
        return patterns, of_project

    def _calendar(self, item: PlanItem) -> WorkCalendar:
        return self.world.calendars.get(item.project_id, self.world.usual)

    def _spot(self, item: PlanItem) -> tuple[int, int]:
        """(start, finish) of an item on the axis; a moment at the end of a day lies after that day."""
        assert item.start_date
        assert item.finish_date
        if not is_leaf_work(item):
            spans = self._calendar(item).spans_on(item.start_date)
            at = self.axis.slot(item.start_date)
            if spans and item.start_minute > spans[0][0]:
                at = self.axis.end_slot(item.start_date)
            return at, at
        start = self.axis.slot(item.start_date)
        return start, max(start + 1, self.axis.end_slot(item.finish_date))

    def _worked(self, item: PlanItem, first: int, end: int) -> int:
        calendar = self._calendar(item)
        return sum(1 for slot in range(first, end) if calendar.is_working_day(self.axis.day(slot)))

    def _task(self, item: PlanItem) -> LevelingTask:
        start, finish = self.spots[item.id]
        due, weight = self.due.get(item.id, (None, 1))
        calendar = self.calendar_of.get(item.project_id) if is_leaf_work(item) else None
        key, project = str(item.id), str(item.project_id)
        if item.status != "todo" or item.percent_complete > 0:
            self.held.add(item.id)
            past = min(finish, 0) - start if start < 0 else 0
            left = self._worked(item, max(0, start), finish)
            demands = self._demands(item, left) if item.status != "done" and left else {}
            return LevelingTask(
                key, past + left, project, demands, calendar=calendar, earliest=start, started_at=start, due=due, due_weight=weight,
                published_start=start,
            )
        slots = max(1, self._worked(item, start, finish)) if is_leaf_work(item) else 0
        place = self._first_worked(item, max(0, start)) if slots else max(0, start)
        if start < 0 and slots:
            self.overdue.add(item.id)
        is_pinned = item.id in self.world.pins or item.constraint in _PINNING
        is_frozen = bool(self.world.freeze_until and item.start_date and item.start_date < self.world.freeze_until and slots)
        if is_pinned or is_frozen:
            self.held.add(item.id)
        return LevelingTask(
            key, slots, project, self._demands(item, slots) if slots else {}, calendar=calendar, earliest=place,
            pinned_start=place if is_pinned else None, is_frozen=is_frozen and not is_pinned, due=due, due_weight=weight,
            published_start=place,
        )

    def _first_worked(self, item: PlanItem, slot: int) -> int:
        calendar = self._calendar(item)
        while not calendar.is_working_day(self.axis.day(slot)) and slot < len(self.axis.future):
            slot += 1
        return slot

    def _demands(self, item: PlanItem, slots: int) -> dict[str, int]:
        """Minutes a day of the people or roles a task asks for."""
        left = item.effort_minutes * (100 - item.percent_complete) // 100
        if not left or not slots:
            return {}
        demands: dict[str, int] = {}
        if item.assignee_id is not None:
            self._name_lacking(item, item.assignee_id)
            self._ask(demands, person_key(item.assignee_id), left, slots, item)
            absence = self.staffing.absence_key(item.assignee_id, slots) if demands else None
            if absence is not None:
                demands[absence] = demands[person_key(item.assignee_id)]
                self.used.add(absence)
            self._charge(demands, person_key(item.assignee_id), frozenset([item.assignee_id]))
            return demands
        pools = self._pools_of(item)
        whole = sum(minutes for _, minutes in pools) or 1
        asked: dict[str, int] = {}
        for key, minutes in pools:
            self._ask(asked, key, left * minutes // whole, slots, item)
        for key, minutes in asked.items():
            demands[key] = demands.get(key, 0) + minutes
        for key, minutes in asked.items():
            self._charge(demands, key, self.staffing.pools.of(key), minutes)
        return demands

    def _charge(self, demands: dict[str, int], key: str, people: frozenset[int], minutes: int = 0) -> None:
        """What is asked of a pool or a person is asked of every wider pool as well."""
        minutes = minutes or demands.get(key, 0)
        for pool, members in self.pools.items():
            if minutes and pool != key and people <= members:
                demands[pool] = demands.get(pool, 0) + minutes
                self.used.add(pool)

    def _pools_of(self, item: PlanItem) -> list[tuple[str, int]]:
        """The pools a task asks that names nobody, with the minutes of each.

        Where roles share a task, whoever gives the largest part must have its skills, or the next who can.
        """
        shares = self.world.shares.get(item.id) or [(item.role_id or 0, item.effort_minutes)]
        skills = self.world.skills.get(item.id, ())
        able = pool_key(shares[0][0], skills)
        if skills:
            largest = sorted(shares, key=lambda share: -share[1])
            able = next((key for role, _ in largest if self.staffing.pools.of(key := pool_key(role, skills))), pool_key(largest[0][0], skills))
        found = []
        for role, minutes in shares:
            key = able if skills and pool_key(role, skills) == able else pool_key(role)
            if key:
                found.append((key, minutes))
        return found

    def _ask(self, demands: dict[str, int], key: str, minutes: int, slots: int, item: PlanItem) -> None:
        usual = self.staffing.usual(key)
        if not minutes:
            return
        if not usual:
            if key.startswith("able:"):
                self._note("nobody_able", f"task:{item.id}", other=key)
            else:
                self._note("nobody", key)
            return
        a_day = -(-minutes // slots)
        if a_day > usual:
            self._note("too_much", f"task:{item.id}", a_day - usual)
        demands[key] = demands.get(key, 0) + min(a_day, usual)
        self.used.add(key)

    def _name_lacking(self, item: PlanItem, person_id: int) -> None:
        """Somebody is on a task who does not have what it asks for: it is dated with them, and said."""
        short = lacking(self.world.skills.get(item.id, ()), self.world.levels.get(person_id, {}))
        if short:
            self._note("lacks", f"task:{item.id}", person_id, pool_key(None, short))

    def _note(self, code: str, subject: str, count: int = 1, other: str = "") -> None:
        self.notes[code, subject, other] = self.notes.get((code, subject, other), 0) + count

    def _dues(self) -> dict[int, tuple[int, int]]:
        """The earliest slot by which each task is due, and the weight of its heaviest promise there."""
        due: dict[int, tuple[int, int]] = {}
        deadlines = [(item.id, item.deadline_date, 1) for item in self.leaves.values() if item.deadline_date]
        for task_id, day, weight in [*self.world.dues, *deadlines]:
            for leaf in self._leaves_of(task_id):
                slot, heavy = self.axis.end_slot(day), weight * self.world.tiers.get(leaf.project_id, 1)
                known = due.get(leaf.id)
                due[leaf.id] = (min(slot, known[0]), max(heavy, known[1])) if known else (slot, heavy)
        return due

    def _leaves_of(self, task_id: int) -> list[PlanItem]:
        found, waiting = [], [task_id]
        while waiting:
            key = waiting.pop()
            if key in self.leaves:
                found.append(self.leaves[key])
            waiting.extend(self.children.get(key, ()))
        return found

    def _links(self) -> tuple[list[LevelingLink], list[LevelingTask]]:
        """Ties between leaves; a phase at either end stands for what lies in it, through a moment of its own."""
        links: dict[tuple[str, str, LinkType], LevelingLink] = {}
        moments: dict[str, LevelingTask] = {}
        spots: dict[str, tuple[int, int]] = {str(key): spot for key, spot in self.spots.items()}
        for wait in self.world.waits:
            ends = self._end(wait.from_id, wait, moments, links, spots, is_from=True), self._end(
                wait.to_id, wait, moments, links, spots, is_from=False
            )
            if ends[0] is None or ends[1] is None:
                continue
            kind = LinkType(wait.type)
            links[ends[0], ends[1], kind] = LevelingLink(ends[0], ends[1], kind, self._lag(wait, kind, spots[ends[0]], spots[ends[1]]))
        return list(links.values()), list(moments.values())

    def _end(
        self, task_id: int, wait: PlanWait, moments: dict[str, LevelingTask], links: dict[tuple[str, str, LinkType], LevelingLink],
        spots: dict[str, tuple[int, int]], *, is_from: bool,
    ) -> str | None:
        """The task of the problem at one end of a tie; None for what a phase cannot say (the start of one, as a cause)."""
        if task_id in self.leaves:
            return str(task_id)
        inside = self._leaves_of(task_id)
        if not inside or (is_from and wait.type[0] == "S") or (not is_from and wait.type[1] == "F"):
            return None
        key = f"{'end' if is_from else 'begin'}:{task_id}"
        if key not in moments:
            at = max(self.spots[leaf.id][1] for leaf in inside) if is_from else min(self.spots[leaf.id][0] for leaf in inside)
            moments[key] = LevelingTask(key, 0, str(inside[0].project_id))
            spots[key] = (at, at)
            for leaf in inside:
                pair = (str(leaf.id), key) if is_from else (key, str(leaf.id))
                links[pair[0], pair[1], LinkType.FS] = LevelingLink(*pair)
        return key

    def _lag(self, wait: PlanWait, kind: LinkType, cause: tuple[int, int], effect: tuple[int, int]) -> int:
        """The lag in slots, never more than the plan keeps today."""
        days = wait.lag_minutes / (_MINUTES if wait.lag_unit == "working" else 1440 * 7 / self.staffing.days_a_week)
        asked = -int(-days // 1) if days > 0 else int(days // 1)
        begin = cause[1] if kind in (LinkType.FS, LinkType.FF) else cause[0]
        end = effect[1] if kind in (LinkType.FF, LinkType.SF) else effect[0]
        return min(asked, end - begin)

    def _sinks(self) -> tuple[list[LevelingTask], list[LevelingLink]]:
        """For each project with a promised finish a moment that waits for all of it."""
        sinks: list[LevelingTask] = []
        links: list[LevelingLink] = []
        for project_id, (day, weight) in self.world.promised.items():
            inside = [item for item in self.leaves.values() if item.project_id == project_id]
            if not inside:
                continue
            key = f"finish:{project_id}"
            heavy = weight * self.world.tiers.get(project_id, 1)
            sinks.append(LevelingTask(key, 0, str(project_id), due=self.axis.end_slot(day), due_weight=heavy))
            links.extend(LevelingLink(str(item.id), key) for item in inside)
        return sinks, links
