"""Levelling runs as their authors read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class LevelingRules:
    """What a levelling run keeps to: work that begins within `frozen_days` and the tasks in `pins` stay; tentative bookings count if asked."""

    frozen_days: int = 0
    with_tentative: bool = False
    pins: tuple[int, ...] = ()
    seed: int = 1


@dataclass(frozen=True, slots=True)
class LevelingMove:
    """A task that would begin later, and what binds it. `is_set`: a date of its own is put on it; otherwise it follows what lies before it."""

    task_id: int
    name: str
    project_id: int
    person: str
    start_before: date
    finish_before: date
    start_date: date
    finish_date: date
    because: str
    is_set: bool

    @property
    def days(self) -> int:
        """Calendar days the start moves by."""
        return (self.start_date - self.start_before).days


@dataclass(frozen=True, slots=True)
class LevelingConflict:
    """One thing asked that cannot stand beside the others, and what taking it out does."""

    kind: str
    task_id: int
    words: str
    effect: str
    can_pin: bool = False


# Minutes of a week that come from spreading work over whole minutes a day, and are no overload.
_ROUNDING = 5


@dataclass(frozen=True, slots=True)
class LoadRow:
    """Somebody or a role week by week in minutes: what there is, what is asked now, and what after the moves."""

    key: str
    name: str
    capacity: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]

    @property
    def is_pool(self) -> bool:
        """Whether several people stand behind it."""
        return not self.key.startswith("person:")

    @property
    def peaks(self) -> tuple[int, int]:
        """The highest share of a week asked, in percent, before and after."""
        return tuple(  # type: ignore[return-value]
            max((round(100 * asked / there) for asked, there in zip(row, self.capacity, strict=True) if there), default=0)
            for row in (self.before, self.after)
        )

    def over(self, row: tuple[int, ...]) -> int:
        """In how many weeks more is asked than there is."""
        return sum(1 for asked, there in zip(row, self.capacity, strict=True) if asked > there + _ROUNDING)

    @property
    def excess(self) -> list[tuple[int, int]]:
        """Week and minutes asked too much after the moves."""
        pairs = enumerate(zip(self.after, self.capacity, strict=True))
        return [(week, asked - there) for week, (asked, there) in pairs if asked > there + _ROUNDING]


@dataclass(frozen=True, slots=True)
class LevelingBroken:
    """A confirmed promise the moves would break."""

    number: str
    text: str
    project_id: int
    due_date: date | None
    forecast_date: date | None


@dataclass(frozen=True, slots=True)
class LevelingLate:
    """A promise, or the promised finish of a project, that would be late, and what at the root of it binds.

    `is_new`: the plan as it stands keeps it.
    """

    name: str
    project_id: int
    due_date: date
    finish_date: date
    because: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class LevelingOverload:
    """Minutes that somebody or a role is asked too much in the week from `monday`, and the tasks that ask most."""

    name: str
    monday: date
    minutes: int
    tasks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LevelingMeasure:
    """One part of what is minimised: `kind` is lateness, overload or change; no plan has less than `bound`."""

    kind: str
    value: int
    bound: int


@dataclass(frozen=True, slots=True)
class LevelingChoice:
    """One of the plans a run offers: `keep` every promise, or `clear` every overload."""

    plan: str
    status: str
    late: int
    overloaded_weeks: int
    moves: int


@dataclass(frozen=True, slots=True)
class LevelingRunRow:
    """A levelling run as its author reads it, with one of the plans it offers.

    `state` is queued, searching, ready, failed, applied or undone; `status` what the engine says of the plan (optimal, feasible,
    infeasible, unknown). `value` and `bound` are in the unit of the objective; `gap` is a share. `late_before` and `late_after`
    count promises and promised finishes. `progress` is between 0 and 100 while it searches.
    """

    id: int
    state: str
    status: str
    projects: Mapping[int, str]
    rules: LevelingRules
    tier: int
    seconds: int
    progress: int
    method: str
    value: int
    bound: int
    gap: float
    late_before: int
    late_after: int
    finishes: Mapping[int, tuple[date, date]]
    moves: tuple[LevelingMove, ...]
    conflict: tuple[LevelingConflict, ...]
    notes: tuple[str, ...]
    broken: tuple[LevelingBroken, ...]
    first: date
    loads: tuple[LoadRow, ...]
    task_count: int
    is_stale: bool
    failure: str
    applied_ids: tuple[int, ...]
    created_at: datetime
    version: int
    plan: str = ""
    choices: tuple[LevelingChoice, ...] = ()
    late_work: tuple[LevelingLate, ...] = ()
    overloads: tuple[LevelingOverload, ...] = ()
    measures: tuple[LevelingMeasure, ...] = ()
