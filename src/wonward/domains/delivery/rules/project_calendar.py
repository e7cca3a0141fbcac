"""The calendar of an MS Project file: its week, its exceptions, and the weeks that work otherwise for a while."""

from __future__ import annotations

from datetime import date, timedelta
from xml.etree.ElementTree import Element

from wonward.domains.delivery.rules.project_elements import Losses, is_set, moment_of, text_of, whole_of
from wonward.domains.delivery.rules.recurring_days import DAILY, MOST_DAYS, Recurrence, days_of
from wonward.kernel.work_calendar import InvalidCalendar, Spans, WorkCalendar

_LONGEST_EXCEPTION = timedelta(days=30 * 366)


def read_calendar(root: Element, losses: Losses) -> tuple[str, WorkCalendar | None]:
    """The calendar of the project, by its UID or the first that is no resource's."""
    wanted = text_of(root, "CalendarUID")
    rows = list(root.iterfind("Calendars/Calendar"))
    row = next((one for one in rows if text_of(one, "UID") == wanted), next((one for one in rows if is_set(one, "IsBaseCalendar")), None))
    if row is None:
        return "", None
    week: list[Spans] = [()] * 7
    exceptions: dict[date, Spans] = {}
    try:
        for one in row.iterfind("WeekDays/WeekDay"):
            kind = whole_of(one, "DayType")
            if 1 <= kind <= 7:
                week[(kind + 5) % 7] = _spans(one)
            elif kind == 0:
                _except(one, exceptions)
        for one in row.iterfind("Exceptions/Exception"):
            _except(one, exceptions, losses)
        for one in row.iterfind("WorkWeeks/WorkWeek"):
            _work_otherwise(one, exceptions, losses)
        return text_of(row, "Name")[:80], WorkCalendar(tuple(week), exceptions)
    except (InvalidCalendar, ValueError) as error:
        losses.lose("The calendar of the file cannot be read; the calendar of the house counts.", f"{text_of(row, 'Name')}: {error}")
        return "", None


def _except(one: Element, exceptions: dict[date, Spans], losses: Losses | None = None) -> None:
    name = text_of(one, "Name")
    first = moment_of(text_of(one, "TimePeriod/FromDate"), name or "The calendar")
    last = moment_of(text_of(one, "TimePeriod/ToDate"), name or "The calendar")
    if first is None or last is None or last < first:
        return
    rule = _recurrence(one)
    if not rule.is_known:
        if losses is not None:
            losses.lose("Repeating exceptions of the calendar of a kind we do not know are left behind.", name)
        return
    most = whole_of(one, "Occurrences", MOST_DAYS) if rule.kind != DAILY and is_set(one, "EnteredByOccurrences") else MOST_DAYS
    days = days_of(rule, first.date(), min(last.date(), first.date() + _LONGEST_EXCEPTION), most=most)
    if losses is not None and last.date() - first.date() > _LONGEST_EXCEPTION:
        losses.lose("Exceptions of the calendar are taken over for thirty years.", name)
    for day in days:
        exceptions[day] = _spans(one)


def _work_otherwise(one: Element, exceptions: dict[date, Spans], losses: Losses) -> None:
    """A week of its own for a while, such as summer hours, becomes the exceptions of its days; what is an exception already stays one."""
    name = text_of(one, "Name")
    first = moment_of(text_of(one, "TimePeriod/FromDate"), name or "The calendar")
    last = moment_of(text_of(one, "TimePeriod/ToDate"), name or "The calendar")
    if first is None or last is None or last < first:
        return
    if last.date() - first.date() > _LONGEST_EXCEPTION:
        losses.lose("Exceptions of the calendar are taken over for thirty years.", name)
    week = {(kind + 5) % 7: _spans(day) for day in one.iterfind("WeekDays/WeekDay") if 1 <= (kind := whole_of(day, "DayType")) <= 7}
    for offset in range(min(last.date() - first.date(), _LONGEST_EXCEPTION).days + 1):
        day = first.date() + timedelta(days=offset)
        if day.weekday() in week:
            exceptions.setdefault(day, week[day.weekday()])


def _recurrence(one: Element) -> Recurrence:
    return Recurrence(
        whole_of(one, "Type", DAILY), whole_of(one, "Period", 1), whole_of(one, "Month"), whole_of(one, "MonthDay", 1), whole_of(one, "MonthItem"),
        whole_of(one, "MonthPosition"), whole_of(one, "DaysOfWeek"),
    )


def _spans(one: Element) -> Spans:
    if text_of(one, "DayWorking") == "0":
        return ()
    spans = []
    for row in one.iterfind("WorkingTimes/WorkingTime"):
        begin, end = _minute(text_of(row, "FromTime")), _minute(text_of(row, "ToTime"))
        spans.append((begin, end or 1440))
    return tuple(sorted(spans))


def _minute(text: str) -> int:
    hours, minutes = text[:5].split(":")
    return int(hours) * 60 + int(minutes)
