"""Where deals of a file stand in our pipelines: status, pipeline and stage, with the caller's choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wonward.domains.sales.operations.pipelines import add_open_stages
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.types import PipelineRow
from wonward.journeys.imports.operations.matching import chosen_id
from wonward.journeys.imports.operations.work import Work
from wonward.journeys.imports.rules.meanings import deal_status_of
from wonward.journeys.imports.rules.records import Record
from wonward.journeys.imports.rules.stages import OpenStage, StageMatch, match_stage, status_of
from wonward.journeys.imports.rules.words import same_key
from wonward.kernel.wording import worded


class Stages:
    """Decides once per stage name; makes missing stages only when the caller asked for it and `is_writing`."""

    def __init__(self, work: Work, records: Sequence[Record], *, is_writing: bool = True) -> None:
        self._work = work
        self._choices = work.choices.stages
        self._pipelines = list_pipelines()
        self._by_name = {same_key(row.name): row for row in reversed(self._pipelines)}
        self._matches: dict[tuple[int, str], StageMatch] = {}
        if is_writing:
            self._make_missing(records)

    def _make_missing(self, records: Sequence[Record]) -> None:
        wanted: dict[int, dict[str, None]] = {}
        for record in records:
            name = record.get("stage", "")
            chosen = chosen_id(self._choices, name) if name else None
            is_asked = chosen == "create" or (self._work.choices.create_stages and chosen is None)
            if name and is_asked and self.status_of(record) == "open" and not self._has(self._pipeline(record), name):
                wanted.setdefault(self._pipeline(record).id, {})[name] = None
        for pipeline_id, names in wanted.items():
            add_open_stages(actor=self._work.actor, pipeline_id=pipeline_id, names=list(names), now=self._work.now)
        if wanted:
            self._pipelines = list_pipelines()
            self._by_name = {same_key(row.name): row for row in reversed(self._pipelines)}

    @staticmethod
    def _has(pipeline: PipelineRow, name: str) -> bool:
        return any(same_key(stage.name) == same_key(name) for stage in pipeline.stages)

    def _pipeline(self, record: Record) -> PipelineRow:
        return self._by_name.get(same_key(record.get("pipeline", ""))) or self._pipelines[0]

    def knows_pipeline(self, name: str) -> bool:
        """Whether there is a pipeline of this name."""
        return same_key(name) in self._by_name

    def status_of(self, record: Record) -> str:
        """won, lost, open or deleted."""
        chosen: Any = chosen_id(self._choices, record["stage"]) if record.get("stage") else None
        if chosen in ("won", "lost"):
            return str(chosen)
        if isinstance(chosen, int) and deal_status_of(record.get("stage", "")) in ("won", "lost") and not record.get("status"):
            return "open"
        return status_of(record)

    def match_of(self, record: Record) -> StageMatch:
        """The open stage for a record, and whether anything spoke for it."""
        pipeline, name = self._pipeline(record), record.get("stage", "")
        key = (pipeline.id, name)
        if key not in self._matches:
            self._matches[key] = self._decide(pipeline, name)
        return self._matches[key]

    def _decide(self, pipeline: PipelineRow, name: str) -> StageMatch:
        opened = [OpenStage(stage.id, stage.name, stage.probability) for stage in pipeline.stages if stage.kind == "open"]
        chosen = chosen_id(self._choices, name) if name else None
        for stage in opened:
            if stage.id == chosen:
                return StageMatch(stage, True, worded("chosen"))
        if not name:
            return StageMatch(opened[0], True, worded("the file names no stage"))
        return match_stage(name, opened)

    def place_of(self, record: Record) -> tuple[int, int]:
        """Ids of pipeline and open stage for a record."""
        return self._pipeline(record).id, self.match_of(record).stage.id
