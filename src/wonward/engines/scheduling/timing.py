"""Reading dates, floats and reasons of single tasks out of a solution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wonward.engines.scheduling.network import FS, SF, SS, STARTS_WITHIN, SUMMARY
from wonward.engines.scheduling.passes import (
    Solution,
    earliest_leaf,
    late_start_instant,
    latest_start_index,
    link_start,
)
from wonward.engines.scheduling.types import ConstraintType, Key, TaskTiming

IncomingLink = tuple[int, int, int, bool]


class Timings(Mapping[Key, TaskTiming]):
    """The timings of a solution by task key, in the order of the plan; each is worked out once, when read."""

    __slots__ = ("_incoming", "_known", "_solution")

    def __init__(self, solution: Solution) -> None:
        self._solution = solution
        self._known: dict[Key, TaskTiming] = {}
        self._incoming: dict[int, list[IncomingLink]] | None = None

    def __getitem__(self, key: Key) -> TaskTiming:
        known = self._known.get(key)
        if known is None:
            place = self._solution.network.position_of[key]
            known = self._known[key] = self._timing(place)
        return known

    def __iter__(self) -> Iterator[Key]:
        return iter(self._solution.network.keys)

    def __len__(self) -> int:
        return self._solution.network.task_count

    def _timing(self, place: int) -> TaskTiming:
        if self._solution.network.kinds[place] == SUMMARY:
            return self._summary_timing(place)
        solution, at = self._solution, self._solution.network.window.at
        late_start, late_finish = late_instants(solution, place)
        total = total_float(solution, place)
        driver, because = self._reason(place)
        return TaskTiming(
            at(solution.start_instant(place)),
            at(solution.finishes_at[place]),
            at(late_start),
            at(late_finish),
            total,
            free_float(solution, place),
            is_critical(solution, place),
            driver,
            because,
        )

    def _summary_timing(self, place: int) -> TaskTiming:
        solution, network = self._solution, self._solution.network
        axis, leaves = network.axes[place], network.hierarchy.leaves[place]
        start = min(solution.start_instant(leaf) for leaf in leaves)
        finish = max(solution.finishes_at[leaf] for leaf in leaves)
        lates = [late_instants(solution, leaf) for leaf in leaves]
        late_start, late_finish = min(late[0] for late in lates), max(late[1] for late in lates)
        total = min(
            axis.index(late_start) - axis.index(start),
            axis.index(late_finish) - axis.index(finish),
        )
        gaps = [gap for leaf in leaves if (gap := _outward_gap(solution, leaf, place)) is not None]
        first = min(leaves, key=lambda leaf: (solution.start_instant(leaf), leaf))
        at = network.window.at
        return TaskTiming(
            at(start),
            at(finish),
            at(late_start),
            at(late_finish),
            total,
            max(0, min(gaps, default=total)),
            any(is_critical(solution, leaf) for leaf in leaves),
            network.keys[first],
            "children",
        )

    def _reason(self, place: int) -> tuple[Key | None, str]:
        """The predecessor that set the start, if one did, and the code of what set it."""
        solution, network = self._solution, self._solution.network
        task, axis = network.tasks[place], network.axes[place]
        if task.actual_start_at is not None or place in network.complete:
            return None, "actual"
        if task.is_manual and task.manual_start_at is not None:
            return None, "manual"
        start = solution.start_instant(place)
        if task.constraint in (ConstraintType.MSO, ConstraintType.MFO):
            return None, "constraint"
        anchor = network.anchors.get(place, network.start)
        strongest, driver = anchor, None
        for source, code, lag, is_elapsed in self._links_into(place):
            end = solution.start_instant(source) if code in (SS, SF) else solution.finishes_at[source]
            earliest = link_start(axis, end, code, lag, is_elapsed, network.durations[place])
            if earliest > strongest:
                strongest, driver = earliest, network.node_keys[source]
        status = network.status
        if status is not None and status > strongest and place not in network.started:
            return None, "status"
        if axis.index(strongest) != axis.index(start):
            return None, "constraint"
        if driver is not None:
            return driver, "link"
        if place in network.anchors:
            return None, "constraint"
        return None, "project_start" if start == network.start else "calendar"

    def _links_into(self, place: int) -> list[IncomingLink]:
        if self._incoming is None:
            self._incoming = _incoming_links(self._solution)
        return self._incoming.get(place, [])


def _incoming_links(solution: Solution) -> dict[int, list[IncomingLink]]:
    network = solution.network
    incoming: dict[int, list[IncomingLink]] = {}
    for source, followers in enumerate(network.successors):
        for follower in followers:
            incoming.setdefault(follower, []).append((source, FS, 0, False))
        for follower, code, lag, is_elapsed in network.general[source]:
            if code != STARTS_WITHIN:
                incoming.setdefault(follower, []).append((source, code, lag, is_elapsed))
    return incoming


def late_instants(solution: Solution, place: int) -> tuple[int, int]:
    """Late start and late finish; a task without float shows its own dates, on the same side of a gap."""
    axis = solution.network.axes[place]
    index = solution.late_finish_index[place]
    is_on_time = index == solution.finish_index[place]
    finish = solution.finishes_at[place] if is_on_time else axis.finish_side(index)
    if place in solution.network.started:
        return solution.start_instant(place), finish
    return late_start_instant(solution, place), finish


def total_float(solution: Solution, place: int) -> int:
    """Working minutes the finish may slip before the project's finish, a deadline or a date does."""
    return solution.late_finish_index[place] - solution.finish_index[place]


def is_critical(solution: Solution, place: int) -> bool:
    return total_float(solution, place) <= 0 and place not in solution.network.complete


def free_float(solution: Solution, place: int) -> int:
    """Working minutes a task may slip before an open successor or the project's finish moves, at least 0."""
    if place in solution.network.complete:
        return 0
    gap = _outward_gap(solution, place, None)
    if gap is None:
        return max(0, total_float(solution, place))
    to_the_end = solution.network.axes[place].index(solution.finish_at) - solution.finish_index[place]
    return max(0, min(gap, to_the_end))


def _outward_gap(solution: Solution, place: int, within: int | None) -> int | None:
    """The smallest gap to an open successor (outside the summary ``within``); None if there is none."""
    network = solution.network
    axis = network.axes[place]
    start, finish = solution.start_index[place], solution.finish_index[place]
    smallest: int | None = None
    for code, latest in _latest_ends(solution, place, within):
        if code in (SS, SF):
            if place in network.started:
                continue
            gap = latest_start_index(axis, latest, solution.spans[place]) - start
        else:
            gap = axis.index(latest) - finish
        smallest = gap if smallest is None else min(smallest, gap)
    return smallest


def _latest_ends(solution: Solution, place: int, within: int | None) -> Iterator[tuple[int, int]]:
    """Per open successor, which end of this task it binds and the latest instant that leaves it unmoved."""
    network = solution.network
    links: list[IncomingLink] = [(node, FS, 0, False) for node in network.successors[place]]
    links.extend(network.general[place])
    for follower, code, lag, is_elapsed in links:
        if follower >= network.task_count:
            if code != STARTS_WITHIN or place == earliest_leaf(solution, follower):
                for _, latest in _latest_ends(solution, follower, within):
                    yield (SS if code == STARTS_WITHIN else FS), latest
            continue
        if follower in network.complete or (code == SS and follower in network.started):
            continue
        if within is not None and network.hierarchy.contains(within, follower):
            continue
        index = solution.start_index[follower] if code < 2 else solution.finish_index[follower]
        axis = network.axes[follower]
        yield code, axis.start_side(index) - lag if is_elapsed else axis.start_side(index - lag)
