"""What the pipeline may bring, and what past deals say about chances and delays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q

from wonward.domains.catalog.types import Hours
from wonward.domains.sales.models import Deal, DealLine, StageVisit
from wonward.domains.sales.rules.role_hours import read_hours

_CASES_READ = 5000

SoldTuple = tuple[int, Decimal, tuple[str, ...] | None, Hours | None]


@dataclass(frozen=True, slots=True)
class LikelyDeal:
    """An open deal as a forecast needs it; `lines` holds service, quantity, the options sold (None: all) and the hours by role (None: the template's)."""

    id: int
    number: str
    name: str
    company_name: str
    service_name: str
    stage_id: int
    stage_name: str
    probability: int
    expected_close_date: date | None
    lines: tuple[SoldTuple, ...]


def list_likely_deals(*, limit: int = 2000) -> list[LikelyDeal]:
    """Open deals, the likeliest first; two queries. For sums: who shows a name from here asks whether the viewer may see it."""
    found = Deal.objects.filter(status="open").order_by(F("stage__probability").desc(), "-reporting_minor", "pk")
    deals = list(
        found.values_list(
            "pk", "number", "name", "company__name", "main_service__name", "stage_id", "stage__name", "probability", "stage__probability", "expected_close_date"
        )[:limit]
    )
    lines: dict[int, list[SoldTuple]] = {}
    sold = DealLine.objects.filter(deal__status="open").order_by("deal_id", "position", "pk")
    for deal_id, service_id, quantity, options, hours in sold.values_list("deal_id", "service_id", "quantity", "options", "role_hours"):
        lines.setdefault(deal_id, []).append((service_id, quantity, None if options is None else tuple(options), read_hours(hours)))
    return [
        LikelyDeal(
            key, number, name, company or "", service or "", stage_id, stage, stage_chance if chance is None else chance, closes, tuple(lines.get(key, ()))
        )
        for key, number, name, company, service, stage_id, stage, chance, stage_chance, closes in deals
    ]


def list_sold_lines(*, deal_id: int) -> list[SoldTuple]:
    """Service, quantity, options and hours of the lines of a deal the viewer has been shown."""
    found = DealLine.objects.filter(deal_id=deal_id).order_by("position", "pk").values_list("service_id", "quantity", "options", "role_hours")
    return [(service_id, quantity, None if options is None else tuple(options), read_hours(hours)) for service_id, quantity, options, hours in found]


def count_outcomes() -> dict[int, tuple[int, int]]:
    """Won and lost deals among the newest 5,000 closed ones that passed each open stage, by stage; one query."""
    newest = Deal.objects.filter(closed_date__isnull=False, status__in=("won", "lost")).order_by("-closed_date", "-status")
    visits = StageVisit.objects.filter(stage__kind="open", deal__in=newest.values("pk")[:_CASES_READ]).values_list("stage_id")
    counted = visits.annotate(
        won=Count("deal_id", filter=Q(deal__status="won"), distinct=True), lost=Count("deal_id", filter=Q(deal__status="lost"), distinct=True)
    )
    return {stage_id: (won, lost) for stage_id, won, lost in counted}


def list_closed_visits(*, limit: int = 5000) -> list[tuple[int, int, date, date, bool, float]]:
    """The newest stays in open stages of deals that are closed: deal, stage, day entered, day closed, whether won, the stage's own chance (0 to 1).

    For sums, whoever may see the deals; deals that were closed before they arrived here have no stay. One query.
    """
    visits = StageVisit.objects.filter(stage__kind="open", deal__status__in=("won", "lost"), deal__closed_date__isnull=False).order_by("-entered_at", "-pk")
    found = visits.values_list("deal_id", "stage_id", "entered_at", "deal__closed_date", "deal__status", "stage__probability")
    return [
        (deal_id, stage_id, entered.date(), closed, status == "won", chance / 100)
        for deal_id, stage_id, entered, closed, status, chance in found[:limit] if closed is not None
    ]


def list_close_delays(*, limit: int = 500) -> Sequence[int]:
    """Days the newest won deals closed after (negative: before) the date expected last; one query."""
    won = Deal.objects.filter(status="won", expected_close_date__isnull=False, closed_date__isnull=False).order_by("-closed_date", "-pk")
    pairs = won.values_list("closed_date", "expected_close_date")[:limit]
    return [(closed - expected).days for closed, expected in pairs if closed and expected]
