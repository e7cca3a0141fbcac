"""What would help somebody who is asked for too much, or has too little to do: each fix tried on copies of the weeks before it is offered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

from wonward.journeys.capacity.types import CapacityFix, CapacityItem, WeekEffect

MOST_FIXES = 3
MOST_WEEKS_LATER = 6
# Minutes over the time there is that come from rounding, and are no overload.
TOLERANCE = 5
# A booking is shared in steps of this many percent, and not for less than two of them.
STEP = 5


@dataclass(frozen=True, slots=True)
class Team:
    """Everybody's weeks: minutes asked and there by person, and the roles each can fill, the main one first."""

    asked: Mapping[int, Sequence[int]]
    supply: Mapping[int, Sequence[int]]
    roles: Mapping[int, Sequence[int]]

    def over(self, person_id: int, week: int) -> int:
        """Minutes asked too much in a week; 0 within tolerance."""
        excess = self.asked[person_id][week] - self.supply[person_id][week]
        return excess if excess > TOLERANCE else 0


def fixes_for_week(team: Team, items: Collection[CapacityItem], person_id: int, week: int) -> list[CapacityFix]:
    """The fixes that relieve a person in a week without overloading anybody else more, the greatest relief first, one a kind and item."""
    mine = sorted((one for one in items if one.person_id == person_id and one.weeks.get(week)), key=lambda one: -one.weeks[week])
    found = [fix for item in mine for fix in _ways(team, item, person_id, week) if fix.relief_minutes > 0]
    found.sort(key=lambda fix: (-fix.relief_minutes, _TROUBLE[fix.kind], fix.item.id))
    chosen: list[CapacityFix] = []
    for fix in found:
        # Three ways of different kinds help more to choose than three of one.
        if sum(one.kind == fix.kind for one in chosen) < 1 or len(found) <= MOST_FIXES:
            chosen.append(fix)
    chosen += [fix for fix in found if fix not in chosen]
    return chosen[:MOST_FIXES]


def fixes_for_idle(team: Team, items: Iterable[CapacityItem], person_id: int) -> list[CapacityFix]:
    """Work that nobody has and that fits a person's roles and free weeks, the most first."""
    found = []
    for item in items:
        if item.person_id is None and item.role_id in team.roles.get(person_id, ()) and _fits(team, person_id, item.weeks):
            week = max(item.weeks, key=lambda one: item.weeks[one])
            effect = _effect(team, person_id, week, item.weeks[week])
            found.append(CapacityFix("take", item, person_id, 0, sum(item.weeks.values()), effect, None))
    return sorted(found, key=lambda fix: (-fix.relief_minutes, fix.item.id))[:MOST_FIXES]


_TROUBLE = {"give": 0, "float": 1, "later": 2, "share": 3, "split": 4, "take": 5}


def _ways(team: Team, item: CapacityItem, person_id: int, week: int) -> Iterator[CapacityFix]:
    helper = _helper(team, item, item.weeks)
    if helper is not None:
        yield _handed("give", team, item, item.weeks, person_id, helper, week)
    elif item.kind == "booking" and item.first_week >= 0 and (shared := _shared(team, item, person_id, week)) is not None:
        yield shared
    if item.kind == "booking":
        rest = {at: minutes for at, minutes in item.weeks.items() if at >= week}
        other = _helper(team, item, rest) if item.first_week < week else None
        if other is not None:
            yield _handed("split", team, item, rest, person_id, other, week)
    most = item.slack_weeks if item.kind == "task" else MOST_WEEKS_LATER if item.state == "tentative" else 0
    # What lies weeks earlier comes into this week: it must be less than what leaves it.
    later = [
        _moved(team, item, person_id, week, by) for by in range(1, min(most, MOST_WEEKS_LATER) + 1)
        if item.weeks.get(week - by, 0) < item.weeks[week]
    ]
    if later:
        yield max(later, key=lambda fix: (fix.relief_minutes, -fix.weeks_later))


def _helper(team: Team, item: CapacityItem, weeks: Mapping[int, int]) -> int | None:
    """Whoever has the role and free time in all these weeks, the one with most of it left."""
    free = [
        (min(team.supply[one][at] - team.asked[one][at] - minutes for at, minutes in weeks.items()), -one)
        for one, roles in team.roles.items()
        if one != item.person_id and item.role_id in roles and _fits(team, one, weeks)
    ]
    return -max(free)[1] if free and weeks else None


def _shared(team: Team, item: CapacityItem, person_id: int, week: int) -> CapacityFix | None:
    """A part of a booking that nobody could take whole: no more than relieves, to the one who can take most of it."""
    free = [
        (min((team.supply[one][at] - team.asked[one][at]) / minutes for at, minutes in item.weeks.items() if minutes > 0), -one)
        for one, roles in team.roles.items() if one != person_id and item.role_id in roles
    ]
    if not free:
        return None
    most, helper = max(free)
    needed = max(team.over(person_id, at) / minutes for at, minutes in item.weeks.items() if minutes > 0)
    percent = min(STEP * int(100 * most / STEP), STEP * ceil(100 * needed / STEP), 100 - STEP)
    if percent < 2 * STEP:
        return None
    part = {at: minutes * percent // 100 for at, minutes in item.weeks.items()}
    return replace(_handed("share", team, item, part, person_id, -helper, week), percent=percent)


def _fits(team: Team, person_id: int, weeks: Mapping[int, int]) -> bool:
    return all(team.asked[person_id][at] + minutes <= team.supply[person_id][at] for at, minutes in weeks.items())


def _handed(
    kind: str, team: Team, item: CapacityItem, weeks: Mapping[int, int], person_id: int, to_id: int, week: int
) -> CapacityFix:
    relief = sum(min(minutes, team.over(person_id, at)) for at, minutes in weeks.items())
    busiest = max(weeks, key=lambda at: (team.asked[to_id][at] + weeks[at]) / max(1, team.supply[to_id][at]))
    return CapacityFix(
        kind, item, to_id, 0, relief, _effect(team, person_id, week, -weeks.get(week, 0)), _effect(team, to_id, busiest, weeks[busiest]),
        week if kind == "split" else 0,
    )


def _moved(team: Team, item: CapacityItem, person_id: int, week: int, by: int) -> CapacityFix:
    """An item some weeks later; what falls beyond the weeks looked at overloads nobody there."""
    before = list(team.asked[person_id])
    after = before[:]
    for at, minutes in item.weeks.items():
        after[at] -= minutes
        if at + by < len(after):
            after[at + by] += minutes
    there = team.supply[person_id]
    relief = sum(max(0, asked - can) for asked, can in zip(before, there, strict=True)) - sum(
        max(0, asked - can) for asked, can in zip(after, there, strict=True)
    )
    return CapacityFix(
        "float" if item.kind == "task" else "later", item, None, by, relief, _effect(team, person_id, week, after[week] - before[week]), None
    )


def _effect(team: Team, person_id: int, week: int, change: int) -> WeekEffect:
    asked, there = team.asked[person_id][week], team.supply[person_id][week]
    return WeekEffect(person_id, week, _percent(asked, there), _percent(asked + change, there))


def _percent(asked: int, there: int) -> int:
    return round(100 * asked / there) if there else (999 if asked > 0 else 0)
