"""How well open deals are looked after: per person and per stage, in numbers that each have their rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Case, Count, DateTimeField, Min, Q, Sum, Value, When

from wonward.domains.sales.models import LostReason
from wonward.domains.sales.queries.rows import ValueRight
from wonward.domains.sales.queries.shapes import (
    by_day,
    day_frame,
    filter_deals,
    slipped,
    stuck_cutoffs,
    unanswered,
)
from wonward.domains.sales.types import DealFilter, DisciplineRow
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.money import Money


def list_discipline(*, actor: Actor, now: datetime, pipeline_id: int | None = None) -> list[DisciplineRow]:
    """One row per owner of open deals the viewer sees, by name, and last a row with `owner_id` None for all of them."""
    frame, cutoffs = day_frame(actor, now), stuck_cutoffs(now)
    deals = filter_deals(actor, DealFilter(status="open", pipeline_id=pipeline_id), frame, cutoffs, now)
    overdue = by_day(frame, "lt")
    stuck_at = Case(
        *[When(stage_id=key, then=Value(at)) for key, at in cutoffs.items()], default=Value(None), output_field=DateTimeField()
    )
    stuck = overdue & Q(stage_entered_at__lt=stuck_at)
    lacking = Q(owner__isnull=True) | Q(next_due_date__isnull=True)
    counts: dict[str, Any] = {
        "open_count": Count("pk"), "no_owner": Count("pk", filter=Q(owner__isnull=True)),
        "no_next_action": Count("pk", filter=Q(next_due_date__isnull=True)), "overdue": Count("pk", filter=overdue),
        "stuck": Count("pk", filter=stuck), "slipped": Count("pk", filter=slipped(frame)),
        "parked": Count("pk", filter=Q(next_kind="parked")), "unclean": Count("pk", filter=lacking | overdue | slipped(frame)),
        "slipped_minor": Sum("reporting_minor", filter=slipped(frame), default=0), "oldest_due_date": Min("next_due_date", filter=overdue),
        "unanswered": Count("pk", filter=unanswered(now)),
    }
    names = ("open_count", "no_owner", "no_next_action", "overdue", "stuck", "slipped", "parked", "unclean", "slipped_minor", "oldest_due_date", "unanswered")
    right, currency = ValueRight(actor), get_organisation().currency

    def row(owner_id: int | None, owner: str, values: dict[str, Any]) -> DisciplineRow:
        value = Money(int(values["slipped_minor"]), currency) if right.is_everywhere else None
        plain = {name: values[name] for name in names if name not in ("open_count", "slipped_minor")}
        return DisciplineRow(owner_id=owner_id, owner_name=owner, open=values["open_count"], slipped_value=value, **plain)

    found = deals.order_by("owner__name", "owner_id").values("owner_id", "owner__name").annotate(**counts)
    rows = [row(values["owner_id"], values["owner__name"] or "", dict(values)) for values in found]
    return [*rows, row(None, "", deals.aggregate(**counts))]


def list_lost_reasons() -> list[str]:
    """The reasons to choose from when a deal is lost, in order."""
    return list(LostReason.objects.order_by("position", "pk").values_list("name", flat=True))
