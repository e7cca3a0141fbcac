"""Taking a task or a project for writing, with the right to change its work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wonward.domains.delivery.models import Project, ProjectMember, Task
from wonward.domains.delivery.queries.projects import require_plan_change
from wonward.domains.staff.queries import get_team_id
from wonward.foundation.access.policy import require_change
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound, Stale
from wonward.kernel.wording import worded


def hold_project(actor: Actor, project_id: int) -> Project:
    """One visible project, locked; whoever may change its plan may change what belongs to its work."""
    project = Project.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=project_id).first()
    if project is None:
        raise NotFound("project", project_id)
    require_plan_change(actor=actor, project_id=project.pk, manager_id=project.manager_id)
    return project


def hold_project_to_edit(actor: Actor, project_id: int, version: int | None, changes: Mapping[str, Any]) -> Project:
    """One visible project, locked, at the `version` its author saw; its manager, its people and their team lead may change it."""
    project = Project.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=project_id).first()
    if project is None:
        raise NotFound("project", project_id)
    members = ProjectMember.objects.filter(project_id=project_id).values_list("person_id", flat=True)
    require_change(
        actor, "delivery.project.edit", person_ids=[project.manager_id, *members], team_ids=[get_team_id(project.manager_id)]
    )
    if version is not None and version != project.version:
        raise Stale(
            worded("{number} was changed by somebody else in the meantime.", number=project.number),
            current={field: getattr(project, field, None) for field in changes}, yours=changes,
        )
    return project


def hold_task(actor: Actor, task_id: int) -> Task:
    """One task of a visible project, the project locked first as every change of a plan does."""
    project_id = Task.objects.filter(pk=task_id).values_list("project_id", flat=True).first()
    if project_id is None:
        raise NotFound("task", task_id)
    try:
        project = hold_project(actor, project_id)
    except NotFound:
        raise NotFound("task", task_id) from None
    task = Task.objects.filter(pk=task_id).first()
    if task is None:
        raise NotFound("task", task_id)
    task.project = project
    return task
