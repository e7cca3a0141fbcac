"""Reading tasks, dependencies and checklists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from wonward.domains.catalog.types import MOMENTS
from wonward.domains.delivery.models import ChecklistItem, Dependency, Project, Task
from wonward.domains.delivery.queries.kept import while_planned
from wonward.domains.delivery.types import DependencyRow, OutlineRow, TaskRow, TopRow, WorkInSight
from wonward.foundation.access.policy import keep_seen, visible_refs
from wonward.foundation.custom_fields.queries import narrow_by_fields, sort_by_field
from wonward.foundation.database import prepared
from wonward.foundation.database.prepared import Values
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

_COLUMNS = ("pk", "project_id", "key", "kind", "name", "parent_id", "start_date", "finish_date", "start_minute",
            "finish_minute", "late_start_date", "late_finish_date", "duration_minutes", "effort_minutes", "status",
            "percent_complete", "assignee_id", "assignee__name", "role__name", "is_critical", "total_float_minutes",
            "free_float_minutes", "deadline_date", "constraint_date", "promise_key", "version", "created_at", "updated_at",
            "is_deliverable", "acceptance_criteria", "priority", "project__company__tier", "blocked_reason", "blocked_date",
            "repeat_every", "repeat_unit", "repeat_until_date", "notes", "constraint", "actual_start_date", "actual_finish_date",
            "is_manual", "manual_start_date", "manual_finish_date")
_ROLE, _CRITERIA = 19, 30

_LINK_COLUMNS = ("predecessor_id", "successor_id", "type", "lag_minutes", "lag_unit", "pk", "project_id", "version")
SORTS: dict[str, tuple[str, ...]] = {
    "id": ("pk",), "-id": ("-pk",), "name": ("name", "pk"), "-name": ("-name", "-pk"),
    "start_date": ("start_date", "pk"), "-start_date": ("-start_date", "-pk"),
    "finish_date": ("finish_date", "pk"), "-finish_date": ("-finish_date", "-pk"),
    "updated_at": ("updated_at", "pk"), "-updated_at": ("-updated_at", "-pk"),
}


def _row(values: tuple[Any, ...], level: int) -> TaskRow:
    row: list[Any] = [*values[:6], level, *values[6:]]
    row[18], row[_ROLE] = row[18] or "", row[_ROLE] or ""
    row[_CRITERIA] = tuple(row[_CRITERIA])
    return TaskRow(*row)


def list_tasks(
    *, actor: Actor, project_id: int, text: str = "", updated_since: datetime | None = None, custom: Sequence[tuple[str, str]] = (),
    sort: str = "", offset: int = 0, limit: int | None = None,
) -> list[TaskRow]:
    """The tasks of a project the viewer sees, as an outline: parents before children.

    `sort` (one of SORTS, or `cf_` and the key of a custom field) gives another order; `text`, `updated_since` and `custom`,
    conditions on custom fields by key, leave tasks out, parents included.
    """
    if not visible_refs(actor, [Ref("delivery.project", project_id)]):
        raise NotFound("project", project_id)
    tasks = Task.objects.filter(project_id=project_id)
    if text:
        tasks = tasks.filter(name__icontains=text)
    if updated_since:
        tasks = tasks.filter(updated_at__gte=updated_since)
    if custom:
        tasks = narrow_by_fields(tasks, noun="delivery.task", asked=custom, actor=actor)
    if sort:
        rows = [_row(values, 0) for values in in_another_order(tasks, sort, actor).values_list(*_COLUMNS)]
    elif text or updated_since or custom:
        rows = [_row(values, 0) for values in tasks.order_by("position", "pk").values_list(*_COLUMNS)]
    else:
        rows = outline(tasks)
    return rows[offset:] if limit is None else rows[offset : offset + limit]


def in_another_order(tasks: QuerySet[Task], sort: str, actor: Actor) -> QuerySet[Task]:
    """Tasks by one of SORTS or by `cf_` and the key of a custom field; as they were put where there is no such field."""
    if sort in SORTS:
        return tasks.order_by(*SORTS[sort])
    by_field = sort_by_field(tasks, noun="delivery.task", sort=sort, actor=actor)
    return tasks.order_by("position", "pk") if by_field is None else by_field


def get_work_in_sight(*, actor: Actor, project_id: int) -> WorkInSight:
    """Milestones, the phases and milestones at the top of the outline with how far they are, and sums over all tasks; two queries."""
    if not visible_refs(actor, [Ref("delivery.project", project_id)]):
        raise NotFound("project", project_id)
    given = {"project": project_id}
    landmarks = [_row(values, 0) for values in prepared.rows("landmarks of a plan", _landmarks, given)]
    parents = while_planned(project_id, "sums by parent", lambda: tuple(prepared.rows("sums by parent", _by_parent, given)))
    inside = {key: (total, done, waiting) for key, total, done, waiting, _, _ in parents}
    return WorkInSight(
        tuple(row for row in landmarks if row.is_moment),
        tuple(
            TopRow(row, *inside.get(row.id, (1, int(row.status == "done"), int(row.status == "todo"))))
            for row in landmarks if row.parent_id is None
        ),
        sum(row[4] for row in parents), sum(row[5] for row in parents) // 100,
    )


def _landmarks(values: Values) -> QuerySet[Any, Any]:
    tasks = Task.objects.filter(project_id=values["project"])
    return tasks.filter(Q(kind__in=MOMENTS) | Q(kind="phase", parent__isnull=True)).order_by("position", "pk").values_list(*_COLUMNS)


def _by_parent(values: Values) -> QuerySet[Any, Any]:
    is_work = Q(kind="task")
    return Task.objects.filter(project_id=values["project"]).order_by().values_list("parent_id").annotate(
        total=Count("pk"), done=Count("pk", filter=Q(status="done")), waiting=Count("pk", filter=Q(status="todo")),
        planned=Sum("effort_minutes", filter=is_work, default=0),
        worked=Sum(F("effort_minutes") * F("percent_complete"), filter=is_work, default=0),
    )


def list_outline(*, project_id: int) -> list[OutlineRow]:
    """The shape of a plan the viewer has been shown, parents before children; at most one query."""
    return list(while_planned(project_id, "outline of a plan", lambda: _read_outline(project_id)))


def _read_outline(project_id: int) -> tuple[OutlineRow, ...]:
    found = prepared.rows("outline of a plan", _shape, {"project": project_id})
    return tuple([
        OutlineRow(key, parent, level, kind, start, finish, is_critical)
        for (key, parent, kind, start, finish, is_critical), level in in_order(found, parent_at=1)
    ])


def list_task_names(*, project_id: int | None = None, task_ids: Collection[int] = ()) -> list[tuple[int, str, int]]:
    """(id, name, project id) of every task of a plan, or of some tasks, whoever sees them: for finding them again."""
    tasks = Task.objects.filter(pk__in=set(task_ids)) if project_id is None else Task.objects.filter(project_id=project_id)
    return list(tasks.order_by("pk").values_list("pk", "name", "project_id"))


def _shape(values: Values) -> QuerySet[Any, Any]:
    tasks = Task.objects.filter(project_id=values["project"]).order_by("position", "pk")
    return tasks.values_list("pk", "parent_id", "kind", "start_date", "finish_date", "is_critical")


def outline(tasks: QuerySet[Task]) -> list[TaskRow]:
    """Rows in outline order; one query."""
    found = tasks.order_by("position", "pk").values_list(*_COLUMNS)
    return [_row(values, level) for values, level in in_order(found, parent_at=5)]


def in_order(found: Iterable[tuple[Any, ...]], *, parent_at: int) -> list[tuple[tuple[Any, ...], int]]:
    """Tuples that begin with an id, parents before children, each with its depth; `parent_at` is the place of the parent's id."""
    children: defaultdict[int | None, list[tuple[Any, ...]]] = defaultdict(list)
    for values in found:
        children[values[parent_at]].append(values)
    ordered = []
    open_levels = [iter(children.get(None, ()))]
    while open_levels:
        level = len(open_levels) - 1
        for values in open_levels[-1]:
            ordered.append((values, level))
            if values[0] in children:
                open_levels.append(iter(children[values[0]]))
                break
        else:
            open_levels.pop()
    return ordered


