"""Single facts of delivering for the sums of objectives, whoever may see them; restricted projects are left out."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet

from wonward.domains.delivery.models import PlanBaseline, Project, Task


def list_finished_projects(*, start: date, finish: date) -> list[tuple[int, date, bool, int | None]]:
    """Projects finished in a period that had a promised finish: id, day, whether by then, manager; the latest first. One query."""
    done = Project.objects.filter(
        status="done", finished_date__range=(start, finish), promised_finish_date__isnull=False, is_restricted=False
    )
    found = done.order_by("-finished_date", "-pk").values_list("pk", "finished_date", "promised_finish_date", "manager_id")
    return [(key, day, day <= promised, manager_id) for key, day, promised, manager_id in found if day is not None and promised is not None]


def list_finished_milestones(*, start: date, finish: date) -> list[tuple[int, date, bool, int, int | None]]:
    """Milestones finished in a period that stand in the first baseline: id, day, whether by its date, project, manager; two queries."""
    found = list(
        _done(start, finish).filter(kind="milestone").values_list("pk", "actual_finish_date", "project_id", "project__manager_id")
    )
    planned = _first_dates({project_id for _key, _day, project_id, _manager in found}) if found else {}
    return [
        (key, day, day <= planned[key], project_id, manager_id) for key, day, project_id, manager_id in found if key in planned
    ]


def list_finished_work(*, start: date, finish: date) -> list[tuple[int, date, int, int, int | None, int | None]]:
    """Tasks finished in a period: id, day, planned effort in minutes, project, manager, assignee; the latest first. One query."""
    found = _done(start, finish).filter(kind="task", effort_minutes__gt=0, children__isnull=True)
    return list(found.values_list("pk", "actual_finish_date", "effort_minutes", "project_id", "project__manager_id", "assignee_id"))


def _done(start: date, finish: date) -> QuerySet[Any]:
    done = Task.objects.filter(status="done", actual_finish_date__range=(start, finish), project__is_restricted=False)
    return done.exclude(project__status="cancelled").order_by("-actual_finish_date", "-pk")


def _first_dates(project_ids: set[int]) -> dict[int, date]:
    """The finish of every task in the first baseline of these projects."""
    dates: dict[int, date] = {}
    for planned in PlanBaseline.objects.filter(project_id__in=project_ids, number=1).values_list("dates", flat=True):
        for key, span in planned.items():
            if span and span[1]:
                dates[int(key)] = date.fromisoformat(str(span[1])[:10])
    return dates
