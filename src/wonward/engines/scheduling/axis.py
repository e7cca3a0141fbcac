"""Working calendars as lookup tables: adding and measuring working time without walking days.

Instants are minutes since midnight of the window's first day. A working index counts the working minutes
before an instant. Friday 17:00 and Monday 08:00 share one index: ``finish_side`` gives the former (the end
of the last minute worked), ``start_side`` the latter (the beginning of the next).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate

from wonward.engines.scheduling.errors import AbsurdValue
from wonward.kernel.work_calendar import MINUTES_PER_DAY, CalendarNeverWorks, Spans, WorkCalendar

FIRST_DAY = date(1970, 1, 1).toordinal()
LAST_DAY = date(2200, 12, 31).toordinal()
MARGIN_DAYS = 1500
FIRST_ALLOWED_DAY = FIRST_DAY - MARGIN_DAYS
LAST_ALLOWED_DAY = LAST_DAY + MARGIN_DAYS
SMALLEST_BUCKET = 30


AxisTables = tuple[
    list[int], list[tuple[int, ...]], int, list[int], list[int], list[int], list[tuple[int, ...]]
]


@dataclass(frozen=True, slots=True)
class Window:
    """The days covered by tables: ``first_day`` is a proleptic ordinal."""

    first_day: int
    day_count: int

    def instant(self, at: datetime) -> int:
        """Minutes since the window opened; the window must hold the date."""
        return (at.toordinal() - self.first_day) * MINUTES_PER_DAY + at.hour * 60 + at.minute

    @property
    def opens_at(self) -> datetime:
        return datetime.combine(date.fromordinal(self.first_day), time())

    def at(self, instant: int) -> datetime:
        return self.opens_at + timedelta(minutes=instant)

    def holds(self, other: Window) -> bool:
        """Whether every day of another window is in this one."""
        return self.first_day <= other.first_day and other._end <= self._end

    @property
    def _end(self) -> int:
        return self.first_day + self.day_count

    def grown(self, is_before: bool) -> Window:
        """A window reaching twice as far on one side; AbsurdValue beyond the years the engine knows."""
        last_day = self._end
        if is_before:
            if self.first_day <= FIRST_ALLOWED_DAY:
                raise AbsurdValue("the schedule reaches back before 1970")
            return Window(max(FIRST_ALLOWED_DAY, self.first_day - self.day_count), 0).reaching(last_day)
        if last_day >= LAST_ALLOWED_DAY:
            raise AbsurdValue("the schedule runs past the year 2200")
        return self.reaching(min(LAST_ALLOWED_DAY, last_day + 3 * self.day_count))

    def reaching(self, last_day: int) -> Window:
        return Window(self.first_day, last_day - self.first_day)


class WindowTooSmall(Exception):
    """A date fell outside the days that tables cover: before the ``window``, or after it."""

    def __init__(self, window: Window, is_before: bool) -> None:
        self.window = window
        self.is_before = is_before
        super().__init__("before" if is_before else "after")


@lru_cache(maxsize=512)
def _minutes_before(spans: Spans) -> tuple[int, ...]:
    """For each minute of a day, 0 to 1440, the working minutes before it."""
    worked = bytearray(MINUTES_PER_DAY)
    for start, end in spans:
        worked[start:end] = b"\x01" * (end - start)
    return tuple(accumulate(worked, initial=0))


@lru_cache(maxsize=512)
def _working_minutes(spans: Spans) -> tuple[int, ...]:
    """The minutes of the day that are worked, in order."""
    return tuple(minute for start, end in spans for minute in range(start, end))


class CalendarAxis:
    """One calendar compiled over one window.

    ``before_day[d]`` working minutes before day d, ``in_day[d]`` the table of ``_minutes_before`` of its spans;
    ``before_worked[j]``, ``opens[j]``, ``minutes[j]``: index, midnight instant and worked minutes of the j-th
    worked day; ``day_of_bucket[index // bucket]`` the worked day holding the first index of that bucket.
    ``tables`` is all of these, for loops that cannot afford a call.
    """

    __slots__ = (
        "before_day",
        "before_worked",
        "bucket",
        "calendar",
        "day_of_bucket",
        "in_day",
        "minutes",
        "opens",
        "size",
        "tables",
        "window",
    )

    def __init__(self, calendar: WorkCalendar, window: Window) -> None:
        self.calendar = calendar
        self.window = window
        self.in_day = _by_day(calendar, window, _minutes_before)
        self.before_day = list(accumulate([table[-1] for table in self.in_day], initial=0))
        self.size = self.before_day[-1]
        if not self.size:
            raise CalendarNeverWorks("a calendar without any working time")
        minutes_by_day = _by_day(calendar, window, _working_minutes)
        worked_days = [day for day, minutes in enumerate(minutes_by_day) if minutes]
        self.opens = [day * MINUTES_PER_DAY for day in worked_days]
        self.minutes = [minutes for minutes in minutes_by_day if minutes]
        self.before_worked = [self.before_day[day] for day in worked_days]
        self.bucket = max(SMALLEST_BUCKET, min(len(table) for table in self.minutes))
        self.day_of_bucket = _days_of_buckets(self.before_worked, self.bucket, self.size)
        self.before_worked.append(self.size)
        self.tables: AxisTables = (
            self.before_day,
            self.in_day,
            self.bucket,
            self.day_of_bucket,
            self.before_worked,
            self.opens,
            self.minutes,
        )

    def index(self, instant: int) -> int:
        """Working minutes before an instant."""
        if instant < 0:
            raise WindowTooSmall(self.window, is_before=True)
        day = instant // MINUTES_PER_DAY
        try:
            return self.before_day[day] + self.in_day[day][instant - day * MINUTES_PER_DAY]
        except IndexError:
            raise WindowTooSmall(self.window, is_before=False) from None

    def start_side(self, index: int) -> int:
        """The instant the minute after ``index`` working minutes begins."""
        if index < 0:
            raise WindowTooSmall(self.window, is_before=True)
        try:
            worked_day = self.day_of_bucket[index // self.bucket]
            while index >= self.before_worked[worked_day + 1]:
                worked_day += 1
            return self.opens[worked_day] + self.minutes[worked_day][index - self.before_worked[worked_day]]
        except IndexError:
            raise WindowTooSmall(self.window, is_before=False) from None

    def finish_side(self, index: int) -> int:
        """The instant ``index`` working minutes are done."""
        return self.start_side(index - 1) + 1

    def milestone(self, instant: int) -> tuple[int, int]:
        """Where a milestone may lie, working time or the very end of a working span, and its index."""
        index = self.index(instant)
        start = self.start_side(index)
        if start > instant and index and self.finish_side(index) == instant:
            start = instant
        return start, index


def _by_day(
    calendar: WorkCalendar, window: Window, table_of: Callable[[Spans], tuple[int, ...]]
) -> list[tuple[int, ...]]:
    """A table for each day of the window: those of the week over and over, then the exceptions."""
    first_weekday = (window.first_day - 1) % 7
    week = [table_of(spans) for spans in calendar.week]
    tables = (week[first_weekday:] + week[:first_weekday]) * (window.day_count // 7 + 1)
    del tables[window.day_count :]
    for day, spans in calendar.exceptions.items():
        position = day.toordinal() - window.first_day
        if 0 <= position < window.day_count:
            tables[position] = table_of(spans)
    return tables


def _days_of_buckets(before_worked: Sequence[int], bucket: int, size: int) -> list[int]:
    days: list[int] = []
    for day, before in enumerate(before_worked):
        wanted = -(-before // bucket)
        if wanted > len(days):
            days.extend([day - 1] * (wanted - len(days)))
    days.extend([len(before_worked) - 1] * (size // bucket + 1 - len(days)))
    return days


@lru_cache(maxsize=64)
def compile_calendar(calendar: WorkCalendar, window: Window) -> CalendarAxis:
    """The axis of a calendar, kept for the calendars used last; raises CalendarNeverWorks."""
    return CalendarAxis(calendar, window)