def get_task(*, actor: Actor, task_id: int) -> TaskRow:
    """One task of a visible project, or NotFound."""
    tasks = Task.objects.filter(pk=task_id, project__in=Project.objects.visible_to(actor))
    values = tasks.values_list(*_COLUMNS).first()
    if values is None:
        raise NotFound("task", task_id)
    keep_seen(actor, Ref("delivery.task", task_id))
    return _row(values, 0)


def find_tasks(*, task_ids: Collection[int], levels: Mapping[int, int] | None = None) -> dict[int, TaskRow]:
    """Tasks by id for records whose visibility has been settled, at their depth in the outline where `levels` says it; one query."""
    found = prepared.rows_among("tasks by id", _named, {}, name="tasks", choices=task_ids)
    return {values[0]: _row(values, levels.get(values[0], 0) if levels else 0) for values in found}


def _named(values: Values) -> QuerySet[Any, Any]:
    return Task.objects.filter(pk__in=values["tasks"]).values_list(*_COLUMNS)


def list_my_tasks(*, actor: Actor, until: date, limit: int = 50) -> list[TaskRow]:
    """Open tasks assigned to the viewer that start by a date, most urgent first."""
    tasks = Task.objects.filter(
        assignee_id=actor.person_id or 0, project__in=Project.objects.visible_to(actor).filter(archived_at__isnull=True),
        start_date__lte=until,
    ).exclude(status="done")
    return [_row(values, 0) for values in tasks.order_by("finish_date", "pk").values_list(*_COLUMNS)[:limit]]


