"""The acceptance clock: it runs while the calendar works, in the organisation's time zone."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wonward.kernel.work_calendar import WorkCalendar

_LONGEST_DAYS = 3660


def working_minutes(calendar: WorkCalendar, start: datetime, end: datetime, time_zone: str) -> int:
    """Working minutes from `start` to `end`, both instants; 0 when `end` is not later."""
    zone = ZoneInfo(time_zone)
    first, last = start.astimezone(zone), end.astimezone(zone)
    if end <= start:
        return 0
    total, day = 0, first.date()
    for _ in range(_LONGEST_DAYS):
        if day > last.date():
            break
        begins = first.hour * 60 + first.minute if day == first.date() else 0
        ends = last.hour * 60 + last.minute if day == last.date() else 1440
        total += sum(max(0, min(stop, ends) - max(start_at, begins)) for start_at, stop in calendar.spans_on(day))
        day += timedelta(days=1)
    return total


def due_after(calendar: WorkCalendar, start: datetime, minutes: int, time_zone: str) -> datetime | None:
    """The instant after `minutes` of work counted from `start`; None when the calendar never works that long."""
    zone = ZoneInfo(time_zone)
    local = start.astimezone(zone)
    day, begins, left = local.date(), local.hour * 60 + local.minute, minutes
    for _ in range(_LONGEST_DAYS):
        for start_at, stop in calendar.spans_on(day):
            length = max(0, stop - max(start_at, begins))
            if length and left <= length:
                minute = max(start_at, begins) + left
                civil = datetime.combine(day, time(0)) + timedelta(minutes=minute)
                return civil.replace(tzinfo=zone).astimezone(UTC)
            left -= length
        day, begins = day + timedelta(days=1), 0
    return None
