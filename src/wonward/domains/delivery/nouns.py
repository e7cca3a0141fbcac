"""Who sees projects and tasks, for everything that hangs on them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from wonward.domains.clients.queries import records_led_by
from wonward.domains.delivery.models import CalendarLink, Project, ProjectMember, Task
from wonward.domains.delivery.queries.projects import require_plan_change
from wonward.domains.staff.queries import get_team_id
from wonward.foundation.access.policy import register_noun, require_change
from wonward.foundation.custom_fields.registry import register_fields
from wonward.foundation.database.registry import Going, LinkMove, holds_records, keeps_secret, moves_links
from wonward.foundation.search.registry import CLIENT, OWNER, register_facet
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref


def visible_project_ids(actor: Actor) -> QuerySet[Any]:
    return Project.objects.visible_to(actor).values_list("pk", flat=True)


def visible_task_ids(actor: Actor) -> QuerySet[Any]:
    return Task.objects.filter(project__in=Project.objects.visible_to(actor)).values_list("pk", flat=True)


def project_names(ids: Collection[int]) -> dict[int, str]:
    found = Project.objects.filter(pk__in=ids).values_list("pk", "name", "company__name")
    return {key: ", ".join(filter(None, (name, more))) for key, name, more in found}


def task_names(ids: Collection[int]) -> dict[int, str]:
    found = Task.objects.filter(pk__in=ids).values_list("pk", "name", "project__name")
    return {key: ", ".join(filter(None, (name, more))) for key, name, more in found}


register_noun("delivery.project", visible_project_ids, names_of=project_names)
register_noun("delivery.task", visible_task_ids, names_of=task_names)
register_facet("delivery.project", CLIENT, lambda ids: Project.objects.filter(company_id__in=ids).values_list("pk", flat=True))
register_facet("delivery.project", OWNER, lambda ids: Project.objects.filter(manager_id__in=ids).values_list("pk", flat=True))
register_facet("delivery.task", CLIENT, lambda ids: Task.objects.filter(project__company_id__in=ids).values_list("pk", flat=True))
register_facet("delivery.task", OWNER, lambda ids: Task.objects.filter(assignee_id__in=ids).values_list("pk", flat=True))


def require_project_fields(actor: Actor, project_id: int) -> None:
    found = Project.objects.visible_to(actor).filter(pk=project_id).values_list("manager_id", flat=True)
    if not found:
        raise NotFound("project", project_id)
    members = ProjectMember.objects.filter(project_id=project_id).values_list("person_id", flat=True)
    require_change(actor, "delivery.project.edit", person_ids=[found[0], *members], team_ids=[get_team_id(found[0])])


def require_task_fields(actor: Actor, task_id: int) -> None:
    found = Task.objects.filter(pk=task_id, project__in=Project.objects.visible_to(actor)).values_list("project_id", "project__manager_id")
    if not found:
        raise NotFound("task", task_id)
    require_plan_change(actor=actor, project_id=found[0][0], manager_id=found[0][1])


register_fields("delivery.project", require_project_fields)
register_fields("delivery.task", require_task_fields)
keeps_secret(CalendarLink, "digest")


@holds_records
def find_running_projects(actor: Actor, ref: Ref) -> Going:
    """Projects that are not over of a company, on a calendar, or with a contact as their main stakeholder."""
    running = Project.objects.filter(archived_at__isnull=True, status__in=("planned", "active", "on_hold"))
    if ref.noun == "clients.company":
        found = running.filter(company_id=ref.id)
    elif ref.noun == "clients.contact":
        found = running.filter(pk__in=records_led_by("delivery.project", ref.id))
    elif ref.noun == "staff.calendar":
        found = running.filter(calendar_id=ref.id)
    else:
        return Going()
    seen = list(Project.objects.visible_to(actor).filter(pk__in=found.values("pk")).order_by("pk").values_list("number", "name"))
    return Going(tuple(f"{number} {name}" for number, name in seen), found.count() - len(seen))


@moves_links
def move_clients_of_projects(move: LinkMove) -> None:
    move.keys("clients.company", Project, "company_id")
