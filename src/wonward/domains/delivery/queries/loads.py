"""Work still to be done in live projects, as capacity needs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wonward.domains.delivery.models import Task, TaskEffort

LIVE = ("planned", "active")


@dataclass(frozen=True, slots=True)
class WorkLoad:
    """Remaining planned minutes of one role in one task, between its dates."""

    project_id: int
    project_name: str
    task_id: int
    task_name: str
    role_id: int | None
    assignee_id: int | None
    start_date: date
    finish_date: date
    minutes: int


def list_work_loads(*, first: date, last: date, with_done: bool = False) -> list[WorkLoad]:
    """What live projects still ask of roles and people between two days; `with_done` counts work in full, done or not. Two queries.

    Sums for planners: whoever shows a project's name from here has to ask whether the viewer may see it.
    """
    tasks = Task.objects.filter(
        project__status__in=(*LIVE, "done") if with_done else LIVE, kind="task", effort_minutes__gt=0, finish_date__gte=first, start_date__lte=last,
    ).order_by("start_date", "pk")
    if not with_done:
        tasks = tasks.filter(project__archived_at__isnull=True, percent_complete__lt=100)
    shares: dict[int, list[tuple[int, int]]] = {}
    for task_id, role_id, minutes in TaskEffort.objects.filter(task__in=tasks.order_by().values("pk")).order_by("pk").values_list(
        "task_id", "role_id", "minutes"
    ):
        shares.setdefault(task_id, []).append((role_id, minutes))
    loads: list[WorkLoad] = []
    columns = ("pk", "name", "project_id", "project__name", "role_id", "assignee_id", "start_date", "finish_date", "effort_minutes",
               "percent_complete")
    for key, name, project_id, project, role_id, assignee_id, start, finish, effort, percent in tasks.values_list(*columns):
        left = effort if with_done else effort * (100 - percent) // 100
        parts = shares.get(key) or [(role_id, effort)]
        whole = sum(part for _, part in parts) or 1
        loads.extend(
            WorkLoad(project_id, project, key, name, role, assignee_id, start, finish, left * part // whole) for role, part in parts if part
        )
    return loads
