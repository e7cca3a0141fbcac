"""Who gives how much of the planned effort."""

from __future__ import annotations

from django.db.models import Sum

from wonward.domains.delivery.models import Project, Task, TaskEffort
from wonward.domains.staff.queries import get_role_names


def get_role_minutes(*, project_id: int) -> dict[str, int]:
    """Planned minutes by role name for a project the viewer has been shown; "" is effort without a role.

    A task that several roles share is split as its template split it, also after its effort was changed: the shares are
    rounded down and the first role takes what is left over.
    """
    shares: dict[int, list[tuple[int, int]]] = {}
    rows = TaskEffort.objects.filter(task__project_id=project_id).order_by("pk")
    for task_id, role_id, minutes in rows.values_list("task_id", "role_id", "minutes"):
        shares.setdefault(task_id, []).append((role_id, minutes))
    totals: dict[int | None, int] = {}
    tasks = Task.objects.filter(project_id=project_id).exclude(kind="phase")
    for task_id, role_id, minutes in tasks.values_list("pk", "role_id", "effort_minutes"):
        for role, part in _split(minutes, role_id, shares.get(task_id, [])):
            totals[role] = totals.get(role, 0) + part
    names = get_role_names(totals)
    return {names.get(role or 0, ""): minutes for role, minutes in totals.items() if minutes}


def list_finished_role_minutes(*, limit: int) -> dict[int, dict[int, int]]:
    """Minutes by role id of the done tasks of each of the newest finished projects, as last planned; two queries.

    For sums, whoever may see the projects; restricted ones are left out. Tasks that several roles share are split as above.
    """
    newest = Project.objects.filter(status="done", finished_date__isnull=False, is_restricted=False).order_by("-finished_date", "-pk")
    tasks = Task.objects.filter(project_id__in=newest.values("pk")[:limit], kind="task", status="done", effort_minutes__gt=0)
    found: dict[int, dict[int, int]] = {}
    alone = tasks.filter(efforts__isnull=True, role__isnull=False).values_list("project_id", "role_id").annotate(minutes=Sum("effort_minutes"))
    for project_id, role_id, minutes in alone:
        found.setdefault(project_id, {})[role_id or 0] = minutes
    shared: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
    rows = TaskEffort.objects.filter(task__in=tasks).order_by("task_id", "pk")
    for project_id, task_id, whole, role_id, minutes in rows.values_list("task__project_id", "task_id", "task__effort_minutes", "role_id", "minutes"):
        shared.setdefault((project_id, task_id, whole), []).append((role_id, minutes))
    for (project_id, _task, whole), shares in shared.items():
        totals = found.setdefault(project_id, {})
        for role, part in _split(whole, None, shares):
            totals[role or 0] = totals.get(role or 0, 0) + part
    return found


def _split(minutes: int, role_id: int | None, shares: list[tuple[int, int]]) -> list[tuple[int | None, int]]:
    planned = sum(part for _role, part in shares)
    if not planned:
        return [(role_id, minutes)]
    parts = [(role, minutes * part // planned) for role, part in shares]
    rest = minutes - sum(part for _role, part in parts)
    return [(parts[0][0], parts[0][1] + rest), *parts[1:]]
