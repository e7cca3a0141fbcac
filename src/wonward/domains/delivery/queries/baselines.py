"""Frozen plans, and how far the plan of today went from one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from wonward.domains.delivery.models import PlanBaseline, Task
from wonward.domains.delivery.queries.projects import find_baseline, get_project
from wonward.domains.delivery.rules.variance import Variance, days_apart, variance_of
from wonward.domains.staff.queries import get_calendar
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class FrozenPlan:
    """A baseline in one line; `finish_days` are the working days by which the project ends later now."""

    number: int
    name: str
    finish_date: date | None
    finish_days: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TaskVariance:
    """A task beside its dates in a baseline; one that came later has none, one that is gone has no dates now."""

    task_id: int
    name: str
    frozen: tuple[date, date] | None
    start_date: date | None
    finish_date: date | None
    variance: Variance | None


def list_frozen_plans(*, actor: Actor, project_id: int) -> list[FrozenPlan]:
    """The baselines of a project the viewer sees, the first one first."""
    project = get_project(actor=actor, project_id=project_id)
    calendar = get_calendar(project.calendar_id)
    end = project.finished_date or project.forecast_finish_date
    rows = PlanBaseline.objects.filter(project_id=project_id).order_by("number")
    return [
        FrozenPlan(number, name, finish, days_apart(finish, end, calendar) if finish and end else 0, at)
        for number, name, finish, at in rows.values_list("number", "name", "finish_date", "created_at")
    ]


def list_variances(*, actor: Actor, project_id: int, number: int) -> list[TaskVariance]:
    """Every task of a project the viewer sees beside one of its baselines, in the order of the plan, then what is gone."""
    project = get_project(actor=actor, project_id=project_id)
    baseline = find_baseline(project_id=project_id, number=number)
    if baseline is None:
        raise NotFound("baseline", number)
    calendar = get_calendar(project.calendar_id)
    rows: list[TaskVariance] = []
    left = dict(baseline.dates)
    found = Task.objects.filter(project_id=project_id).order_by("position", "pk")
    for key, name, start, finish in found.values_list("pk", "name", "start_date", "finish_date"):
        frozen = left.pop(key, None)
        known = variance_of(frozen, start, finish, calendar) if frozen and start and finish else None
        rows.append(TaskVariance(key, name, frozen, start, finish, known))
    return rows + [TaskVariance(key, "", frozen, None, None, None) for key, frozen in sorted(left.items())]


def find_variances(*, project_id: int, calendar_id: int, number: int, task_ids: Collection[int]) -> dict[int, tuple[date, int]]:
    """For some tasks the viewer has been shown: the finish in a baseline and the working days they end later now."""
    baseline = find_baseline(project_id=project_id, number=number)
    if baseline is None:
        return {}
    calendar = get_calendar(calendar_id)
    ends = Task.objects.filter(pk__in=set(task_ids), finish_date__isnull=False).values_list("pk", "finish_date")
    return {key: (baseline.dates[key][1], days_apart(baseline.dates[key][1], end, calendar)) for key, end in ends if key in baseline.dates and end}
