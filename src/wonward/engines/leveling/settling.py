"""Laying tasks as near to the published plan as they fit."""

from __future__ import annotations

from collections.abc import Sequence

from wonward.engines.leveling.placing import Placer, Plan
from wonward.engines.leveling.scoring import Scorer

PASSES = 3


def nearest(placer: Placer, order: Sequence[int]) -> Plan:
    """Place the movable tasks in this order (predecessors first), each as near to its published start as it fits.

    A task without one is placed as early as it fits.
    """
    network, plan = placer.network, placer.empty.copy()
    for j in order:
        low = network.earliest(j, plan.start, plan.finish)
        wished = network.tasks[j].published_start
        if wished is None:
            placer.place_hard(plan, j, low)
        else:
            _lay_near(placer, plan, j, max(wished, low), low, network.horizon)
    return plan


def settle(placer: Placer, scorer: Scorer, plan: Plan) -> Plan:
    """Draw single tasks nearer to their published starts while that makes nothing late or longer; in place."""
    network = placer.network
    wished = [(j, network.tasks[j].published_start) for j in network.movable]
    drawn = [(j, slot) for j, slot in wished if slot is not None]
    weights = network.problem.weights
    for _ in range(PASSES if drawn else 0):
        has_moved = False
        end = plan.makespan if weights.makespan >= weights.change else network.limit
        # Late tasks move left in order of start, early ones right in the opposite order: each makes room for the next.
        drawn.sort(key=lambda one: plan.start[one[0]])
        for j, slot in drawn:
            if plan.start[j] > slot:
                has_moved |= _draw_near(placer, plan, j, slot, end)
        for j, slot in reversed(drawn):
            if plan.start[j] < slot:
                has_moved |= _draw_near(placer, plan, j, slot, end)
        if not has_moved:
            break
    return plan


def _draw_near(placer: Placer, plan: Plan, j: int, wished: int, end: int) -> bool:
    """Move one task nearer to a slot, between the tasks it is tied to; whether it moved."""
    network, task, begun = placer.network, placer.network.tasks[j], plan.start[j]
    low = network.earliest(j, plan.start, plan.finish)
    last = end
    for slot in (task.deadline, task.due):
        if slot is not None:
            last = min(last, max(slot, plan.finish[j]))
    for k in network.frees_fs[j]:
        last = min(last, plan.start[k])
    last = max(plan.finish[j], min(last, placer.latest_finish(plan, j)))
    if low >= begun > wished:
        return False
    placer.lift(plan, j)
    _lay_near(placer, plan, j, wished, low, last)
    return plan.start[j] != begun


def _lay_near(placer: Placer, plan: Plan, j: int, wished: int, low: int, last: int) -> None:
    """Lay a task that is not in the plan at the nearest slot from ``low`` on, finished by ``last``, later first."""
    network, distance = placer.network, 0
    while True:
        for at in (wished + distance, wished - distance):
            if low <= at < network.horizon and network.start_at_or_after(j, at) == at and network.finish(j, at) <= last and placer.put(plan, j, at):
                return
        distance += 1
