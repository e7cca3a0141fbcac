"""Reading pipelines and their stages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from wonward.domains.sales.models import Pipeline
from wonward.domains.sales.types import Criterion, PipelineRow, StageRow
from wonward.foundation.database.prepared import Values, rows
from wonward.foundation.database.unchanged import once_while_unchanged
from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded


def list_pipelines(
    *, text: str = "", updated_since: datetime | None = None, offset: int = 0, limit: int = 500
) -> list[PipelineRow]:
    """Every pipeline with its stages in order, the default one first; one query."""
    pipelines: Iterable[PipelineRow] = once_while_unchanged("pipelines", _every_pipeline)
    if text:
        pipelines = (row for row in pipelines if text.casefold() in row.name.casefold())
    if updated_since:
        pipelines = (row for row in pipelines if row.updated_at >= updated_since)
    return list(pipelines)[offset : offset + limit]


def _every_pipeline() -> tuple[PipelineRow, ...]:
    found: dict[int, tuple[Sequence[Any], list[StageRow]]] = {}
    for key, name, is_default, version, created_at, updated_at, *stage in rows("pipelines", _with_stages, {}):
        _, stages = found.setdefault(key, ((name, is_default, version, created_at, updated_at), []))
        if stage[0] is not None:
            asked, criteria = stage[-2:]
            kept = tuple(Criterion(one["key"], one["text"]) for one in criteria)
            stages.append(replace(StageRow(*stage[:-2]), required_fields=tuple(asked), exit_criteria=kept))
    return tuple(
        PipelineRow(key, name, is_default, tuple(stages), version, created_at, updated_at)
        for key, ((name, is_default, version, created_at, updated_at), stages) in found.items()
    )


def _with_stages(values: Values) -> QuerySet[Any, Any]:
    del values
    pipelines = Pipeline.objects.order_by("-is_default", "position", "pk", "stages__position", "stages__pk")
    return pipelines.values_list(
        "pk", "name", "is_default", "version", "created_at", "updated_at", "stages__pk", "stages__name", "stages__kind",
        "stages__position", "stages__probability", "stages__days_until_stuck", "stages__required_fields", "stages__exit_criteria",
    )


def find_pipeline(pipelines: list[PipelineRow], pipeline_id: int | None) -> PipelineRow:
    """The named pipeline, or the default one."""
    if pipeline_id is None:
        return pipelines[0]
    for row in pipelines:
        if row.id == pipeline_id:
            return row
    raise Refused.field("pipeline_id", worded("There is no pipeline {pipeline_id}.", pipeline_id=pipeline_id), "unknown")


def stage_of(pipeline: PipelineRow, stage_id: int | None, *, kind: str = "open") -> StageRow:
    """The named stage of a pipeline, or its first of a kind."""
    for row in pipeline.stages:
        if row.id == stage_id or (stage_id is None and row.kind == kind):
            return row
    raise Refused.field("stage_id", worded("The pipeline “{name}” has no stage {value}.", name=pipeline.name, value=stage_id or kind), "unknown")
