"""What people can give, day by day, as resources for levelling."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from wonward.domains.staff.types import TimeOffRow, WorkingPerson
from wonward.engines.leveling import LevelingResource
from wonward.journeys.capacity.rules.axis import DayAxis
from wonward.journeys.capacity.rules.leveling_world import LevelingWorld
from wonward.journeys.capacity.rules.pools import Pools, person_key

LONG_ABSENCE_DAYS = 3
LONG_TASK_DAYS = 10
_MANY = 4000


def usual_minutes(person: WorkingPerson, days_a_week: int) -> int:
    """What somebody works on a usual day, their week spread over the days the plans work."""
    week = sum(end - start for spans in person.calendar.week for start, end in spans)
    return week * person.week_percent // 100 // max(1, days_a_week)


def is_employed(person: WorkingPerson, day: date) -> bool:
    """Whether a day lies within the employment."""
    begins, ends = person.employed_from_date, person.employed_until_date
    return (begins is None or day >= begins) and (ends is None or day <= ends)


def is_away(person: WorkingPerson, day: date, off: Iterable[TimeOffRow]) -> bool:
    """Whether somebody who usually works is not there at all: time off, a holiday of their own, not employed."""
    if not is_employed(person, day) or person.calendar.exceptions.get(day) == ():
        return True
    return any(one.minutes_per_day is None and one.start_date <= day <= one.finish_date for one in off)


class Staffing:
    """The resources of a world: people, how far they are there, and the pools they stand in."""

    def __init__(self, world: LevelingWorld, axis: DayAxis) -> None:
        self.days = axis.future
        self.days_a_week = sum(1 for spans in world.usual.week if spans) or 5
        self.people = {person.id: person for person in world.people}
        self.taken = world.taken
        self.off: dict[int, list[TimeOffRow]] = {}
        for one in world.time_off:
            if one.status == "approved":
                self.off.setdefault(one.person_id, []).append(one)
        self.pools = Pools(world.people, world.levels)

    def usual(self, key: str) -> int:
        """Minutes of a usual day of a person or pool; 0 for nobody."""
        return sum(usual_minutes(one, self.days_a_week) for one in self._who(key))

    def absence_key(self, person_id: int, slots: int) -> str | None:
        """The resource that keeps a task of so many days off the absences of a person: of all, or, when it is long, of long ones."""
        away = self._away(person_id)
        if slots > LONG_TASK_DAYS:
            away = _long_runs(away)
        return f"{'long' if slots > LONG_TASK_DAYS else 'there'}:{person_id}" if any(away) else None

    def resources(self, keys: Collection[str]) -> tuple[LevelingResource, ...]:
        """The resources of these keys, with their minutes (or presence) by slot."""
        return tuple(self._resource(key) for key in sorted(keys))

    def _resource(self, key: str) -> LevelingResource:
        kind, _, number = key.partition(":")
        if kind in ("there", "long"):
            away = self._away(int(number))
            away = _long_runs(away) if kind == "long" else away
            stays = self._stays(self.people[int(number)])
            return LevelingResource(key, _MANY if stays else 0, tuple(0 if gone else _MANY for gone in away))
        taken = self.taken_from(key)
        row = [0] * len(self.days)
        beyond = 0
        for person in self._who(key):
            usual, mine = usual_minutes(person, self.days_a_week), self.off.get(person.id, [])
            beyond += usual if self._stays(person) else 0
            for place, day in enumerate(self.days):
                if kind == "person" or not is_away(person, day, mine):
                    row[place] += max(0, usual - _part_off(day, mine))
        return LevelingResource(key, beyond, tuple(max(0, minutes - taken.get(day, 0)) for day, minutes in zip(self.days, row, strict=True)))

    def taken_from(self, key: str) -> dict[date, int]:
        """Minutes by day that others ask of a person, or of everybody in a pool: by name, or through a pool that lies in it."""
        members = self.pools.of(key)
        row: dict[date, int] = {}
        for other, days in self.taken.items():
            asked = self.pools.of(other)
            if asked and asked <= members:
                for day, minutes in days.items():
                    row[day] = row.get(day, 0) + minutes
        return row

    def _who(self, key: str) -> list[WorkingPerson]:
        return [self.people[one] for one in sorted(self.pools.of(key)) if one in self.people]

    def _stays(self, person: WorkingPerson) -> bool:
        return person.employed_until_date is None

    def _away(self, person_id: int) -> list[bool]:
        person = self.people[person_id]
        mine = self.off.get(person_id, [])
        return [is_away(person, day, mine) for day in self.days]


def _part_off(day: date, off: Iterable[TimeOffRow]) -> int:
    return sum(one.minutes_per_day or 0 for one in off if one.start_date <= day <= one.finish_date)


def _long_runs(away: list[bool]) -> list[bool]:
    """Only the absences of more than a few days in a row."""
    kept = [False] * len(away)
    start = 0
    while start < len(away):
        end = start
        while end < len(away) and away[end]:
            end += 1
        if end - start > LONG_ABSENCE_DAYS:
            kept[start:end] = [True] * (end - start)
        start = max(end, start + 1)
    return kept


__all__ = ["LONG_ABSENCE_DAYS", "LONG_TASK_DAYS", "Staffing", "is_away", "person_key", "usual_minutes"]
