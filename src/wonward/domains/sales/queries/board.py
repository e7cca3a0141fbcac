"""The pipeline board: per stage its sums and its most urgent cards, in a fixed number of queries."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from wonward.domains.sales.models import Deal
from wonward.domains.sales.queries.deals import (
    column_aggregates,
    day_frame,
    filter_deals,
    stuck_cutoffs,
    sums_row,
    with_weight,
)
from wonward.domains.sales.queries.rows import COLUMNS, ValueRight, read_rows, rows_of
from wonward.domains.sales.types import BoardColumn, DealFilter, DealRow, DealSums, PipelineRow
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.money import Money

CARDS_PER_COLUMN = 50


def get_board(*, actor: Actor, pipeline: PipelineRow, where: DealFilter, now: datetime) -> list[BoardColumn]:
    """Every stage of a pipeline; open stages carry sums and their 50 most urgent cards."""
    right = ValueRight(actor)
    open_stages = [stage for stage in pipeline.stages if stage.kind == "open"]
    sums = sum_stages(actor=actor, pipeline=pipeline, where=where, now=now)
    cards: dict[int, list[DealRow]] = {}
    for row in _first_cards(_on_board(actor, pipeline, where, now), [stage.id for stage in open_stages], right):
        cards.setdefault(row.stage_id, []).append(row)
    return [BoardColumn(stage, sums[stage.id], tuple(cards.get(stage.id, ()))) for stage in pipeline.stages]


def sum_stages(*, actor: Actor, pipeline: PipelineRow, where: DealFilter, now: datetime) -> dict[int, DealSums]:
    """Sums of the open deals per stage of a pipeline, every stage named; one query."""
    right = ValueRight(actor)
    currency = get_organisation().currency
    nothing = Money(0, currency) if right.is_everywhere else None
    chances = {stage.id: stage.probability for stage in pipeline.stages if stage.kind == "open"}
    found = _on_board(actor, pipeline, where, now).filter(stage_id__in=list(chances)).order_by().values("stage_id")
    sums = {
        row["stage_id"]: sums_row(with_weight(dict(row), chances[row["stage_id"]]), right, currency)
        for row in found.annotate(**column_aggregates(day_frame(actor, now), stuck_cutoffs(now)))
    }
    return {stage.id: sums.get(stage.id, DealSums(0, nothing, nothing)) for stage in pipeline.stages}


def _on_board(actor: Actor, pipeline: PipelineRow, where: DealFilter, now: datetime) -> QuerySet[Deal]:
    return filter_deals(actor, where, now).filter(pipeline_id=pipeline.id, status="open")


def list_column(
    *, actor: Actor, stage_id: int, where: DealFilter, now: datetime, offset: int, limit: int = CARDS_PER_COLUMN
) -> list[DealRow]:
    """Further cards of one column, by urgency."""
    deals = filter_deals(actor, where, now).filter(stage_id=stage_id, status="open")
    return read_rows(deals.order_by("next_due_date", "pk")[offset : offset + limit], ValueRight(actor))


def total_of(columns: list[BoardColumn]) -> DealSums:
    """The sums of all columns together."""
    parts = [column.sums for column in columns]
    return DealSums(
        sum(part.count for part in parts),
        _total([part.value for part in parts]),
        _total([part.weighted for part in parts]),
        sum(part.overdue for part in parts),
        sum(part.due_today for part in parts),
        sum(part.stuck for part in parts),
        sum(part.no_next_action for part in parts),
    )


def _total(parts: list[Money | None]) -> Money | None:
    known = [part for part in parts if part is not None]
    return Money(sum(part.minor for part in known), known[0].currency) if known else None


def _first_cards(deals: QuerySet[Deal], stage_ids: list[int], right: ValueRight) -> list[DealRow]:
    """The first cards of every column in one statement: each column reads 50 entries of its index.

    The columns differ in nothing but their stage, so the statement is compiled once, for a stage that cannot exist.
    """
    if not stage_ids:
        return []
    column = deals.filter(stage_id=_ANY_STAGE).order_by("next_due_date", "pk").values_list(*COLUMNS)[:CARDS_PER_COLUMN]
    try:
        sql, values = column.query.sql_with_params()
    except EmptyResultSet:
        return []
    parts = [f"SELECT * FROM ({sql}) AS c{stage_id}" for stage_id in stage_ids]
    params = [stage_id if value == _ANY_STAGE else value for stage_id in stage_ids for value in values]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        rows = cursor.fetchall()
    return rows_of((_converted(row) for row in rows) if connection.vendor == "sqlite" else rows, right)


def _converted(row: tuple[Any, ...]) -> list[Any]:
    """What Django's column converters would have done: SQLite hands dates over as text."""
    values = list(row)
    for place in _INSTANTS:
        text = values[place]
        values[place] = (text if isinstance(text, datetime) else datetime.fromisoformat(text)).replace(tzinfo=UTC)
    for place in _DAYS:
        if isinstance(values[place], str):
            values[place] = date.fromisoformat(values[place])
    return values


_ANY_STAGE = -4242424242
_INSTANTS = [COLUMNS.index(name) for name in ("stage_entered_at", "created_at", "updated_at")]
_DAYS = [COLUMNS.index(name) for name in ("opened_date", "expected_close_date", "closed_date", "next_due_date")]
