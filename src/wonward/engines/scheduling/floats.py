"""Late dates and floats of single tasks, read out of a solution."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wonward.engines.scheduling.axis import WindowTooSmall
from wonward.engines.scheduling.network import FINISH_HUB, FROM_START, FS, SS, STARTS_WITHIN, TO_FINISH
from wonward.engines.scheduling.passes import (
    NEVER,
    Solution,
    late_start_instant,
    latest_source,
    latest_start_index,
)

OutgoingLink = tuple[int, int, int, bool]


class Floats:
    """Floats of the tasks of one solution.

    ``needed_at[node]`` is the latest instant a finish-to-start predecessor may finish without moving the
    node, NEVER for what is complete.
    """

    __slots__ = ("needed_at", "_solution")

    def __init__(self, solution: Solution) -> None:
        self._solution = solution
        self.needed_at = _needed_instants(solution)

    def total(self, place: int) -> int:
        """Working minutes the finish may slip before the project's finish, a deadline or a date does."""
        return self._solution.late_finish_index[place] - self._solution.finish_index[place]

    def is_critical(self, place: int) -> bool:
        return self.total(place) <= 0 and place not in self._solution.network.complete

    def late_instants(self, place: int) -> tuple[int, int]:
        """Late start and late finish; without float a task shows its own dates, on the same side of a gap."""
        solution = self._solution
        index = solution.late_finish_index[place]
        if index == solution.finish_index[place]:
            return solution.start_instant(place), solution.finishes_at[place]
        finish = solution.network.axes[place].finish_side(index)
        if place in solution.network.started:
            return solution.start_instant(place), finish
        return late_start_instant(solution, place), finish

    def free(self, place: int) -> int:
        """Working minutes a task may slip before an open successor or the project's finish moves, at least 0."""
        solution = self._solution
        network = solution.network
        if place in network.complete:
            return 0
        axis, finish = network.axes[place], solution.finish_index[place]
        if not network.general[place]:
            return self.plain_free(place, solution.finishes_at[place], self.total(place))
        gap = self.outward_gap(place, None)
        if gap is None:
            return max(0, self.total(place))
        if gap > 0:
            gap = min(gap, axis.index(solution.finish_at) - finish)
        return max(0, gap)

    def plain_free(self, place: int, finish: int, total: int) -> int:
        """``free`` of an open task that others wait for by plain links only, given its finish and total."""
        solution, needed_at = self._solution, self.needed_at
        latest = NEVER
        for follower in solution.network.successors[place]:
            if needed_at[follower] < latest:
                latest = needed_at[follower]
        if latest <= finish:
            return 0
        if latest == NEVER:
            return max(0, total)
        latest = min(latest, solution.finish_at)
        return max(0, solution.network.axes[place].index(latest) - solution.finish_index[place])

    def outward_gap(self, place: int, within: int | None) -> int | None:
        """The smallest gap to an open successor (outside the summary ``within``); None if there is none."""
        solution = self._solution
        network = solution.network
        axis = network.axes[place]
        gaps = []
        for code, latest in self._latest_ends(place, within):
            if not code & FROM_START:
                gaps.append(axis.index(latest) - solution.finish_index[place])
            elif place not in network.started:
                last = latest_start_index(axis, latest, solution.spans[place])
                gaps.append(last - solution.start_index[place])
        return min(gaps, default=None)

    def _latest_ends(self, place: int, within: int | None) -> Iterator[tuple[int, int]]:
        """Per open successor, which end of this task it binds and the latest instant that leaves it unmoved."""
        solution = self._solution
        network = solution.network
        for follower, code, lag, is_elapsed in _outgoing(solution, place):
            if follower >= network.task_count:
                if code != STARTS_WITHIN or place == solution.first_leaves[follower]:
                    for _, latest in self._latest_ends(follower, within):
                        yield (SS if code == STARTS_WITHIN else FS), latest
                continue
            if follower in network.complete or (code == SS and follower in network.started):
                continue
            if within is None or not network.hierarchy.contains(within, follower):
                yield code, _latest_end(solution, follower, code, lag, is_elapsed)


def _needed_instants(solution: Solution) -> Sequence[int]:
    network = solution.network
    needed = [
        axis.start_side(start) if span else at
        for axis, start, span, at in zip(
            network.axes, solution.start_index, solution.spans, solution.finishes_at, strict=True
        )
    ]
    del needed[network.task_count :]
    for place in network.complete:
        needed[place] = NEVER
    for hub in range(network.task_count, len(network.kinds)):
        latest = NEVER
        if network.kinds[hub] == FINISH_HUB:
            for follower, code, lag, is_elapsed in _outgoing(solution, hub):
                if follower not in network.complete:
                    latest = min(latest, _latest_end(solution, follower, code, lag, is_elapsed))
        needed.append(latest)
    return needed


def _outgoing(solution: Solution, node: int) -> list[OutgoingLink]:
    links = [(follower, FS, 0, False) for follower in solution.network.successors[node]]
    return links + solution.network.general[node]


def _latest_end(solution: Solution, follower: int, code: int, lag: int, is_elapsed: bool) -> int:
    """``latest_source`` for a successor where it lies, kept within the days the tables cover."""
    network = solution.network
    index = solution.finish_index[follower] if code & TO_FINISH else solution.start_index[follower]
    axis, span, at = network.axes[follower], solution.spans[follower], solution.finishes_at[follower]
    try:
        latest = latest_source(axis, index, at, lag, is_elapsed, span)
    except WindowTooSmall as outside:
        latest = 0 if outside.is_before else solution.finish_at
    return min(max(latest, 0), solution.finish_at)
