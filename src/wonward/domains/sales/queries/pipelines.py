"""Reading pipelines and their stages."""

from __future__ import annotations

from datetime import datetime

from wonward.domains.sales.models import Pipeline, Stage
from wonward.domains.sales.types import PipelineRow, StageRow
from wonward.foundation.database.reading import once
from wonward.kernel.errors import Refused


def list_pipelines(
    *, text: str = "", updated_since: datetime | None = None, offset: int = 0, limit: int = 500
) -> list[PipelineRow]:
    """Every pipeline with its stages in order, the default one first; two queries."""
    if not (text or updated_since or offset):
        return list(once("pipelines", _every_pipeline))[:limit]
    return _read_pipelines(text=text, updated_since=updated_since)[offset : offset + limit]


def _every_pipeline() -> tuple[PipelineRow, ...]:
    return tuple(_read_pipelines())


def _read_pipelines(*, text: str = "", updated_since: datetime | None = None) -> list[PipelineRow]:
    pipelines = Pipeline.objects.order_by("-is_default", "position", "pk")
    if text:
        pipelines = pipelines.filter(name__icontains=text)
    if updated_since:
        pipelines = pipelines.filter(updated_at__gte=updated_since)
    stages: dict[int, list[StageRow]] = {}
    for stage in Stage.objects.order_by("position", "pk"):
        stages.setdefault(stage.pipeline_id, []).append(stage_row(stage))
    return [
        PipelineRow(
            row.pk, row.name, row.is_default, tuple(stages.get(row.pk, ())), row.version, row.created_at, row.updated_at
        )
        for row in pipelines
    ]


def stage_row(stage: Stage) -> StageRow:
    """The facts of a stage."""
    return StageRow(stage.pk, stage.name, stage.kind, stage.position, stage.probability, stage.days_until_stuck)


def find_pipeline(pipelines: list[PipelineRow], pipeline_id: int | None) -> PipelineRow:
    """The named pipeline, or the default one."""
    if pipeline_id is None:
        return pipelines[0]
    for row in pipelines:
        if row.id == pipeline_id:
            return row
    raise Refused.field("pipeline_id", f"There is no pipeline {pipeline_id}.", "unknown")


def stage_of(pipeline: PipelineRow, stage_id: int | None, *, kind: str = "open") -> StageRow:
    """The named stage of a pipeline, or its first of a kind."""
    for row in pipeline.stages:
        if row.id == stage_id or (stage_id is None and row.kind == kind):
            return row
    raise Refused.field("stage_id", f"The pipeline “{pipeline.name}” has no stage {stage_id or kind}.", "unknown")
