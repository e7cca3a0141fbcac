"""Taking a signature: the contract stands at once, whatever is still missing on our side."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction

from wonward.domains.sales import events
from wonward.domains.sales.models import Contract, Deal, DealLine, Proposal, ProposalLink
from wonward.domains.sales.operations.deals import change_value
from wonward.domains.sales.operations.proposals import token_digest_of
from wonward.domains.sales.rules.pricing import kept_conversion
from wonward.domains.sales.rules.proposals import read_back, signature_errors, stored, sums_of, with_choice
from wonward.domains.sales.rules.role_hours import kept_hours
from wonward.domains.sales.types.proposals import (
    Offer,
    ProposalContent,
    ProposalLine,
    Signature,
    SignedProposal,
)
from wonward.domains.staff.queries import get_person_names
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.foundation.files.operations import add_document
from wonward.foundation.files.types import Privacy, StoredBlob
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotFound, Refused
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref


class LinkExpired(Conflict):
    """The link may not be used to sign any more; what was typed is still on the page."""

    code = "expired"


def signer_of(name: str, owner_id: int | None, owner_name: str) -> Actor:
    """The client at work on our records: in their own name, on behalf of the deal's owner. Our rights never stand in their way."""
    return Actor(label=name.strip()[:160], person_id=owner_id, on_behalf_of=owner_name, via="portal", is_system=True, role="system")


@transaction.atomic
def sign_proposal(*, token: str, signature: Signature, document: StoredBlob, now: datetime) -> SignedProposal:
    """Turn the version behind a link into a contract with the sealed document. Signed before: the same contract again.

    NotFound for a link that never was or was taken back, LinkExpired with a sentence for the client, Refused by field.
    """
    link = ProposalLink.objects.select_related("version__proposal").filter(digest=token_digest_of(token), revoked_at__isnull=True).first()
    if link is None:
        raise NotFound("proposal", "behind this link")
    deal = Deal.objects.select_for_update(of=("self",)).get(pk=link.version.proposal.deal_id)
    proposal = Proposal.objects.select_for_update().get(pk=link.version.proposal_id)
    owner_name = get_person_names([deal.owner_id]).get(deal.owner_id or 0, "")
    signed = Contract.objects.filter(proposal=proposal).first()
    if signed is not None:
        content = read_back(signed.content, signed.currency, with_cost=True)
        return SignedProposal(signed.pk, proposal.pk, deal.pk, deal.company_id, deal.status, content, owner_name, _offer(proposal, signed.number, content), is_replayed=True)
    if link.version.number != proposal.current_number and proposal.versions.filter(number__gt=link.version.number, sent_at__isnull=False).exists():
        raise LinkExpired("There is a newer version of this proposal. Please open the newest link, or ask for it below.")
    if link.expires_at <= now:
        raise LinkExpired("This proposal has expired, and your signature was not taken. Ask below and you get a new link.")
    if errors := signature_errors(signature):
        raise Refused(errors[0].words, errors)
    content = with_choice(read_back(link.version.content, link.version.currency, with_cost=True), signature.chosen)
    actor = signer_of(signature.name, deal.owner_id, owner_name)
    contract = _contract(actor, proposal, deal, link, content, signature, document, now)
    proposal.status, proposal.updated_at = "accepted", now
    proposal.version += 1
    proposal.save()
    if deal.status == "open":
        _sell(deal, content, link.version.currency, now)
    record_change(
        actor=actor, operation="sales.proposal.sign", ref=Ref("sales.deal", deal.pk), now=now,
        changes={"contract": [None, f"{proposal.number} v{link.version.number}"], "signer": [None, signature.name.strip()],
                 "address": [None, signature.address], "document": [None, document.sha256]},
    )
    publish(
        events.ProposalSigned(deal_id=deal.pk, company_id=deal.company_id, proposal_id=proposal.pk, contract_id=contract.pk),
        actor=actor, now=now,
    )
    return SignedProposal(contract.pk, proposal.pk, deal.pk, deal.company_id, deal.status, content, owner_name, _offer(proposal, link.version.number, content))


def _offer(proposal: Proposal, number: int, content: ProposalContent) -> Offer:
    return Offer(proposal.pk, proposal.deal_id, proposal.number, number, None, content)


def _contract(
    actor: Actor, proposal: Proposal, deal: Deal, link: ProposalLink, content: ProposalContent, signature: Signature, document: StoredBlob,
    now: datetime,
) -> Contract:
    refs = [Ref("sales.deal", deal.pk)] + ([Ref("clients.company", deal.company_id)] if deal.company_id else [])
    document_id = add_document(
        actor=actor, name=f"{proposal.number} v{link.version.number} signed.pdf", stored=document, refs=refs, privacy=Privacy.INTERNAL, now=now
    )
    total = sums_of(content, link.version.currency).total
    return Contract.objects.create(
        proposal=proposal, deal_id=deal.pk, number=link.version.number, signer_name=signature.name.strip()[:200],
        signer_email=signature.email.strip()[:254], signer_address=signature.address[:64], document_sha256=document.sha256,
        document_id=document_id, content=stored(content), total_minor=total.minor, currency=total.currency, signed_at=now,
    )


def _take_value(deal: Deal, total: Money, audit: dict[str, list[object]], now: datetime) -> None:
    """The deal is worth what was signed; no rate of ours may be missing for that."""
    try:
        change_value(deal, total, audit, now)
    except Refused:
        deal.value_minor, deal.currency, deal.reporting_minor = total.minor, total.currency, 0


def _each(line: ProposalLine) -> int | None:
    """What one unit was sold for, its discounts shared out."""
    if line.unit_price is None or line.total is None:
        return None
    if line.total == line.unit_price.times(line.quantity):
        return line.unit_price.minor
    return int((line.total.minor / line.quantity).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _sell(deal: Deal, content: ProposalContent, currency: str, now: datetime) -> None:
    """The deal sells what was signed, at the price that was signed."""
    audit: dict[str, list[object]] = {}
    _take_value(deal, sums_of(content, currency).total, audit, now)
    sold = [(line.service_id, line) for line in content.lines if line.counts and line.service_id is not None]
    before = {row.service_id: row.options for row in DealLine.objects.filter(deal_id=deal.pk)}
    if sold:
        DealLine.objects.filter(deal_id=deal.pk).delete()
        DealLine.objects.bulk_create(
            DealLine(
                deal_id=deal.pk, service_id=service_id, position=place, quantity=line.quantity,
                unit_price_minor=_each(line), options=before.get(service_id), conversion=kept_conversion(line.conversion),
                role_hours=kept_hours(line.hours),
            )
            for place, (service_id, line) in enumerate(sold)
        )
        deal.main_service_id = sold[0][0]
    deal.version += 1
    deal.updated_at = now
    deal.save()
