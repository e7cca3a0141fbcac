"""What an objective is, and what is counted for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from wonward.kernel.ref import Ref


class Unit(StrEnum):
    """What a measure is told in: minor units of the reporting currency, records, percent of the records, minutes."""

    MONEY = "money"
    COUNT = "count"
    PERCENT = "percent"
    MINUTES = "minutes"
    WORKING_HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing the tables can tell. `areas` must be on; `on_links` says that it can be narrowed to deals and projects.

    `is_sum` grows over the period; the others are a share or a median of what there is so far. `is_less_better` turns the
    comparison with the target round.
    """

    key: str
    unit: Unit
    areas: tuple[str, ...]
    is_sum: bool = False
    is_less_better: bool = False
    on_links: bool = True


MEASURES: Mapping[str, Measure] = {
    one.key: one
    for one in (
        Measure("won_value", Unit.MONEY, ("sales",), is_sum=True),
        Measure("wins", Unit.COUNT, ("sales",), is_sum=True),
        Measure("win_rate", Unit.PERCENT, ("sales",)),
        Measure("response_time", Unit.MINUTES, ("sales",), is_less_better=True, on_links=False),
        Measure("accepted_at_once", Unit.PERCENT, ("sales", "delivery")),
        Measure("promises_kept", Unit.PERCENT, ("delivery",)),
        Measure("milestones_on_time", Unit.PERCENT, ("delivery",)),
        Measure("projects_on_time", Unit.PERCENT, ("delivery",)),
        Measure("hours_delivered", Unit.WORKING_HOURS, ("delivery",), is_sum=True),
    )
}
LINKED = ("sales.deal", "delivery.project")


class Standing(StrEnum):
    """How an objective stands on a day."""

    AHEAD = "ahead"
    NOTHING_YET = "nothing_yet"
    NO_TARGET = "no_target"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    REACHED = "reached"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Fact:
    """One record that counts on a day: `value` is what it brings, `is_hit` whether it did what the measure asks for.

    `people` are those whose objective it counts for, `hosts` the deal or project it belongs to.
    """

    day: date
    ref: Ref
    value: int
    is_hit: bool
    people: frozenset[int]
    hosts: frozenset[Ref]


@dataclass(frozen=True, slots=True)
class ObjectiveFields:
    """What is said of an objective. `target` is in the unit of the measure; None takes the sales goals of its months."""

    name: str
    measure: str
    starts_date: date
    ends_date: date
    target: int | None = None
    person_id: int | None = None
    team_id: int | None = None
    note: str = ""
    links: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """`value` is None while nothing can be told; `share` and `elapsed` are 0 to 1000, of the target and of the period."""

    value: int | None
    cases: int
    target: int | None
    share: int
    elapsed: int
    standing: Standing


@dataclass(frozen=True, slots=True)
class ObjectiveRow:
    """An objective with how far it is. `links` are the deals and projects it is narrowed to that the viewer sees, by name."""

    id: int
    name: str
    measure: Measure
    starts_date: date
    ends_date: date
    person_id: int | None
    person_name: str
    team_id: int | None
    team_name: str
    note: str
    links: tuple[tuple[Ref, str], ...]
    follows_goals: bool
    is_archived: bool
    may_change: bool
    author: str
    progress: Progress
    currency: str
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class FactRow:
    """A record behind a number, as the viewer sees it."""

    ref: Ref
    name: str
    day: date
    value: int
    is_hit: bool
