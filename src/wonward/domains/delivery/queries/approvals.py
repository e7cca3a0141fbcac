"""What in a project is to be approved, and how far that is."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from wonward.domains.approvals.queries import find_states, list_approvals
from wonward.domains.catalog.types import MOMENTS
from wonward.domains.delivery.models import Dependency, Task
from wonward.domains.delivery.types import GateRow
from wonward.foundation.access.policy import visible_refs
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

_COLUMNS = ("pk", "project_id", "name", "kind", "status", "finish_date")


def list_gates(*, actor: Actor, project_id: int, offset: int = 0, limit: int = 50) -> list[GateRow]:
    """Approvals and deliverables of a project, and milestones somebody was asked about, by their dates; four queries."""
    if not visible_refs(actor, [Ref("delivery.project", project_id)]):
        raise NotFound("project", project_id)
    moments = list(Task.objects.filter(project_id=project_id, kind="milestone").values_list("pk", flat=True))
    asked = find_states(noun="delivery.task", ids=moments)
    wanted = Q(kind="approval") | Q(kind="task", is_deliverable=True) | Q(pk__in=asked)
    tasks = Task.objects.filter(wanted, project_id=project_id).order_by("finish_date", "position", "pk")
    rows = list(tasks.values_list(*_COLUMNS)[offset : offset + limit])
    approvals = {row.ref.id: row for row in list_approvals(actor=actor, ref_ids=[row[0] for row in rows], limit=limit)}
    return [GateRow(key, project, name, kind, status, finish, approvals.get(key)) for key, project, name, kind, status, finish in rows]


def may_be_approved(*, kind: str, is_deliverable: bool) -> bool:
    """Whether something of this kind can be put forward for approval."""
    return kind in MOMENTS or (kind == "task" and is_deliverable)


def find_gate_before(*, task_id: int) -> str:
    """The name of an approval that has to be given before this task, itself or a phase around it; "" without one."""
    gates = Task.objects.filter(
        pk__in=Dependency.objects.filter(successor_id__in=_around(task_id), type="FS").values("predecessor_id")
    ).exclude(status="done").order_by("position", "pk")
    rows = list(gates.values_list("pk", "kind", "name"))
    states = find_states(noun="delivery.task", ids=[key for key, _, _ in rows]) if rows else {}
    return next((name for key, kind, name in rows if kind == "approval" or states.get(key) in ("open", "rejected")), "")


def _around(task_id: int) -> Collection[int]:
    around: list[int] = []
    key: int | None = task_id
    while key is not None and key not in around:
        around.append(key)
        key = Task.objects.filter(pk=key).values_list("parent_id", flat=True).first()
    return around
