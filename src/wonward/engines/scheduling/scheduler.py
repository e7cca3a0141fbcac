"""The two questions: when does everything happen, and when does it after this change?"""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from wonward.engines.scheduling.axis import Window, WindowTooSmall
from wonward.engines.scheduling.errors import AbsurdValue
from wonward.engines.scheduling.network import SUMMARY, Network
from wonward.engines.scheduling.passes import (
    Solution,
    empty_solution,
    has_late_tasks,
    run_passes,
)
from wonward.engines.scheduling.timing import Timings
from wonward.engines.scheduling.types import Key, PlanProblem, PlanSchedule
from wonward.kernel.work_calendar import CalendarNeverWorks


def schedule_plan(problem: PlanProblem) -> PlanSchedule:
    """Date every task of a plan as Microsoft Project does, forward from its start.

    Raises a ScheduleError, or CalendarNeverWorks for a calendar that leaves no time to work.
    """
    window: Window | None = None
    with _no_collecting():
        while True:
            try:
                return as_schedule(_solve(Network(problem, window)))
            except WindowTooSmall as outside:
                window = _widened(problem, outside)


def reschedule_plan(problem: PlanProblem, previous: PlanSchedule, changed: Collection[Key]) -> PlanSchedule:
    """The schedule of a plan that differs from the previous one only at the ``changed`` tasks.

    ``changed`` names every task added or removed, and every task with other values, another parent or other
    links at either end. Early dates are worked out again only there and behind; the answer is that of
    ``schedule_plan``. Anything else that differs (start, status date, calendars) leads to a full schedule.
    """
    before = previous._solution
    if not isinstance(before, Solution):
        return schedule_plan(problem)
    try:
        network = Network(problem, before.network.window)
        if not network.is_same_frame(before.network):
            return schedule_plan(problem)
        if has_late_tasks(network) or has_late_tasks(before.network):
            return schedule_plan(problem)
        solution = empty_solution(network)
        affected = _affected(network, before.network, changed)
        _copy_early_dates(before, solution, affected)
        run_passes(solution, affected)
    except WindowTooSmall:
        return schedule_plan(problem)
    return as_schedule(solution)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Nothing made here is garbage before the end: of 100,000 tasks, looking for some would take a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _solve(network: Network) -> Solution:
    solution = empty_solution(network)
    run_passes(solution)
    return solution


def as_schedule(solution: Solution) -> PlanSchedule:
    """What is shown of a solution; it is worked out when somebody reads it."""
    return PlanSchedule(Timings(solution), solution.network.window.at(solution.finish_at), solution)


def _widened(problem: PlanProblem, outside: WindowTooSmall) -> Window:
    try:
        return outside.window.grown(outside.is_before)
    except AbsurdValue:
        if not all(any(calendar.week) for calendar in (problem.calendar, *problem.calendars.values())):
            raise CalendarNeverWorks("a calendar runs out of working time") from None
        raise


def _affected(network: Network, before: Network, changed: Collection[Key]) -> set[int]:
    """Changed tasks, those that waited for them and everything behind, as nodes of the new network."""
    seeds = [key for key in changed if key in network.position_of]
    for key in changed:
        place = before.position_of.get(key)
        if place is not None:
            for leaf in before.hierarchy.leaves.get(place, [place]):
                seeds.extend(before.node_keys[node] for node in before.followers(leaf))
    seeds.extend(key for key in network.keys if key not in before.position_of)
    waiting = [network.position_of[key] for key in seeds if key in network.position_of]
    waiting.extend(range(network.task_count, len(network.kinds)))
    affected: set[int] = set()
    while waiting:
        node = waiting.pop()
        if node in affected:
            continue
        affected.add(node)
        waiting.extend(network.followers(node))
        waiting.extend(network.hierarchy.leaves.get(node, ()))
    return affected


def _copy_early_dates(before: Solution, solution: Solution, affected: Collection[int]) -> None:
    network = solution.network
    position_of = before.network.position_of
    for place, key in enumerate(network.keys):
        if place in affected or network.kinds[place] == SUMMARY:
            continue
        old = position_of[key]
        solution.start_index[place] = before.start_index[old]
        solution.starts_at[place] = before.starts_at[old]
        solution.finish_index[place] = before.finish_index[old]
        solution.finishes_at[place] = before.finishes_at[old]
        solution.spans[place] = before.spans[old]
