"""Pure decisions: is a promise covered in time, and how much of all that was promised is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from wonward.journeys.promises.types import COLUMNS, Coverage, PromiseRow

_COVERED = ("planned", "kept")


def coverage_of(*, due_date: date | None, finishes: Sequence[date | None]) -> tuple[str, date | None]:
    """uncovered without live work, at_risk when the last covering work ends after the due date, else planned.

    `finishes` are the finish dates of the covering tasks. Returns the coverage and the forecast date.
    """
    known = [day for day in finishes if day is not None]
    if not finishes or not known:
        return "uncovered", None
    forecast = max(known)
    if due_date is not None and forecast > due_date:
        return "at_risk", forecast
    return "planned", forecast


def sum_coverage(promises: Iterable[PromiseRow]) -> Coverage:
    """Share of the weight of confirmed and kept promises that live work keeps in time; 100 when nothing was promised."""
    return weigh_coverage((promise.column, promise.weight) for promise in promises if promise.state != "draft")


def weigh_coverage(tally: Iterable[tuple[str, int]]) -> Coverage:
    """The same for (column, weight) pairs of promises that are not drafts."""
    weights = dict.fromkeys(COLUMNS, 0)
    counts = dict.fromkeys(COLUMNS, 0)
    for column, weight in tally:
        weights[column] += weight
        counts[column] += 1
    total = sum(weight for column, weight in weights.items() if column != "waived")
    covered = sum(weights[column] for column in _COVERED)
    return Coverage(round(100 * covered / total) if total else 100, weights, counts)
