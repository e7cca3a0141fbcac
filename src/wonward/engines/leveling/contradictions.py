"""What can be seen to be impossible without a search."""

from __future__ import annotations

from wonward.engines.leveling.network import Network
from wonward.engines.leveling.people import take_people
from wonward.engines.leveling.placing import Placer


def find_contradiction(placer: Placer) -> str:
    """A proof that no plan keeps everything, as a sentence; empty if none is seen, which proves nothing."""
    network = placer.network
    if network.cyclic:
        names = ", ".join(network.tasks[j].key for j in network.cyclic[:6])
        return f"tasks wait for each other in a circle: {names}"
    for j in range(network.count):
        lacking = too_much(network, j)
        if lacking:
            return lacking
    for j in placer.overloaded:
        if not network.skills[j]:
            return f"{network.tasks[j].key} cannot lie where it is fixed: others fixed there, or absences, leave too little"
    return _window_contradiction(placer)


def too_much(network: Network, j: int) -> str:
    """Why a task could never be done, even alone and with everybody there; empty if it could."""
    task = network.tasks[j]
    if task.started_at is not None or not task.duration:
        return ""
    for name, amount in task.demands.items():
        peak = network.peaks[network.resource_index[name]]
        if amount > peak:
            return f"{task.key} needs {amount} of {name}, which never has more than {peak}"
    everybody = [sum(min(1, peak) << shift for peak, shift in zip(network.peaks, network.shift, strict=True))]
    if take_people(network, everybody, j, (0,)) is None:
        return f"{task.key} needs more people with {', '.join(sorted(task.skills))} than there are"
    return ""


def lacks_people(network: Network) -> str:
    """Which task asks for more people with its skills than there are at all; empty if none does."""
    everybody = [sum(min(1, peak) << shift for peak, shift in zip(network.peaks, network.shift, strict=True))]
    for j in range(network.count):
        has_begun = network.tasks[j].started_at is not None
        if network.duration[j] and not has_begun and take_people(network, everybody, j, (0,)) is None:
            return f"{network.tasks[j].key} needs more people with {', '.join(sorted(network.tasks[j].skills))} than there are"
    return ""


def _window_contradiction(placer: Placer) -> str:
    """Earliest starts by links, dates, calendars and what fixed work leaves free; against pins and deadlines."""
    network, empty = placer.network, placer.empty
    start, finish = empty.start[:], empty.finish[:]
    for j in network.order:
        task = network.tasks[j]
        at = network.earliest(j, start, finish)
        if network.is_fixed[j]:
            if task.started_at is None and at > start[j]:
                return f"{task.key} is fixed at {start[j]} but cannot begin before {at}"
        else:
            start[j], finish[j] = first_fit(placer, j, at)
            if finish[j] > network.limit:
                return f"{task.key} finds no room at any time"
        if task.deadline is not None and finish[j] > task.deadline:
            return f"{task.key} cannot end before {finish[j]}, after its deadline {task.deadline}"
    return ""


def first_fit(placer: Placer, j: int, at: int) -> tuple[int, int]:
    """Start and finish of a task at the first room beside the fixed work alone."""
    network, free = placer.network, placer.empty.free
    demand, guard = network.demand[j], network.guard
    at = network.start_at_or_after(j, at)
    while demand or network.skills[j]:
        cells = network.cells(j, at)
        blocked = next((u for u in reversed(cells) if (free[u] - demand) & guard), None)
        if blocked is None and take_people(network, free, j, cells) is not None:
            break
        at = network.start_at_or_after(j, (at if blocked is None else blocked) + 1)
    return at, network.finish(j, at)
