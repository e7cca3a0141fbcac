"""Seeded Monte Carlo over the open deals: the whole distribution, and which deals make a peak."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from math import ceil, log, sqrt
from typing import Any

from wonward.engines.forecast.moments import expect_demand, shared_doubt
from wonward.engines.forecast.types import Band, DemandProblem, Driver, Forecast, InvalidForecast, OpenDeal

MOST_DRAWS = 100_000
# Who makes a peak shows in the first worlds as well as in all.
_SHOWN = 1000
_QUANTILES = (0.1, 0.5, 0.8, 0.9, 0.95)
_Shape = tuple[float, float, float, float, float, float, float, float]


class SimulationUnavailable(RuntimeError):
    """numpy is not installed; the closed-form mean and variance need nothing."""


def simulate_demand(problem: DemandProblem, *, draws: int = 4000, seed: int = 0, drivers: int = 3) -> Forecast:
    """Bands of every role and week from `draws` simulated worlds; same problem, draws and seed, same answer.

    Wins are drawn by Latin hypercube (each deal is won in its exact share of the worlds, in shuffled order), so that few draws
    say much. Mean and variance are the exact ones. Raises InvalidForecast for a number of draws nobody needs, and
    SimulationUnavailable without numpy.
    """
    if not 1 <= draws <= MOST_DRAWS:
        raise InvalidForecast(f"the number of draws is 1 to {MOST_DRAWS}, not {draws}")
    worlds = Worlds(problem, draws=draws, seed=seed)
    moments = expect_demand(problem)
    bands: dict[str, list[Band]] = {}
    for role in problem.roles:
        confirmed, capacity = problem.confirmed_hours(role), problem.capacity_hours(role)
        world = worlds.sample(role)
        spread = world.quantiles() if world else {}
        found = []
        for week in range(problem.weeks):
            exact = moments[role][week]
            shape = spread.get(week) or _certain(confirmed[week], capacity[week])
            share = world.drivers(week, drivers) if world else ()
            found.append(Band(exact.mean, exact.variance, *shape, capacity[week], confirmed[week], share))
        bands[role] = found
    return Forecast(problem.weeks, draws, seed, bands)


@dataclass(slots=True)
class RoleSample:
    """Simulated hours of one role: ``demand`` holds a row for each of ``weeks``, a column for each world."""

    weeks: list[int]
    demand: Any
    capacity: Any
    deals: list[str]
    expected: Any
    in_overload: Any
    _spread: dict[int, _Shape] = field(default_factory=dict)
    _first: list[tuple[Driver, ...]] = field(default_factory=list)
    _limit: int = 0

    def quantiles(self) -> dict[int, _Shape]:
        """By week: p10, p50, p80, p90, p95, chance of overload, mean hours idle and in excess. Sorts the worlds of each week."""
        if self._spread:
            return self._spread
        numpy, draws = load_numpy(), self.demand.shape[1]
        places = [max(0, ceil(share * draws - 1e-9) - 1) for share in _QUANTILES]
        gap = self.demand - self.capacity[:, None]
        # Sums in float32 stand a thousandth of an hour beside each other where they should be equal.
        overload = [int(numpy.count_nonzero(row)) / draws for row in gap > 0.001]
        mean = gap.mean(axis=1)
        excess = numpy.maximum(gap, 0, out=gap).mean(axis=1)
        idle = excess - mean
        # A whole sort is vectorised and several times faster here than a partition.
        self.demand.sort(axis=1)
        at = self.demand[:, places]
        rows = zip(self.weeks, at.tolist(), overload, idle.tolist(), excess.tolist(), strict=True)
        for week, points, over, free, more in rows:
            low, middle, high, higher, most = (round(value, 4) for value in points)
            self._spread[week] = low, middle, high, higher, most, over, max(0.0, free), more
        return self._spread

    def drivers(self, week: int, limit: int) -> tuple[Driver, ...]:
        """The deals that bring most in a week, judged in the overloaded worlds where there are any."""
        if not limit or not self.weeks or not self.weeks[0] <= week <= self.weeks[-1]:
            return ()
        if self._limit != limit:
            self._first, self._limit = self._lead(limit), limit
        return self._first[week - self.weeks[0]]

    def _lead(self, limit: int) -> list[tuple[Driver, ...]]:
        """By week the deals that bring most, equal ones by key."""
        numpy = load_numpy()
        by_key = numpy.array(sorted(range(len(self.deals)), key=self.deals.__getitem__))
        weight = numpy.where(self.in_overload.any(axis=0), self.in_overload, self.expected)[by_key]
        order = by_key[numpy.argsort(-weight, axis=0, kind="stable")[:limit]]
        means, bad = (numpy.take_along_axis(hours, order, axis=0).T.tolist() for hours in (self.expected, self.in_overload))
        return [
            tuple(Driver(self.deals[deal], round(mean, 4), round(over, 4)) for deal, mean, over in zip(*week, strict=True) if mean > 0)
            for week in zip(order.T.tolist(), means, bad, strict=True)
        ]


class Worlds:
    """Which deal is won, how late it starts and how much more it takes, in each of so many simulated worlds."""

    def __init__(self, problem: DemandProblem, *, draws: int, seed: int) -> None:
        self.problem, self.draws, self._numpy = problem, draws, load_numpy()
        numpy = self._numpy
        random = numpy.random.default_rng(seed)
        count = len(problem.deals)
        strata = random.permuted(numpy.tile(numpy.arange(draws, dtype=numpy.float32), (count, 1)), axis=1)
        chance = (strata + random.random((count, draws), dtype=numpy.float32)) / draws
        effort = random.standard_normal((count, draws), dtype=numpy.float32)
        groups = sorted({deal.group for deal in problem.deals if problem.doubt.get(deal.group)})
        common = {group: random.uniform(-1, 1, draws).astype(numpy.float32) for group in groups}
        # By deal, then by slip in order of lateness: the factor on the hours in each world, 0 where it does not happen; their sum.
        self._outcomes = [
            self._outcome(deal, chance[place], effort[place], shared_doubt(problem, deal), common)
            for place, deal in enumerate(problem.deals)
        ]

    def _outcome(self, deal: OpenDeal, chance: Any, effort: Any, doubt: float, common: Mapping[str, Any]) -> list[tuple[Any, float]]:
        bar = deal.probability + doubt * sqrt(3) * common[deal.group] if doubt else deal.probability
        factor = self._factor(deal, effort)
        found, low = [], 0.0
        for late in sorted(deal.slip):
            # A uniform below the bar, divided by the bar, is uniform again: it chooses the slip.
            high = low + deal.slip[late]
            world = ((chance >= low * bar) & (chance < high * bar)) * factor
            found.append((world, float(world.sum(dtype=self._numpy.float64))))
            low = high
        return found

    def _factor(self, deal: OpenDeal, effort: Any) -> Any:
        numpy = self._numpy
        if not deal.effort_spread or not deal.effort_mean:
            return numpy.float32(deal.effort_mean)
        width = log(1 + deal.effort_spread**2)
        return numpy.exp(effort * sqrt(width) + (log(deal.effort_mean) - width / 2))

    def sample(self, role: str) -> RoleSample | None:
        """The hours of a role in the weeks open deals can reach; None where none asks for it."""
        numpy, rows, owners = self._numpy, *self._reached(role)
        if not rows:
            return None
        first, last = min(row.first for row in rows), max(row.first + len(row.hours) for row in rows)
        confirmed = numpy.array(self.problem.confirmed_hours(role)[first:last], dtype=numpy.float32)
        capacity = numpy.array(self.problem.capacity_hours(role)[first:last], dtype=numpy.float32)
        demand = numpy.repeat(confirmed[:, None], self.draws, axis=1)
        expected, in_overload = numpy.zeros((len(owners), last - first)), numpy.zeros((len(owners), last - first))
        most = max(len(row.hours) for row in rows)
        spare = numpy.empty((most, self.draws), dtype=numpy.float32)
        for row in rows:
            # Row by row on the few weeks it reaches, not by one product of mostly empty matrices: the libraries for those share
            # the work among threads, which rounds differently from machine to machine and crawls on a busy one.
            span, product = slice(row.first - first, row.first - first + len(row.hours)), spare[: len(row.hours)]
            numpy.multiply(row.hours[:, None], row.world, out=product)
            demand[span] += product
            expected[row.owner, span] += row.hours * row.total
        over = (demand[:, :_SHOWN] > capacity[:, None] + 0.001).astype(numpy.float32)
        for row in rows if over.any() else ():
            span = slice(row.first - first, row.first - first + len(row.hours))
            in_overload[row.owner, span] += row.hours * (over[span] @ row.world[:_SHOWN])
        in_overload /= numpy.maximum(over.sum(axis=1), 1)
        return RoleSample(list(range(first, last)), demand, capacity, owners, expected / self.draws, in_overload)

    def _reached(self, role: str) -> tuple[list[_Row], list[str]]:
        rows: list[_Row] = []
        owners: list[str] = []
        for deal, outcomes in zip(self.problem.deals, self._outcomes, strict=True):
            if role not in deal.demand or not deal.probability:
                continue
            asked = deal.asked(role)
            hours = self._numpy.array(asked, dtype=self._numpy.float32)
            for late, (world, total) in zip(sorted(deal.slip), outcomes, strict=True):
                start = deal.start_week + late
                # Where hours that begin in this week fall in the horizon.
                fall = slice(max(0, -start), max(0, self.problem.weeks - start))
                if deal.slip[late] and any(asked[fall]):
                    if not owners or owners[-1] != deal.key:
                        owners.append(deal.key)
                    rows.append(_Row(len(owners) - 1, max(0, start), hours[fall], world, total))
        return rows, owners


@dataclass(frozen=True, slots=True)
class _Row:
    """A deal that starts so late: its place among the deals, its first week and hours, its factor by world and the sum of those."""

    owner: int
    first: int
    hours: Any
    world: Any
    total: float


def _certain(hours: float, capacity: float) -> _Shape:
    gap = hours - capacity
    return (hours, hours, hours, hours, hours, float(gap > 0.001), max(0.0, -gap), max(0.0, gap))


def load_numpy() -> Any:
    """numpy, or SimulationUnavailable where it is not installed."""
    try:
        return import_module("numpy")
    except ImportError as error:
        raise SimulationUnavailable("The simulation needs numpy: install Wonward with its `solver` extra.") from error
