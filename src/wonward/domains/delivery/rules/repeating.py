"""When a repeated task comes again."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

MOST_OFTEN = 366


def next_start(start: date, *, every: int, unit: str, after: date) -> date:
    """The first day of the series behind `start` that lies after `after`. Months keep the day, or take their last one."""
    count = 1
    while True:
        day = _step(start, every * count, unit)
        if day > after:
            return day
        count += 1


def _step(start: date, count: int, unit: str) -> date:
    if unit == "month":
        month = start.month - 1 + count
        year, month = start.year + month // 12, month % 12 + 1
        return date(year, month, min(start.day, monthrange(year, month)[1]))
    return start + timedelta(days=count * (7 if unit == "week" else 1))
