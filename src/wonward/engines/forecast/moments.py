"""Mean and variance in closed form: the answer that is there at once, and exact."""

from __future__ import annotations

from wonward.engines.forecast.types import DemandProblem, Moments, OpenDeal


def expect_demand(problem: DemandProblem) -> dict[str, list[Moments]]:
    """Exact mean and variance of every role's demand, one for each week.

    Deals are independent but for the doubt that the deals of a group share: it adds the covariance of their probabilities.
    """
    roles = problem.roles
    mean = {role: problem.confirmed_hours(role) for role in roles}
    variance = {role: [0.0] * problem.weeks for role in roles}
    shared: dict[tuple[str, str], list[float]] = {}
    for deal in problem.deals:
        for role in deal.demand:
            when_won, square = _given_won(deal, role, problem.weeks)
            chance = deal.probability
            doubt = shared_doubt(problem, deal)
            together = shared.setdefault((deal.group, role), [0.0] * problem.weeks) if doubt else None
            for week, hours in enumerate(when_won):
                if not hours:
                    continue
                mean[role][week] += chance * hours
                variance[role][week] += chance * square[week] - (chance * hours) ** 2
                if together is not None:
                    together[week] += doubt * hours
                    variance[role][week] -= (doubt * hours) ** 2
    for (_, role), together in shared.items():
        for week, spread in enumerate(together):
            variance[role][week] += spread**2
    return {role: [Moments(*pair) for pair in zip(mean[role], map(_not_negative, variance[role]), strict=True)] for role in roles}


def shared_doubt(problem: DemandProblem, deal: OpenDeal) -> float:
    """Standard deviation of the shared part of a deal's probability; a uniform spread that stays between 0 and 1."""
    widest = min(deal.probability, 1 - deal.probability) / 3**0.5
    return min(problem.doubt.get(deal.group, 0.0), widest)


def _given_won(deal: OpenDeal, role: str, weeks: int) -> tuple[list[float], list[float]]:
    mean, square = [0.0] * weeks, [0.0] * weeks
    factor_square = deal.effort_mean**2 * (1 + deal.effort_spread**2)
    asked = deal.asked(role)
    for late, chance in deal.slip.items():
        first = deal.start_week + late
        for place, hours in enumerate(asked):
            week = first + place
            if 0 <= week < weeks and hours:
                mean[week] += chance * deal.effort_mean * hours
                square[week] += chance * factor_square * hours * hours
    return mean, square


def _not_negative(value: float) -> float:
    return max(0.0, value)
