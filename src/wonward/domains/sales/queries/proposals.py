"""Reading proposals: as colleagues do, with costs for those who may know, and as the holder of a link does."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from wonward.domains.sales.models import Contract, Deal, Proposal, ProposalLink, ProposalVersion
from wonward.domains.sales.rules.proposals import differences, read_back, sums_of, with_choice
from wonward.domains.sales.types.proposals import (
    CommentRow,
    ContractRow,
    LinkRow,
    Offer,
    ProposalContent,
    ProposalRow,
    ProposalSums,
    ProposalView,
    PublicProposal,
)
from wonward.foundation.access.policy import require
from wonward.foundation.database.prepared import Question, Values, count_of, rows
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound
from wonward.kernel.money import Money

PROPOSAL_SORTS: dict[str, tuple[str, ...]] = {
    "updated_at": ("updated_at", "pk"), "-updated_at": ("-updated_at", "-pk"), "deal": ("deal__name", "pk"), "-deal": ("-deal__name", "-pk"),
    "number": ("pk",), "-number": ("-pk",),
}
PROPOSAL_GROUPS: dict[str, tuple[str, ...]] = {
    "status": ("status",), "owner": ("deal__owner__name", "deal__owner_id"), "company": ("deal__company__name", "deal__company_id"),
}


def _visible(actor: Actor) -> QuerySet[Proposal]:
    require(actor, "sales.proposal.view")
    found = Proposal.objects.select_related("deal__company", "deal__owner")
    return found.filter(deal__in=Deal.objects.visible_to(actor).values("pk"))


def list_proposals(
    *, actor: Actor, status: str = "", deal_id: int | None = None, text: str = "", updated_since: datetime | None = None, sort: str = "-updated_at",
    group: str = "", offset: int = 0, limit: int = 50,
) -> list[ProposalRow]:
    """A page of proposals; `sort` is one of PROPOSAL_SORTS and comes after `group`, one of PROPOSAL_GROUPS; two queries. `text` is a number, or part of a title or of the name of the deal or company."""
    found = _narrowed(actor, status, text)
    if deal_id is not None:
        found = found.filter(deal_id=deal_id)
    if updated_since:
        found = found.filter(updated_at__gte=updated_since)
    rows = list(found.order_by(*PROPOSAL_GROUPS.get(group, ()), *PROPOSAL_SORTS[sort])[offset : offset + limit])
    versions = {
        (one.proposal_id, one.number): one for one in ProposalVersion.objects.filter(proposal_id__in=[row.pk for row in rows])
    }
    return [_row(row, versions[row.pk, row.current_number]) for row in rows]


def ask_proposals(deal_id: int) -> Question:
    """How many proposals were written for a deal the viewer has been shown, to be asked together with other numbers."""
    return Question("count of proposals", lambda values: count_of(Proposal.objects.filter(deal_id=values["deal"])), {"deal": deal_id})


def ask_sent(deal_id: int) -> Question:
    """How many versions of proposals of a deal went out, whoever may see them, to be asked together with other numbers."""
    def sent(values: Values) -> QuerySet[Any, Any]:
        return count_of(ProposalVersion.objects.filter(proposal__deal_id=values["deal"], sent_at__isnull=False))

    return Question("count of sent versions", sent, {"deal": deal_id})


def ask_contracts(deal_id: int) -> Question:
    """How many contracts a deal has, whoever may see them, to be asked together with other numbers."""
    return Question("count of contracts", lambda values: count_of(Contract.objects.filter(deal_id=values["deal"])), {"deal": deal_id})


def find_offer(*, actor: Actor, deal_id: int) -> Offer | None:
    """The version that went out to the client last; None when nothing did, or when proposals are not the actor's to see."""
    if not (actor.is_system or actor.may("sales.proposal.view")):
        return None
    version = _sent(actor, deal_id).order_by("-sent_at", "-pk").first()
    return _offer(version) if version else None


