"""What the own history says about chances, lateness and effort, shrunk towards the defaults where it is thin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

FEWEST_DEALS = 20
_WEIGHT_OF_DEFAULT = 12.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """A probability with the deals it rests on: ``deviation`` is its own standard deviation, ``count`` the closed deals."""

    probability: float
    deviation: float
    count: int


def calibrate_probability(*, won: int, lost: int, default: float) -> Evidence:
    """Chance of winning from `won` and `lost` deals that passed the same point, shrunk to `default` (0 to 1).

    Beta-binomial: the default counts as twelve deals. Below twenty closed deals the default alone stands.
    """
    if won < 0 or lost < 0 or not 0 <= default <= 1:
        raise ValueError("counts are not negative and a default lies between 0 and 1")
    count = won + lost
    if count < FEWEST_DEALS:
        return Evidence(default, sqrt(default * (1 - default) / (_WEIGHT_OF_DEFAULT + 1)), count)
    weight = count + _WEIGHT_OF_DEFAULT
    chance = (won + _WEIGHT_OF_DEFAULT * default) / weight
    return Evidence(chance, sqrt(chance * (1 - chance) / (weight + 1)), count)


def slip_chances(weeks_late: Sequence[int], *, default: Mapping[int, float], most: int = 12) -> dict[int, float]:
    """Chance of each number of weeks a start is late, from past starts; `default` (summing to 1) counts as twelve of them.

    Lateness beyond `most` weeks either way counts as `most`.
    """
    seen = Counter(max(-most, min(most, late)) for late in weeks_late)
    weight = len(weeks_late) + _WEIGHT_OF_DEFAULT
    chances = {
        late: (seen.get(late, 0) + _WEIGHT_OF_DEFAULT * default.get(late, 0.0)) / weight for late in sorted({*seen, *default})
    }
    return {late: chance for late, chance in chances.items() if chance > 0}


def effort_factor(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Mean and coefficient of variation of actual over planned hours, from (planned, actual) pairs of finished work.

    Judged on the logarithm, shrunk towards "as planned, give or take a fifth", which counts as twelve projects; pairs
    without hours on either side say nothing.
    """
    logs = [log(actual / planned) for planned, actual in pairs if planned > 0 and actual > 0]
    weight = len(logs) + _WEIGHT_OF_DEFAULT
    centre = sum(logs) / weight
    spread = (sum((value - centre) ** 2 for value in logs) + _WEIGHT_OF_DEFAULT * 0.2**2) / weight
    return exp(centre + spread / 2), sqrt(exp(spread) - 1)
