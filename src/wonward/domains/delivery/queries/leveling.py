"""Plans as levelling needs them: every item with its dates and what holds it, over several projects at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from wonward.domains.delivery.models import Dependency, OutsideDependency, Task, TaskEffort
from wonward.domains.delivery.queries.loads import LIVE


@dataclass(frozen=True, slots=True)
class PlanItem:
    """An item of a plan; minutes are working minutes, `start_minute` and `finish_minute` minutes of the day."""

    id: int
    project_id: int
    kind: str
    name: str
    parent_id: int | None
    start_date: date | None
    start_minute: int
    finish_date: date | None
    finish_minute: int
    duration_minutes: int
    effort_minutes: int
    percent_complete: int
    status: str
    constraint: str
    constraint_date: date | None
    deadline_date: date | None
    role_id: int | None
    assignee_id: int | None


@dataclass(frozen=True, slots=True)
class PlanWait:
    """`to_id` waits for `from_id`; the lag in minutes of working or elapsed time."""

    from_id: int
    to_id: int
    type: str
    lag_minutes: int
    lag_unit: str


_ITEM = ("pk", "project_id", "kind", "name", "parent_id", "start_date", "start_minute", "finish_date", "finish_minute",
         "duration_minutes", "effort_minutes", "percent_complete", "status", "constraint", "constraint_date", "deadline_date",
         "role_id", "assignee_id", "is_manual", "manual_start_date")
_WAIT = ("predecessor_id", "successor_id", "type", "lag_minutes", "lag_unit")


def list_plan_items(*, project_ids: Collection[int]) -> list[PlanItem]:
    """Every item of the plans the viewer has been shown, in outline order; one query."""
    found = Task.objects.filter(project_id__in=set(project_ids)).order_by("project_id", "position", "pk")
    return [_item(values) for values in found.values_list(*_ITEM)]


def _item(values: tuple[Any, ...]) -> PlanItem:
    """Dates set by hand hold a task as a start it must have."""
    *facts, is_manual, start = values
    item = PlanItem(*facts)
    return replace(item, constraint="MSO", constraint_date=start) if is_manual else item


def list_plan_waits(*, project_ids: Collection[int]) -> list[PlanWait]:
    """Every dependency of those plans, and of their tasks on each other's; two queries.

    What waits for work of any other project has its place by it already.
    """
    ids = set(project_ids)
    inside = Dependency.objects.filter(project_id__in=ids).order_by("pk")
    between = OutsideDependency.objects.filter(project_id__in=ids, source_project_id__in=ids).order_by("pk")
    return [PlanWait(*values) for found in (inside, between) for values in found.values_list(*_WAIT)]


def get_role_shares(*, project_ids: Collection[int]) -> dict[int, list[tuple[int, int]]]:
    """Role and minutes of the tasks that several roles share, by task; one query."""
    shares: dict[int, list[tuple[int, int]]] = {}
    found = TaskEffort.objects.filter(task__project_id__in=set(project_ids)).order_by("pk")
    for task_id, role_id, minutes in found.values_list("task_id", "role_id", "minutes"):
        shares.setdefault(task_id, []).append((role_id, minutes))
    return shares


def is_live(status: str) -> bool:
    """Whether a project of this status still asks for time."""
    return status in LIVE
