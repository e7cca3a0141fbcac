"""How much of each role there is when people have several.

Hours of a person count once. They belong first to the roles in which that person is asked for by name; what is left goes where a
role is short, the person's first role before the others; and what nobody needs stays with the first role.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wonward.domains.staff.types import WorkingPerson

# A person's roles, the first one first.
Roles = tuple[int, ...]


def supply_by_role(
    people: Sequence[WorkingPerson], supply: Mapping[int, Sequence[int]], named: Mapping[int, Mapping[int, Sequence[float]]],
    needs: Mapping[int, Sequence[float]], weeks: int,
) -> dict[int, list[int]]:
    """Minutes by role and week that sum to those of the people.

    `supply` is by person, `named` by person and role what is asked of them by name, `needs` by role what is asked of nobody by name.
    """
    found: dict[int, list[int]] = {person.role_ids[0]: [0] * weeks for person in people}
    free: dict[Roles, list[int]] = {}
    for person in people:
        row = free.setdefault(person.role_ids, [0] * weeks)
        asked = named.get(person.id, {})
        for week, minutes in enumerate(supply[person.id]):
            row[week] += minutes - _by_name(found, asked, week, minutes, weeks)
    several = any(len(roles) > 1 for roles in free)
    for week in range(weeks):
        if several:
            _lend(found, free, {role: row[week] for role, row in needs.items() if row[week] > 0}, week, weeks)
        for roles, row in free.items():
            found[roles[0]][week] += row[week]
    return found


def _by_name(found: dict[int, list[int]], asked: Mapping[int, Sequence[float]], week: int, minutes: int, weeks: int) -> int:
    """Give each role what somebody is asked for in it, in proportion where that is more than there is; the minutes given."""
    whole = sum(row[week] for row in asked.values())
    if not whole or not minutes:
        return 0
    given = 0
    for role, row in asked.items():
        part = int(row[week] * min(1.0, minutes / whole))
        if part:
            found.setdefault(role, [0] * weeks)[week] += part
            given += part
    return given


def _lend(found: dict[int, list[int]], free: dict[Roles, list[int]], short: dict[int, float], week: int, weeks: int) -> None:
    """Give free minutes to roles that are short, as many as there can be: a way round others is taken where the straight one is used up."""
    given: dict[tuple[Roles, int], int] = {}
    for rank in range(max(map(len, free))):
        for roles, row in free.items():
            if rank < len(roles) and row[week] and short.get(roles[rank], 0) > 0:
                _give(given, roles, roles[rank], min(row[week], int(short[roles[rank]])), row, short, week)
    while path := _way(free, given, short, week):
        amount = min(
            free[path[0][0]][week], int(short[path[-1][1]]), *(given[after[0], before[1]] for before, after in zip(path, path[1:], strict=False))
        )
        for place, (roles, role) in enumerate(path):
            given[roles, role] = given.get((roles, role), 0) + amount
            if place:
                given[roles, path[place - 1][1]] -= amount
        free[path[0][0]][week] -= amount
        short[path[-1][1]] -= amount
    for (_, role), minutes in given.items():
        if minutes:
            found.setdefault(role, [0] * weeks)[week] += minutes


def _give(
    given: dict[tuple[Roles, int], int], roles: Roles, role: int, amount: int, row: list[int], short: dict[int, float], week: int
) -> None:
    if amount > 0:
        given[roles, role] = given.get((roles, role), 0) + amount
        row[week] -= amount
        short[role] -= amount


def _way(
    free: Mapping[Roles, Sequence[int]], given: Mapping[tuple[Roles, int], int], short: Mapping[int, float], week: int
) -> list[tuple[Roles, int]]:
    """People and the role they move to, one freeing what the next one gave, from somebody free to a role that is short; [] if there is none."""
    ways: list[list[tuple[Roles, int]]] = [[(roles, role)] for roles, row in free.items() if row[week] > 0 for role in roles]
    seen = {way[0][1] for way in ways}
    while ways:
        longer: list[list[tuple[Roles, int]]] = []
        for way in ways:
            role = way[-1][1]
            if short.get(role, 0) >= 1:
                return way
            for (roles, held), minutes in given.items():
                if held == role and minutes > 0:
                    for other in roles:
                        if other not in seen:
                            seen.add(other)
                            longer.append([*way, (roles, other)])
        ways = longer
    return []
