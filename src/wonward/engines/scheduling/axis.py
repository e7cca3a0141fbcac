"""Working calendars as lookup tables: adding and measuring working time without walking days.

Instants are minutes since midnight of the window's first day. A working index counts the working minutes
before an instant. Friday 17:00 and Monday 08:00 share one index: ``finish_side`` gives the former (the end
of the last minute worked), ``start_side`` the latter (the beginning of the next).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate, chain
from math import gcd

from wonward.engines.scheduling.errors import AbsurdValue
from wonward.kernel.work_calendar import MINUTES_PER_DAY, CalendarNeverWorks, Spans, WorkCalendar

FIRST_DAY = date(1970, 1, 1).toordinal()
LAST_DAY = date(2200, 12, 31).toordinal()
MARGIN_DAYS = 1500
FIRST_ALLOWED_DAY = FIRST_DAY - MARGIN_DAYS
LAST_ALLOWED_DAY = LAST_DAY + MARGIN_DAYS
SMALLEST_UNIT = 5
# One object for each number, whichever table names it: the tables of a plan then stay near the processor.
_COUNTS = tuple(range(MINUTES_PER_DAY + 1))


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
    return tuple(map(_COUNTS.__getitem__, accumulate(worked, initial=0)))


class Leads:
    """By working minute, for calendars whose spans begin and end at odd minutes: what ``CalendarAxis.leads`` holds by its unit."""

    __slots__ = ("_first", "_leads", "_size")

    def __init__(self, spans: Sequence[tuple[int, int]], size: int) -> None:
        self._first = [first for first, _ in spans]
        self._leads = [lead for _, lead in spans]
        self._size = size

    def __getitem__(self, index: int) -> int:
        if index >= self._size:
            raise IndexError(index)
        return self._leads[bisect_right(self._first, index) - 1]


AxisTables = tuple[list[int], list[tuple[int, ...]], int, list[int] | Leads]


class CalendarAxis:
    """One calendar compiled over one window.

    ``before_day[d]`` working minutes before day d, ``in_day[d]`` the table of ``_minutes_before`` of its spans.
    ``unit`` divides every working span; ``leads[index // unit]`` is what the instant at which the minute after ``index``
    working minutes begins is ahead of that index: within one span it is one number.
    ``tables`` is all of these, for loops that cannot afford a call.
    """

    __slots__ = ("before_day", "calendar", "in_day", "leads", "size", "tables", "unit", "window")

    def __init__(self, calendar: WorkCalendar, window: Window) -> None:
        self.calendar = calendar
        self.window = window
        spans_by_day = _by_day(calendar, window)
        self.in_day = [_minutes_before(spans) for spans in spans_by_day]
        self.before_day = list(accumulate([table[-1] for table in self.in_day], initial=0))
        self.size = self.before_day[-1]
        if not self.size:
            raise CalendarNeverWorks("a calendar without any working time")
        edges = {edge for spans in {*spans_by_day} for edge in chain.from_iterable(spans)}
        self.unit = gcd(*edges)
        self.leads: list[int] | Leads
        if self.unit < SMALLEST_UNIT:
            self.unit = 1
            self.leads = Leads([(first, lead) for first, lead, _ in _spans_in_order(spans_by_day)], self.size)
        else:
            self.leads = []
            for _, lead, length in _spans_in_order(spans_by_day):
                self.leads += [lead] * (length // self.unit)
        self.tables: AxisTables = (self.before_day, self.in_day, self.unit, self.leads)

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
            return index + self.leads[index // self.unit]
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


def _by_day(calendar: WorkCalendar, window: Window) -> list[Spans]:
    """The working spans of each day of the window: those of the week over and over, then the exceptions."""
    first_weekday = (window.first_day - 1) % 7
    spans = [*calendar.week[first_weekday:], *calendar.week[:first_weekday]] * (window.day_count // 7 + 1)
    del spans[window.day_count :]
    for day, own in calendar.exceptions.items():
        position = day.toordinal() - window.first_day
        if 0 <= position < window.day_count:
            spans[position] = own
    return spans


def _spans_in_order(spans_by_day: Sequence[Spans]) -> Iterator[tuple[int, int, int]]:
    """Of each working span the working minutes before it, what its instants are ahead of their indexes, and its length."""
    before = 0
    for day, spans in enumerate(spans_by_day):
        for start, end in spans:
            yield before, day * MINUTES_PER_DAY + start - before, end - start
            before += end - start


@lru_cache(maxsize=64)
def compile_calendar(calendar: WorkCalendar, window: Window) -> CalendarAxis:
    """The axis of a calendar, kept for the calendars used last; raises CalendarNeverWorks."""
    return CalendarAxis(calendar, window)
