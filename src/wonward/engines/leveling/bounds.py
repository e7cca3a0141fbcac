"""What no plan can beat: longest paths, and the work that must fit between heads and tails."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from wonward.engines.leveling.network import Network
from wonward.engines.leveling.types import ObjectiveParts

MOST_HEADS = 60
MOST_SKILLS = 6


class Bounds(NamedTuple):
    """``earliest`` starts by links, dates and calendars alone; ``tail[j]`` slots from j's finish to the end."""

    earliest: list[int]
    finish: list[int]
    tail: list[int]
    path: int
    makespan: int
    value: int


def find_bounds(network: Network) -> Bounds:
    """Valid for every plan that keeps what the problem asks; meaningless where it cannot be kept."""
    start, finish = [0] * network.count, [0] * network.count
    for j in network.order:
        fixed = network.fixed[j]
        start[j] = network.earliest(j, start, finish) if fixed is None else fixed
        finish[j] = network.finish(j, start[j])
    tail = find_tails(network)
    path = max((finish[j] + tail[j] for j in range(network.count)), default=0)
    makespan = path
    for tasks, capacity in _loads(network):
        makespan = _fullest(tasks, capacity, start, tail, makespan)
    return Bounds(start, finish, tail, path, makespan, least_parts(network, start, finish, makespan).total(network.problem.weights))


def find_tails(network: Network) -> list[int]:
    """Slots that must pass between each task's finish and the end of the plan."""
    tail = [0] * network.count
    for j in reversed(network.order):
        longest = 0
        for k in network.frees_fs[j]:
            longest = max(longest, network.duration[k] + tail[k])
        for k, from_finish, to_finish, lag in network.frees[j]:
            if not from_finish and (network.calendar[j] is not None or network.is_fixed[j]):
                continue
            after = lag + tail[k] + (0 if to_finish else network.duration[k])
            longest = max(longest, after if from_finish else after - network.duration[j])
        tail[j] = longest
    return tail


def least_parts(network: Network, start: list[int], finish: list[int], makespan: int) -> ObjectiveParts:
    """What each part of the objective is at least, given the earliest starts and finishes."""
    late = network.problem.weights.late
    lateness = change = 0
    for j, task in enumerate(network.tasks):
        if task.due is not None:
            lateness += task.due_weight * late(finish[j] - task.due)
        if task.published_start is not None:
            change += max(0, start[j] - task.published_start)
            if network.is_fixed[j]:
                change += max(0, task.published_start - start[j])
    return ObjectiveParts(lateness, makespan, change)


def _loads(network: Network) -> Iterator[tuple[list[tuple[int, int]], int]]:
    """(task, slots of work) lists that must pass through a capacity; facts are left out, they may overload it."""
    counted = [j for j in range(network.count) if network.duration[j] and network.tasks[j].started_at is None]
    for resource, peak in enumerate(network.peaks):
        tasks = [(j, network.free(network.demand[j], resource) * network.duration[j]) for j in counted]
        yield [(j, work) for j, work in tasks if work], peak
        # Of tasks that each take more than half, no two lie side by side.
        halves = [j for j in counted if 2 * network.free(network.demand[j], resource) > peak]
        yield [(j, network.duration[j]) for j in halves], 1
    skills = sorted({skill for wanted in network.skills for skill in wanted})
    if not skills:
        return
    groups = [*combinations(skills, 1), skills]
    if len(skills) <= MOST_SKILLS:
        groups = [group for size in range(1, len(skills) + 1) for group in combinations(skills, size)]
    for group in groups:
        people = {person for skill in group for person in network.people_by_skill.get(skill, ())}
        seats = [(j, sum(skill in group for skill in network.skills[j]) * network.duration[j]) for j in counted]
        yield [(j, work) for j, work in seats if work], sum(network.peaks[person] > 0 for person in people)


def _fullest(tasks: list[tuple[int, int]], capacity: int, start: list[int], tail: list[int], longest: int) -> int:
    """The longest head + work / capacity + tail over the sets of tasks that lie between a head and a tail, or what is known already."""
    if not tasks or capacity <= 0:
        return longest
    heads = sorted({start[j] for j, _ in tasks})
    if len(heads) > MOST_HEADS:
        heads = heads[:: len(heads) // MOST_HEADS + 1]
    by_tail = sorted(((tail[j], start[j], work) for j, work in tasks), reverse=True)
    for head in heads:
        load = sum(work for _, begin, work in by_tail if begin >= head)
        if head - (-load // capacity) + by_tail[0][0] <= longest:
            continue
        load = 0
        for after, begin, work in by_tail:
            if begin >= head:
                load += work
                reach = head - (-load // capacity) + after
                if reach > longest:
                    longest = reach
    return longest
