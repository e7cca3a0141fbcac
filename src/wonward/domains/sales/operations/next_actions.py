"""Setting the next action, and gathering the five answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from wonward.domains.clients.queries import contact_belongs_to
from wonward.domains.sales import events
from wonward.domains.sales.models import BriefDraft
from wonward.domains.sales.operations.deals import check_version, end_next_action, lock_deal, put_next_action
from wonward.domains.sales.rules import next_action_errors, too_long
from wonward.domains.sales.types import NextAction
from wonward.domains.staff.queries import person_exists
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

_BRIEF_FIELDS = ("scope_summary", "promised_finish_date", "key_constraints", "no_constraints", "main_stakeholder_id", "kickoff_date")


@transaction.atomic
def set_next_action(
    *, actor: Actor, deal_id: int, action: NextAction, former_is_done: bool = False, version: int | None = None, now: datetime
) -> None:
    """Replace the next action of an open deal; `former_is_done` is the one-step “Done, set next”."""
    deal = lock_deal(actor=actor, deal_id=deal_id, permission="sales.deal.edit")
    check_version(actor, deal, version, {"next_due_date": action.due_date, "next_note": action.note})
    if deal.status != "open":
        raise Conflict(worded("{number} is {status}; only an open deal has a next action.", number=deal.number, status=worded(deal.status)))
    if errors := next_action_errors(action, today=civil_date(now, get_organisation().time_zone)):
        raise Refused(errors[0].words, errors)
    if action.owner_id is not None and not person_exists(action.owner_id):
        raise Refused.field("owner_id", worded("There is no colleague {owner_id}.", owner_id=action.owner_id), "unknown")
    before = [deal.next_kind, deal.next_note, deal.next_due_date.isoformat() if deal.next_due_date else None]
    end_next_action(actor, deal, "done" if former_is_done else "replaced", now)
    put_next_action(deal, action)
    deal.version += 1
    deal.updated_at = now
    deal.save()
    record_change(
        actor=actor, operation="sales.next_action.set", ref=Ref("sales.deal", deal.pk),
        changes={"next_action": [before, [action.kind, action.note, action.due_date.isoformat()]]}, now=now,
    )
    publish(events.NextActionChanged(deal_id=deal.pk, company_id=deal.company_id), actor=actor, now=now)


@transaction.atomic
def save_brief(*, actor: Actor, deal_id: int, answers: Mapping[str, Any], now: datetime) -> None:
    """Keep some of the five answers while the deal is still open; nothing is required yet."""
    deal = lock_deal(actor=actor, deal_id=deal_id, permission="sales.deal.edit")
    if deal.status != "open":
        raise Conflict(worded("{number} is {status}; its answers are with the handoff.", number=deal.number, status=worded(deal.status)))
    unknown = sorted(set(answers) - set(_BRIEF_FIELDS))
    if unknown:
        raise Refused.field(unknown[0], worded("{unknown} is not one of the five answers.", unknown=unknown[0]), "unknown")
    if errors := too_long(answers):
        raise Refused(errors[0].words, errors)
    contact_id = answers.get("main_stakeholder_id")
    if contact_id is not None and not (
        deal.company_id and contact_belongs_to(contact_id=contact_id, company_id=deal.company_id)
    ):
        raise Refused.field("main_stakeholder_id", worded("Contact {contact_id} does not belong to the deal's company.", contact_id=contact_id), "unknown")
    draft, _ = BriefDraft.objects.get_or_create(deal=deal, defaults={"updated_at": now})
    audit = {field: [getattr(draft, field), value] for field, value in answers.items() if getattr(draft, field) != value}
    if not audit:
        return
    for field, value in answers.items():
        setattr(draft, field, value)
    draft.updated_at = now
    draft.save()
    deal.version += 1
    deal.updated_at = now
    deal.save(update_fields=["version", "updated_at"])
    record_change(actor=actor, operation="sales.brief.save", ref=Ref("sales.deal", deal.pk), changes=audit, now=now)
    publish(events.DealChanged(deal_id=deal.pk, company_id=deal.company_id), actor=actor, now=now)
