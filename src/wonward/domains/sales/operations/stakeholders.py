"""The parts the client's people play in a deal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from wonward.domains.clients.operations import (
    add_stakeholder,
    name_stakeholders,
    put_main_stakeholder,
    remove_stakeholder,
)
from wonward.domains.clients.queries import list_stakeholders
from wonward.domains.clients.types import DECISION_ROLES, INFLUENCES, STANCES, StakeholderRow
from wonward.domains.sales import events
from wonward.domains.sales.models import Deal
from wonward.domains.sales.operations.deals import lock_deal
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.kernel.actor import Actor
from wonward.kernel.errors import FieldError, NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded


@transaction.atomic
def put_deal_stakeholder(
    *, actor: Actor, deal_id: int, contact_id: int, decision_role: str = "", influence: str = "", stance: str = "",
    preference: str = "", is_main: bool = False, now: datetime,
) -> None:
    """Name a contact on a deal, or say anew what part they play. A main one replaces the former main one.

    Delivery sees the same people once the deal is won.
    """
    deal = lock_deal(actor=actor, deal_id=deal_id, permission="sales.deal.edit")
    checks = (("decision_role", decision_role, DECISION_ROLES), ("influence", influence, INFLUENCES), ("stance", stance, STANCES))
    errors = [
        FieldError(field, worded("“{value}” is not one of {known}.", value=value, known=", ".join(known))) for field, value, known in checks if value and value not in known
    ]
    if len(preference) > 200:
        errors.append(FieldError("preference", "This is longer than 200 characters."))
    if errors:
        raise Refused(errors[0].words, errors)
    ref = Ref("sales.deal", deal_id)
    before = next((row for row in list_stakeholders(ref=ref) if row.contact_id == contact_id), None)
    add_stakeholder(
        actor=actor, ref=ref, contact_id=contact_id, decision_role=decision_role, influence=influence, stance=stance,
        preference=preference, now=now,
    )
    if is_main:
        put_main_stakeholder(ref=ref, contact_id=contact_id, now=now)
    after = next(row for row in list_stakeholders(ref=ref) if row.contact_id == contact_id)
    _finish(actor, deal, {contact_id: (before, after)}, now)


@transaction.atomic
def name_deal_contacts(*, actor: Actor, deal_id: int, contact_ids: Sequence[int], now: datetime) -> int:
    """Name contacts on a deal whose part nobody knows yet; who is named already keeps theirs. Returns how many are new."""
    deal = lock_deal(actor=actor, deal_id=deal_id, permission="sales.deal.edit")
    ref = Ref("sales.deal", deal_id)
    present = {row.contact_id for row in list_stakeholders(ref=ref)}
    fresh = [key for key in dict.fromkeys(contact_ids) if key not in present]
    if not fresh:
        return 0
    name_stakeholders(actor=actor, links=[(ref, key) for key in fresh], now=now)
    after = {row.contact_id: row for row in list_stakeholders(ref=ref)}
    _finish(actor, deal, {key: (None, after[key]) for key in fresh}, now)
    return len(fresh)


@transaction.atomic
def remove_deal_stakeholder(*, actor: Actor, deal_id: int, contact_id: int, now: datetime) -> StakeholderRow:
    """Take a contact off a deal; returns the part they played, for bringing them back."""
    deal = lock_deal(actor=actor, deal_id=deal_id, permission="sales.deal.edit")
    ref = Ref("sales.deal", deal_id)
    before = next((row for row in list_stakeholders(ref=ref) if row.contact_id == contact_id), None)
    if before is None:
        raise NotFound("stakeholder", contact_id)
    remove_stakeholder(ref=ref, contact_id=contact_id)
    _finish(actor, deal, {contact_id: (before, None)}, now)
    return before


def _words(row: StakeholderRow | None) -> list[str | bool] | None:
    return [row.decision_role, row.influence, row.stance, row.preference, row.is_main] if row else None


def _finish(actor: Actor, deal: Deal, parts: Mapping[int, tuple[StakeholderRow | None, StakeholderRow | None]], now: datetime) -> None:
    record_change(
        actor=actor, operation="sales.deal.stakeholders", ref=Ref("sales.deal", deal.pk),
        changes={f"contact {key}": [_words(before), _words(after)] for key, (before, after) in parts.items()}, now=now,
    )
    publish(events.StakeholdersChanged(deal_id=deal.pk, company_id=deal.company_id), actor=actor, now=now)
