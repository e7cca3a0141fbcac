"""How handoffs are counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import median

REQUIRED_SHARE = 5


def completeness(checks: Mapping[str, bool]) -> int:
    """Percent of the checks that hold, next to the five answers, which always do: a first submission has 100 at best."""
    return round(100 * (REQUIRED_SHARE + sum(checks.values())) / (REQUIRED_SHARE + len(checks)))


def middle(values: Iterable[int]) -> int | None:
    """The median, rounded; None of nothing."""
    found = list(values)
    return round(median(found)) if found else None


def repeats(asked: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
    """Which (handoff, field) pairs were asked about more than once."""
    seen: set[tuple[int, str]] = set()
    again: set[tuple[int, str]] = set()
    for pair in asked:
        (again if pair in seen else seen).add(pair)
    return again
