"""The pipeline board: per stage its sums and its most urgent cards, in a fixed number of queries."""

from __future__ import annotations

from datetime import UTC as _UTC
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from wonward.domains.sales.models import Deal
from wonward.domains.sales.queries.deals import aggregates, day_frame, filter_deals, stuck_cutoffs, sums_row
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
    found = _on_board(actor, pipeline, where, now).order_by().values("stage_id")
    sums = {
        row["stage_id"]: sums_row(dict(row), right, currency)
        for row in found.annotate(**aggregates(day_frame(actor, now), stuck_cutoffs(now)))
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
    """The first cards of every column in one statement: each column reads 50 entries of its index."""
    if not stage_ids:
        return []
    parts: list[str] = []
    params: list[Any] = []
    for stage_id in stage_ids:
        column = deals.filter(stage_id=stage_id).order_by("next_due_date", "pk").values_list(*COLUMNS)[:CARDS_PER_COLUMN]
        sql, values = column.query.sql_with_params()
        parts.append(f"SELECT * FROM ({sql}) AS c{stage_id}")
        params.extend(values)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        return rows_of((_converted(row) for row in cursor.fetchall()), right)


def _converted(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Apply the column converters Django would have applied (SQLite hands dates over as text)."""
    return tuple(convert(value) for convert, value in zip(_CONVERTERS, row, strict=True))


def _as_is(value: Any) -> Any:
    return value


def _instant(value: Any) -> Any:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.replace(tzinfo=_UTC) if value is not None and value.tzinfo is None else value


def _day(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) else value


_BY_NAME = {"stage_entered_at": _instant, "created_at": _instant, "updated_at": _instant,
            "opened_date": _day, "expected_close_date": _day, "closed_date": _day, "next_due_date": _day}
_CONVERTERS = [_BY_NAME.get(name, _as_is) for name in COLUMNS]
