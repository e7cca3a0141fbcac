"""Dates set by hand: the moments they stand for, the work between them, and the waits they do not keep."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from wonward.kernel.wording import worded
from wonward.kernel.work_calendar import CalendarNeverWorks, WorkCalendar

LONGEST_DAYS = 6000
_ONE_DAY = timedelta(days=1)


def opening(day: date, calendar: WorkCalendar) -> datetime:
    """The first minute of a day; on a day off the minute at which work usually begins."""
    spans = calendar.spans_on(day) or _usual(calendar)
    return at_minute(day, spans[0][0])


def closing(day: date, calendar: WorkCalendar) -> datetime:
    """The last minute of a day; on a day off the minute at which work usually ends."""
    spans = calendar.spans_on(day) or _usual(calendar)
    return at_minute(day, spans[-1][1])


def _usual(calendar: WorkCalendar) -> tuple[tuple[int, int], ...]:
    return next((tuple(spans) for spans in calendar.week if spans), ((540, 1020),))


def at_minute(day: date, minute: int) -> datetime:
    """A minute of a day; the end of the day is its last minute."""
    minute = min(minute, 1439)
    return datetime.combine(day, time(minute // 60, minute % 60))


def days_of_work(start: datetime, finish: datetime, calendar: WorkCalendar) -> tuple[date, date] | None:
    """The first and last working day of a span; the end of a day's work is no beginning, and its first minute no end."""
    first, last = start.date(), finish.date()
    if (worked := calendar.spans_on(first)) and start.hour * 60 + start.minute >= worked[-1][1]:
        first += _ONE_DAY
    if (worked := calendar.spans_on(last)) and finish.hour * 60 + finish.minute <= worked[0][0]:
        last -= _ONE_DAY
    try:
        return calendar.next_working_day(first), calendar.previous_working_day(last)
    except CalendarNeverWorks:
        return None


def minutes_between(start: date, finish: date, calendar: WorkCalendar) -> int:
    """Working minutes of the days from start to finish."""
    return sum(calendar.minutes_on(start + timedelta(days=place)) for place in range((finish - start).days + 1))


def last_day(start: date, minutes: int, calendar: WorkCalendar) -> date:
    """The day on which work of this length ends that begins with a day."""
    day = start
    for _ in range(LONGEST_DAYS):
        minutes -= calendar.minutes_on(day)
        if minutes <= 0:
            return day
        day += _ONE_DAY
    raise CalendarNeverWorks(worded("no working time within ten years of {start}", start=start.isoformat()))


def is_kept(
    kind: str, lag_minutes: int, lag_unit: str, before: tuple[datetime, datetime], after: tuple[datetime, datetime], calendar: WorkCalendar
) -> bool:
    """Whether a task lies where what it waits for allows; `before` and `after` are the starts and finishes of both."""
    end = before[1] if kind[0] == "F" else before[0]
    bound = after[0] if kind[1] == "S" else after[1]
    if lag_unit == "elapsed":
        return bound >= end + timedelta(minutes=lag_minutes)
    return bound >= _worked_on(end, lag_minutes, calendar)


def _worked_on(at: datetime, minutes: int, calendar: WorkCalendar) -> datetime:
    """The first moment at which so many working minutes lie behind another, or before it when there are less than none."""
    if not minutes:
        return at
    step = _ONE_DAY if minutes > 0 else -_ONE_DAY
    left, day = abs(minutes), at.date()
    minute = at.hour * 60 + at.minute
    for _ in range(LONGEST_DAYS):
        for begin, end in calendar.spans_on(day) if minutes > 0 else reversed(calendar.spans_on(day)):
            if day == at.date():
                begin, end = (max(begin, minute), end) if minutes > 0 else (begin, min(end, minute))
            if end - begin >= left > 0:
                return at_minute(day, begin + left if minutes > 0 else end - left)
            left -= max(0, end - begin)
        day += step
    return at


def unkept_sentence(kind: str, name: str, waits_for: str, *, has_lag: bool = False) -> str:
    """What a task with dates set by hand does not wait for, in a sentence; both names come with their quotation marks."""
    if has_lag:
        return worded("{name} lies sooner behind {before} than it should.", name=name, before=waits_for)
    if kind == "FS":
        return worded("{name} starts before {before} is finished.", name=name, before=waits_for)
    if kind == "SS":
        return worded("{name} starts before {before} does.", name=name, before=waits_for)
    if kind == "FF":
        return worded("{name} finishes before {before} does.", name=name, before=waits_for)
    return worded("{name} finishes before {before} starts.", name=name, before=waits_for)
