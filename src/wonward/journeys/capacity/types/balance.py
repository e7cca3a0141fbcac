"""Who is asked for too much, who has too little, and what would help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from wonward.journeys.capacity.types.time import DayOver


@dataclass(frozen=True, slots=True)
class CapacityItem:
    """A task or a booking as weeks of minutes (by number of the week). `record_id` and `version` say what is changed and what it rests on:
    of a task its project and that project's plan version, of a booking itself.

    `slack_weeks` is how many whole weeks a task may begin later without moving the end of its project.
    """

    kind: str
    id: int
    name: str
    subject: str
    person_id: int | None
    role_id: int | None
    state: str
    weeks: Mapping[int, int]
    first_week: int
    slack_weeks: int
    version: int


@dataclass(frozen=True, slots=True)
class WeekEffect:
    """What a fix does to a person's week, in percent of their time there."""

    person_id: int
    week: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class CapacityFix:
    """A way to take load off somebody, or to give somebody work: give, share (a part of a booking's hours, `percent` of them), split (from a week on), float (a task within
    its slack), later (what is tentative), take (what nobody has). `relief_minutes` is the overload it takes away, for take the work it gives; `other` is the effect on who takes
    over; `at_week` is where a booking is split.
    """

    kind: str
    item: CapacityItem
    to_person_id: int | None
    weeks_later: int
    relief_minutes: int
    effect: WeekEffect
    other: WeekEffect | None
    at_week: int = 0
    percent: int = 100


@dataclass(frozen=True, slots=True)
class OverloadedWeek:
    """A week in which somebody is asked for too much, and what would help."""

    week: int
    percent: int
    excess_minutes: int
    fixes: tuple[CapacityFix, ...]


@dataclass(frozen=True, slots=True)
class PersonBalance:
    """Somebody over the weeks looked at: minutes there, asked for sure and asked with what is tentative, against the target share.

    `gap_minutes` is what is missing to the target, below 0 what is above it. `days_over` are days above their hours in weeks that are not.
    """

    person_id: int
    name: str
    is_placeholder: bool
    target_percent: int
    supply_minutes: int
    sure_minutes: int
    asked_minutes: int
    overloaded: tuple[OverloadedWeek, ...]
    offers: tuple[CapacityFix, ...]
    days_over: tuple[DayOver, ...] = ()

    @property
    def gap_minutes(self) -> int:
        return self.supply_minutes * self.target_percent // 100 - self.sure_minutes

    @property
    def percent(self) -> int:
        return round(100 * self.sure_minutes / self.supply_minutes) if self.supply_minutes else 0


@dataclass(frozen=True, slots=True)
class Balance:
    """Everybody over some weeks from the Monday `first`; the most overloaded come first."""

    first: date
    weeks: int
    people: tuple[PersonBalance, ...]
    names: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class FixRow:
    """A fix that was applied: `words` says what; `state` is applied or undone."""

    id: int
    words: str
    state: str
    author: str
    created_at: datetime
    version: int
