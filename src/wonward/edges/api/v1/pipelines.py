"""Pipelines and their stages."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
from django.http import HttpResponse
from ninja import Query

from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.types import PipelineRow
from wonward.edges.api.v1.answers import Page, page
from wonward.edges.api.v1.inputs import ListQuery
from wonward.edges.api.v1.routes import ApiRequest, route


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
