"""Who sees projects and tasks, for everything that hangs on them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from wonward.domains.delivery.models import Project, Task
from wonward.foundation.access.policy import register_noun
from wonward.foundation.database.registry import LinkMove, moves_links
from wonward.kernel.actor import Actor


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


@moves_links
def move_clients_of_projects(move: LinkMove) -> None:
    move.keys("clients.company", Project, "company_id")
