"""A whole plan column by column: what a timeline of thousands of rows needs, and nothing per row but numbers and a name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db.models import QuerySet

from wonward.domains.catalog.types import ITEM_KINDS
from wonward.domains.delivery.models import Dependency, Task
from wonward.domains.delivery.queries.tasks import in_order
from wonward.domains.delivery.types import TASK_STATUSES
from wonward.foundation.database import prepared
from wonward.foundation.database.prepared import Values

EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class PlanColumns:
    """Tasks in outline order, one list per fact. Days count from 1970-01-01, 0 is no day; people are ids, 0 is nobody.

    `kind` is the place in KINDS, `status` in TASK_STATUSES; `minutes`, `slack` are working minutes; `parent` 0 is the top.
    """

    id: list[int]
    parent: list[int]
    level: list[int]
    kind: list[int]
    name: list[str]
    start: list[int]
    finish: list[int]
    late: list[int]
    minutes: list[int]
    percent: list[int]
    status: list[int]
    critical: list[int]
    slack: list[int]
    person: list[int]
    deadline: list[int]
    held: list[int]
    version: list[int]
    manual: list[int]


@dataclass(frozen=True, slots=True)
class LinkColumns:
    """Dependencies, one list per fact; `type` is FS, SS, FF or SF, `lag` in minutes."""

    source: list[int]
    target: list[int]
    type: list[str]
    lag: list[int]


KINDS = tuple(ITEM_KINDS)
_COLUMNS = ("pk", "parent_id", "kind", "name", "start_date", "finish_date", "late_finish_date", "duration_minutes",
            "percent_complete", "status", "is_critical", "total_float_minutes", "assignee_id", "deadline_date", "constraint_date",
            "version", "is_manual")


def day_number(day: date | None) -> int:
    """Days since 1970-01-01; 0 for no day."""
    return day.toordinal() - EPOCH if day else 0


def get_plan_columns(*, project_id: int, task_ids: Collection[int] | None = None) -> PlanColumns:
    """The plan the viewer has been shown, or those of its tasks; one query. Levels are those of the whole plan only."""
    if task_ids is None:
        found = prepared.rows("plan by columns", _plan, {"project": project_id})
        ordered = in_order(found, parent_at=1)
    else:
        some = Task.objects.filter(project_id=project_id, pk__in=set(task_ids)).values_list(*_COLUMNS)
        ordered = [(values, 0) for values in some]
    columns: list[list[Any]] = [[] for _ in fields(PlanColumns)]
    for values, level in ordered:
        for column, value in zip(columns, _facts(values, level), strict=True):
            column.append(value)
    return PlanColumns(*columns)


def _facts(values: tuple[Any, ...], level: int) -> tuple[Any, ...]:
    (key, parent, kind, name, start, finish, late, minutes, percent, status, is_critical, slack, person, deadline, held,
     version, is_manual) = values
    return (
        key, parent or 0, level, KINDS.index(kind), name, day_number(start), day_number(finish), day_number(late), minutes, percent,
        TASK_STATUSES.index(status), int(is_critical), slack, person or 0, day_number(deadline), day_number(held), version, int(is_manual),
    )


def _plan(values: Values) -> QuerySet[Any, Any]:
    return Task.objects.filter(project_id=values["project"]).order_by("position", "pk").values_list(*_COLUMNS)


def get_link_columns(*, project_id: int) -> LinkColumns:
    """The dependencies of a plan the viewer has been shown; one query."""
    found = prepared.rows("links by columns", _links, {"project": project_id})
    return LinkColumns(*([row[place] for row in found] for place in range(4)))


def _links(values: Values) -> QuerySet[Any, Any]:
    links = Dependency.objects.filter(project_id=values["project"]).order_by("pk")
    return links.values_list("predecessor_id", "successor_id", "type", "lag_minutes")