def list_unsigned_offers(*, actor: Actor, deal_id: int) -> list[Offer]:
    """The version of each proposal of a deal that went out last, by proposal; a signed deal has none, nothing on it is on offer."""
    waiting = _sent(actor, deal_id).exclude(proposal__deal__in=Contract.objects.filter(deal_id=deal_id).values("deal"))
    newest = {version.proposal_id: version for version in waiting.order_by("number")}
    return [_offer(newest[key]) for key in sorted(newest)]


def _sent(actor: Actor, deal_id: int) -> QuerySet[ProposalVersion]:
    require(actor, "sales.proposal.view")
    # The deal itself is asked whether it is seen, not every deal there is.
    seen = Deal.objects.visible_to(actor).filter(pk=deal_id).values("pk")
    found = ProposalVersion.objects.filter(proposal__deal__in=seen, sent_at__isnull=False)
    return found.select_related("proposal")


def _offer(version: ProposalVersion) -> Offer:
    content, proposal = read_back(version.content, version.currency, with_cost=False), version.proposal
    return Offer(proposal.pk, proposal.deal_id, proposal.number, version.number, version.sent_at, content)


def count_proposals(*, actor: Actor, status: str = "", text: str = "") -> int:
    """How many proposals the viewer sees."""
    return _narrowed(actor, status, text).count()


def _narrowed(actor: Actor, status: str, text: str) -> QuerySet[Proposal]:
    found = _visible(actor)
    if status:
        found = found.filter(status=status)
    if text:
        found = found.filter(Q(number__iexact=text) | Q(title__icontains=text) | Q(deal__name__icontains=text) | Q(deal__company__name__icontains=text))
    return found


def _row(row: Proposal, version: ProposalVersion) -> ProposalRow:
    deal = row.deal
    total = sums_of(read_back(version.content, version.currency, with_cost=False), version.currency).total
    return ProposalRow(
        row.pk, row.number, row.title, row.status, deal.pk, deal.name, deal.company.name if deal.company else "",
        deal.owner.name if deal.owner else "", row.current_number, total, row.version, row.updated_at,
    )


def get_proposal(*, actor: Actor, proposal_id: int, number: int | None = None, now: datetime) -> ProposalView:
    """One version of a proposal, the newest unless named, with everything around it; NotFound when hidden."""
    row = _visible(actor).filter(pk=proposal_id).first() if actor.is_system or actor.may("sales.proposal.view") else None
    if row is None:
        raise NotFound("proposal", proposal_id)
    versions = list(ProposalVersion.objects.filter(proposal=row).order_by("number"))
    by_number = {one.number: one for one in versions}
    shown = by_number.get(number or row.current_number)
    if shown is None:
        raise NotFound("version", number)
    may_see = actor.is_system or actor.may("catalog.cost.view")
    content = read_back(shown.content, shown.currency, with_cost=may_see)
    before = by_number.get(shown.number - 1)
    changed = differences(read_back(before.content, before.currency, with_cost=False), read_back(shown.content, shown.currency, with_cost=False)) if before else ()
    links = ProposalLink.objects.filter(version__proposal=row).select_related("version").order_by("-pk")
    contract = find_contract(proposal_id=row.pk)
    return ProposalView(
        _row(row, by_number[row.current_number]), shown.number, shown.sent_at is not None, shown.sent_at, content,
        sums_of(content, shown.currency, with_cost=may_see), shown.currency, tuple((one.number, one.sent_at) for one in versions), changed,
        _comments(row.pk),
        tuple(
            LinkRow(one.recipient, one.version.number, one.expires_at, one.revoked_at is None and one.expires_at > now, one.is_tracked,
                    one.opens, one.last_opened_at)
            for one in links
        ),
        contract, may_see,
    )


def _comments(proposal_id: int) -> tuple[CommentRow, ...]:
    found = Proposal.objects.get(pk=proposal_id).comments.order_by("created_at", "pk")
    return tuple(CommentRow(*values) for values in found.values_list("author", "is_client", "text", "created_at")[:200])


