"""Between which starts every task may lie so that no due date is missed that could be kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from wonward.engines.leveling.network import Network


class Windows(NamedTuple):
    """Earliest and latest starts, and by when each task must be finished for its own dates (the limit where it has none)."""

    earliest: list[int]
    latest: list[int]
    finish_by: list[int]


def find_windows(network: Network, earliest: Sequence[int], finish: Sequence[int]) -> Windows:
    """Windows for the earliest starts and finishes that links, dates and calendars allow.

    A due date that even those miss gives way to the earliest finish itself: nothing may be later than it has to be.
    """
    finish_by = [network.limit] * network.count
    for j, task in enumerate(network.tasks):
        if task.due is not None and task.due_weight:
            finish_by[j] = min(network.limit, max(task.due, finish[j]))
        if task.deadline is not None:
            finish_by[j] = min(finish_by[j], task.deadline)
    latest, ends = [0] * network.count, [0] * network.count
    for j in reversed(network.order):
        fixed = network.fixed[j]
        latest[j] = latest_start(network, j, latest, ends, finish_by[j]) if fixed is None else fixed
        ends[j] = network.finish(j, latest[j])
    return Windows(list(earliest), latest, finish_by)


def latest_start(network: Network, j: int, start: Sequence[int], finish: Sequence[int], finish_by: int) -> int:
    """The last slot in which a task may begin, given where its successors lie."""
    latest = finish_by
    for k in network.frees_fs[j]:
        latest = min(latest, start[k])
    for k, from_finish, to_finish, lag in network.frees[j]:
        target = (finish if to_finish else start)[k] - lag
        latest = min(latest, target if from_finish else network.finish(j, max(0, network.start_at_or_before(j, target))))
    return network.start_for_finish_by(j, latest)


def find_date_contradiction(network: Network, earliest: Sequence[int], finish: Sequence[int]) -> str:
    """Why dates and links alone allow no plan, as a sentence; empty if they allow one. People do not count here."""
    if network.cyclic:
        names = ", ".join(network.tasks[j].key for j in network.cyclic[:6])
        return f"tasks wait for each other in a circle: {names}"
    for j, task in enumerate(network.tasks):
        if network.is_fixed[j] and task.started_at is None:
            at = network.earliest(j, earliest, finish)
            if at > earliest[j]:
                return f"{task.key} is fixed at {earliest[j]} but cannot begin before {at}"
        if task.deadline is not None and finish[j] > task.deadline:
            return f"{task.key} cannot end before {finish[j]}, after its deadline {task.deadline}"
        if not network.is_fixed[j] and finish[j] > network.limit:
            return f"{task.key} finds no room at any time"
    return ""
