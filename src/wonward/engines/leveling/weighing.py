"""What tasks side by side overload a resource by at least, as weights of amounts less what a slot gives free.

Amounts that do not fill a slot together waste the rest of it, which the plain sum of amounts cannot see: beside 180 of 240
there is room for 60, and no use for it. Weights in the manner of dual feasible functions (Fekete and Schepers 2001) see it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

MOST_AMOUNTS = 6


class Weighing(NamedTuple):
    """For amounts A side by side in a slot with room R, the overload max(0, sum(A) - R) is at least the sum of ``weights[a]`` less ``free(R)``."""

    weights: Mapping[int, int]
    free: Callable[[int], int]


def list_weighings(amounts: Sequence[int], most: int) -> list[Weighing]:
    """Weighings for these amounts (ascending) where no slot has more room than ``most``; the plain one is always among them."""
    found = [Weighing({amount: amount for amount in amounts}, lambda room: room)]
    kept = [amount for amount in amounts if amount <= most][-MOST_AMOUNTS:]
    for least in kept:
        found.append(_counted(amounts, least, most))
        if 2 * least > most:
            found += [_paired(amounts, least, small, most) for small in kept if most - least < small < least]
    return found


def _counted(amounts: Sequence[int], least: int, most: int) -> Weighing:
    """So many of at least ``least`` fit; every further one costs what it takes beyond the room."""
    fitting = most // least
    further = (fitting + 1) * least - most

    def free(room: int) -> int:
        inside = min(room, most) // least
        return max(further * inside, further * (inside + 1) - ((inside + 1) * least - min(room, most)))

    return Weighing({amount: _above(amount, most) + further if amount >= least else 0 for amount in amounts}, free)


def _paired(amounts: Sequence[int], large: int, small: int, most: int) -> Weighing:
    """One of at least ``large`` fills a slot; those from ``small`` on count by their share of it, smaller ones do not count."""
    whole = min(most * (large + small - most) // small, 2 * large - most)

    def weight(amount: int) -> int:
        if amount >= large:
            return _above(amount, most) + whole
        return whole * amount // most if amount >= small else 0

    return Weighing({amount: weight(amount) for amount in amounts}, lambda room: min(whole, room))


def _above(amount: int, most: int) -> int:
    return max(0, amount - most)
