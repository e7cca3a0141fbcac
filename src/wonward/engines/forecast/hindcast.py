"""How good past forecasts were, against the industry's probability-weighted mean."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from wonward.engines.forecast.moments import expect_demand
from wonward.engines.forecast.simulation import Worlds
from wonward.engines.forecast.types import DemandProblem

STEPS = 20
COVERED = 0.8
_ALIKE = 0.001


@dataclass(frozen=True, slots=True)
class HindcastCase:
    """What was known on a day, and the hours by role and week that came true.

    ``entered`` is the same pipeline as people had typed it (probabilities of the stages, dates as planned), whose weighted mean
    is the field's usual forecast; without it the mean of ``problem`` stands for it. ``won`` tells by key which deals were won.
    """

    problem: DemandProblem
    actual: Mapping[str, Sequence[float]]
    entered: DemandProblem | None = None
    won: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HindcastReport:
    """Scores over ``cells`` roles and weeks that open deals could reach.

    ``crps`` is the mean continuous ranked probability score in hours, ``crps_of_mean`` that of the weighted mean taken as a
    certainty. ``coverage`` tells which share of the actual hours lay below the forecast's 80 % point; where many worlds agree on
    the very hours that came true (no work at all, say) they count for the part of them that lies below it, so that a perfect
    forecast covers 0.8. ``brier`` and ``brier_entered`` score the chances of ``deals`` deals, as calibrated and as typed; None
    where nobody said which were won.
    """

    cells: int
    crps: float
    crps_of_mean: float
    coverage: float
    deals: int = 0
    brier: float | None = None
    brier_entered: float | None = None

    @property
    def ratio(self) -> float:
        """The forecast's score as a share of the weighted mean's; below 1 is better."""
        return self.crps / self.crps_of_mean if self.crps_of_mean else 1.0


@dataclass(frozen=True, slots=True)
class ForecastCell:
    """What was forecast for a role and week, small enough to keep: hours in ascending ``steps`` (the middles of equally likely
    parts), the 80 % point, and the weighted mean of the pipeline as typed."""

    role: str
    week: int
    weighted: float
    p80: float
    steps: tuple[float, ...]


def forecast_cells(problem: DemandProblem, entered: DemandProblem, *, draws: int, seed: int) -> list[ForecastCell]:
    """A forecast as it can be kept and judged later: every role and week that open deals could reach."""
    worlds_of = Worlds(problem, draws=draws, seed=seed)
    means = expect_demand(entered)
    cells = []
    for role in problem.roles:
        found = worlds_of.sample(role)
        if found is None:
            continue
        for place, week in enumerate(found.weeks):
            worlds = sorted(found.demand[place].tolist())
            steps = tuple(round(worlds[int((step + 0.5) * draws / STEPS)], 2) for step in range(STEPS))
            weighted = means[role][week].mean if role in means else 0.0
            cells.append(ForecastCell(role, week, round(weighted, 2), round(_point(worlds, COVERED), 2), steps))
    return cells


def score_cells(pairs: Iterable[tuple[ForecastCell, float]]) -> HindcastReport:
    """Score kept forecasts against the hours that came; no pairs, no cells."""
    scores = _Scores()
    for cell, actual in pairs:
        if abs(actual - cell.p80) <= 10 * _ALIKE:
            covered = _share_below(cell.steps, cell.p80, COVERED)
        else:
            covered = float(actual < cell.p80)
        scores.add(crps(cell.steps, actual), abs(cell.weighted - actual), covered)
    return scores.report()


def hindcast(cases: Sequence[HindcastCase], *, draws: int = 2000, seed: int = 0) -> HindcastReport:
    """Score what would have been forecast; weeks that no open deal could reach say nothing and are left out."""
    scores = _Scores()
    chances: list[tuple[float, bool]] = []
    typed: list[tuple[float, bool]] = []
    for number, case in enumerate(cases):
        worlds_of = Worlds(case.problem, draws=draws, seed=seed + number)
        entered = case.entered or case.problem
        means = expect_demand(entered)
        chances.extend((deal.probability, case.won[deal.key]) for deal in case.problem.deals if deal.key in case.won)
        typed.extend((deal.probability, case.won[deal.key]) for deal in entered.deals if deal.key in case.won)
        for role in case.problem.roles:
            found = worlds_of.sample(role)
            if found is None:
                continue
            actual = case.actual.get(role, ())
            for place, week in enumerate(found.weeks):
                true = actual[week] if week < len(actual) else 0.0
                worlds = sorted(found.demand[place].tolist())
                scores.add(crps(worlds, true), abs(means[role][week].mean - true), _share_below(worlds, true, COVERED))
    return scores.report(chances, typed)


class _Scores:
    def __init__(self) -> None:
        self.count, self.crps, self.plain, self.covered = 0, 0.0, 0.0, 0.0

    def add(self, score: float, plain: float, covered: float) -> None:
        self.count += 1
        self.crps += score
        self.plain += plain
        self.covered += covered

    def report(self, chances: Sequence[tuple[float, bool]] = (), typed: Sequence[tuple[float, bool]] = ()) -> HindcastReport:
        count = max(1, self.count)
        return HindcastReport(
            self.count, self.crps / count, self.plain / count, self.covered / count, len(chances),
            brier_score(chances) if chances else None, brier_score(typed) if typed else None,
        )


def _point(worlds: Sequence[float], share: float) -> float:
    """The smallest of sorted values that this share of them does not exceed."""
    return worlds[max(0, -int(-(share * len(worlds) - 1e-9) // 1) - 1)]


def _share_below(worlds: Sequence[float], actual: float, share: float) -> float:
    count = len(worlds)
    low, high = bisect_left(worlds, actual - _ALIKE) / count, bisect_right(worlds, actual + _ALIKE) / count
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
