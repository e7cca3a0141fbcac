"""Pools that share people: what fits every pool fits the people, and nothing else does."""

from __future__ import annotations

from random import Random

import pytest

from wonward.domains.staff.types import AskedSkill, WorkingPerson
from wonward.journeys.capacity.rules.pools import Pools, parts_of, pool_key, role_key
from wonward.kernel.work_calendar import STANDARD_CALENDAR


def person(key: int, *roles: int) -> WorkingPerson:
    return WorkingPerson(key, f"P{key}", "", None, "", roles, STANDARD_CALENDAR, 100, 100, None, None, False, 1)


def can_share(asked: dict[str, int], members: dict[str, frozenset[int]], hours: dict[int, int]) -> bool:
    """Whether hours of people cover what is asked: one hour after another finds a way, or none does."""
    seats = [key for key, amount in asked.items() for _ in range(amount)]
    given: dict[tuple[int, int], int] = {}

    def seat(place: int, tried: set[tuple[int, int]]) -> bool:
        for who in sorted(members[seats[place]]):
            for hour in range(hours[who]):
                if (who, hour) in tried:
                    continue
                tried.add((who, hour))
                if (who, hour) not in given or seat(given[who, hour], tried):
                    given[who, hour] = place
                    return True
        return False

    return all(seat(place, set()) for place in range(len(seats)))


@pytest.mark.parametrize("seed", range(300))
def test_what_every_pool_and_their_unions_can_give_is_just_what_people_can(seed: int) -> None:
    dice = Random(seed)
    people = [person(key, *dice.sample((1, 2, 3, 4), dice.randrange(1, 3))) for key in range(1, dice.randrange(3, 7))]
    hours = {one.id: dice.randrange(1, 4) for one in people}
    pools = Pools(people, {})
    asked = {role_key(role): dice.randrange(0, 6) for role in (1, 2, 3, 4)}
    asked = {key: amount for key, amount in asked.items() if amount and pools.of(key)}
    resources = pools.with_joint(asked)
    fits = all(
        sum(amount for key, amount in asked.items() if pools.of(key) <= members) <= sum(hours[one] for one in members)
        for members in resources.values()
    )
    assert fits == can_share(asked, pools.members, hours)


def test_a_pool_of_skills_holds_those_who_have_all_of_them_well_enough() -> None:
    people = [person(1, 7), person(2, 7), person(3, 8), person(4, 7)]
    levels = {1: {5: 3}, 2: {5: 2}, 3: {5: 5}, 4: {5: 4, 6: 1}}
    pools = Pools(people, levels)
    french, vue = AskedSkill(5, "French", 3), AskedSkill(6, "Vue", 1)
    assert pools.of(pool_key(7, [french])) == {1, 4}
    assert pools.of(pool_key(None, [french])) == {1, 3, 4}
    assert pools.of(pool_key(7, [vue, french])) == {4}
    assert parts_of(pool_key(7, [vue, french])) == [(7, [(5, 3), (6, 1)])]
    assert pool_key(None) == ""
