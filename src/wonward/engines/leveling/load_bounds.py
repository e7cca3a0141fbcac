"""How much overload no plan within its windows avoids."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from math import isqrt

from wonward.engines.leveling.network import Network
from wonward.engines.leveling.smoothing import Smoother
from wonward.engines.leveling.types import ObjectiveParts
from wonward.engines.leveling.weighing import list_weighings
from wonward.engines.leveling.windows import Windows

MOST_POINTS, MOST_OF_FEW, MOST_LOOKS = 24, 64, 40_000


def least_of_windows(smoother: Smoother, path: int) -> ObjectiveParts:
    """What each part of the objective is at least in every plan within these windows; ``path`` is the longest path."""
    network, windows, parts = smoother.network, smoother.windows, smoother.best.parts
    change = 0
    for j, task in enumerate(network.tasks):
        if task.published_start is not None:
            change += max(0, windows.earliest[j] - task.published_start, task.published_start - windows.latest[j])
    late = network.problem.weights.late
    lateness = sum(
        task.due_weight * late(network.finish(j, windows.earliest[j]) - task.due)
        for j, task in enumerate(network.tasks) if task.due is not None
    )
    return ObjectiveParts(lateness, min(path, parts.makespan), change, least_overload(smoother))


def least_overload(smoother: Smoother) -> int:
    """The sum over resources of what their stretches of time are asked at least beyond what is there."""
    return sum(_least_of(smoother, r) for r in range(len(smoother.network.peaks)))


def _least_of(smoother: Smoother, r: int) -> int:
    """The most that stretches without a common slot prove together, by dynamic programming over their ends.

    In a stretch a task takes at least what it takes when it lies as early or as late as it may, whichever is less. What that
    overloads is judged by every weighing, and the best one counts.
    """
    network, windows = smoother.network, smoother.windows
    tasks = [
        (j, amount) for j in range(network.count) for resource, amount in smoother.demands[j] if resource == r and network.duration[j]
    ]
    tasks = [(j, amount) for j, amount in tasks if network.finish(j, windows.earliest[j]) > 0]
    if not tasks:
        return 0
    points = _points(network, windows, [j for j, _ in tasks])
    ways = list_weighings(sorted({amount for _, amount in tasks}), max(smoother.room[r], default=0))
    room = [[0] for _ in ways]
    for there in smoother.room[r][: points[-1]]:
        for way, sums in zip(ways, room, strict=True):
            sums.append(sums[-1] + way.free(there))
    before = [[sums[point] for point in points] for sums in room]
    early = [_ranks(network, j, windows.earliest[j], points) for j, _ in tasks]
    late = [_ranks(network, j, windows.latest[j], points) for j, _ in tasks]
    weights = [[way.weights[amount] for way in ways] for _, amount in tasks]
    known = [0] * len(points)
    for end in range(1, len(points)):
        best = known[end - 1]
        for begin in range(end):
            asked = [sums[begin] - sums[end] for sums in before]
            for one, other, weight in zip(early, late, weights, strict=True):
                slots = min(one[end] - one[begin], other[end] - other[begin])
                if slots:
                    for place, value in enumerate(weight):
                        asked[place] += slots * value
            best = max(best, known[begin] + max(0, *asked))
        known[end] = best
    return known[-1]


def _points(network: Network, windows: Windows, tasks: Sequence[int]) -> list[int]:
    """Where stretches may begin and end: where windows do, thinned out where there are many beside many tasks."""
    most = max(MOST_POINTS, min(MOST_OF_FEW, isqrt(MOST_LOOKS // len(tasks))))
    found: set[int] = set()
    for j in tasks:
        for at in (windows.earliest[j], windows.latest[j]):
            found.update((max(0, at), max(0, min(network.limit, network.finish(j, at)))))
    points = sorted(found)
    while len(points) > most:
        points = [*points[:-1:2], points[-1]]
    return points


def _ranks(network: Network, j: int, start: int, points: Sequence[int]) -> list[int]:
    """How many slots a task that begins here has worked before each point."""
    cells = network.cells(j, start)
    return [bisect_left(cells, point) for point in points]
