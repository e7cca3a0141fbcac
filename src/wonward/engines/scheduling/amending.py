"""What a change makes of a schedule when its network is kept: only what the change reaches is worked out again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from copy import copy
from dataclasses import replace
from heapq import heappop, heappush

from wonward.engines.scheduling.axis import WindowTooSmall
from wonward.engines.scheduling.network import (
    FROM_START,
    FS,
    MILESTONE,
    PLAIN,
    STARTS_WITHIN,
    TO_FINISH,
    GeneralLink,
    Network,
)
from wonward.engines.scheduling.passes import (
    NEVER,
    NOT_WORKED_OUT,
    Solution,
    finish_project,
    general_limits,
    has_late_tasks,
    limit_special,
    link_start,
    place_special,
    run_backward,
)
from wonward.engines.scheduling.scheduler import as_schedule, schedule_plan
from wonward.engines.scheduling.types import ConstraintType, PlanLink, PlanProblem, PlanSchedule, PlanTask


def amend_schedule(
    previous: PlanSchedule, *, tasks: Collection[PlanTask] = (), new_links: Collection[PlanLink] = (), gone_links: Collection[PlanLink] = ()
) -> PlanSchedule:
    """The schedule of the plan of ``previous`` with other values for some tasks, links more and links less; that one stays as it is.

    The network once built is kept and patched. Early dates are worked out behind the change only, as far as they move, and late
    dates before it only, as far as those move; when the finish of the project moves, whatever may be late depends on it, and the
    whole backward pass runs. The answer is that of ``schedule_plan`` for the changed plan, which is what is asked where the
    network cannot stay: another parent or calendar, a change of a summary or where a summary has dates of its own, tasks as late
    as possible, links of summaries, or against the order found before, and dates outside the days covered.
    """
    before = previous._solution
    if not isinstance(before, Solution):
        raise TypeError("only a schedule that this engine made can be amended")
    problem = _changed_problem(before.network, tasks, new_links, gone_links)
    try:
        network = _patched(before.network, problem, tasks, new_links, gone_links)
        if network is None:
            return schedule_plan(problem)
        return as_schedule(_worked_out(before, network, tasks, new_links, gone_links))
    except (WindowTooSmall, IndexError):
        return schedule_plan(problem)


def _changed_problem(
    network: Network, tasks: Collection[PlanTask], new_links: Collection[PlanLink], gone_links: Collection[PlanLink]
) -> PlanProblem:
    known: dict[object, PlanTask] = {task.key: task for task in tasks}
    every = list(network.tasks)
    for key, task in known.items():
        place = network.position_of.get(key)
        if place is None:
            every.append(task)
        else:
            every[place] = task
    links: Sequence[PlanLink] = network.problem.links
    if gone_links:
        targets = {link.to_key for link in gone_links}
        links = [link for link in links if link.to_key not in targets or link not in gone_links]
    return replace(network.problem, tasks=every, links=[*links, *new_links] if new_links else links)


def _patched(
    network: Network, problem: PlanProblem, tasks: Collection[PlanTask], new_links: Collection[PlanLink], gone_links: Collection[PlanLink]
) -> Network | None:
    """The network with the change in it, sharing what stays; None where it has to be built anew."""
    leaves = network.hierarchy.leaves
    if has_late_tasks(network) or any(place in leaves for place in network.detailed):
        return None
    for task in tasks:
        place = network.position_of.get(task.key)
        if place is None or place in leaves or task.constraint == ConstraintType.ALAP:
            return None
        if task.parent != network.tasks[place].parent or task.calendar != network.tasks[place].calendar:
            return None
    # Found once for all amendments that follow.
    network.sources()
    network.turn_of(0)
    patched: Network = copy(network)
    patched.problem, patched.tasks = problem, list(problem.tasks)
    if tasks and not patched.take_tasks([network.position_of[task.key] for task in tasks]):
        return None
    if (new_links or gone_links) and not _relink(patched, new_links, gone_links):
        return None
    return patched


def _relink(network: Network, new_links: Collection[PlanLink], gone_links: Collection[PlanLink]) -> bool:
    """Whether the links could be changed where they are; the lists of the network before stay as they are."""
    incoming = network.sources()
    network.successors, network.general, network.incoming = list(network.successors), list(network.general), list(incoming)
    for link in gone_links:
        if not _take_out(network, link):
            return False
    for link in new_links:
        source, target = network.position_of.get(link.from_key), network.position_of.get(link.to_key)
        if source is None or target is None or {source, target} & network.hierarchy.leaves.keys():
            return False
        if network.turn_of(source) >= network.turn_of(target):
            return False
        network.successors[source], network.general[source] = list(network.successors[source]), list(network.general[source])
        network.join(source, network.general_link(link, target))
        network.incoming[target] = [*network.incoming[target], source]
    return True


def _take_out(network: Network, link: PlanLink) -> bool:
    source, target = network.position_of.get(link.from_key), network.position_of.get(link.to_key)
    if source is None or target is None or network.incoming is None:
        return False
    general_link = network.general_link(link, target)
    is_plain = general_link[1] == FS and not general_link[2]
    former: Sequence[int | GeneralLink] = network.successors[source] if is_plain else network.general[source]
    sought: int | GeneralLink = target if is_plain else general_link
    if sought not in former:
        return False
    left = list(former)
    left.remove(sought)
    if is_plain:
        network.successors[source] = left  # type: ignore[assignment]
    else:
        network.general[source] = left  # type: ignore[assignment]
    sources = list(network.incoming[target])
    sources.remove(source)
    network.incoming[target] = sources
    return True


def _worked_out(
    before: Solution, network: Network, tasks: Collection[PlanTask], new_links: Collection[PlanLink], gone_links: Collection[PlanLink]
) -> Solution:
    solution = replace(
        before, network=network, start_index=before.start_index.copy(), starts_at=before.starts_at.copy(), finish_index=before.finish_index.copy(),
        finishes_at=before.finishes_at.copy(), spans=before.spans.copy(), late_finish_index=before.late_finish_index.copy(),
        late_starts_at=before.late_starts_at.copy(), first_leaves=before.first_leaves.copy(),
    )
    incoming = network.sources()
    changed = [network.position_of[task.key] for task in tasks]
    for place in changed:
        solution.spans[place], solution.late_starts_at[place] = network.durations[place], NEVER
    links = (*new_links, *gone_links)
    moved = _forward(solution, {*changed, *(network.position_of[link.to_key] for link in links)})
    finish_project(solution)
    if solution.finish_at != before.finish_at:
        run_backward(solution)
        return solution
    seeds = {*changed, *(network.position_of[link.from_key] for link in links)}
    seeds.update(node for node in moved if solution.spans[node] != before.spans[node] or node in network.complete)
    for hub, leaf in solution.first_leaves.items():
        if before.first_leaves.get(hub) != leaf:
            seeds.add(hub)
            seeds.update(network.hub_leaves[hub])
    for node in tuple(seeds):
        seeds.update(incoming[node])
    _backward(solution, seeds)
    return solution


def _in_turn(network: Network, seeds: Iterable[int], work: Callable[[int], Iterable[int]], *, is_backward: bool) -> None:
    """Do the work for every seed and for what each names as reached, each node once and in the order of the network."""
    sign = -1 if is_backward else 1
    known = set(seeds)
    waiting = sorted((sign * network.turn_of(node), node) for node in known)
    while waiting:
        _, node = heappop(waiting)
        for other in work(node):
            if other not in known:
                known.add(other)
                heappush(waiting, (sign * network.turn_of(other), other))


def _forward(solution: Solution, seeds: set[int]) -> list[int]:
    """Place the seeds, and whatever waits for a node as long as it moves; the nodes that moved."""
    network = solution.network
    incoming, moved = network.sources(), []

    def place(node: int) -> Iterable[int]:
        was = _early(solution, node)
        _place_node(solution, node, _ready(solution, node, incoming[node]))
        if _early(solution, node) == was:
            return ()
        moved.append(node)
        return network.followers(node)

    _in_turn(network, seeds, place, is_backward=False)
    return moved


def _early(solution: Solution, node: int) -> tuple[int, ...]:
    return (solution.start_index[node], solution.starts_at[node], solution.finish_index[node], solution.finishes_at[node], solution.spans[node])


def _ready(solution: Solution, node: int, sources: Iterable[int]) -> int:
    """The earliest instant a node's links and anchor allow."""
    network = solution.network
    ready = network.anchors.get(node, network.start) if node < network.task_count else 0
    for source in set(sources):
        if node in network.successors[source]:
            ready = max(ready, solution.finishes_at[source])
        for link in network.general[source]:
            if link[0] == node:
                ready = max(ready, _pushed(solution, source, link))
    return ready


