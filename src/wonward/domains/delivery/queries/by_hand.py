"""Tasks with dates set by hand, and the waits they do not keep."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from wonward.domains.delivery.models import Dependency, OutsideDependency
from wonward.domains.delivery.rules.by_hand import at_minute, is_kept, unkept_sentence
from wonward.domains.delivery.types import DependencyRow, TaskRow
from wonward.domains.staff.queries import get_calendar
from wonward.kernel.wording import worded
from wonward.kernel.work_calendar import WorkCalendar

_END = ("start_date", "start_minute", "finish_date", "finish_minute")
_COLUMNS = ("predecessor_id", "successor_id", "type", "lag_minutes", "lag_unit", "predecessor__name", "successor__name",
            *(f"predecessor__{name}" for name in _END), *(f"successor__{name}" for name in _END))


@dataclass(frozen=True, slots=True)
class UnkeptWait:
    """A wait that a task with dates set by hand does not keep, and that in a sentence."""

    from_id: int
    to_id: int
    words: str


def list_unkept_waits(*, project_id: int, calendar_id: int, task_ids: Collection[int] | None = None) -> list[UnkeptWait]:
    """The waits that open tasks of a project the viewer has been shown do not keep, or only those of some; two queries.

    Work of other projects is not named: whoever may see it sees the dependency itself.
    """
    inside = _of(Dependency.objects.filter(project_id=project_id), task_ids)
    outside = _of(OutsideDependency.objects.filter(project_id=project_id), task_ids)
    return _unkept(inside, outside, get_calendar(calendar_id))


def list_unkept_waits_of(
    task: TaskRow, *, calendar_id: int, tasks: Collection[TaskRow], links: Collection[DependencyRow], has_outside: bool
) -> list[UnkeptWait]:
    """The same for one task, from tasks and dependencies of its project that were read before."""
    if not task.is_manual or task.status == "done":
        return []
    by_id = {one.id: one for one in tasks}
    inside = [
        (link.from_id, link.to_id, link.type, link.lag_minutes, link.lag_unit, by_id[link.from_id].name, task.name,
         *(getattr(by_id[link.from_id], name) for name in _END), *(getattr(task, name) for name in _END))
        for link in links if link.to_id == task.id and link.from_id in by_id
    ]
    outside = _of(OutsideDependency.objects.filter(project_id=task.project_id), [task.id]) if has_outside else []
    return _unkept(inside, outside, get_calendar(calendar_id))


def _unkept(inside: Sequence[tuple[Any, ...]], outside: Sequence[tuple[Any, ...]], calendar: WorkCalendar) -> list[UnkeptWait]:
    found = []
    for links, is_outside in ((inside, False), (outside, True)):
        for from_id, to_id, kind, lag, unit, before, after, *dates in links:
            if None in dates or is_kept(kind, lag, unit, _span(dates[:4]), _span(dates[4:]), calendar):
                continue
            name = worded("the work of another project") if is_outside else f"“{before}”"
            found.append(UnkeptWait(from_id, to_id, unkept_sentence(kind, f"“{after}”", name, has_lag=bool(lag))))
    return found


def _of(links: QuerySet[Any, Any], task_ids: Collection[int] | None) -> list[tuple[Any, ...]]:
    links = links.filter(successor__is_manual=True).exclude(successor__status="done").order_by("pk")
    return list((links if task_ids is None else links.filter(successor_id__in=set(task_ids))).values_list(*_COLUMNS))


def _span(dates: list[Any]) -> tuple[datetime, datetime]:
    days: tuple[date, date] = (dates[0], dates[2])
    return at_minute(days[0], dates[1]), at_minute(days[1], dates[3])
