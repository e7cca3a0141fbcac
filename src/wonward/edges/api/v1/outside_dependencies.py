"""Dependencies between tasks of different projects for one client."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import AliasChoices, Field

from wonward.domains.delivery.queries.outside import (
    find_outside_link,
    get_outside_link,
    list_outside_links,
)
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.tasks import get_task
from wonward.domains.delivery.types import NewDependency, OutsideLinkRow, RemovedDependency
from wonward.edges.api.v1.answers import Page, answer
from wonward.edges.api.v1.dependencies import DependencyPatch, lag_minutes
from wonward.edges.api.v1.inputs import Id, Number, Short
from wonward.edges.api.v1.plans import (
    ChangedPlanOut,
    PlanBody,
    PlanQuery,
    answer_change,
    apply_change,
)
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked
from wonward.edges.api.v1.tasks import reason_of
from wonward.kernel.errors import FieldError, Refused


class OutsideDependencyOut(msgspec.Struct, frozen=True):
    """`to_id` waits for `from_id` of another project; an end you may not see has neither ids nor names."""

    id: int
    from_id: int | None
    from_name: str
    from_project_id: int | None
    from_project_number: str
    to_id: int | None
    to_name: str
    to_project_id: int | None
    to_project_number: str
    type: str
    lag_days: float
    lag_unit: str
    created_at: datetime
    version: int = 1


class OutsideDependencyIn(PlanBody):
    """`to_id` waits for `from_id`, a task of another project; the lag is in days of `lag_unit`."""

    from_id: Id = Field(validation_alias=AliasChoices("from_id", "predecessor_id"))
    to_id: Id = Field(validation_alias=AliasChoices("to_id", "successor_id"))
    type: Short = "FS"
    lag_days: Number = 0
    lag_unit: Literal["working", "elapsed"] = "working"


def _show(row: OutsideLinkRow) -> OutsideDependencyOut:
    per_day = 1440 if row.lag_unit == "elapsed" else 480
    return OutsideDependencyOut(
        row.id, row.from_id or None, row.from_name, row.from_project_id or None, row.from_number, row.to_id or None, row.to_name,
        row.to_project_id or None, row.to_number, row.type, row.lag_minutes / per_day, row.lag_unit, row.created_at, row.version,
    )


@route(
    "GET", "/projects/{record:project_id}/outside-dependencies", permission="delivery.project.view",
    answers={200: Page[OutsideDependencyOut]},
)
def read_outside_dependencies(request: ApiRequest, project_id: int) -> HttpResponse:
    """What a project waits for in others, and what waits for it, all of it."""
    get_project(actor=request.actor, project_id=project_id)
    return answer(Page([_show(row) for row in list_outside_links(actor=request.actor, project_id=project_id)], None))


@route(
    "POST", "/outside-dependencies", permission="delivery.plan.change", answers={201: ChangedPlanOut},
    example={"from_id": 1, "to_id": 2, "type": "FS", "lag_days": 1},
)
def add_outside_dependency(request: ApiRequest, body: OutsideDependencyIn) -> HttpResponse:
    """Let a task wait for one of another project of the same client. A circle through several projects is refused naming its path."""
    source = get_task(actor=request.actor, task_id=body.from_id)
    task = get_task(actor=request.actor, task_id=body.to_id)
    if source.project_id == task.project_id:
        raise Refused.field("from_id", "Both tasks are of one project; add a dependency of its plan instead.", "same_project")
    lag = lag_minutes(body.lag_days, body.lag_unit)
    new = NewDependency(body.from_id, body.to_id, body.type, lag, body.lag_unit)
    try:
        changed = apply_change(request, task.project_id, [new], reason=body.reason or "", plan_version=body.plan_version)
    except Refused as refusal:
        refusal.errors = tuple(
            FieldError("to_id" if error.field == "dependencies" else error.field, error.words, error.code) for error in refusal.errors
        )
        raise
    made = find_outside_link(from_id=body.from_id, to_id=body.to_id)
    assert made is not None
    return answer_change(request, changed, task_id=body.to_id, status=201, location=f"/outside-dependencies/{made.id}")


@route("GET", "/outside-dependencies/{record:link_id}", permission="delivery.project.view", answers={200: OutsideDependencyOut})
def read_outside_dependency(request: ApiRequest, link_id: int) -> HttpResponse:
    """One dependency between projects you both see."""
    row = get_outside_link(actor=request.actor, link_id=link_id)
    return answer(_show(row), version=row.version)


@route(
    "PATCH", "/outside-dependencies/{record:link_id}", permission="delivery.plan.change", answers={200: ChangedPlanOut},
    example={"type": "FS", "lag_days": 2},
)
def edit_outside_dependency(request: ApiRequest, link_id: int, body: DependencyPatch) -> HttpResponse:
    """Let a task wait for another project in another way."""
    row = get_outside_link(actor=request.actor, link_id=link_id)
    edit = body.change(row.from_id, row.to_id, row.type, row.lag_minutes, row.lag_unit, version_asked(request))
    changed = apply_change(request, row.to_project_id, [edit], reason=body.reason or "", plan_version=body.plan_version)
    return answer_change(request, changed, task_id=row.to_id)


@route("DELETE", "/outside-dependencies/{record:link_id}", permission="delivery.plan.change", answers={200: ChangedPlanOut})
def remove_outside_dependency(
    request: ApiRequest, link_id: int, where: PlanQuery = Query(...), body: PlanBody | None = None
) -> HttpResponse:
    """Let a task wait no longer for another project."""
    row = get_outside_link(actor=request.actor, link_id=link_id)
    reason, plan_version = reason_of(where, body)
    changed = apply_change(
        request, row.to_project_id, [RemovedDependency(row.from_id, row.to_id, version_asked(request))], reason=reason, plan_version=plan_version
    )
    return answer_change(request, changed, task_id=row.to_id)
