"""Dates set by hand: given, moved, lifted, and the waits they break."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from wonward.domains.catalog.types import MOMENTS
from wonward.domains.delivery.models import Task
from wonward.domains.delivery.planning.network import Network, moment
from wonward.domains.delivery.rules.by_hand import is_kept, last_day, minutes_between, unkept_sentence
from wonward.domains.delivery.rules.entries import LONGEST_MINUTES
from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded
from wonward.kernel.work_calendar import CalendarNeverWorks


def settle_by_hand(network: Network, task: Task, values: dict[str, Any]) -> None:
    """Turn what was entered for dates set by hand into columns; on such a task a start moves it and a length stretches it."""
    is_asked = "manual" in values
    dates = values.pop("manual", None)
    if not is_asked and task.is_manual and {"start_date", "duration_minutes"} & set(values):
        start = values.pop("start_date", task.manual_start_date)
        is_stretched = "duration_minutes" in values or start != task.manual_start_date
        is_asked, dates = True, None if start is None else (start, None if is_stretched else task.manual_finish_date)
    if not is_asked:
        return
    if dates is None:
        values |= {"is_manual": False, "manual_start_date": None, "manual_finish_date": None}
        return
    if any(one.parent_id == task.pk for one in network.tasks) or task.kind == "phase":
        raise Refused.field("manual", worded("“{name}” has no dates of its own: they come from what lies in it.", name=task.name), "phase")
    values |= columns_by_hand(network, task, dates[0], dates[1], values.get("duration_minutes", task.duration_minutes))


def columns_by_hand(network: Network, task: Task, start: date, finish: date | None, minutes: int) -> dict[str, Any]:
    """The columns of a task from one day to another; without the last it takes so many minutes."""
    if task.kind in MOMENTS:
        return {"is_manual": True, "manual_start_date": start, "manual_finish_date": start}
    try:
        finish = finish or last_day(start, minutes, network.calendar)
    except (CalendarNeverWorks, OverflowError):
        raise Refused.field("manual", worded("“{name}” cannot move that far.", name=task.name), "range") from None
    columns: dict[str, Any] = {"is_manual": True, "manual_start_date": start, "manual_finish_date": finish}
    if finish < start:
        raise Refused.field("manual", worded("“{name}” would finish on {finish}, before it starts.", name=task.name, finish=finish), "order")
    worked = minutes_between(start, finish, network.calendar)
    if worked > LONGEST_MINUTES:
        raise Refused.field("manual", worded("“{name}” cannot take {days} working days.", name=task.name, days=f"{worked / 480:g}"), "range")
    return columns | {"duration_minutes": worked}


def moved_by_hand(network: Network, task: Task, days: int, minutes: int) -> dict[str, Any]:
    """The columns of a task with dates set by hand that starts so many working days later and takes so many minutes."""
    assert task.manual_start_date
    try:
        start = network.calendar.add_working_days(task.manual_start_date, days) if days else task.manual_start_date
    except CalendarNeverWorks:
        raise Refused.field("days", worded("“{name}” cannot move that far.", name=task.name), "range") from None
    return columns_by_hand(network, task, start, None, minutes)


def unkept_waits(network: Network, about: Collection[int]) -> tuple[str, ...]:
    """The waits that tasks with dates set by hand do not keep, where either end is one of these tasks."""
    by_id = {task.pk: task for task in network.tasks}
    by_hand = {task.pk for task in network.tasks if task.is_manual and task.status != "done"}
    if not by_hand:
        return ()
    names = network.names()
    found = []
    for link in network.links:
        if link.successor_id in by_hand and (link.successor_id in about or link.predecessor_id in about):
            ends = _ends(by_id[link.predecessor_id]), _ends(by_id[link.successor_id])
            if not is_kept(link.type, link.lag_minutes, link.lag_unit, *ends, network.calendar):
                before, after = names[link.predecessor_id], names[link.successor_id]
                found.append(unkept_sentence(link.type, after, before, has_lag=bool(link.lag_minutes)))
    for wait in network.outside:
        one = wait.link
        if one.successor_id in by_hand and one.successor_id in about:
            span = (wait.start_at, wait.finish_at)
            if not is_kept(one.type, one.lag_minutes, one.lag_unit, span, _ends(by_id[one.successor_id]), network.calendar):
                found.append(unkept_sentence(one.type, names[one.successor_id], wait.label, has_lag=bool(one.lag_minutes)))
    return tuple(found)


def _ends(task: Task) -> tuple[datetime, datetime]:
    assert task.start_date
    assert task.finish_date
    return moment(task.start_date, task.start_minute), moment(task.finish_date, task.finish_minute)
