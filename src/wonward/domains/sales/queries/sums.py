"""Counts and sums of deals: grouped by stage in the database, so that boards and tables ask one and the same question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, DateTimeField, F, Q, QuerySet, Sum, Value, When

from wonward.domains.sales.models import Deal
from wonward.domains.sales.queries.deals import GROUPS
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.queries.rows import ValueRight
from wonward.domains.sales.queries.shapes import Narrowed, by_day, narrow
from wonward.domains.sales.types import DealFilter, DealGroup, DealSums
from wonward.foundation.database.prepared import Values
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.money import Money


def sum_deals(*, actor: Actor, where: DealFilter, now: datetime) -> DealSums:
    """Count and sums over every row of a filter, with urgencies; one query, two where it may go over thousands of rows."""
    return total_of(list(sum_by_stage(actor=actor, where=where, now=now).values()), ValueRight(actor))


def sum_by_stage(*, actor: Actor, where: DealFilter, now: datetime) -> dict[int, DealSums]:
    """The same per stage; stages without such a deal are missing."""
    right, currency = ValueRight(actor), get_organisation().currency
    chances = {stage.id: stage.probability for row in list_pipelines() for stage in row.stages}
    narrowed = narrow(actor, where, now)
    urgent: dict[int, Sequence[int]] = {}
    if narrowed.frame.exceptions or where.company_id is not None:
        found = narrowed.rows("deal sums with urgencies", lambda deals, values: _summed(deals).annotate(**_urgencies(narrowed, values)), is_kept=True)
        urgent = {row[1]: row[6:] for row in found}
    else:
        # Only what is due by today can be urgent: an index finds that part, where all rows would each be held against the day.
        found = narrowed.rows("deal sums", lambda deals, values: _summed(deals), is_kept=True)
        # A pipeline is its stages: asked without it, the index is entered at the day in every stage instead of being read whole.
        due = narrow(actor, replace(where, pipeline_id=None), now)
        for _, stage_id, *counts in due.rows("urgent deals", lambda deals, values: _due(due, deals, values), is_kept=True):
            urgent[stage_id] = counts
    sums = {}
    for _, stage_id, count, value, own_weight, stage_value, *_rest in found:
        overdue, due_today, stuck = urgent.get(stage_id, (0, 0, 0))
        weighted = own_weight + stage_value * chances.get(stage_id, 0)
        sums[stage_id] = DealSums(
            count,
            Money(int(value), currency) if right.is_everywhere else None,
            Money(int(weighted) // 100, currency) if right.is_everywhere else None,
            overdue, due_today, stuck, 0,
        )
    return sums


def sum_groups(*, actor: Actor, where: DealFilter, now: datetime, group: str) -> dict[int, DealGroup]:
    """Count and value of every group of a list by the id it goes by, 0 for none; `group` is one of GROUPS; one query."""
    right, currency = ValueRight(actor), get_organisation().currency
    _order, key, name = GROUPS[group]
    found = narrow(actor, where, now).rows(
        f"deals in groups by {group}",
        lambda deals, values: deals.order_by().values_list(key, name).annotate(count=Count("*"), value=Sum("reporting_minor", default=0)),
        is_kept=True,
    )
    return {
        group_id or 0: DealGroup(group_name or "", count, Money(int(value), currency) if right.is_everywhere else None)
        for group_id, group_name, count, value in found
    }


def _summed(deals: QuerySet[Deal]) -> QuerySet[Any, Any]:
    return deals.order_by().values_list("pipeline_id", "stage_id").annotate(
        count=Count("*"),
        value=Sum("reporting_minor", default=0),
        own_weight=Sum(F("reporting_minor") * F("probability"), default=0),
        stage_value=Sum("reporting_minor", filter=Q(probability__isnull=True), default=0),
    )


def _due(narrowed: Narrowed, deals: QuerySet[Deal], values: Values) -> QuerySet[Any, Any]:
    """The urgencies per stage of what is due by today."""
    due = deals.order_by().filter(status="open", next_due_date__lte=narrowed.frame_of(values).today)
    return due.values_list("pipeline_id", "stage_id").annotate(**_urgencies(narrowed, values))


def _urgencies(narrowed: Narrowed, values: Values) -> dict[str, Any]:
    frame, cutoffs = narrowed.frame_of(values), narrowed.cutoffs_of(values)
    is_open = Q() if narrowed.where.status == "open" else Q(status="open")
    overdue = by_day(frame, "lt")
    stuck_at = Case(
        *[When(stage_id=key, then=Value(at)) for key, at in cutoffs.items()], default=Value(None), output_field=DateTimeField()
    )
    return {
        "overdue": Count(Value(1), filter=is_open & overdue),
        "due_today": Count(Value(1), filter=is_open & by_day(frame, "exact")),
        "stuck": Count(Value(1), filter=is_open & overdue & Q(stage_entered_at__lt=stuck_at)),
    }


def total_of(parts: list[DealSums], right: ValueRight) -> DealSums:
    """Sums of several groups together; nothing at all is zero for those who may see values."""
    nothing = Money(0, get_organisation().currency) if right.is_everywhere else None
    return DealSums(
        sum(part.count for part in parts),
        _total([part.value for part in parts]) or nothing,
        _total([part.weighted for part in parts]) or nothing,
        sum(part.overdue for part in parts),
        sum(part.due_today for part in parts),
        sum(part.stuck for part in parts),
        sum(part.no_next_action for part in parts),
    )


def _total(parts: list[Money | None]) -> Money | None:
    known = [part for part in parts if part is not None]
    return Money(sum(part.minor for part in known), known[0].currency) if known else None
