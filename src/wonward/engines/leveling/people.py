"""Choosing people for a task that asks for skills: a matching, the least versatile first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wonward.engines.leveling.network import Network

if TYPE_CHECKING:
    from wonward.engines.leveling.placing import Plan

Team = tuple[tuple[int, str], ...]


def take_people(network: Network, free: Sequence[int], j: int, cells: Sequence[int]) -> Team | None:
    """People free in all these slots for the task's skills, each for one; None if there are too few.

    A person the task asks for by name is not taken again for a skill.
    """
    wanted = network.skills[j]
    if not wanted:
        return ()
    named = network.demand[j]
    is_free: dict[int, bool] = {}
    for skill in set(wanted):
        for person in network.people_by_skill.get(skill, ()):
            if person not in is_free:
                mask = network.field[person] << network.shift[person]
                is_free[person] = not named & mask and all(free[u] & mask for u in cells)
    holder: dict[int, int] = {}
    for seat in range(len(wanted)):
        if not _seat(network, wanted, seat, is_free, holder, set()):
            return None
    return tuple(sorted((person, wanted[seat]) for person, seat in holder.items()))


def _seat(
    network: Network, wanted: Sequence[str], seat: int, is_free: dict[int, bool], holder: dict[int, int], tried: set[int]
) -> bool:
    for person in network.people_by_skill.get(wanted[seat], ()):
        if not is_free[person] or person in tried:
            continue
        tried.add(person)
        if person not in holder or _seat(network, wanted, holder[person], is_free, holder, tried):
            holder[person] = seat
            return True
    return False


def release_people(plan: Plan, j: int) -> None:
    """Forget who works on a task."""
    plan.team[j] = ()
