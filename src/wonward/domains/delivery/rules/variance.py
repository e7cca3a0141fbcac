"""How far a plan went from what was frozen, in working days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wonward.kernel.work_calendar import WorkCalendar


@dataclass(frozen=True, slots=True)
class Variance:
    """Working days by which a task starts, ends and lasts later or longer than in a baseline; negative for earlier or shorter."""

    start_days: int
    finish_days: int
    length_days: int


def variance_of(frozen: tuple[date, date], start: date, finish: date, calendar: WorkCalendar) -> Variance:
    """The variance of one task."""
    length = calendar.working_days_between(start, finish) - calendar.working_days_between(*frozen)
    return Variance(days_apart(frozen[0], start, calendar), days_apart(frozen[1], finish, calendar), length)


def days_apart(first: date, second: date, calendar: WorkCalendar) -> int:
    """Working days from one day to another, negative when the second is earlier."""
    low, high = sorted((first, second))
    days = calendar.working_days_between(low, high) - (1 if calendar.is_working_day(low) else 0)
    return days if second > first else -days
