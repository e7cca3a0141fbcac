"""The timings of a solution, worked out task by task when somebody reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from wonward.engines.scheduling.floats import Floats
from wonward.engines.scheduling.network import (
    FROM_START,
    PLAIN,
    SPECIAL,
    STARTS_WITHIN,
    SUMMARY,
    TO_FINISH,
    Network,
)
from wonward.engines.scheduling.passes import Solution, link_start
from wonward.engines.scheduling.types import ConstraintType, Key, TaskTiming

IncomingLink = tuple[int, int, int, bool]


class Timings(Mapping[Key, TaskTiming]):
    """Timings by task key, in the order of the plan; each is worked out once, when read."""

    __slots__ = ("_datetimes", "_floats", "_general", "_known", "_opens_at", "_predecessors", "_solution")

    def __init__(self, solution: Solution) -> None:
        self._solution = solution
        self._known: dict[Key, TaskTiming] = {}
        self._opens_at = solution.network.window.opens_at
        self._datetimes: dict[int, datetime] = {}
        self._floats: Floats | None = None

    def __getitem__(self, key: Key) -> TaskTiming:
        known = self._known.get(key)
        if known is None:
            place = self._solution.network.position_of[key]
            floats = self._floats or self._prepare()
            network = self._solution.network
            if network.kinds[place] == PLAIN and not network.general[place]:
                known = self._plain_timing(place, floats)
            elif network.kinds[place] == SUMMARY:
                known = self._summary_timing(place, floats)
            else:
                known = self._timing(place, floats)
            self._known[key] = known
        return known

    def __iter__(self) -> Iterator[Key]:
        return iter(self._solution.network.keys)

    def __len__(self) -> int:
        return self._solution.network.task_count

    def _prepare(self) -> Floats:
        self._floats = Floats(self._solution)
        self._predecessors, self._general = _links_in(self._solution.network)
        return self._floats

    def _at(self, instant: int) -> datetime:
        at = self._datetimes.get(instant)
        if at is None:
            at = self._datetimes[instant] = self._opens_at + timedelta(minutes=instant)
        return at

    def _plain_timing(self, place: int, floats: Floats) -> TaskTiming:
        """What ``_timing`` says, for the many tasks without anything special about them."""
        solution, memo = self._solution, self._datetimes
        start, finish = floats.needed_at[place], solution.finishes_at[place]
        late_index = solution.late_finish_index[place]
        total = late_index - solution.finish_index[place]
        start_at = memo.get(start) or self._at(start)
        finish_at = memo.get(finish) or self._at(finish)
        late_start_at, late_finish_at = start_at, finish_at
        if total:
            late_start, late_finish = (
                solution.late_starts_at[place],
                solution.network.axes[place].finish_side(late_index),
            )
            late_start_at = memo.get(late_start) or self._at(late_start)
            late_finish_at = memo.get(late_finish) or self._at(late_finish)
        free = floats.plain_free(place, finish, total)
        driver, because = self._reason(place, start)
        return TaskTiming(
            start_at, finish_at, late_start_at, late_finish_at, total, free, total <= 0, driver, because
        )

    def _timing(self, place: int, floats: Floats) -> TaskTiming:
        solution, at = self._solution, self._at
        start = solution.start_instant(place)
        late_start, late_finish = floats.late_instants(place)
        driver, because = self._reason(place, start)
        return TaskTiming(
            at(start),
            at(solution.finishes_at[place]),
            at(late_start),
            at(late_finish),
            floats.total(place),
            floats.free(place),
            floats.is_critical(place),
            driver,
            because,
        )

    def _summary_timing(self, place: int, floats: Floats) -> TaskTiming:
        """Start and late start of the first leaf, finish and late finish of the last; float by either end."""
        solution, network, at = self._solution, self._solution.network, self._at
        axis, leaves = network.axes[place], network.hierarchy.leaves[place]
        start, first = min((solution.start_instant(leaf), leaf) for leaf in leaves)
        finish = max(solution.finishes_at[leaf] for leaf in leaves)
        lates = [floats.late_instants(leaf) for leaf in leaves]
        late_start, late_finish = min(late[0] for late in lates), max(late[1] for late in lates)
        total = min(
            axis.index(late_start) - axis.index(start),
            axis.index(late_finish) - axis.index(finish),
        )
        gaps = [gap for leaf in leaves if (gap := floats.outward_gap(leaf, place)) is not None]
        return TaskTiming(
            at(start),
            at(finish),
            at(late_start),
            at(late_finish),
            total,
            max(0, min(gaps, default=total)),
            any(map(floats.is_critical, leaves)),
            network.keys[first],
            "children",
        )

    def _reason(self, place: int, start: int) -> tuple[Key | None, str]:
        """The predecessor that set the start, if one did, and the code of what set it."""
        solution, network = self._solution, self._solution.network
        is_special = network.kinds[place] == SPECIAL
        if is_special:
            own = _own_reason(network, place)
            if own:
                return None, own
        strongest, driver = self._strongest_link(place, network.anchors.get(place, network.start))
        if network.status is not None and network.status > strongest and place not in network.started:
            return None, "status"
        if is_special and network.axes[place].index(strongest) != solution.start_index[place]:
            return None, "constraint"
        if driver is not None:
            return network.node_keys[driver], "link"
        if place in network.anchors:
            return None, "constraint"
        return None, "project_start" if start == network.start else "calendar"

    def _strongest_link(self, place: int, strongest: int) -> tuple[int, int | None]:
        """The latest instant beyond ``strongest`` that a link asks for, and the node it comes from."""
        solution, network = self._solution, self._solution.network
        finishes_at = solution.finishes_at
        driver: int | None = None
        for source in self._predecessors[place]:
            if finishes_at[source] > strongest:
                strongest, driver = finishes_at[source], source
        if place not in self._general:
            return strongest, driver
        for source, code, lag, is_elapsed in self._general[place]:
            end = solution.start_instant(source) if code & FROM_START else finishes_at[source]
            if is_elapsed:
                end, lag = end + lag, 0
            back = network.durations[place] if code & TO_FINISH else 0
            earliest = link_start(network.axes[place], end, lag, back)
            if earliest > strongest:
                strongest, driver = earliest, source
        return strongest, driver


def _own_reason(network: Network, place: int) -> str:
    """What a task's own facts say about its start, whatever its links ask for; empty if they say nothing."""
    task = network.tasks[place]
    if task.actual_start_at is not None or place in network.complete:
        return "actual"
    if task.is_manual and task.manual_start_at is not None:
        return "manual"
    if task.constraint in (ConstraintType.MSO, ConstraintType.MFO):
        return "constraint"
    return ""


def _links_in(network: Network) -> tuple[list[list[int]], dict[int, list[IncomingLink]]]:
    """Per node its plain predecessors, and its other links in."""
    predecessors: list[list[int]] = [[] for _ in network.kinds]
    general: dict[int, list[IncomingLink]] = {}
    for source, followers in enumerate(network.successors):
        for follower in followers:
            predecessors[follower].append(source)
        for follower, code, lag, is_elapsed in network.general[source]:
            if code != STARTS_WITHIN:
                general.setdefault(follower, []).append((source, code, lag, is_elapsed))
    return predecessors, general