def _pushed(solution: Solution, source: int, link: GeneralLink) -> int:
    """The earliest start that a link which is not plain allows, as the whole forward pass says it."""
    follower, code, lag, is_elapsed = link
    network = solution.network
    if code == STARTS_WITHIN:
        return 0
    earliest = solution.start_instant(source) if code & FROM_START else solution.finishes_at[source]
    back = network.durations[follower] if code & TO_FINISH else 0
    if is_elapsed:
        earliest, lag = earliest + lag, 0
    return link_start(network.axes[follower], earliest, lag, back)


def _place_node(solution: Solution, node: int, ready: int) -> None:
    network = solution.network
    kind = network.kinds[node]
    if kind > MILESTONE:
        place_special(solution, node, ready, None)
        return
    axis = network.axes[node]
    start = max(ready, network.status) if network.status is not None else ready
    index = axis.index(start)
    solution.start_index[node], solution.starts_at[node] = index, NOT_WORKED_OUT
    if kind == PLAIN:
        index += network.durations[node]
        solution.finishes_at[node] = axis.finish_side(index)
    else:
        at, _ = axis.milestone(start)
        solution.starts_at[node] = solution.finishes_at[node] = at
    solution.finish_index[node] = index


def _backward(solution: Solution, seeds: set[int]) -> None:
    """Find anew how late the seeds may be, and whatever a node waits for as long as that changes."""
    incoming = solution.network.sources()

    def limit(node: int) -> Iterable[int]:
        was = solution.late_finish_index[node], solution.late_starts_at[node]
        _limit_node(solution, node)
        return () if was == (solution.late_finish_index[node], solution.late_starts_at[node]) else incoming[node]

    _in_turn(solution.network, seeds, limit, is_backward=True)


def _limit_node(solution: Solution, node: int) -> None:
    network = solution.network
    limit = min((solution.late_starts_at[follower] for follower in network.successors[node]), default=solution.finish_at)
    limit = min(limit, solution.finish_at)
    if network.kinds[node] > MILESTONE:
        limit_special(solution, node, limit)
        return
    index_limit, axis, span = NEVER, network.axes[node], solution.spans[node]
    if network.general[node]:
        limit, index_limit = general_limits(solution, node, limit)
    index = min(axis.index(limit), index_limit)
    solution.late_finish_index[node] = index
    late = axis.start_side(index - span)
    solution.late_starts_at[node] = late if late <= limit or span else axis.finish_side(index - span)
