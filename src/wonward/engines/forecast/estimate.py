"""Bands from mean and variance alone, as if demand were normal: what is shown where nothing can be simulated."""

from __future__ import annotations

from statistics import NormalDist

from wonward.engines.forecast.moments import expect_demand
from wonward.engines.forecast.types import Band, DemandProblem, Driver, Forecast, Moments

_SHARES = (0.1, 0.5, 0.8, 0.9, 0.95)
_NORMAL = NormalDist()


def estimate_demand(problem: DemandProblem, *, drivers: int = 3) -> Forecast:
    """Bands of every role and week in closed form. Mean and variance are exact; the quantiles are rough where few deals decide."""
    moments = expect_demand(problem)
    bands = {}
    for role in problem.roles:
        confirmed, capacity = problem.confirmed_hours(role), problem.capacity_hours(role)
        bands[role] = [
            _band(moments[role][week], confirmed[week], capacity[week], _drivers(problem, role, week, drivers)) for week in range(problem.weeks)
        ]
    return Forecast(problem.weeks, 0, 0, bands)


def _band(exact: Moments, confirmed: float, capacity: float, drivers: tuple[Driver, ...]) -> Band:
    deviation, gap = exact.variance**0.5, exact.mean - capacity
    if deviation < 1e-9:
        return Band(exact.mean, 0.0, exact.mean, exact.mean, exact.mean, exact.mean, exact.mean, float(gap > 0.001), max(0.0, -gap), max(0.0, gap), capacity, confirmed, drivers)
    p10, p50, p80, p90, p95 = (round(max(confirmed, exact.mean + deviation * _NORMAL.inv_cdf(share)), 4) for share in _SHARES)
    above = _NORMAL.cdf(gap / deviation)
    excess = deviation * _NORMAL.pdf(gap / deviation) + gap * above
    return Band(exact.mean, exact.variance, p10, p50, p80, p90, p95, above, max(0.0, excess - gap), max(0.0, excess), capacity, confirmed, drivers)


def _drivers(problem: DemandProblem, role: str, week: int, limit: int) -> tuple[Driver, ...]:
    expected = [(deal.probability * deal.hours_when_won(role, week), deal.key) for deal in problem.deals if role in deal.demand]
    return tuple(Driver(key, round(hours, 4), 0.0) for hours, key in sorted(expected, key=lambda pair: (-pair[0], pair[1]))[:limit] if hours > 0)