def find_contract(*, proposal_id: int | None = None, deal_id: int | None = None) -> ContractRow | None:
    """The contract of a proposal or deal the viewer has been shown, the newest of a deal."""
    if proposal_id is not None:
        found = rows("contract of a proposal", lambda values: _contracts(proposal_id=values["proposal"]), {"proposal": proposal_id})
    else:
        found = rows("contract of a deal", lambda values: _contracts(deal_id=values["deal"]), {"deal": deal_id or 0})
    for key, of_deal, of_proposal, number, version, name, address, digest, document_id, minor, currency, signed_at in found:
        return ContractRow(key, of_deal, of_proposal, number, version, name, address, digest, document_id, Money(minor, currency), signed_at)
    return None


def _contracts(**whose: int) -> QuerySet[Any, Any]:
    newest = Contract.objects.filter(**whose).order_by("-pk")
    return newest.values_list(
        "pk", "deal_id", "proposal_id", "proposal__number", "number", "signer_name", "signer_address", "document_sha256", "document_id",
        "total_minor", "currency", "signed_at",
    )[:1]


def list_signed_without_brief(*, actor: Actor) -> list[tuple[int, str, str, datetime]]:
    """Open deals whose contract is signed while answers are missing: id, name, owner and when, the longest first."""
    deals = Deal.objects.visible_to(actor).filter(status="open").values("pk")
    found = Contract.objects.filter(deal__in=deals).order_by("signed_at", "pk")
    return list(found.values_list("deal_id", "deal__name", "deal__owner__name", "signed_at")[:50])


def list_signed_after_loss(*, actor: Actor) -> list[tuple[int, str, str, datetime]]:
    """Lost deals that the client signed all the same, later than the loss: id, name, owner and when, the longest first."""
    deals = Deal.objects.visible_to(actor).filter(status="lost").values("pk")
    found = Contract.objects.filter(deal__in=deals, signed_at__gt=F("deal__closed_at")).order_by("signed_at", "pk")
    return list(found.values_list("deal_id", "deal__name", "deal__owner__name", "signed_at")[:50])


def get_public_proposal(*, digest: str, now: datetime) -> PublicProposal:
    """What the holder of a link sees; NotFound when it never was or was taken back."""
    link = (
        ProposalLink.objects.select_related("version__proposal__deal__company", "version__proposal__deal__owner")
        .filter(digest=digest, revoked_at__isnull=True).first()
    )
    if link is None:
        raise NotFound("proposal", "behind this link")
    version, proposal = link.version, link.version.proposal
    contract = Contract.objects.filter(proposal=proposal).first()
    newer = proposal.versions.filter(number__gt=version.number, sent_at__isnull=False).exists()
    state = "accepted" if contract else "superseded" if newer else "expired" if link.expires_at <= now else "open"
    kept, number = (contract.content, contract.number) if contract else (version.content, version.number)
    content = read_back(kept, version.currency, with_cost=False)
    deal = proposal.deal
    return PublicProposal(
        proposal.number, number, state, deal.company.name if deal.company else "", deal.owner.name if deal.owner else "", content,
        sums_of(content, version.currency), version.currency, link.expires_at,
        civil_date(link.expires_at - timedelta(seconds=1), get_organisation().time_zone), _comments(proposal.pk),
        contract.signer_name if contract else "", contract.signed_at if contract else None, contract.document_sha256 if contract else "",
    )


def choose_options(shown: PublicProposal, chosen: Collection[int]) -> tuple[ProposalContent, ProposalSums]:
    """The content and sums with the options a client ticks."""
    content = with_choice(shown.content, chosen)
    return content, sums_of(content, shown.currency)


def sum_content(content: ProposalContent, currency: str, *, actor: Actor) -> ProposalSums:
    """What a draft comes to, with cost and margin for those who may know."""
    return sums_of(content, currency, with_cost=actor.may("catalog.cost.view"))
