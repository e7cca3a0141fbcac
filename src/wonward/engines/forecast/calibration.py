"""What the own history says about chances, lateness and effort, shrunk towards the defaults where it is thin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, fsum, log, sqrt

FEWEST_DEALS = 20
_WEIGHT_OF_DEFAULT = 12.0
_USUAL_DEVIATION = 0.2
_FURTHEST = 4.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """A probability with the deals it rests on: ``deviation`` is its own standard deviation, ``count`` the closed deals."""

    probability: float
    deviation: float
    count: int


@dataclass(frozen=True, slots=True)
class EffortEvidence:
    """A factor on planned hours with what it rests on: ``spread`` is its coefficient of variation from work to work, ``count`` the
    finished works, ``planned`` and ``came`` their hours.
    """

    factor: float
    spread: float
    count: int
    planned: float
    came: float


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


def calibrate_effort(pairs: Sequence[tuple[float, float]]) -> EffortEvidence:
    """How much more a finished work takes than was planned, from (planned, came) pairs of hours, shrunk to "as planned, give or take a fifth".

    What came in all over what was planned in all; the default counts as twelve works of the usual size, and no single work
    counts as more than four times, or less than a quarter, of its plan. Pairs without hours on either side say nothing.
    """
    known = [(planned, min(max(came, planned / _FURTHEST), planned * _FURTHEST)) for planned, came in pairs if planned > 0 and came > 0]
    planned, came = fsum(one for one, _ in known), fsum(one for _, one in known)
    if not known or not planned:
        return EffortEvidence(1.0, sqrt(exp(_USUAL_DEVIATION**2) - 1), 0, 0.0, 0.0)
    ratio, weight = came / planned, len(known) + _WEIGHT_OF_DEFAULT
    factor = (len(known) * ratio + _WEIGHT_OF_DEFAULT) / weight
    squares = fsum(log(one / of / ratio) ** 2 for of, one in known)
    deviation = (squares + _WEIGHT_OF_DEFAULT * _USUAL_DEVIATION**2) / weight
    return EffortEvidence(factor, sqrt(exp(deviation) - 1), len(known), planned, came)
