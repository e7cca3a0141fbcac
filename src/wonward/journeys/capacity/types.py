"""Who has time, who is asked for it, and what the pipeline may still ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from wonward.domains.staff.types import BookingRow, TimeOffRow, WorkingPerson
from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class Load:
    """Minutes by week that one record asks of a person or a role.

    ``state`` is tentative, confirmed (a booking) or planned (work of a plan that nobody booked yet). ``name`` is "" for who may
    not see the record.
    """

    subject: Ref
    name: str
    person_id: int | None
    role_id: int | None
    state: str
    start_date: date
    finish_date: date
    minutes: Mapping[int, int]
    booking: BookingRow | None = None

    @property
    def total_minutes(self) -> int:
        return sum(self.minutes.values())


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything given and asked over ``weeks`` weeks from the Monday ``first``; lists hold minutes, one for each week."""

    first: date
    weeks: int
    roles: Mapping[int, str]
    people: tuple[WorkingPerson, ...]
    time_off: tuple[TimeOffRow, ...]
    loads: tuple[Load, ...]
    supply: Mapping[int, list[int]]
    supply_of_roles: Mapping[int, list[int]]

    def asked_of_person(self, person_id: int, *, with_tentative: bool = False) -> list[int]:
        """Minutes asked of a person, one for each week."""
        return self._sum(load for load in self.loads if load.person_id == person_id and (with_tentative or load.state != "tentative"))

    def asked_of_role(self, role_id: int, *, state: str = "") -> list[int]:
        """Minutes asked of a role, by people and without; of one state, or confirmed and planned together."""
        wanted = (state,) if state else ("confirmed", "planned")
        return self._sum(load for load in self.loads if load.role_id == role_id and load.state in wanted)

    def _sum(self, loads: Iterable[Load]) -> list[int]:
        total = [0] * self.weeks
        for load in loads:
            for week, minutes in load.minutes.items():
                total[week] += minutes
        return total


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Deals taken as won, as lost, or as starting on another day; by deal id."""

    won: frozenset[int] = frozenset()
    lost: frozenset[int] = frozenset()
    moved: Mapping[int, date] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.won | self.lost | set(self.moved))


@dataclass(frozen=True, slots=True)
class OutlookDeal:
    """A deal that may bring work. Who may not see it is told the service alone: ``number``, ``name`` and ``company_name`` are "".

    ``entered`` and ``calibrated`` are percentages: what the stage says, and what the own history makes of it from ``evidence``
    closed deals. ``hours`` is what a win would ask in the weeks shown.
    """

    id: int
    number: str
    name: str
    company_name: str
    service_name: str
    stage_name: str
    entered: int
    calibrated: int
    evidence: int
    start_date: date
    hours: float
    state: str = "as_is"


@dataclass(frozen=True, slots=True)
class OutlookDriver:
    """A deal's part in a week, in hours: on average, and where the week is overloaded."""

    deal_id: int
    expected_hours: float
    hours_in_overload: float


@dataclass(frozen=True, slots=True)
class OutlookCell:
    """One role in one week, in hours. ``tone`` names the lowest quantile above capacity: p10_over, p50_over, p90_over, tight, fits."""

    tone: str
    mean: float
    p10: float
    p50: float
    p80: float
    p90: float
    p_overload: float
    capacity: float
    confirmed: float
    drivers: tuple[OutlookDriver, ...]


@dataclass(frozen=True, slots=True)
class OutlookRow:
    """One role, week by week, and the first week in which overload is likelier than not."""

    role_id: int
    name: str
    cells: tuple[OutlookCell, ...]
    first_overload: int | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """Demand and capacity of every role over the weeks from ``first``; same day, draws and seed, same figures."""

    first: date
    weeks: int
    rows: tuple[OutlookRow, ...]
    deals: Mapping[int, OutlookDeal]
    draws: int
    seed: int
    unknown_deals: int
    left_out: int
    what_if: WhatIf


@dataclass(frozen=True, slots=True)
class Remedy:
    """A way to close a gap; ``before`` and ``after`` are the chances of overload (0 to 1) in the week looked at, both simulated."""

    kind: str
    before: float
    after: float
    deal_id: int | None = None
    weeks_later: int = 0
    hours_a_week: int = 0
    first_week: int = 0
    last_week: int = 0
    people: float = 0.0


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """A saved what-if."""

    id: int
    name: str
    author: str
    is_mine: bool
    what_if: WhatIf
    version: int


@dataclass(frozen=True, slots=True)
class RoleFit:
    """Hours a deal would ask of a role, how many of them nobody has, and the first and last Monday of the weeks in which."""

    name: str
    hours: float
    short_hours: float
    first_short: date | None
    last_short: date | None


@dataclass(frozen=True, slots=True)
class DealFit:
    """A deal against the time there is; `safe_kickoff` is the next start at which nobody would be short."""

    kickoff: date
    roles: tuple[RoleFit, ...]
    safe_kickoff: date | None

    @property
    def short(self) -> tuple[RoleFit, ...]:
        """The roles that would be short, the worst first."""
        return tuple(sorted((role for role in self.roles if role.first_short), key=lambda role: -role.short_hours))


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


@dataclass(frozen=True, slots=True)
class DateLever:
    """Something that would end a deal's work earlier, pulled in a copy and settled again.

    `gained_days` are working days at the earliest end, `chance` the percentage for the wanted date after it, `cost_minutes` what it
    costs in work; `move` is what was done to the copy.
    """

    kind: str
    words: str
    finish: date
    gained_days: int
    p50: date
    p80: date
    chance: int
    cost_minutes: int
    move: object = None


@dataclass(frozen=True, slots=True)
class DateAnswerRow:
    """Whether a date can be promised for a deal. `chance` is a percentage, None without a wanted date; `state` is ready or searching.

    `is_early`: the wanted date lies before P50, so that somebody has to answer for promising it.
    """

    id: int
    deal_id: int
    kickoff: date
    wanted: date | None
    earliest: date
    p50: date
    p80: date
    p90: date
    chance: int | None
    binding: str
    because: str
    levers: tuple[DateLever, ...]
    notes: tuple[str, ...]
    spread: tuple[tuple[date, int], ...]
    draws: int
    seed: int
    state: str
    is_relevelled: bool
    author: str
    created_at: datetime

    @property
    def is_early(self) -> bool:
        return self.wanted is not None and self.wanted < self.p50
