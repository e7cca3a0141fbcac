"""Reading campaigns and touches."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from wonward.domains.marketing.models import Campaign, Spend, Touch
from wonward.domains.marketing.types import CampaignRow, TouchRow
from wonward.foundation.organisation.queries import get_organisation, to_reporting
from wonward.kernel.actor import Actor
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref


def visible_campaigns(actor: Actor) -> QuerySet[Campaign]:
    """Campaigns have no owners: who may see one sees all."""
    campaigns = Campaign.objects.all()
    return campaigns if actor.is_system or actor.may("marketing.campaign.view") else campaigns.none()


def list_campaigns(*, actor: Actor, limit: int = 500) -> list[CampaignRow]:
    """Live campaigns by name, with what they cost so far for those who may know; two queries."""
    rows = list(visible_campaigns(actor).filter(archived_at__isnull=True).order_by("name", "pk")[:limit])
    return _rows(actor, rows)


def _rows(actor: Actor, rows: list[Campaign]) -> list[CampaignRow]:
    may_see = actor.is_system or actor.may("marketing.spend.view")
    currency = get_organisation().currency
    spent: dict[int, int] = {}
    for spend in Spend.objects.filter(campaign__in=rows) if may_see and rows else ():
        minor = to_reporting(Money(spend.amount_minor, spend.currency), reporting_currency=currency, on=spend.spent_date)
        spent[spend.campaign_id] = spent.get(spend.campaign_id, 0) + minor
    return [
        CampaignRow(
            row.pk, row.name, row.channel, row.start_date, row.finish_date,
            Money(row.budget_minor, row.currency) if may_see and row.budget_minor is not None else None,
            Money(spent.get(row.pk, 0), currency) if may_see else None, row.version,
        )
        for row in rows
    ]


def find_campaign_ids(names: Collection[str]) -> dict[str, int]:
    """Ids of live campaigns by name in lower case; the caller has settled who may know."""
    wanted = {name.strip().casefold() for name in names if name.strip()}
    if not wanted:
        return {}
    found = Campaign.objects.filter(archived_at__isnull=True).values_list("name", "pk")
    return {name.casefold(): key for name, key in found if name.casefold() in wanted}


def campaign_exists(campaign_id: int) -> bool:
    """Whether there is such a campaign."""
    return Campaign.objects.filter(pk=campaign_id).exists()


def list_touches(*, ref: Ref) -> list[TouchRow]:
    """The touches of a record the viewer has been shown, oldest first."""
    found = Touch.objects.filter(noun=ref.noun, ref_id=ref.id).order_by("happened_at", "pk")
    return [
        TouchRow(kind, detail, campaign_id, name or "", at)
        for kind, detail, campaign_id, name, at in found.values_list("kind", "detail", "campaign_id", "campaign__name", "happened_at")[:200]
    ]
