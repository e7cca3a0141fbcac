"""Confirming what a stage wants known before a deal goes on from it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wonward.domains.sales import events
from wonward.domains.sales.operations.deals import check_version, lock_deal
from wonward.domains.sales.operations.stage_gates import current_stay
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded


@transaction.atomic
def confirm_exit_criterion(
    *, actor: Actor, deal_id: int, key: str, is_met: bool = True, version: int | None = None, now: datetime
) -> None:
    """Say that an exit criterion of the stage an open deal stands in is met, or take that back; what is said already stays as it is."""
    deal = lock_deal(actor=actor, deal_id=deal_id, permission="sales.deal.edit")
    check_version(actor, deal, version, {"exit_criteria": key})
    if deal.status != "open":
        raise Conflict(worded("{number} is {status}; nothing is confirmed on it any more.", number=deal.number, status=worded(deal.status)))
    text = next((one["text"] for one in deal.stage.exit_criteria if one["key"] == key), None)
    if text is None:
        raise Refused.field("key", worded("“{name}” has no exit criterion {key}.", name=deal.stage.name, key=key), "unknown")
    stay = current_stay(deal)
    said = list(stay.confirmed or ())
    if any(one["key"] == key for one in said) == is_met:
        return
    others = [one for one in said if one["key"] != key]
    stay.confirmed = [*others, {"key": key, "by": actor.label[:160], "at": now.isoformat()}] if is_met else others or None
    stay.save(update_fields=["confirmed"])
    deal.version += 1
    deal.updated_at = now
    deal.save(update_fields=["version", "updated_at"])
    record_change(
        actor=actor, operation="sales.deal.confirm_exit_criterion", ref=Ref("sales.deal", deal.pk), now=now,
        changes={"exit_criterion": [None, text] if is_met else [text, None]},
    )
    publish(events.DealChanged(deal_id=deal.pk, company_id=deal.company_id), actor=actor, now=now)
