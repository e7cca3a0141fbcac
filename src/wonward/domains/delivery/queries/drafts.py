"""Dating blueprint items before there are rows: the one way in which a copy of a template gets its dates."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from wonward.domains.catalog.types import BlueprintItem
from wonward.engines.scheduling import (
    ConstraintType,
    LagUnit,
    LinkType,
    PlanLink,
    PlanProblem,
    PlanTask,
    ScheduleError,
    TaskTiming,
    schedule_plan,
)
from wonward.kernel.errors import Refused
from wonward.kernel.work_calendar import CalendarNeverWorks, WorkCalendar

MINUTES_PER_DAY = 480


@dataclass(frozen=True, slots=True)
class DatedItem:
    """When an item happens, and the entered dates that hold it there: no earlier than, and due by."""

    timing: TaskTiming
    constraint_date: date | None
    deadline_date: date | None


def date_items(
    items: Sequence[BlueprintItem], *, start_date: date, promised_finish_date: date | None, calendar: WorkCalendar
) -> dict[str, DatedItem]:
    """Dates by key, from the kickoff in working time. Without a promised finish nothing is placed back from it."""
    if not items:
        return {}
    try:
        limits = {item.key: _limits(item, start_date, promised_finish_date, calendar) for item in items}
        timings = _solve(items, limits, start_date, calendar)
        inside = [item for item in items if item.offset_in is not None and item.start_offset_days is not None]
        if inside:
            for item in inside:
                assert item.offset_in is not None
                begins = timings[item.offset_in].start_at.date()
                limits[item.key] = (calendar.add_working_days(begins, item.start_offset_days or 0), limits[item.key][1])
            timings = _solve(items, limits, start_date, calendar)
    except (ScheduleError, CalendarNeverWorks, OverflowError) as error:
        raise Refused.field("plan", error.args[0], "impossible") from None
    return {item.key: DatedItem(timings[item.key], *limits[item.key]) for item in items}


def _limits(
    item: BlueprintItem, start_date: date, promised_finish_date: date | None, calendar: WorkCalendar
) -> tuple[date | None, date | None]:
    """(no earlier than, due by) of an item that is placed by the project's own dates."""
    if item.start_offset_days is not None and item.offset_in is None:
        return calendar.add_working_days(calendar.next_working_day(start_date), item.start_offset_days), None
    if item.before_finish_days is None or promised_finish_date is None:
        return None, None
    due = calendar.previous_working_day(promised_finish_date)
    if item.before_finish_days:
        due = calendar.add_working_days(due, -item.before_finish_days)
    days = math.ceil(item.duration_minutes / MINUTES_PER_DAY)
    begins = calendar.add_working_days(due, 1 - days) if days > 1 else due
    return max(begins, calendar.next_working_day(start_date)), due


def _solve(
    items: Sequence[BlueprintItem], limits: Mapping[str, tuple[date | None, date | None]], start_date: date, calendar: WorkCalendar
) -> Mapping[str, TaskTiming]:
    problem = PlanProblem(
        start_at=datetime.combine(start_date, time(0)),
        calendar=calendar,
        tasks=[_task(item, *limits[item.key], calendar) for item in items],
        links=[
            PlanLink(wait.key, item.key, LinkType(wait.type), wait.lag_minutes, LagUnit(wait.lag_unit))
            for item in items
            for wait in item.after
        ],
    )
    return schedule_plan(problem).timings  # type: ignore[return-value]


def _task(item: BlueprintItem, begins: date | None, due: date | None, calendar: WorkCalendar) -> PlanTask:
    return PlanTask(
        key=item.key,
        duration_minutes=0 if item.is_moment else item.duration_minutes,
        parent=item.parent,
        constraint=ConstraintType.SNET if begins else ConstraintType.ASAP,
        constraint_at=datetime.combine(begins, time(0)) if begins else None,
        deadline_at=_last_minute(due, calendar) if due else None,
    )


def _last_minute(day: date, calendar: WorkCalendar) -> datetime:
    minute = min(calendar.spans_on(day)[-1][1], 1439)
    return datetime.combine(day, time(minute // 60, minute % 60))
