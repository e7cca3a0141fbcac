"""How good past forecasts were, against the industry's probability-weighted mean."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wonward.engines.forecast.moments import expect_demand
from wonward.engines.forecast.simulation import Worlds
from wonward.engines.forecast.types import DemandProblem


@dataclass(frozen=True, slots=True)
class HindcastCase:
    """What was known on a day, and the hours by role and week that came true.

    ``entered`` is the same pipeline as people had typed it (probabilities of the stages, dates as planned), whose weighted mean
    is the field's usual forecast; without it the mean of ``problem`` stands for it.
    """

    problem: DemandProblem
    actual: Mapping[str, Sequence[float]]
    entered: DemandProblem | None = None


@dataclass(frozen=True, slots=True)
class HindcastReport:
    """Scores over ``cells`` roles and weeks that open deals could reach.

    ``crps`` is the mean continuous ranked probability score in hours, ``crps_of_mean`` that of the weighted mean taken as a
    certainty. ``coverage`` tells which share of the actual hours lay below the forecast's 80 % point; where many worlds agree on
    the very hours that came true (no work at all, say) they count for the part of them that lies below it, so that a perfect
    forecast covers 0.8.
    """

    cells: int
    crps: float
    crps_of_mean: float
    coverage: float

    @property
    def ratio(self) -> float:
        """The forecast's score as a share of the weighted mean's; below 1 is better."""
        return self.crps / self.crps_of_mean if self.crps_of_mean else 1.0


def hindcast(cases: Sequence[HindcastCase], *, draws: int = 2000, seed: int = 0) -> HindcastReport:
    """Score what would have been forecast; weeks that no open deal could reach say nothing and are left out."""
    scores: list[float] = []
    plain: list[float] = []
    covered = 0.0
    for number, case in enumerate(cases):
        worlds_of = Worlds(case.problem, draws=draws, seed=seed + number)
        means = expect_demand(case.entered or case.problem)
        for role in case.problem.roles:
            found = worlds_of.sample(role)
            if found is None:
                continue
            actual = case.actual.get(role, ())
            for place, week in enumerate(found.weeks):
                true = actual[week] if week < len(actual) else 0.0
                worlds = sorted(found.demand[place].tolist())
                scores.append(crps(worlds, true))
                plain.append(abs(means[role][week].mean - true))
                covered += _share_below(worlds, true, 0.8)
    count = len(scores)
    if not count:
        return HindcastReport(0, 0.0, 0.0, 0.0)
    return HindcastReport(count, sum(scores) / count, sum(plain) / count, covered / count)


def _share_below(worlds: Sequence[float], actual: float, share: float) -> float:
    count = len(worlds)
    low, high = bisect_left(worlds, actual - 0.001) / count, bisect_right(worlds, actual + 0.001) / count
    if high <= low:
        return float(low <= share)
    return min(1.0, max(0.0, (share - low) / (high - low)))


def crps(worlds: Sequence[float], actual: float) -> float:
    """Continuous ranked probability score of a sorted ensemble, in the unit of its values; 0 is perfect."""
    count = len(worlds)
    distance = sum(abs(value - actual) for value in worlds) / count
    spread = sum((2 * place - count + 1) * value for place, value in enumerate(worlds)) / (count * count)
    return distance - spread


def brier_score(pairs: Sequence[tuple[float, bool]]) -> float:
    """Mean squared error of (probability, came true) pairs; 0 is perfect. Raises ValueError for no pairs."""
    if not pairs:
        raise ValueError("no forecasts to score")
    return sum((chance - came) ** 2 for chance, came in pairs) / len(pairs)
