"""Pipelines and their stages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import Field

from wonward.domains.sales.operations.pipelines import StageDraft, change_pipeline, create_pipeline
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.types import PipelineRow, StageRow
from wonward.edges.api.v1.answers import Page, after_write, answer, page
from wonward.edges.api.v1.inputs import Body, Count, Id, Line, ListQuery, Name, Short
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked
from wonward.foundation.access.policy import require
from wonward.kernel.errors import NotFound


class CriterionOut(msgspec.Struct, frozen=True):
    """What is confirmed before a deal goes on from a stage."""

    key: str
    text: str


class StageOut(msgspec.Struct, frozen=True):
    """A stage; `kind` is open, won or lost, `probability` in percent."""

    id: int
    name: str
    kind: str
    position: int
    probability: int
    days_until_stuck: int
    required_fields: list[str]
    exit_criteria: list[CriterionOut]


class PipelineOut(msgspec.Struct, frozen=True):
    """A pipeline with its stages in order."""

    id: int
    name: str
    is_default: bool
    stages: list[StageOut]
    version: int
    created_at: datetime
    updated_at: datetime


class StageIn(Body):
    """An open stage; without `id` it is a new one. What is left out of a known stage stays, of a new one is the default."""

    id: Id | None = None
    name: Name
    probability: Count = 10
    days_until_stuck: Count = 14
    required_fields: Annotated[list[Short], Field(max_length=20)] = []
    exit_criteria: Annotated[list[Line], Field(max_length=50)] = []


class PipelineIn(Body):
    """A new pipeline; without `stages` it has those of the default one."""

    name: Name
    stages: Annotated[list[StageIn], Field(max_length=100)] = []


class PipelinePatch(Body):
    """What to change. `stages` are all open stages in their order: one that is left out goes, unless deals stand or stood in it."""

    name: Name = ""
    stages: Annotated[list[StageIn], Field(max_length=100)] = []


class PipelineQuery(ListQuery):
    """What a list of pipelines is narrowed to."""

    sort: Literal["position"] = "position"


def show_pipeline(row: PipelineRow) -> PipelineOut:
    """A pipeline in the words of the API."""
    stages = [
        StageOut(
            stage.id, stage.name, stage.kind, stage.position, stage.probability, stage.days_until_stuck, list(stage.required_fields),
            [CriterionOut(one.key, one.text) for one in stage.exit_criteria],
        )
        for stage in row.stages
    ]
    return PipelineOut(row.id, row.name, row.is_default, stages, row.version, row.created_at, row.updated_at)


@route("GET", "/pipelines", permission="sales.deal.view", answers={200: Page[PipelineOut]})
def read_pipelines(request: ApiRequest, where: PipelineQuery = Query(...)) -> HttpResponse:
    """Pipelines, the default one first."""
    rows = list_pipelines(text=where.q, updated_since=where.updated_since, offset=where.offset, limit=where.limit + 1)
    return page(rows, where, show_pipeline)


def _find(pipeline_id: int) -> PipelineRow:
    for row in list_pipelines():
        if row.id == pipeline_id:
            return row
    raise NotFound("pipeline", pipeline_id)


def _one(pipeline_id: int, *, status: int = 200, location: str = "") -> HttpResponse:
    row = _find(pipeline_id)
    return answer(show_pipeline(row), status=status, version=row.version, location=location)


def _draft(stage: StageIn, known_stages: Sequence[StageRow]) -> StageDraft:
    """A stage as sent, over what it was."""
    sent = stage.sent()
    known = next((one for one in known_stages if one.id == stage.id), None)
    return StageDraft(
        stage.id, stage.name,
        known.probability if known and "probability" not in sent else stage.probability,
        known.days_until_stuck if known and "days_until_stuck" not in sent else stage.days_until_stuck,
        tuple(stage.required_fields) if "required_fields" in sent else None,
        tuple(stage.exit_criteria) if "exit_criteria" in sent else None,
    )


def _kept(row: PipelineRow) -> list[StageDraft]:
    return [StageDraft(one.id, one.name, one.probability, one.days_until_stuck) for one in row.stages if one.kind == "open"]


@route("GET", "/pipelines/{record:pipeline_id}", permission="sales.deal.view", answers={200: PipelineOut})
def read_pipeline(request: ApiRequest, pipeline_id: int) -> HttpResponse:
    """One pipeline with its stages."""
    require(request.actor, "sales.deal.view")
    return _one(pipeline_id)


@route(
    "POST", "/pipelines", permission="sales.pipeline.edit", answers={201: PipelineOut},
    example={"name": "Renewals", "stages": [{"name": "Due", "probability": 60, "days_until_stuck": 21}, {"name": "Talking", "probability": 80}]},
)
def add_pipeline(request: ApiRequest, body: PipelineIn) -> HttpResponse:
    """A pipeline of its own, with the stages given or those of the default one."""
    stages = [_draft(stage, ()) for stage in body.stages]
    key = create_pipeline(actor=request.actor, name=body.name, stages=stages, now=request.now)
    location = f"/pipelines/{key}"
    return after_write(lambda: _one(key, status=201, location=location), status=201, location=location)


@route(
    "PATCH", "/pipelines/{record:pipeline_id}", permission="sales.pipeline.edit", answers={200: PipelineOut},
    example={"name": "New business"},
)
def edit_pipeline(request: ApiRequest, pipeline_id: int, body: PipelinePatch) -> HttpResponse:
    """Rename a pipeline; add, change, order and take away its open stages."""
    row, sent, asked = _find(pipeline_id), body.sent(), version_asked(request)
    change_pipeline(
        actor=request.actor, pipeline_id=pipeline_id, name=body.name if "name" in sent else row.name,
        stages=[_draft(stage, row.stages) for stage in body.stages] if "stages" in sent else _kept(row),
        version=row.version if asked is None else asked, now=request.now,
    )
    return after_write(lambda: _one(pipeline_id), status=200)
