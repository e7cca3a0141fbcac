"""Where promises hold: at home, and in the further projects of their deal."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from wonward.domains.delivery.queries.projects import find_projects
from wonward.domains.delivery.types import ProjectRow
from wonward.foundation.database.prepared import Values, rows_among
from wonward.journeys.promises.models import Promise, PromiseCover, PromiseProject
from wonward.journeys.promises.types import PromiseRow
from wonward.kernel.actor import Actor


def find_further(*, promise_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """The further projects of each promise that has any, for promises whose visibility has been settled; one query."""
    found: dict[int, tuple[int, ...]] = {}
    for promise_id, project_id in rows_among("further projects", _further, {}, name="promises", choices=promise_ids):
        found[promise_id] = (*found.get(promise_id, ()), project_id)
    return found


def _further(values: Values) -> QuerySet[Any, Any]:
    return PromiseProject.objects.filter(promise_id__in=values["promises"]).order_by("project_id").values_list("promise_id", "project_id")


def list_covers(*, promise_ids: Collection[int]) -> list[tuple[int, int]]:
    """(promise id, task id) of the work that keeps promises whose visibility has been settled, in the order it was named; one query."""
    found = rows_among("work of promises", _covers, {}, name="promises", choices=promise_ids)
    return [(promise_id, task_id) for promise_id, task_id in found]


def _covers(values: Values) -> QuerySet[Any, Any]:
    return PromiseCover.objects.filter(promise_id__in=values["promises"]).order_by("pk").values_list("promise_id", "task_id")


def list_kept_by(*, task_ids: Collection[int]) -> list[tuple[int, int]]:
    """(task id, promise id) of every promise that holds in the project of a task and is kept by it; one query."""
    found = rows_among("promises kept by tasks", _kept, {}, name="tasks", choices=task_ids)
    return [(task_id, promise_id) for task_id, promise_id in found]


def _kept(values: Values) -> QuerySet[Any, Any]:
    further = PromiseProject.objects.filter(promise=OuterRef("promise"), project=OuterRef("task__project"))
    live = PromiseCover.objects.filter(Q(promise__project_id=F("task__project_id")) | Exists(further), task_id__in=values["tasks"])
    return live.exclude(promise__state="replaced").values_list("task_id", "promise_id")


def find_projects_of_deals(*, deal_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """The projects that promises of each deal hold in, the first made first; empty before a win. One query."""
    found: dict[int, set[int]] = {}
    for deal_id, project_id in rows_among("projects of deals", _of_deals, {}, name="deals", choices=deal_ids):
        found.setdefault(deal_id, set()).add(project_id)
    return {key: tuple(sorted(ids)) for key, ids in found.items()}


def _of_deals(values: Values) -> QuerySet[Any, Any]:
    home = Promise.objects.filter(deal_id__in=values["deals"], project__isnull=False).order_by().values_list("deal_id", "project_id")
    further = PromiseProject.objects.filter(promise__deal_id__in=values["deals"]).order_by().values_list("promise__deal_id", "project_id")
    return home.union(further)


def find_deals_of_project(*, project_id: int) -> set[int]:
    """The deals whose promises hold in a project."""
    found = Promise.objects.holding_in(project_id).filter(deal__isnull=False).order_by().values_list("deal_id", flat=True)
    return {key for key in found.distinct() if key}


def find_places(*, actor: Actor, promises: Collection[PromiseRow]) -> dict[int, ProjectRow]:
    """The projects in which promises hold, as far as the viewer sees them, by id; one query."""
    wanted = {key for row in promises for key in row.project_ids}
    return find_projects(actor=actor, project_ids=wanted) if wanted and actor.may("delivery.project.view") else {}
