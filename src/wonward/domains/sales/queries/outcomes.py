"""What the pipeline may bring, and what past deals say about chances and delays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q

from wonward.domains.sales.models import Deal, DealLine, StageVisit

_CASES_READ = 5000


@dataclass(frozen=True, slots=True)
class LikelyDeal:
    """An open deal as a forecast needs it; `lines` holds service, quantity and the options sold (None: all)."""

    id: int
    number: str
    name: str
    company_name: str
    service_name: str
    stage_id: int
    stage_name: str
    probability: int
    expected_close_date: date | None
    lines: tuple[tuple[int, Decimal, tuple[str, ...] | None], ...]


def list_likely_deals(*, limit: int = 2000) -> list[LikelyDeal]:
    """Open deals, the likeliest first; two queries. For sums: who shows a name from here asks whether the viewer may see it."""
    found = Deal.objects.filter(status="open").order_by(F("stage__probability").desc(), "-reporting_minor", "pk")
    deals = list(
        found.values_list(
            "pk", "number", "name", "company__name", "main_service__name", "stage_id", "stage__name", "probability", "stage__probability", "expected_close_date"
        )[:limit]
    )
    lines: dict[int, list[tuple[int, Decimal, tuple[str, ...] | None]]] = {}
    sold = DealLine.objects.filter(deal__status="open").order_by("deal_id", "position", "pk")
    for deal_id, service_id, quantity, options in sold.values_list("deal_id", "service_id", "quantity", "options"):
        lines.setdefault(deal_id, []).append((service_id, quantity, None if options is None else tuple(options)))
    return [
        LikelyDeal(
            key, number, name, company or "", service or "", stage_id, stage, stage_chance if chance is None else chance, closes, tuple(lines.get(key, ()))
        )
        for key, number, name, company, service, stage_id, stage, chance, stage_chance, closes in deals
    ]


def list_sold_lines(*, deal_id: int) -> list[tuple[int, Decimal, tuple[str, ...] | None]]:
    """Service, quantity and options of the lines of a deal the viewer has been shown."""
    found = DealLine.objects.filter(deal_id=deal_id).order_by("position", "pk").values_list("service_id", "quantity", "options")
    return [(service_id, quantity, None if options is None else tuple(options)) for service_id, quantity, options in found]


def count_outcomes() -> dict[int, tuple[int, int]]:
    """Won and lost deals among the newest 5,000 closed ones that passed each open stage, by stage; one query."""
    newest = Deal.objects.filter(closed_date__isnull=False, status__in=("won", "lost")).order_by("-closed_date", "-status")
    visits = StageVisit.objects.filter(stage__kind="open", deal__in=newest.values("pk")[:_CASES_READ]).values_list("stage_id")
    counted = visits.annotate(
        won=Count("deal_id", filter=Q(deal__status="won"), distinct=True), lost=Count("deal_id", filter=Q(deal__status="lost"), distinct=True)
    )
    return {stage_id: (won, lost) for stage_id, won, lost in counted}


def list_close_delays(*, limit: int = 500) -> Sequence[int]:
    """Days the newest won deals closed after (negative: before) the date expected last; one query."""
    won = Deal.objects.filter(status="won", expected_close_date__isnull=False, closed_date__isnull=False).order_by("-closed_date", "-pk")
    pairs = won.values_list("closed_date", "expected_close_date")[:limit]
    return [(closed - expected).days for closed, expected in pairs if closed and expected]
