"""When a frozen plan ends: its order stands, its durations and its start do not.

Each world draws a factor for every task (lognormal, mean and coefficient of variation as given, half of the doubt shared by all
tasks of the world, since what makes work slow is rarely one task's own) and how late everything starts. Tasks then begin as
their links allow, and no earlier than where people or days away hold them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from math import ceil, exp, log, sqrt
from random import Random
from typing import Any

from wonward.engines.forecast.simulation import SimulationUnavailable, load_numpy
from wonward.engines.forecast.types import InvalidForecast

MOST_DRAWS = 100_000
_SHARED = 0.5
_NO_SUM = "the chances of a late start do not sum to 1"


@dataclass(frozen=True, slots=True)
class FrozenTask:
    """A task of the frozen plan, in working days: `not_before` holds it, `waits` are (place of the other task, what it waits for, lag).

    What it waits for is "finish" or "start" of the other; the other lies earlier in the plan's order. `duration` 0 is a moment.
    `factor` is how many times its duration this task takes in the mean, beside the factor of the whole plan.
    """

    duration: float
    not_before: float = 0.0
    waits: tuple[tuple[int, str, float], ...] = ()
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class FrozenPlan:
    """Tasks in an order in which each stands after what it waits for. `late` gives the chance of each number of days the start is late."""

    tasks: tuple[FrozenTask, ...]
    effort_mean: float = 1.0
    effort_spread: float = 0.0
    late: Mapping[int, float] = field(default_factory=lambda: {0: 1.0})


@dataclass(frozen=True, slots=True)
class Completion:
    """When the last task ends, in working days from the beginning, over the simulated worlds in ascending order."""

    finishes: tuple[float, ...]
    draws: int
    seed: int

    def quantile(self, share: float) -> float:
        """The day by which the plan ends in this share of the worlds (0 to 1)."""
        return self.finishes[max(0, ceil(share * self.draws - 1e-9) - 1)]

    def chance_by(self, day: float) -> float:
        """The share of the worlds in which the plan ends by this day."""
        low, high = 0, self.draws
        while low < high:
            middle = (low + high) // 2
            if self.finishes[middle] <= day + 1e-6:
                low = middle + 1
            else:
                high = middle
        return low / self.draws


def simulate_completion(plan: FrozenPlan, *, draws: int = 1000, seed: int = 0) -> Completion:
    """The same plan, draws and seed give the same answer; without numpy another one, of the same distribution. Raises InvalidForecast."""
    if not 1 <= draws <= MOST_DRAWS:
        raise InvalidForecast(f"the number of draws is 1 to {MOST_DRAWS}, not {draws}")
    for place, task in enumerate(plan.tasks):
        if task.duration < 0 or task.factor <= 0 or any(not 0 <= other < place for other, _, _ in task.waits):
            raise InvalidForecast(f"task {place} waits for what stands behind it, or takes less than no time")
    try:
        numpy = load_numpy()
    except SimulationUnavailable:
        return Completion(tuple(sorted(_plain_ends(plan, draws, seed))), draws, seed)
    generator = numpy.random.default_rng(seed)
    late = _late(numpy, generator, plan.late, draws)
    factors = _factors(numpy, generator, plan, draws)
    starts: list[Any] = []
    finishes: list[Any] = []
    end = late * 0.0
    for place, task in enumerate(plan.tasks):
        start = late + task.not_before
        for other, from_what, lag in task.waits:
            start = numpy.maximum(start, (finishes if from_what == "finish" else starts)[other] + lag)
        finish = start + task.duration * task.factor * factors[place]
        starts.append(start)
        finishes.append(finish)
        end = numpy.maximum(end, finish)
    return Completion(tuple(float(value) for value in numpy.sort(end)), draws, seed)


def _plain_ends(plan: FrozenPlan, draws: int, seed: int) -> Iterator[float]:
    """The end of each world, drawn one after the other without numpy."""
    dice = Random(seed)
    days = sorted(plan.late)
    edges = list(accumulate(plan.late[day] for day in days)) or [1.0]
    if not days or abs(edges[-1] - 1) > 1e-6:
        raise InvalidForecast(_NO_SUM)
    spread, centre = _width(plan)
    shares = list(range(draws))
    dice.shuffle(shares)
    for share in shares:
        late = days[min(bisect_left(edges, (share + 0.5) / draws), len(days) - 1)]
        common = centre + spread * sqrt(_SHARED) * dice.gauss(0, 1)
        starts: list[float] = []
        finishes: list[float] = []
        for task in plan.tasks:
            start = late + task.not_before
            for other, from_what, lag in task.waits:
                start = max(start, (finishes if from_what == "finish" else starts)[other] + lag)
            starts.append(start)
            finishes.append(start + task.duration * task.factor * exp(common + spread * sqrt(1 - _SHARED) * dice.gauss(0, 1)))
        yield max([0.0, *finishes])


def _width(plan: FrozenPlan) -> tuple[float, float]:
    """Deviation and mean of the logarithm of a factor."""
    if plan.effort_mean <= 0 or plan.effort_spread < 0:
        raise InvalidForecast("an effort factor is above 0 and its spread not below")
    spread = sqrt(log(1 + plan.effort_spread**2))
    return spread, log(plan.effort_mean) - spread**2 / 2


def _late(numpy: Any, generator: Any, chances: Mapping[int, float], draws: int) -> Any:
    """Days late of each world: every number of days in its exact share of them, shuffled."""
    days: Sequence[int] = sorted(chances)
    edges = numpy.cumsum([chances[day] for day in days]) if days else numpy.array([1.0])
    if not days or abs(float(edges[-1]) - 1) > 1e-6:
        raise InvalidForecast(_NO_SUM)
    places = numpy.searchsorted(edges, (generator.permutation(draws) + 0.5) / draws).clip(0, len(days) - 1)
    return numpy.array(days, dtype=float)[places]


def _factors(numpy: Any, generator: Any, plan: FrozenPlan, draws: int) -> Any:
    """A row of factors for each task."""
    spread, centre = _width(plan)
    own = generator.standard_normal((len(plan.tasks), draws), dtype=numpy.float32)
    shared = generator.standard_normal(draws, dtype=numpy.float32)
    return numpy.exp(centre + spread * (sqrt(1 - _SHARED) * own + sqrt(_SHARED) * shared))
