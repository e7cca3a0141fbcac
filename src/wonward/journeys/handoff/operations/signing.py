"""A client signs: the contract stands at once, and the deal is won in the same moment when its brief is complete."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from wonward.domains.clients.queries import find_contacts_by_email, list_stakeholders
from wonward.domains.sales.operations.next_actions import set_next_action
from wonward.domains.sales.operations.signing import sign_proposal, signer_of
from wonward.domains.sales.queries.deals import get_brief, get_deal
from wonward.domains.sales.types import ClosingBrief, NextAction
from wonward.domains.sales.types.proposals import AcceptedProposal, Signature, SignedProposal
from wonward.foundation.files.types import StoredBlob
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.journeys.handoff.models import Handoff
from wonward.journeys.handoff.operations.winning import close_deal_as_won
from wonward.journeys.handoff.rules.answers import fill_from
from wonward.journeys.handoff.types import ClosedDeal
from wonward.journeys.promises.operations import confirm_what_was_signed
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound, Refused
from wonward.kernel.ref import Ref

COMPLETE_THE_BRIEF = "Complete the brief: the contract is signed"


@transaction.atomic
def accept_proposal(*, token: str, signature: Signature, document: StoredBlob, now: datetime) -> AcceptedProposal:
    """Take a client's signature: the contract and its promises at once, and the win too when the five answers are complete.

    What is missing on our side never refuses a signature: then the owner's next action becomes to complete the brief,
    due today. Signed before: the same contract again. Raises what `sign_proposal` raises.
    """
    signed = sign_proposal(token=token, signature=signature, document=document, now=now)
    if signed.is_replayed:
        handoff = Handoff.objects.filter(deal_id=signed.deal_id).values_list("pk", flat=True).first()
        return AcceptedProposal(signed.contract_id, signed.deal_id, signed.deal_status == "won", handoff, is_replayed=True)
    owner_id = get_deal(actor=signer_of(signature.name, None, ""), deal_id=signed.deal_id).owner_id
    actor = signer_of(signature.name, owner_id, signed.owner_name)
    confirm_what_was_signed(actor=actor, offer=signed.offer, signer=signature.name.strip(), now=now)
    closed = _win(actor, signed, signature, now) if signed.deal_status == "open" else None
    if closed is None and signed.deal_status == "open":
        today = civil_date(now, get_organisation().time_zone)
        set_next_action(
            actor=actor, deal_id=signed.deal_id, now=now, action=NextAction("task", today, COMPLETE_THE_BRIEF)
        )
    return AcceptedProposal(signed.contract_id, signed.deal_id, closed is not None, closed.handoff_id if closed else None)


def _win(actor: Actor, signed: SignedProposal, signature: Signature, now: datetime) -> ClosedDeal | None:
    """The win, or None when an answer is missing; nothing of a refused win remains."""
    brief = _filled(actor, signed, signature)
    try:
        with transaction.atomic():
            return close_deal_as_won(actor=actor, deal_id=signed.deal_id, brief=brief, now=now)
    except (Refused, NotFound):
        return None


def _filled(actor: Actor, signed: SignedProposal, signature: Signature) -> ClosingBrief:
    """The answers gathered so far, and what the signed proposal says for those still open."""
    brief, content = get_brief(deal_id=signed.deal_id), signed.content
    main = brief.main_stakeholder_id or next(
        (row.contact_id for row in list_stakeholders(ref=Ref("sales.deal", signed.deal_id)) if row.is_main), None
    )
    if main is None and signature.email:
        main = find_contacts_by_email(actor=actor, emails=[signature.email]).get(signature.email.strip().lower())
    return replace(fill_from(brief, content), main_stakeholder_id=main)