def list_dependencies(*, project_id: int) -> list[DependencyRow]:
    """The dependencies of a project the viewer has been shown."""
    return [DependencyRow(*values) for values in prepared.rows("links of a plan", _links, {"project": project_id})]


def _links(values: Values) -> QuerySet[Any, Any]:
    return Dependency.objects.filter(project_id=values["project"]).order_by("pk").values_list(*_LINK_COLUMNS)


def list_dependencies_at(*, task_ids: Collection[int]) -> list[DependencyRow]:
    """The dependencies that begin or end at some of many tasks the viewer has been shown."""
    found = prepared.rows_of_many("links at tasks", _links_at, {}, name="tasks", choices=task_ids)
    return [DependencyRow(*values) for values in found]


def _links_at(values: Values) -> QuerySet[Any, Any]:
    at = Q(predecessor_id__in=values["tasks"]) | Q(successor_id__in=values["tasks"])
    return Dependency.objects.filter(at).order_by("pk").values_list(*_LINK_COLUMNS)


def get_dependency(*, actor: Actor, dependency_id: int) -> DependencyRow:
    """One dependency of a visible project, or NotFound."""
    links = Dependency.objects.filter(pk=dependency_id, project__in=Project.objects.visible_to(actor))
    values = links.values_list(*_LINK_COLUMNS).first()
    if values is None:
        raise NotFound("dependency", dependency_id)
    return DependencyRow(*values)


def find_dependency(*, from_id: int, to_id: int) -> DependencyRow | None:
    """The dependency between two tasks whose visibility has been settled, or None."""
    values = Dependency.objects.filter(predecessor_id=from_id, successor_id=to_id).values_list(*_LINK_COLUMNS).first()
    return DependencyRow(*values) if values else None


def list_checklist(*, task_id: int) -> list[tuple[int, str, bool]]:
    """The checklist of a task the viewer has been shown: id, text, done."""
    rows = ChecklistItem.objects.filter(task_id=task_id).order_by("position", "pk")
    return list(rows.values_list("pk", "text", "is_done"))


def list_plan_ends(*, project_ids: Collection[int]) -> list[tuple[int, int, str, date | None]]:
    """(project, task, promise key, finish date) of every task of projects the viewer need not see; one query."""
    rows = Task.objects.filter(project_id__in=set(project_ids)).order_by("project_id", "position", "pk")
    return list(rows.values_list("project_id", "pk", "promise_key", "finish_date"))
