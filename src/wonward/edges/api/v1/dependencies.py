"""Dependencies between tasks."""

from __future__ import annotations

from typing import Literal

from django.http import HttpResponse
from ninja import Query
from pydantic import AliasChoices, Field

from wonward.domains.delivery.queries.outside import find_outside_link
from wonward.domains.delivery.queries.tasks import find_dependency, get_dependency, get_task
from wonward.domains.delivery.types import ChangedDependency, NewDependency, RemovedDependency
from wonward.edges.api.v1.answers import answer
from wonward.edges.api.v1.inputs import Id, Number, Short
from wonward.edges.api.v1.plans import (
    ChangedPlanOut,
    PlanBody,
    PlanQuery,
    answer_change,
    apply_change,
    minutes,
)
from wonward.edges.api.v1.projects import DependencyOut, show_dependency
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked
from wonward.edges.api.v1.tasks import reason_of
from wonward.kernel.errors import FieldError, Refused


class DependencyIn(PlanBody):
    """`to_id` waits for `from_id`; the lag is in days of `lag_unit`."""

    from_id: Id = Field(validation_alias=AliasChoices("from_id", "predecessor_id"))
    to_id: Id = Field(validation_alias=AliasChoices("to_id", "successor_id"))
    type: Short = "FS"
    lag_days: Number = 0
    lag_unit: Literal["working", "elapsed"] = "working"


class DependencyPatch(PlanBody):
    """How it waits from now on; the lag is in days of `lag_unit`, those of the plan's calendar where it is working."""

    type: Short = "FS"
    lag_days: Number = 0
    lag_unit: Literal["working", "elapsed"] = "working"

    def change(self, from_id: int, to_id: int, kind: str, lag: int, unit: str, version: int | None) -> ChangedDependency:
        """The change of a dependency that waits in this way now."""
        sent = self.sent()
        now_unit = sent.get("lag_unit", unit)
        if "lag_days" in sent or now_unit != unit:
            lag = lag_minutes(sent.get("lag_days", lag / (1440 if unit == "elapsed" else 480)), now_unit)
        return ChangedDependency(from_id, to_id, sent.get("type", kind), lag, now_unit, version)


def lag_minutes(days: float, unit: str) -> int:
    """Days of a unit as minutes of it."""
    return minutes(days * 3 if unit == "elapsed" else days)


@route("GET", "/dependencies/{record:dependency_id}", permission="delivery.project.view", answers={200: DependencyOut})
def read_dependency(request: ApiRequest, dependency_id: int) -> HttpResponse:
    """One dependency."""
    row = get_dependency(actor=request.actor, dependency_id=dependency_id)
    return answer(show_dependency(row), version=row.version)


@route(
    "PATCH", "/dependencies/{record:dependency_id}", permission="delivery.plan.change", answers={200: ChangedPlanOut},
    example={"type": "SS", "lag_days": 2},
)
def edit_dependency(request: ApiRequest, dependency_id: int, body: DependencyPatch) -> HttpResponse:
    """Let a task wait in another way: what is not sent stays as it is."""
    row = get_dependency(actor=request.actor, dependency_id=dependency_id)
    edit = body.change(row.from_id, row.to_id, row.type, row.lag_minutes, row.lag_unit, version_asked(request))
    changed = apply_change(request, row.project_id, [edit], reason=body.reason or "", plan_version=body.plan_version)
    now = get_dependency(actor=request.actor, dependency_id=dependency_id)
    return answer_change(request, changed, task_id=row.to_id, dependency=show_dependency(now))


@route(
    "POST", "/dependencies", permission="delivery.plan.change", answers={201: ChangedPlanOut},
    example={"from_id": 1, "to_id": 2, "type": "FS", "lag_days": 1},
)
def add_dependency(request: ApiRequest, body: DependencyIn) -> HttpResponse:
    """Let one task wait for another of its project, or of another project of the same client. A cycle is refused naming its path."""
    task = get_task(actor=request.actor, task_id=body.to_id)
    lag = lag_minutes(body.lag_days, body.lag_unit)
    new = NewDependency(body.from_id, body.to_id, body.type, lag, body.lag_unit)
    try:
        changed = apply_change(
            request, task.project_id, [new], reason=body.reason or "", plan_version=body.plan_version
        )
    except Refused as refusal:
        refusal.errors = tuple(
            FieldError("to_id" if error.field == "dependencies" else error.field, error.words, error.code)
            for error in refusal.errors
        )
        raise
    made = find_dependency(from_id=body.from_id, to_id=body.to_id)
    if made is None:
        outside = find_outside_link(from_id=body.from_id, to_id=body.to_id)
        assert outside is not None
        return answer_change(request, changed, task_id=body.to_id, status=201, location=f"/outside-dependencies/{outside.id}")
    return answer_change(
        request, changed, task_id=body.to_id, dependency=show_dependency(made), status=201,
        location=f"/dependencies/{made.id}",
    )


@route("DELETE", "/dependencies/{record:dependency_id}", permission="delivery.plan.change", answers={200: ChangedPlanOut})
def remove_dependency(
    request: ApiRequest, dependency_id: int, where: PlanQuery = Query(...), body: PlanBody | None = None
) -> HttpResponse:
    """Let a task wait no longer."""
    row = get_dependency(actor=request.actor, dependency_id=dependency_id)
    reason, plan_version = reason_of(where, body)
    gone = RemovedDependency(row.from_id, row.to_id, version_asked(request))
    changed = apply_change(request, row.project_id, [gone], reason=reason, plan_version=plan_version)
    return answer_change(request, changed, task_id=row.to_id)
