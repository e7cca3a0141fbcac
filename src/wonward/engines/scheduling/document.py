"""Plans as JSON documents, for the command line: problem in, dates out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from wonward.engines.scheduling.errors import InvalidDocument
from wonward.engines.scheduling.scheduler import schedule_plan
from wonward.engines.scheduling.types import (
    ConstraintType,
    LagUnit,
    LinkType,
    PlanLink,
    PlanProblem,
    PlanSchedule,
    PlanTask,
)
from wonward.kernel.work_calendar import STANDARD_CALENDAR, WorkCalendar

MINUTES_PER_WORKING_DAY = 480
MINUTES_PER_ELAPSED_DAY = 1440
FINISH_CONSTRAINTS = (ConstraintType.FNET, ConstraintType.FNLT, ConstraintType.MFO)

Document = Mapping[str, Any]


def solve_document(document: Any) -> Any:
    """Schedule one problem document, or each of a list of them.

    A problem has ``start``, ``calendar``, ``tasks``, ``links`` and perhaps ``status_date`` and ``calendars``
    (by name). An entry of a list may wrap it under ``problem``. Raises a ScheduleError, InvalidDocument for
    what cannot be read, InvalidCalendar or CalendarNeverWorks.
    """
    if isinstance(document, list):
        return [solve_document(entry) for entry in document]
    if not isinstance(document, Mapping):
        raise InvalidDocument("a problem is an object with start, calendar, tasks and links")
    return schedule_to_document(schedule_plan(problem_from_document(document.get("problem", document))))


def problem_from_document(document: Document) -> PlanProblem:
    """The plan of a problem document; raises InvalidDocument naming the entry that cannot be read."""
    if not isinstance(document, Mapping):
        raise InvalidDocument("a problem is an object with start, calendar, tasks and links")
    calendar = _calendar(document["calendar"], "calendar") if document.get("calendar") else STANDARD_CALENDAR
    named = document.get("calendars") or {}
    if not isinstance(named, Mapping):
        raise InvalidDocument("calendars is an object of calendars by name")
    calendars = {name: _calendar(entry, f"calendar {name!r}") for name, entry in named.items()}
    status = document.get("status_date")
    return PlanProblem(
        start_at=_instant(document.get("start"), "start", calendar),
        calendar=calendar,
        tasks=[_task(entry, calendar, calendars) for entry in _entries(document, "tasks")],
        links=[_link(entry) for entry in _entries(document, "links")],
        calendars=calendars,
        status_at=None if status is None else _instant(status, "status_date", calendar),
    )


def schedule_to_document(schedule: PlanSchedule) -> dict[str, Any]:
    """Dates as local ``YYYY-MM-DDTHH:MM``, floats in days of eight hours."""
    return {
        "tasks": {
            str(key): {
                "start": _text(timing.start_at),
                "finish": _text(timing.finish_at),
                "late_start": _text(timing.late_start_at),
                "late_finish": _text(timing.late_finish_at),
                "total_float_days": _days(timing.total_float_minutes),
                "free_float_days": _days(timing.free_float_minutes),
                "critical": timing.is_critical,
            }
            for key, timing in schedule.timings.items()
        }
    }


def _task(entry: Document, calendar: WorkCalendar, calendars: Mapping[str, WorkCalendar]) -> PlanTask:
    key = _key(_required(entry, "key", "task"), "key")
    where = f"task {key!r}"
    name, parent = (_key(entry[field], f"{where}: {field}") if entry.get(field) is not None else None for field in ("calendar", "parent"))
    own = calendars.get(str(name or ""), calendar)
    constraint, constraint_at = _constraint(entry.get("constraint"), where, own)
    manual = entry.get("manual")
    dates: Document = entry
    if isinstance(manual, Mapping):
        dates = manual
    elif isinstance(manual, str):
        dates = {"start": manual}
    manual_start = dates.get("manual_start", dates.get("start")) if manual else None
    manual_finish = dates.get("manual_finish", dates.get("finish")) if manual else None
    return PlanTask(
        key=key,
        duration_minutes=_minutes(entry.get("duration_days", 0), MINUTES_PER_WORKING_DAY, where),
        parent=parent,
        constraint=constraint,
        constraint_at=constraint_at,
        deadline_at=_optional_instant(entry.get("deadline"), f"{where}: deadline", own, is_finish=True),
        percent_complete=_number(entry.get("percent_complete") or 0, f"{where}: percent_complete"),
        actual_start_at=_optional_instant(entry.get("actual_start"), f"{where}: actual_start", own),
        actual_finish_at=_optional_instant(
            entry.get("actual_finish"), f"{where}: actual_finish", own, is_finish=True
        ),
        is_manual=bool(manual),
        manual_start_at=_optional_instant(manual_start, f"{where}: manual start", own),
        manual_finish_at=_optional_instant(manual_finish, f"{where}: manual finish", own, is_finish=True),
        calendar=None if name is None else str(name),
    )


def _constraint(
    entry: Document | None, where: str, calendar: WorkCalendar
) -> tuple[ConstraintType, datetime | None]:
    if not entry:
        return ConstraintType.ASAP, None
    if not isinstance(entry, Mapping):
        raise InvalidDocument(f"{where}: a constraint is an object with type and date: {entry!r}")
    try:
        kind = ConstraintType(entry.get("type", "ASAP"))
    except ValueError:
        raise InvalidDocument(f"{where}: unknown constraint {entry.get('type')!r}") from None
    is_finish = kind in FINISH_CONSTRAINTS
    return kind, _optional_instant(entry.get("date"), f"{where}: constraint", calendar, is_finish=is_finish)


def _link(entry: Document) -> PlanLink:
    source, target = (_key(_required(entry, end, "link"), f"link: {end}") for end in ("from", "to"))
    where = f"link {source!r} to {target!r}"
    unit = entry.get("lag_unit", "working_days")
    if unit not in ("working_days", "elapsed_days"):
        raise InvalidDocument(f"{where}: unknown lag unit {unit!r}")
    try:
        kind = LinkType(entry.get("type", "FS"))
    except ValueError:
        raise InvalidDocument(f"{where}: unknown type {entry.get('type')!r}") from None
    is_elapsed = unit == "elapsed_days"
    return PlanLink(
        source,
        target,
        kind,
        _minutes(
            entry.get("lag") or 0,
            MINUTES_PER_ELAPSED_DAY if is_elapsed else MINUTES_PER_WORKING_DAY,
            where,
        ),
        LagUnit.ELAPSED if is_elapsed else LagUnit.WORKING,
    )


def _entries(document: Document, name: str) -> list[Any]:
    found = document.get(name) or []
    if not isinstance(found, list | tuple):
        raise InvalidDocument(f"{name} is a list: {found!r}")
    return list(found)


def _calendar(entry: Any, where: str) -> WorkCalendar:
    if not isinstance(entry, Mapping):
        raise InvalidDocument(f"{where}: a calendar is an object with week and exceptions: {entry!r}")
    try:
        return WorkCalendar.from_document(entry)
    except (AttributeError, TypeError, KeyError, OverflowError):
        raise InvalidDocument(f"{where}: this is no calendar: {entry!r}") from None


def _key(value: Any, where: str) -> str | int:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InvalidDocument(f"{where}: not a text or a whole number: {value!r}")
    return value


def _required(entry: Any, field: str, kind: str) -> Any:
    if not isinstance(entry, Mapping) or entry.get(field) is None:
        raise InvalidDocument(f"a {kind} has no {field!r}: {entry!r}")
    return entry[field]


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidDocument(f"{where}: not a number: {value!r}")
    return value


def _minutes(days: Any, minutes_per_day: int, where: str) -> int:
    minutes = _number(days, where) * minutes_per_day
    try:
        return round(minutes)
    except (ValueError, OverflowError):
        raise InvalidDocument(f"{where}: not a number of days: {days!r}") from None


def _optional_instant(
    text: Any, where: str, calendar: WorkCalendar, *, is_finish: bool = False
) -> datetime | None:
    return None if text is None else _instant(text, where, calendar, is_finish=is_finish)


def _instant(text: Any, where: str, calendar: WorkCalendar, *, is_finish: bool = False) -> datetime:
    """A local date-time; a bare date means the first working minute of that day, or the last for a finish."""
    try:
        if len(text) == len("2026-03-02"):
            return _day_edge(date.fromisoformat(text), calendar, is_finish)
        return datetime.fromisoformat(text)
    except (TypeError, ValueError, OverflowError):
        raise InvalidDocument(f"{where}: not a date: {text!r}") from None


def _day_edge(day: date, calendar: WorkCalendar, is_finish: bool) -> datetime:
    spans = calendar.spans_on(day)
    minute = 0
    if spans:
        minute = spans[-1][1] if is_finish else spans[0][0]
    elif is_finish:
        minute = MINUTES_PER_ELAPSED_DAY
    return datetime.combine(day, time()) + timedelta(minutes=minute)


def _text(at: datetime) -> str:
    return at.isoformat(timespec="minutes")


def _days(minutes: int) -> float:
    return minutes / MINUTES_PER_WORKING_DAY
