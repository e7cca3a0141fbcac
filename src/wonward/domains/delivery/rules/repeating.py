"""When a repeated task comes again."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

MOST_OFTEN = 366


def next_start(start: date, *, every: int, unit: str, after: date, month_day: int | None = None) -> date:
    """The first day of the series behind `start` that lies after `after`.

    Months keep the day, or take their last one; `month_day` is the one a series keeps that a shorter month pulled forward to `start`.
    """
    kept = kept_day(start, month_day)
    count = 1
    while True:
        day = _step(start, every * count, unit, kept)
        if day > after:
            return day
        count += 1


def kept_day(start: date, month_day: int | None) -> int:
    """On which day of the month a series goes on that stands on `start`."""
    is_pulled = month_day is not None and month_day > start.day == monthrange(start.year, start.month)[1]
    return month_day if is_pulled and month_day is not None else start.day


def _step(start: date, count: int, unit: str, month_day: int) -> date:
    if unit == "month":
        month = start.month - 1 + count
        year, month = start.year + month // 12, month % 12 + 1
        return date(year, month, min(month_day, monthrange(year, month)[1]))
    return start + timedelta(days=count * (7 if unit == "week" else 1))
