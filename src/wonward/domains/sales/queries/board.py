"""The pipeline board: per stage its sums and its most urgent cards, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from wonward.domains.sales.models import Deal
from wonward.domains.sales.queries.rows import COLUMNS, ValueRight, read_rows, rows_of
from wonward.domains.sales.queries.shapes import narrow
from wonward.domains.sales.queries.sums import sum_by_stage
from wonward.domains.sales.queries.sums import total_of as total_of_sums
from wonward.domains.sales.types import BoardColumn, DealFilter, DealRow, DealSums, PipelineRow
from wonward.foundation.database.prepared import Values
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.money import Money

CARDS_PER_COLUMN = 50


def get_board(*, actor: Actor, pipeline: PipelineRow, where: DealFilter, now: datetime) -> list[BoardColumn]:
    """Every stage of a pipeline; open stages carry sums and their 50 most urgent cards."""
    open_stages = [stage.id for stage in pipeline.stages if stage.kind == "open"]
    sums = sum_stages(actor=actor, pipeline=pipeline, where=where, now=now)
    narrowed = narrow(actor, _on_board(pipeline, where), now)
    cards: dict[int, list[DealRow]] = {}
    for row in rows_of(narrowed.rows_per_stage("board cards", _first_cards, open_stages), ValueRight(actor)):
        cards.setdefault(row.stage_id, []).append(row)
    return [BoardColumn(stage, sums[stage.id], tuple(cards.get(stage.id, ()))) for stage in pipeline.stages]


def sum_stages(*, actor: Actor, pipeline: PipelineRow, where: DealFilter, now: datetime) -> dict[int, DealSums]:
    """Sums of the open deals per stage of a pipeline, every stage named; one query."""
    nothing = Money(0, get_organisation().currency) if ValueRight(actor).is_everywhere else None
    sums = sum_by_stage(actor=actor, where=_on_board(pipeline, where), now=now)
    return {stage.id: sums.get(stage.id, DealSums(0, nothing, nothing)) for stage in pipeline.stages}


def _on_board(pipeline: PipelineRow, where: DealFilter) -> DealFilter:
    return replace(where, pipeline_id=pipeline.id, status="open")


def _first_cards(deals: QuerySet[Deal], values: Values) -> QuerySet[Any, Any]:
    column = deals.filter(stage_id=values["column"])
    return column.order_by("next_due_date", "pk").values_list(*COLUMNS)[:CARDS_PER_COLUMN]


def list_column(
    *, actor: Actor, stage_id: int, where: DealFilter, now: datetime, offset: int, limit: int = CARDS_PER_COLUMN
) -> list[DealRow]:
    """Further cards of one column, by urgency."""
    narrowed = narrow(actor, replace(where, stage_id=stage_id, status="open"), now)
    deals = narrowed.deals(narrowed.values)
    return read_rows(deals.order_by("next_due_date", "pk")[offset : offset + limit], ValueRight(actor))


def total_of(columns: list[BoardColumn], actor: Actor) -> DealSums:
    """The sums of all columns together."""
    return total_of_sums([column.sums for column in columns], ValueRight(actor))
