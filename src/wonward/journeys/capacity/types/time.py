"""Who has time, who is asked for it, and what the pipeline may still ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from wonward.domains.staff.types import BookingRow, TimeOffRow, WorkingPerson
from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class Load:
    """Minutes by day, and by week as their sums, that one record asks of a person or a role.

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
    days: Mapping[date, int] = field(default_factory=dict)

    @property
    def total_minutes(self) -> int:
        return sum(self.minutes.values())


@dataclass(frozen=True, slots=True)
class DayOver:
    """A day on which somebody is asked for more than they work, in minutes."""

    day: date
    asked: int
    given: int


# Minutes of a day that come from spreading several hours over whole minutes, and are no overload.
_ROUNDING = 5


def days_over(asked: Mapping[date, int], given: Mapping[date, int]) -> list[DayOver]:
    """The days on which more is asked than given."""
    return [DayOver(day, asked[day], given.get(day, 0)) for day in sorted(asked) if asked[day] > given.get(day, 0) + _ROUNDING]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything given and asked over ``weeks`` weeks from the Monday ``first``; lists hold minutes, one for each week.

    ``roles`` are those somebody fills or is asked for here, ``known_roles`` all there are. ``supply`` are the sums of ``given``, which
    is by person and day; ``supply_of_roles`` is what is left to each role beside what is asked here. ``of_person`` are the loads by
    person.
    """

    first: date
    weeks: int
    roles: Mapping[int, str]
    people: tuple[WorkingPerson, ...]
    time_off: tuple[TimeOffRow, ...]
    loads: tuple[Load, ...]
    supply: Mapping[int, list[int]]
    supply_of_roles: Mapping[int, list[int]]
    known_roles: Mapping[int, str]
    given: Mapping[int, Mapping[date, int]]
    of_person: Mapping[int, Sequence[Load]]

    def asked_of_person(self, person_id: int, *, with_tentative: bool = False) -> list[int]:
        """Minutes asked of a person, one for each week."""
        return self._sum(self._mine(person_id, with_tentative))

    def days_over(self, person_id: int, *, with_tentative: bool = False) -> list[DayOver]:
        """The days on which a person is asked for more than they work, in a full week or in a free one."""
        asked: dict[date, int] = {}
        for load in self._mine(person_id, with_tentative):
            for day, minutes in load.days.items():
                asked[day] = asked.get(day, 0) + minutes
        return days_over(asked, self.given[person_id])

    def _mine(self, person_id: int, with_tentative: bool) -> list[Load]:
        return [load for load in self.of_person.get(person_id, ()) if with_tentative or load.state != "tentative"]

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
class EffortRow:
    """A role's hours in finished sales: as sold, as last planned, and the factor that the forecast makes of it."""

    role_id: int
    name: str
    sales: int
    sold_hours: float
    planned_hours: float
    factor: float


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
    """One role in one week, in hours. ``tone`` names the lowest quantile above capacity: p10_over, p50_over, p90_over, tight, fits.

    ``busiest`` is whoever with the role is most above their hours on a day of it, however free the week is. ``idle`` are the
    hours expected to be asked by nobody.
    """

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
    busiest: tuple[str, DayOver] | None = None
    p95: float = 0.0
    idle: float = 0.0


@dataclass(frozen=True, slots=True)
class OutlookRow:
    """One role, week by week, and the first week in which overload is likelier than not.

    ``role_id`` is negative for a role that templates ask for and nobody ever entered.
    """

    role_id: int
    name: str
    cells: tuple[OutlookCell, ...]
    first_overload: int | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """Demand and capacity of every role over the weeks from ``first``; same day, draws and seed, same figures.

    ``draws`` is 0 where nothing could be simulated and the bands are those of mean and variance alone.
    """

    first: date
    weeks: int
    rows: tuple[OutlookRow, ...]
    deals: Mapping[int, OutlookDeal]
    draws: int
    seed: int
    unknown_deals: int
    left_out: int
    what_if: WhatIf
    efforts: tuple[EffortRow, ...] = ()


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
    """A saved what-if, about deals its reader may open; `hidden` counts the assumptions about others."""

    id: int
    name: str
    author: str
    is_mine: bool
    what_if: WhatIf
    version: int
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Reservation:
    """Ids of the bookings that reserving time for a deal made, and of those it released; enough to take it back."""

    made: tuple[int, ...]
    released: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReservedTime:
    """Time of a role reserved for a deal; `person_name` is "" while nobody was put on it."""

    role: str
    person_name: str
    minutes: int
    start_date: date
    finish_date: date


@dataclass(frozen=True, slots=True)
class RoleFit:
    """Hours a deal would ask of a role, how many of them nobody has, and the first and last Monday of the weeks in which.

    `hours` are `factor` times what the templates plan, as the role went in `sales` finished sales. `tentative_hours` are booked
    tentatively by others in the weeks in which the deal asks for the role; `short_with_tentative` is what lacks if all of it comes.
    """

    name: str
    hours: float
    short_hours: float
    first_short: date | None
    last_short: date | None
    factor: float = 1.0
    sales: int = 0
    tentative_hours: float = 0.0
    short_with_tentative: float = 0.0

    @property
    def is_corrected(self) -> bool:
        """Whether the hours differ, in two digits, from what the templates plan."""
        return bool(self.sales) and round(self.factor, 2) != 1


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

    `is_early`: the wanted date lies before P50, so that somebody has to answer for promising it. While `is_weighing_levers`
    the levers are still being tried.
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
    is_weighing_levers: bool
    author: str
    created_at: datetime

    @property
    def is_early(self) -> bool:
        return self.wanted is not None and self.wanted < self.p50
