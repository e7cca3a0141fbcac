"""Frozen plans, and how far a plan went from one."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from django.http import HttpResponse
from ninja import Query

from wonward.domains.delivery.operations import freeze_plan
from wonward.domains.delivery.queries.baselines import (
    FrozenPlan,
    TaskVariance,
    list_frozen_plans,
    list_variances,
)
from wonward.edges.api.v1.answers import Page, answer, page
from wonward.edges.api.v1.inputs import Body, Label, ListQuery
from wonward.edges.api.v1.routes import ApiRequest, route


class BaselineOut(msgspec.Struct, frozen=True):
    """A frozen plan; `finish_variance_days` are the working days by which the project ends later now."""

    number: int
    name: str
    finish_date: date | None
    finish_variance_days: int
    created_at: datetime


class VarianceOut(msgspec.Struct, frozen=True):
    """A task beside its dates in the baseline; the variances are working days, later and longer above nothing.

    A task that came later has no baseline dates, one that is gone has no dates.
    """

    task_id: int
    name: str
    baseline_start_date: date | None
    baseline_finish_date: date | None
    start_date: date | None
    finish_date: date | None
    start_variance_days: int | None
    finish_variance_days: int | None
    duration_variance_days: int | None


class BaselineIn(Body):
    """What the frozen plan is called."""

    name: Label


def _show(row: FrozenPlan) -> BaselineOut:
    return BaselineOut(row.number, row.name, row.finish_date, row.finish_days, row.created_at)


def _show_variance(row: TaskVariance) -> VarianceOut:
    frozen, known = row.frozen or (None, None), row.variance
    return VarianceOut(
        row.task_id, row.name, frozen[0], frozen[1], row.start_date, row.finish_date, known.start_days if known else None,
        known.finish_days if known else None, known.length_days if known else None,
    )


@route("GET", "/projects/{record:project_id}/baselines", permission="delivery.project.view", answers={200: Page[BaselineOut]})
def read_baselines(request: ApiRequest, project_id: int) -> HttpResponse:
    """The frozen plans of a project, all of them, the first one first."""
    return answer(Page([_show(row) for row in list_frozen_plans(actor=request.actor, project_id=project_id)], None))


@route(
    "POST", "/projects/{record:project_id}/baselines", permission="delivery.plan.change", answers={201: BaselineOut},
    example={"name": "After the call"},
)
def add_baseline(request: ApiRequest, project_id: int, body: BaselineIn) -> HttpResponse:
    """Freeze the dates of today under a name."""
    number = freeze_plan(actor=request.actor, project_id=project_id, name=body.name, now=request.now)
    made = next(row for row in list_frozen_plans(actor=request.actor, project_id=project_id) if row.number == number)
    return answer(_show(made), status=201, location=f"/projects/{project_id}/baselines/{number}")


@route(
    "GET", "/projects/{record:project_id}/baselines/{record:number}", permission="delivery.project.view",
    answers={200: Page[VarianceOut]},
)
def read_baseline(request: ApiRequest, project_id: int, number: int, where: ListQuery = Query(...)) -> HttpResponse:
    """Every task beside its dates in a frozen plan, with the variance."""
    rows = list_variances(actor=request.actor, project_id=project_id, number=number)
    return page(rows[where.offset : where.offset + where.limit + 1], where, _show_variance)
