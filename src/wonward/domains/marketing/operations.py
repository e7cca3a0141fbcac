"""Adding campaigns, recording what they cost and whom they touched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from wonward.domains.marketing import events
from wonward.domains.marketing.models import Campaign, Spend, Touch
from wonward.domains.marketing.queries import find_campaign_ids
from wonward.domains.marketing.types import NewCampaign, NewTouch
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import Change, record_change, record_changes
from wonward.foundation.events.operations import publish
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import FieldError, NotFound, Refused
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded


@transaction.atomic
def create_campaigns(*, actor: Actor, campaigns: Sequence[NewCampaign], now: datetime) -> list[int]:
    """Add campaigns; a name is used once. Returns their ids in order."""
    require(actor, "marketing.campaign.edit")
    known = set(find_campaign_ids([new.name for new in campaigns]))
    errors = []
    for new in campaigns:
        if not new.name.strip():
            errors.append(FieldError("name", "A campaign needs a name.", "required"))
        elif new.name.strip().casefold() in known:
            errors.append(FieldError("name", worded("There is a campaign “{name}” already.", name=new.name.strip()), "taken"))
        if new.start_date and new.finish_date and new.finish_date < new.start_date:
            errors.append(FieldError("finish_date", "The campaign ends before it starts.", "order"))
        known.add(new.name.strip().casefold())
    if errors:
        raise Refused(errors[0].words, errors)
    currency = get_organisation().currency
    rows = [
        Campaign(
            name=new.name.strip()[:160], channel=new.channel.strip()[:80], start_date=new.start_date, finish_date=new.finish_date,
            budget_minor=new.budget.minor if new.budget else None, currency=new.budget.currency if new.budget else currency,
            created_at=now, updated_at=now,
        )
        for new in campaigns
    ]
    Campaign.objects.bulk_create(rows)
    record_changes(
        actor=actor, operation="marketing.campaign.create", now=now,
        changes=[Change(Ref("marketing.campaign", row.pk), {"name": [None, row.name]}) for row in rows],
    )
    if rows:
        publish(events.CampaignsCreated(campaign_ids=[row.pk for row in rows]), actor=actor, now=now)
    return [row.pk for row in rows]


@transaction.atomic
def record_spend(*, actor: Actor, campaign_id: int, amount: Money, spent_date: date, note: str = "", now: datetime) -> int:
    """Note money spent on a campaign; returns the id of the entry."""
    require(actor, "marketing.campaign.edit")
    if not Campaign.objects.filter(pk=campaign_id).exists():
        raise NotFound("campaign", campaign_id)
    if amount.minor <= 0:
        raise Refused.field("amount", "Spend is an amount above zero.", "range")
    row = Spend.objects.create(
        campaign_id=campaign_id, amount_minor=amount.minor, currency=amount.currency, spent_date=spent_date,
        note=note.strip()[:200], created_at=now,
    )
    record_change(
        actor=actor, operation="marketing.spend.record", ref=Ref("marketing.campaign", campaign_id),
        changes={"spend": [None, str(amount)]}, now=now,
    )
    publish(events.SpendRecorded(campaign_id=campaign_id), actor=actor, now=now)
    return row.pk


@transaction.atomic
def note_touches(*, touches: Sequence[NewTouch]) -> None:
    """Tie records to what touched them, in the transaction of what happened; the same touch twice is one."""
    Touch.objects.bulk_create(
        [
            Touch(
                noun=new.ref.noun, ref_id=new.ref.id, campaign_id=new.campaign_id, kind=new.kind[:40], detail=new.detail[:300],
                happened_at=new.happened_at,
            )
            for new in touches
        ],
        ignore_conflicts=True, batch_size=500,
    )


@transaction.atomic
def link_touches(*, source: Ref, target: Ref) -> int:
    """Give the target the touches of the source; returns how many."""
    rows = Touch.objects.filter(noun=source.noun, ref_id=source.id).order_by("pk")
    copies = [
        Touch(noun=target.noun, ref_id=target.id, campaign_id=row.campaign_id, kind=row.kind, detail=row.detail,
              happened_at=row.happened_at)
        for row in rows
    ]
    Touch.objects.bulk_create(copies, ignore_conflicts=True, batch_size=500)
    return len(copies)
