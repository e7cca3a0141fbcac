"""A generated service company whose pipeline is known to its makers better than to its people."""

from __future__ import annotations

import random

from wonward.engines.forecast import (
    DemandProblem,
    HindcastCase,
    OpenDeal,
    calibrate_effort,
    calibrate_probability,
    slip_chances,
)

ROLES = ("Developer", "Designer", "Copywriter", "Consultant")
STAGES = {"Qualified": (0.35, 0.12), "Proposal": (0.55, 0.28), "Negotiation": (0.85, 0.6)}
WEEKS = 20
_SLIP = {0: 0.25, 1: 0.25, 2: 0.2, 3: 0.15, 5: 0.1, 8: 0.05}


def past_deals(seed: int, count: int = 1400) -> list[tuple[str, bool]]:
    """Closed deals as (stage they passed, won)."""
    dice = random.Random(f"{seed} history")
    return [(stage, dice.random() < STAGES[stage][1]) for stage in dice.choices(list(STAGES), k=count)]


def hindcast_cases(seed: int, count: int = 6, deals: int = 60) -> list[HindcastCase]:
    """What was known on `count` days, and what came true: stages promise too much, starts slip, work takes longer."""
    dice = random.Random(seed)
    history = past_deals(seed)
    late = slip_chances(dice.choices(list(_SLIP), list(_SLIP.values()), k=200), default={0: 1.0})
    done = [(hours, hours * dice.lognormvariate(0.15, 0.3)) for hours in [dice.uniform(40, 400) for _ in range(150)]]
    effort = calibrate_effort(done)
    chances = {}
    for stage, (entered, _) in STAGES.items():
        won = [came for name, came in history if name == stage]
        chances[stage] = calibrate_probability(won=sum(won), lost=len(won) - sum(won), default=entered).probability
    return [_case(dice, deals, chances, late, effort.factor, effort.spread) for _ in range(count)]


def _case(dice: random.Random, deals: int, chances: dict[str, float], late: dict[int, float], mean: float, spread: float) -> HindcastCase:
    known, typed, outcome = [], [], {}
    actual = {role: [0.0] * WEEKS for role in ROLES}
    for number in range(deals):
        stage = dice.choice(list(STAGES))
        start = dice.randrange(0, 10)
        demand = {
            role: [dice.uniform(5, 40) for _ in range(dice.randrange(3, 9))] for role in dice.sample(ROLES, dice.randrange(1, 4))
        }
        key = f"D-{number}"
        known.append(OpenDeal(key, chances[stage], start, demand, late, mean, spread))
        typed.append(OpenDeal(key, STAGES[stage][0], start, demand))
        outcome[key] = dice.random() < STAGES[stage][1]
        if outcome[key]:
            true_late = dice.choices(list(_SLIP), list(_SLIP.values()))[0]
            factor = dice.lognormvariate(0.15, 0.3)
            for role, hours in demand.items():
                for place, value in enumerate(hours):
                    if start + true_late + place < WEEKS:
                        actual[role][start + true_late + place] += value * factor
    return HindcastCase(DemandProblem(WEEKS, tuple(known)), actual, DemandProblem(WEEKS, tuple(typed)), outcome)
