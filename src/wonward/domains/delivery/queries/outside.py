"""Where tasks of several projects wait for each other, as far as the viewer sees both ends."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet

from wonward.domains.delivery.models import OutsideDependency, Project, Task
from wonward.domains.delivery.types import LinkableTask, OutsideLinkRow
from wonward.foundation.access.policy import visible_refs
from wonward.foundation.database import prepared
from wonward.foundation.database.prepared import Values
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

_COLUMNS = (
    "pk", "predecessor_id", "predecessor__name", "source_project_id", "source_project__number", "source_project__name",
    "predecessor__start_date", "predecessor__finish_date", "successor_id", "successor__name", "project_id", "project__number",
    "project__name", "successor__start_date", "successor__finish_date", "type", "lag_minutes", "lag_unit", "author_label", "created_at",
    "version",
)
_HIDDEN_FROM: dict[str, Any] = {
    "from_id": 0, "from_name": "", "from_project_id": 0, "from_number": "", "from_project_name": "", "from_start_date": None,
    "from_finish_date": None, "is_from_seen": False,
}
_HIDDEN_TO: dict[str, Any] = {name.replace("from", "to"): value for name, value in _HIDDEN_FROM.items()}


def list_outside_links(*, actor: Actor, project_id: int) -> list[OutsideLinkRow]:
    """Every dependency between a project the viewer has been shown and others, in both directions."""
    found = prepared.rows("outside links of a plan", _links, {"project": project_id})
    return _seen(actor, (OutsideLinkRow(*values) for values in found))


def _links(values: Values) -> QuerySet[Any, Any]:
    links = OutsideDependency.objects.filter(Q(project_id=values["project"]) | Q(source_project_id=values["project"]))
    return links.order_by("pk").values_list(*_COLUMNS)


def list_outside_links_of_task(*, actor: Actor, task_id: int) -> list[OutsideLinkRow]:
    """The dependencies of one task the viewer has been shown on tasks of other projects, and of those on it."""
    links = OutsideDependency.objects.filter(Q(predecessor_id=task_id) | Q(successor_id=task_id)).order_by("pk")
    return _seen(actor, (OutsideLinkRow(*values) for values in links.values_list(*_COLUMNS)))


def get_outside_link(*, actor: Actor, link_id: int) -> OutsideLinkRow:
    """One dependency between projects that are both visible, or NotFound."""
    visible = Project.objects.visible_to(actor)
    links = OutsideDependency.objects.filter(pk=link_id, project__in=visible, source_project__in=visible)
    values = links.values_list(*_COLUMNS).first()
    if values is None:
        raise NotFound("dependency", link_id)
    return OutsideLinkRow(*values)


def find_outside_link(*, from_id: int, to_id: int) -> OutsideLinkRow | None:
    """The dependency between two tasks of different projects whose visibility has been settled, or None."""
    values = OutsideDependency.objects.filter(predecessor_id=from_id, successor_id=to_id).values_list(*_COLUMNS).first()
    return OutsideLinkRow(*values) if values else None


def list_outside_pairs(*, project_ids: Collection[int]) -> list[tuple[int, int, str, int]]:
    """Dependencies that lead into these projects: the task waited for, the task that waits, the type and the lag in minutes."""
    links = OutsideDependency.objects.filter(project_id__in=set(project_ids)).order_by("pk")
    return list(links.values_list("predecessor_id", "successor_id", "type", "lag_minutes"))


def list_linkable_tasks(*, actor: Actor, task_id: int, text: str, limit: int = 20) -> list[LinkableTask]:
    """Open work of the same client's other projects that the viewer sees, by a part of its name or its project's number."""
    own = Task.objects.filter(pk=task_id).values_list("project_id", "project__company_id").first()
    if own is None:
        raise NotFound("task", task_id)
    others = Project.objects.visible_to(actor).filter(company_id=own[1], archived_at__isnull=True).exclude(pk=own[0])
    tasks = Task.objects.filter(project__in=others).exclude(status="done").exclude(outside_successor_links__successor_id=task_id)
    for word in text.split():
        tasks = tasks.filter(Q(name__icontains=word) | Q(project__number__icontains=word) | Q(project__name__icontains=word))
    rows = tasks.order_by("finish_date", "pk").values_list(
        "pk", "name", "project_id", "project__number", "project__name", "start_date", "finish_date"
    )
    return [LinkableTask(*values) for values in rows[:limit]]


def _seen(actor: Actor, rows: Iterable[OutsideLinkRow]) -> list[OutsideLinkRow]:
    """The rows without what the viewer may not see of them."""
    found = list(rows)
    if not found:
        return []
    seen = visible_refs(actor, {Ref("delivery.project", key) for row in found for key in (row.from_project_id, row.to_project_id)})
    shown = []
    for row in found:
        hidden = {} if Ref("delivery.project", row.from_project_id) in seen else _HIDDEN_FROM
        hidden = hidden | ({} if Ref("delivery.project", row.to_project_id) in seen else _HIDDEN_TO)
        shown.append(replace(row, **hidden) if hidden else row)
    return shown
