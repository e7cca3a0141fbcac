"""A plan problem turned into integers, once, before the passes run over it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from operator import attrgetter

from wonward.engines.scheduling.axis import (
    FIRST_DAY,
    LAST_DAY,
    AxisTables,
    CalendarAxis,
    Window,
    compile_calendar,
)
from wonward.engines.scheduling.errors import (
    AbsurdValue,
    DuplicateTask,
    LinkWithinSummary,
    MissingDate,
    NegativeDuration,
    SelfLink,
    UnknownCalendar,
    UnknownTask,
)
from wonward.engines.scheduling.hierarchy import Hierarchy, build_hierarchy
from wonward.engines.scheduling.ordering import order_nodes
from wonward.engines.scheduling.types import (
    ConstraintType,
    Key,
    LagUnit,
    LinkType,
    PlanLink,
    PlanProblem,
    PlanTask,
)
from wonward.kernel.wording import worded

PLAIN, MILESTONE, SPECIAL, SUMMARY, FINISH_HUB, START_HUB = range(6)
FROM_START, TO_FINISH = 1, 2
FS, SS, FF, SF = 0, FROM_START, TO_FINISH, TO_FINISH | FROM_START
STARTS_WITHIN = 4 | FROM_START
LONGEST_MINUTES = 100 * 366 * 1440
WINDOW_MARGIN_DAYS = 400
WINDOW_STEP_DAYS = 364

GeneralLink = tuple[int, int, int, bool]

_dates = attrgetter(
    "constraint_at",
    "deadline_at",
    "actual_start_at",
    "actual_finish_at",
    "manual_start_at",
    "manual_finish_at",
)
_FINISH_TO_START, _START_TO_START = LinkType.FS, LinkType.SS
_FINISH_TO_FINISH, _START_TO_FINISH = LinkType.FF, LinkType.SF
_WORKING = LagUnit.WORKING
_ASAP = ConstraintType.ASAP
_DATELESS = (ConstraintType.ASAP, ConstraintType.ALAP)


class Network:
    """Nodes are the tasks in the problem's order, then hubs.

    A hub stands for the finish (or the start) of a summary others wait for: its leaves feed it, it feeds
    them. ``successors[i]`` are the nodes behind a finish-to-start link without lag; ``general[i]`` the other
    links out of i as ``(node, code, lag_minutes, is_elapsed)``. ``anchors`` replaces the project start as the
    earliest start of a leaf, ``caps`` limits its late finish; both are instants.
    """

    __slots__ = (
        "_hubs",
        "anchors",
        "axes",
        "caps",
        "complete",
        "detailed",
        "durations",
        "general",
        "hierarchy",
        "hub_leaves",
        "incoming",
        "keys",
        "kinds",
        "node_keys",
        "order",
        "position_of",
        "problem",
        "start",
        "started",
        "status",
        "successors",
        "tables",
        "task_count",
        "tasks",
        "turns",
        "window",
    )

    def __init__(self, problem: PlanProblem, window: Window | None = None) -> None:
        tasks = list(problem.tasks)
        self.problem = problem
        self.tasks = tasks
        self.task_count = len(tasks)
        self.keys: list[Key] = [task.key for task in tasks]
        self.position_of = dict(zip(self.keys, range(len(tasks)), strict=True))
        if len(self.position_of) < len(tasks):
            raise DuplicateTask(f"task {_first_repeated(self.keys)!r} is there twice")
        self.durations = [task.duration_minutes for task in tasks]
        _check_durations(tasks, self.durations)
        self.hierarchy: Hierarchy = build_hierarchy(
            self.keys, [task.parent for task in tasks], self.position_of
        )
        self.detailed = detailed = [
            place for place, task in enumerate(tasks)
            if task.percent_complete or task.is_manual or task.deadline_at is not None or task.actual_start_at is not None
            or task.actual_finish_at is not None or (task.constraint is not _ASAP and task.constraint != _ASAP)
        ]
        for place in detailed:
            _check_details(tasks[place])
        _check_date(problem.start_at)
        if problem.status_at is not None:
            _check_date(problem.status_at)
        fitting = _fitting_window(problem, [tasks[place] for place in detailed])
        self.window = window if window is not None and window.holds(fitting) else fitting
        self.start = self.window.instant(problem.start_at)
        self.status = None if problem.status_at is None else self.window.instant(problem.status_at)
        self._assign_calendars()
        self._sort_kinds()
        self._hand_down_limits()
        self._connect()
        self.incoming: list[list[int]] | None = None
        self.turns: list[int] | None = None

    def is_same_frame(self, other: Network) -> bool:
        """Whether both measure time alike: window, project start, status date, calendars."""
        return (
            self.window == other.window
            and self.start == other.start
            and self.status == other.status
            and self.problem.calendar == other.problem.calendar
            and dict(self.problem.calendars) == dict(other.problem.calendars)
        )

    def followers(self, node: int) -> Iterator[int]:
        """Every node that waits for this one, once per link."""
        yield from self.successors[node]
        for link in self.general[node]:
            yield link[0]

    def sources(self) -> list[list[int]]:
        """Per node what it waits for, once per link; found when first asked for."""
        if self.incoming is None:
            self.incoming = [[] for _ in self.kinds]
            for node in range(len(self.kinds)):
                for follower in self.followers(node):
                    self.incoming[follower].append(node)
        return self.incoming

    def turn_of(self, node: int) -> int:
        """When a node has its turn in the order; found when first asked for."""
        if isinstance(self.order, range):
            return node
        if self.turns is None:
            self.turns = [0] * len(self.kinds)
            for turn, one in enumerate(self.order):
                self.turns[one] = turn
        return self.turns[node]

    def _assign_calendars(self) -> None:
        problem, window = self.problem, self.window
        axis_of: dict[str | None, CalendarAxis] = {None: compile_calendar(problem.calendar, window)}
        names = [task.calendar for task in self.tasks]
        for name in set(names):
            if name is None:
                continue
            if name not in problem.calendars:
                raise UnknownCalendar(f"there is no calendar {name!r}")
            axis_of[name] = compile_calendar(problem.calendars[name], window)
        self.axes: list[CalendarAxis] = list(map(axis_of.__getitem__, names))
        tables_of = {name: axis.tables for name, axis in axis_of.items()}
        self.tables: list[AxisTables] = list(map(tables_of.__getitem__, names))

    def _sort_kinds(self) -> None:
        self.kinds = bytearray(self.task_count)
        self.started: set[int] = set()
        self.complete: set[int] = set()
        for place, duration in enumerate(self.durations):
            if not duration:
                self.kinds[place] = MILESTONE
        for place in self.detailed:
            self.kinds[place] = SPECIAL
            if place not in self.hierarchy.leaves:
                self._note_progress(place)
        for place in self.hierarchy.leaves:
            self.kinds[place] = SUMMARY

    def _note_progress(self, place: int) -> None:
        task = self.tasks[place]
        if task.actual_finish_at is not None or task.percent_complete >= 100:
            self.complete.add(place)
        if task.percent_complete or task.actual_start_at or task.actual_finish_at:
            self.started.add(place)

    def _hand_down_limits(self) -> None:
        """Own and inherited dates; of a summary, starts bind its leaves forward and finishes backward."""
        self.anchors: dict[int, int] = {}
        self.caps: dict[int, int] = {}
        for place in self.detailed:
            if place not in self.hierarchy.leaves:
                self._note_leaf_limits(place)
        for place in self.detailed:
            if place in self.hierarchy.leaves:
                self._note_summary_limits(place)

    def _note_leaf_limits(self, place: int) -> None:
        task, axis = self.tasks[place], self.axes[place]
        if task.deadline_at is not None:
            self.caps[place] = self.window.instant(task.deadline_at)
        if task.constraint_at is None:
            return
        at = self.window.instant(task.constraint_at)
        if task.constraint == ConstraintType.SNET:
            self.anchors[place] = at
        elif task.constraint == ConstraintType.FNET:
            self.anchors[place] = start_for_finish(axis, at, self.durations[place])

    def _note_summary_limits(self, place: int) -> None:
        task = self.tasks[place]
        limits = [] if task.deadline_at is None else [self.window.instant(task.deadline_at)]
        floor = self.start
        if task.constraint_at is not None:
            at = self.window.instant(task.constraint_at)
            if task.constraint in (ConstraintType.SNET, ConstraintType.MSO):
                floor = at
            elif task.constraint in (ConstraintType.FNLT, ConstraintType.MFO):
                limits.append(at)
        for leaf in self.hierarchy.leaves[place]:
            if floor > self.anchors.get(leaf, self.start):
                self.anchors[leaf] = floor
            for limit in limits:
                self.caps[leaf] = min(limit, self.caps.get(leaf, limit))
                self.kinds[leaf] = SPECIAL

    def _connect(self) -> None:
        none: list[GeneralLink] = []
        nobody: list[int] = []
        self.successors: list[list[int]] = [nobody] * self.task_count
        self.general: list[list[GeneralLink]] = [none] * self.task_count
        self.hub_leaves: dict[int, list[int]] = {}
        self._hubs: dict[tuple[int, int], int] = {}
        self.node_keys: list[Key] = list(self.keys) if self.hierarchy.leaves else self.keys
        is_ordered = self._connect_links()
        if is_ordered and not self.hub_leaves:
            self.order: Sequence[int] = range(self.task_count)
        else:
            after = [
                [*plain, *(link[0] for link in others)] if others else plain
                for plain, others in zip(self.successors, self.general, strict=True)
            ]
            self.order = order_nodes(after, self.node_keys)

    def _connect_links(self) -> bool:
        """Join what is linked, without a call for the links most plans are made of; whether every task comes after what it waits for."""
        position_of, successors, general, leaves = self.position_of, self.successors, self.general, self.hierarchy.leaves
        is_ordered = True
        for link in self.problem.links:
            lag, kind = link.lag_minutes, link.type
            try:
                source, target = position_of[link.from_key], position_of[link.to_key]
            except KeyError as missing:
                raise UnknownTask(f"a link names an unknown task {missing.args[0]!r}") from None
            if source >= target:
                is_ordered = False
                if source == target:
                    raise SelfLink(f"task {self.keys[source]!r} waits for itself")
            is_plain = kind is _FINISH_TO_START and not lag
            if is_plain and not leaves:
                if successors[source]:
                    successors[source].append(target)
                else:
                    successors[source] = [target]
                continue
            if not -LONGEST_MINUTES <= lag <= LONGEST_MINUTES:
                _refuse_lag(link)
            code = FS if kind is _FINISH_TO_START else SS if kind is _START_TO_START else FF if kind is _FINISH_TO_FINISH else _code_of(kind)
            unit = link.lag_unit
            general_link = (target, code, lag, unit is not _WORKING and unit != _WORKING)
            if leaves and (source in leaves or target in leaves):
                self._join_summaries(source, general_link)
            elif is_plain:
                self.join(source, general_link)
            elif general[source]:
                general[source].append(general_link)
            else:
                general[source] = [general_link]
        return is_ordered

    def general_link(self, link: PlanLink, target: int) -> GeneralLink:
        """One link to a node in numbers."""
        if not -LONGEST_MINUTES <= link.lag_minutes <= LONGEST_MINUTES:
            _refuse_lag(link)
        return target, _code_of(link.type), link.lag_minutes, link.lag_unit != _WORKING

    def join(self, source: int, link: GeneralLink) -> None:
        target, code, lag, _ = link
        if code == FS and not lag:
            if self.successors[source]:
                self.successors[source].append(target)
            else:
                self.successors[source] = [target]
        elif self.general[source]:
            self.general[source].append(link)
        else:
            self.general[source] = [link]

    def _join_summaries(self, source: int, link: GeneralLink) -> None:
        """Join leaves and hubs for a link of which either end may be a summary."""
        target, code, lag, is_elapsed = link
        leaves, keys = self.hierarchy.leaves, self.keys
        if self.hierarchy.contains(source, target) or self.hierarchy.contains(target, source):
            raise LinkWithinSummary(keys[source], keys[target])
        if source in leaves:
            kind = START_HUB if code & FROM_START else FINISH_HUB
            if (source, kind) not in self._hubs:
                self._hubs[source, kind] = self._add_hub(source, kind)
            source = self._hubs[source, kind]
        for leaf in leaves.get(target, (target,)):
            self.join(source, (leaf, code, lag, is_elapsed))

    def _add_hub(self, summary: int, kind: int) -> int:
        hub = len(self.kinds)
        self.kinds.append(kind)
        self.durations.append(0)
        self.axes.append(self.axes[summary])
        self.tables.append(self.tables[summary])
        self.successors.append([])
        self.general.append([])
        self.node_keys.append(self.keys[summary])
        self.hub_leaves[hub] = self.hierarchy.leaves[summary]
        for leaf in self.hub_leaves[hub]:
            self.join(leaf, (hub, FS if kind == FINISH_HUB else STARTS_WITHIN, 0, False))
        return hub

    def take_tasks(self, places: Sequence[int]) -> bool:
        """Whether the values of these leaves, no longer those of the network this one was copied from, could be taken over."""
        tasks = [self.tasks[place] for place in places]
        _check_durations(tasks, [task.duration_minutes for task in tasks])
        detailed = {place for place, task in zip(places, tasks, strict=True) if _is_detailed(task)}
        for place in detailed:
            _check_details(self.tasks[place])
        if not self.window.holds(_fitting_window(self.problem, [self.tasks[place] for place in detailed])):
            return False
        self.durations, self.kinds = self.durations.copy(), self.kinds.copy()
        self.started, self.complete = self.started - {*places}, self.complete - {*places}
        self.anchors, self.caps = self.anchors.copy(), self.caps.copy()
        self.detailed = sorted({*self.detailed} - {*places} | detailed)
        for place, task in zip(places, tasks, strict=True):
            self.durations[place] = task.duration_minutes
            self.kinds[place] = PLAIN if task.duration_minutes else MILESTONE
            self.anchors.pop(place, None)
            self.caps.pop(place, None)
            if place in detailed:
                self.kinds[place] = SPECIAL
                self._note_progress(place)
                self._note_leaf_limits(place)
        return True


def _code_of(link_type: LinkType) -> int:
    """By identity: hashing an enum member costs a call."""
    if link_type is _FINISH_TO_START:
        return FS
    if link_type is _START_TO_START:
        return SS
    if link_type is _FINISH_TO_FINISH:
        return FF
    return SF if link_type is _START_TO_FINISH else _code_of(LinkType(link_type))


def _refuse_lag(link: PlanLink) -> None:
    raise AbsurdValue(worded("the lag from {from_key} to {to_key} exceeds 100 years", from_key=f"{link.from_key!r}", to_key=f"{link.to_key!r}"))


def start_for_finish(axis: CalendarAxis, finish: int, duration: int) -> int:
    """The instant to start at so that ``duration`` working minutes are done by ``finish``."""
    return axis.start_side(axis.index(finish) - duration) if duration else finish


def _fitting_window(problem: PlanProblem, tasks: Sequence[PlanTask]) -> Window:
    """A window in whole steps around every date given, so that plans nearby share compiled calendars."""
    days = [problem.start_at.toordinal()]
    if problem.status_at is not None:
        days.append(problem.status_at.toordinal())
    for task in tasks:
        days.extend(at.toordinal() for at in _dates(task) if at is not None)
    first = (min(days) - WINDOW_MARGIN_DAYS) // WINDOW_STEP_DAYS * WINDOW_STEP_DAYS
    steps = (max(days) - first) // WINDOW_STEP_DAYS + 4
    return Window(first, steps * WINDOW_STEP_DAYS)


def _check_date(at: datetime) -> None:
    if at.tzinfo is not None:
        raise AbsurdValue(worded("{at} carries a time zone; plans use local civil time", at=at.isoformat()))
    if not FIRST_DAY <= at.toordinal() <= LAST_DAY:
        raise AbsurdValue(worded("{at} is not between 1970 and 2200", at=at.isoformat()))


def _check_durations(tasks: Sequence[PlanTask], durations: Sequence[int]) -> None:
    if not durations or (min(durations) >= 0 and max(durations) <= LONGEST_MINUTES):
        return
    for task in tasks:
        if task.duration_minutes < 0:
            raise NegativeDuration(f"task {task.key!r} lasts {task.duration_minutes} minutes")
        if task.duration_minutes > LONGEST_MINUTES:
            raise AbsurdValue(worded("task {key} lasts longer than 100 years", key=f"{task.key!r}"))


def _check_details(task: PlanTask) -> None:
    for at in _dates(task):
        if at is not None:
            _check_date(at)
    if task.constraint not in _DATELESS and task.constraint_at is None:
        raise MissingDate(f"task {task.key!r} has the constraint {task.constraint} without a date")
    if not 0 <= task.percent_complete <= 100:
        raise AbsurdValue(worded("task {key} is {percent_complete} percent complete", key=f"{task.key!r}", percent_complete=task.percent_complete))
    for first, last in (
        (task.actual_start_at, task.actual_finish_at),
        (task.manual_start_at, task.manual_finish_at),
    ):
        if first is not None and last is not None and last < first:
            raise AbsurdValue(worded("task {key} finishes before it starts", key=f"{task.key!r}"))


def _is_detailed(task: PlanTask) -> bool:
    """As the whole network tells it of all its tasks in one pass."""
    dates = (task.deadline_at, task.actual_start_at, task.actual_finish_at)
    return bool(task.percent_complete or task.is_manual or any(at is not None for at in dates) or task.constraint != _ASAP)


def _first_repeated(keys: Sequence[Key]) -> Key:
    seen: set[Key] = set()
    for key in keys:
        if key in seen:
            return key
        seen.add(key)
    raise AssertionError("no key is repeated")
