"""Giving a deal back what it held before a change: exactly, days that have passed and its time in the stage included."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from wonward.domains.clients.queries import find_archived_companies
from wonward.domains.sales import events
from wonward.domains.sales.models import Deal, StageVisit
from wonward.domains.sales.operations.deals import (
    archived_words,
    end_next_action,
    enter_stage,
    find_open_stage,
    lock_deal,
    put_next_action,
    renew_client_team,
)
from wonward.domains.sales.types import DealBefore
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded


@transaction.atomic
def take_back_deal(*, actor: Actor, deal_id: int, before: DealBefore, now: datetime) -> None:
    """Give a deal back what it held. The caller knows that nobody changed it since; a won deal, or one that went on, is a conflict."""
    deal = lock_deal(actor=actor, deal_id=deal_id, permission="sales.deal.edit")
    audit: dict[str, list[Any]] = {}
    if before.is_open_again:
        _open_again(deal, audit)
    if before.next_action is not None:
        _require_open(deal)
        held = [deal.next_kind, deal.next_note, deal.next_due_date.isoformat() if deal.next_due_date else None]
        told = deal.next_escalation if before.next_escalation is None else before.next_escalation
        end_next_action(actor, deal, "replaced", now)
        put_next_action(deal, before.next_action)
        deal.next_escalation = told
        audit["next_action"] = [held, [deal.next_kind, deal.next_note, before.next_action.due_date.isoformat()]]
    if before.stage_id is not None and before.stage_id != deal.stage_id:
        audit["stage"] = [deal.stage.name, _go_back(deal, before.stage_id, before.stage_entered_at or now, now)]
    for field, value in before.fields.items():
        if getattr(deal, field) != value:
            audit[field] = [getattr(deal, field), value]
            setattr(deal, field, value)
    deal.close_slips = deal.close_slips if before.close_slips is None else before.close_slips
    deal.version += 1
    deal.updated_at = now
    deal.save()
    if "owner_id" in audit:
        renew_client_team(deal)
    record_change(actor=actor, operation="sales.deal.take_back", ref=Ref("sales.deal", deal.pk), changes=audit, now=now)
    facts: dict[str, type[Any]] = {"status": events.DealReopened, "stage": events.DealMoved, "next_action": events.NextActionChanged}
    happened = [kind for name, kind in facts.items() if name in audit]
    for kind in [*happened, *([events.DealChanged] if before.fields or not happened else [])]:
        publish(kind(deal_id=deal.pk, company_id=deal.company_id), actor=actor, now=now)


def _require_open(deal: Deal) -> None:
    if deal.status != "open":
        raise Conflict(worded("{number} is {status}; only an open deal has a next action.", number=deal.number, status=worded(deal.status)))


def _open_again(deal: Deal, audit: dict[str, list[Any]]) -> None:
    if deal.status != "lost":
        raise Conflict(worded("{number} is {status}; only a lost deal is reopened.", number=deal.number, status=worded(deal.status)))
    for name in find_archived_companies([deal.company_id] if deal.company_id else []).values():
        raise Refused.field("company_id", archived_words(name), "archived")
    audit["status"], audit["reason"] = ["lost", "open"], [deal.lost_reason, None]
    deal.status, deal.lost_reason, deal.closed_at, deal.closed_date = "open", "", None, None


def _go_back(deal: Deal, stage_id: int, since: datetime, now: datetime) -> str:
    """Into the stage it came from as if it had never left: the stay there goes on, those that are taken back never were."""
    stage = find_open_stage(deal, stage_id)
    former = StageVisit.objects.filter(deal_id=deal.pk, stage_id=stage_id, entered_at=since).order_by("-pk").first()
    if former is None:
        enter_stage(deal, stage, now)
    else:
        StageVisit.objects.filter(deal_id=deal.pk, pk__gt=former.pk).delete()
        former.left_at = None
        former.save(update_fields=["left_at"])
        deal.stage, deal.pipeline_id = stage, stage.pipeline_id
    deal.stage_entered_at = since
    return stage.name
