"""What counts as a new visit, and what somebody knew before it; pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

SAME_VISIT = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Visit:
    """`seen_date` is the forecast of the latest visit, `before_date` that of the visit before."""

    before_date: date | None
    seen_date: date | None
    seen_at: datetime


def known_before(visit: Visit | None, *, now: datetime) -> date | None:
    """The forecast somebody knew when this visit began; coming back within half an hour is the same visit."""
    if visit is None:
        return None
    return visit.before_date if now - visit.seen_at < SAME_VISIT else visit.seen_date


def next_visit(visit: Visit | None, forecast: date | None, *, now: datetime) -> Visit | None:
    """What to remember of a visit that shows `forecast`; None when it is remembered already."""
    if visit is not None and now - visit.seen_at < SAME_VISIT:
        return None if visit.seen_date == forecast else Visit(visit.before_date, forecast, visit.seen_at)
    return Visit(known_before(visit, now=now), forecast, now)
