"""What goes into a forecast of demand and what comes out."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

LONGEST_HORIZON = 520


class InvalidForecast(ValueError):
    """A forecast cannot be made from this; the message names the deal or the entry."""


@dataclass(frozen=True, slots=True)
class OpenDeal:
    """A deal that may bring work.

    ``probability`` of winning runs from 0 to 1; ``start_week`` counts from the first week of the horizon and may lie before
    it. ``demand`` gives the hours of each role by week since the start. ``slip`` gives the chance of each number of weeks the
    start is late (negative: early); the chances sum to 1. The hours worked are ``demand`` times a factor of mean
    ``effort_mean`` and coefficient of variation ``effort_spread``, and times the role's own factor in ``role_effort`` where it
    has one. Deals of one ``group`` share the doubt about their probability.
    """

    key: str
    probability: float
    start_week: int
    demand: Mapping[str, Sequence[float]]
    slip: Mapping[int, float] = field(default_factory=lambda: {0: 1.0})
    effort_mean: float = 1.0
    effort_spread: float = 0.0
    group: str = ""
    role_effort: Mapping[str, float] = field(default_factory=dict)

    def asked(self, role: str) -> Sequence[float]:
        """Hours of a role by week since the start, with the role's own factor."""
        hours, factor = self.demand.get(role, ()), self.role_effort.get(role, 1.0)
        return hours if factor == 1 else [value * factor for value in hours]

    def hours_when_won(self, role: str, week: int) -> float:
        """Mean hours of a role in a week, given the deal is won."""
        return self.effort_mean * sum(chance * self.hours(role, week, late) for late, chance in self.slip.items())

    def hours(self, role: str, week: int, late: int) -> float:
        """Hours of a role in a week of the horizon when the start is `late` weeks late, with the role's own factor."""
        hours = self.asked(role)
        place = week - self.start_week - late
        return hours[place] if 0 <= place < len(hours) else 0.0


@dataclass(frozen=True, slots=True)
class DemandProblem:
    """Open deals over ``weeks`` weeks beside what is confirmed and what there is.

    ``confirmed`` and ``capacity`` give hours by role and week; a missing role or week counts 0. ``doubt`` gives the standard
    deviation of the probability shared by the deals of a group. Raises InvalidForecast for values no forecast can be made of.
    """

    weeks: int
    deals: tuple[OpenDeal, ...] = ()
    confirmed: Mapping[str, Sequence[float]] = field(default_factory=dict)
    capacity: Mapping[str, Sequence[float]] = field(default_factory=dict)
    doubt: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 1 <= self.weeks <= LONGEST_HORIZON:
            raise InvalidForecast(f"a forecast covers 1 to {LONGEST_HORIZON} weeks, not {self.weeks}")
        seen: set[str] = set()
        for deal in self.deals:
            if deal.key in seen:
                raise InvalidForecast(f"two deals have the key {deal.key}")
            seen.add(deal.key)
            _judge(deal)
        for name, table in (("confirmed", self.confirmed), ("capacity", self.capacity)):
            for role, hours in table.items():
                _judge_hours(f"{name} of {role}", hours)

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role that is asked for, booked or available, in alphabetical order."""
        names = {*self.confirmed, *self.capacity}
        return tuple(sorted(names.union(*(deal.demand for deal in self.deals))))

    def confirmed_hours(self, role: str) -> list[float]:
        """Confirmed hours of a role, one for each week."""
        return _filled(self.confirmed.get(role, ()), self.weeks)

    def capacity_hours(self, role: str) -> list[float]:
        """Available hours of a role, one for each week."""
        return _filled(self.capacity.get(role, ()), self.weeks)

    def as_if(
        self, *, won: Collection[str] = (), lost: Collection[str] = (), moved: Mapping[str, int] | None = None
    ) -> DemandProblem:
        """The same with some deals surely won, some lost, and some started so many weeks later; raises for an unknown key."""
        moved = moved or {}
        unknown = {*won, *lost, *moved}.difference(deal.key for deal in self.deals)
        if unknown:
            raise InvalidForecast(f"there is no deal {sorted(unknown)[0]}")
        if both := set(won).intersection(lost):
            raise InvalidForecast(f"{sorted(both)[0]} cannot be won and lost at once")
        deals = []
        for deal in self.deals:
            if deal.key in lost:
                continue
            chance = 1.0 if deal.key in won else deal.probability
            start = deal.start_week + moved.get(deal.key, 0)
            deals.append(replace(deal, probability=chance, start_week=start))
        return replace(self, deals=tuple(deals))


@dataclass(frozen=True, slots=True)
class Moments:
    """Exact mean (hours) and variance (hours squared) of a role's demand in a week."""

    mean: float
    variance: float


@dataclass(frozen=True, slots=True)
class Driver:
    """A deal's part in a week: its mean hours there, and its mean hours in the draws that were overloaded (0 when none was)."""

    deal: str
    expected_hours: float
    hours_in_overload: float


@dataclass(frozen=True, slots=True)
class Band:
    """One role in one week, in hours.

    A quantile is the smallest demand that at least that share of the draws stays at or below. ``idle`` and ``excess`` are
    the mean hours unused and missing; ``drivers`` come largest first.
    """

    mean: float
    variance: float
    p10: float
    p50: float
    p80: float
    p90: float
    p95: float
    p_overload: float
    idle: float
    excess: float
    capacity: float
    confirmed: float
    drivers: tuple[Driver, ...] = ()


@dataclass(frozen=True, slots=True)
class Forecast:
    """Bands by role, one for each week; ``draws`` simulated worlds from ``seed``."""

    weeks: int
    draws: int
    seed: int
    bands: Mapping[str, Sequence[Band]]

    def first_overload(self, role: str, chance: float = 0.5) -> int | None:
        """The first week in which overload of a role is at least so likely."""
        return next((week for week, band in enumerate(self.bands[role]) if band.p_overload >= chance), None)


def _judge(deal: OpenDeal) -> None:
    if not 0 <= deal.probability <= 1:
        raise InvalidForecast(f"deal {deal.key}: the probability {deal.probability} is not between 0 and 1")
    if not deal.slip or any(chance < 0 for chance in deal.slip.values()) or abs(sum(deal.slip.values()) - 1) > 1e-6:
        raise InvalidForecast(f"deal {deal.key}: the chances of its slip do not sum to 1")
    if not 0 <= deal.effort_mean <= 1000 or not 0 <= deal.effort_spread <= 100:
        raise InvalidForecast(f"deal {deal.key}: the effort factor is out of range")
    for role, factor in deal.role_effort.items():
        if not 0 <= factor <= 1000:
            raise InvalidForecast(f"deal {deal.key}: the effort factor of {role} is out of range")
    for role, hours in deal.demand.items():
        _judge_hours(f"deal {deal.key}: demand of {role}", hours)


def _judge_hours(name: str, hours: Sequence[float]) -> None:
    for value in hours:
        if not math.isfinite(value) or not 0 <= value <= 1e9:
            raise InvalidForecast(f"{name}: {value} is no number of hours")


def _filled(hours: Sequence[float], weeks: int) -> list[float]:
    return [float(value) for value in hours[:weeks]] + [0.0] * (weeks - len(hours))
