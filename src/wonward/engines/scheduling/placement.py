"""Where one task stands that is more than a plain duration: constraints, progress, manual dates, milestones."""

from __future__ import annotations

from typing import NamedTuple

from wonward.engines.scheduling.axis import CalendarAxis
from wonward.engines.scheduling.network import Network, start_for_finish
from wonward.engines.scheduling.types import ConstraintType, PlanTask


class Placement(NamedTuple):
    """Start and finish of a task as instants and as working indexes of its calendar."""

    start: int
    start_index: int
    finish: int
    finish_index: int


def place_task(network: Network, place: int, ready: int, held_until: int) -> Placement:
    """Place a leaf that its links and anchor allow from the instant ``ready`` on.

    ``held_until`` is the late start of a task scheduled as late as possible, otherwise 0.
    """
    task = network.tasks[place]
    if place in network.started:
        return _place_started(network, place, ready)
    if task.is_manual and task.manual_start_at is not None:
        return _place_manual(network, place)
    if network.status is not None and network.status > ready:
        ready = network.status
    start = max(constrained_start(network, place, ready), held_until)
    return _span(network.axes[place], start, network.durations[place])


def constrained_start(network: Network, place: int, ready: int) -> int:
    """The start the task's own date imposes; it wins over links. Earliest dates are anchors already."""
    task = network.tasks[place]
    if task.constraint_at is None:
        return ready
    at = network.window.instant(task.constraint_at)
    duration, axis = network.durations[place], network.axes[place]
    match task.constraint:
        case ConstraintType.MSO:
            return at
        case ConstraintType.MFO:
            return start_for_finish(axis, at, duration)
        case ConstraintType.SNLT:
            return min(ready, at)
        case ConstraintType.FNLT:
            return min(ready, start_for_finish(axis, at, duration))
    return ready


def latest_finish_index(network: Network, place: int, limit: int) -> int:
    """The late finish, given what successors and the project's finish allow (working indexes)."""
    task, axis = network.tasks[place], network.axes[place]
    if task.constraint_at is not None:
        at = network.window.instant(task.constraint_at)
        match task.constraint:
            case ConstraintType.MSO:
                limit = axis.index(at) + network.durations[place]
            case ConstraintType.MFO:
                limit = axis.index(at)
            case ConstraintType.SNLT:
                limit = min(limit, axis.index(at) + network.durations[place])
            case ConstraintType.FNLT:
                limit = min(limit, axis.index(at))
    cap = network.caps.get(place)
    return limit if cap is None else min(limit, axis.index(cap))


def remaining_minutes(task: PlanTask) -> int:
    """Working minutes not yet done, to the nearest minute."""
    done = int(task.duration_minutes * task.percent_complete / 100 + 0.5)
    return max(0, task.duration_minutes - done)


def _span(axis: CalendarAxis, start: int, duration: int) -> Placement:
    if not duration:
        start, index = axis.milestone(start)
        return Placement(start, index, start, index)
    index = axis.index(start)
    last = index + duration
    return Placement(axis.start_side(index), index, axis.finish_side(last), last)


def _place_manual(network: Network, place: int) -> Placement:
    task, axis, window = network.tasks[place], network.axes[place], network.window
    assert task.manual_start_at is not None
    start = window.instant(task.manual_start_at)
    index = axis.index(start)
    if task.manual_finish_at is not None:
        finish = window.instant(task.manual_finish_at)
        return Placement(start, index, finish, axis.index(finish))
    if not task.duration_minutes:
        return Placement(start, index, start, index)
    last = index + task.duration_minutes
    return Placement(start, index, axis.finish_side(last), last)


def _place_started(network: Network, place: int, ready: int) -> Placement:
    task, axis, window = network.tasks[place], network.axes[place], network.window
    planned = _planned(network, place, ready)
    start, index = planned.start, planned.start_index
    if task.actual_start_at is not None:
        start = window.instant(task.actual_start_at)
        index = axis.index(start)
    if task.actual_finish_at is not None:
        finish = window.instant(task.actual_finish_at)
        if start > finish:
            start = start_for_finish(axis, finish, task.duration_minutes)
        return Placement(start, axis.index(start), finish, axis.index(finish))
    if not task.duration_minutes:
        return Placement(start, index, start, index)
    last = index + task.duration_minutes
    remaining = remaining_minutes(task)
    if remaining:
        if network.status is not None:
            last = max(last, axis.index(network.status) + remaining)
        if task.constraint == ConstraintType.FNET and task.constraint_at is not None:
            last = max(last, axis.index(window.instant(task.constraint_at)))
    return Placement(start, index, axis.finish_side(last), last)


def _planned(network: Network, place: int, ready: int) -> Placement:
    task = network.tasks[place]
    if task.is_manual and task.manual_start_at is not None:
        return _place_manual(network, place)
    return _span(network.axes[place], constrained_start(network, place, ready), network.durations[place])
