"""Writing proposals, sending them, and talking about them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from wonward.domains.catalog.queries import get_offers
from wonward.domains.sales import events
from wonward.domains.sales.models import (
    Deal,
    DealLine,
    Proposal,
    ProposalComment,
    ProposalLink,
    ProposalVersion,
)
from wonward.domains.sales.operations.deals import lock_deal
from wonward.domains.sales.queries.deals import get_brief
from wonward.domains.sales.queries.drafts import with_costs, with_prices
from wonward.domains.sales.rules.pricing import read_conversion
from wonward.domains.sales.rules.proposals import content_errors, read_back, stored
from wonward.domains.sales.rules.role_hours import read_hours
from wonward.domains.sales.types.proposals import ProposalContent, ProposalLine
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.foundation.organisation.operations import take_numbers
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotFound, Refused, Stale
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref
from wonward.kernel.wording import heard, joined, speaking, worded

_LONGEST_COMMENT = 4000
_COMMENTS_PER_HOUR = 20


def token_digest_of(token: str) -> str:
    """What the database keeps of a link."""
    return hashlib.sha256(f"proposal:{token}".encode()).hexdigest()


@transaction.atomic
def create_proposal(*, actor: Actor, deal_id: int, now: datetime) -> int:
    """Start a proposal from the services and answers of an open deal; returns its id."""
    deal = lock_deal(actor=actor, deal_id=deal_id, permission="sales.proposal.edit")
    if deal.status != "open":
        raise Conflict(worded("{number} is {status}; proposals are written on open deals.", number=deal.number, status=worded(deal.status)))
    rows = list(DealLine.objects.filter(deal_id=deal.pk).order_by("position", "pk"))
    today = civil_date(now, get_organisation().time_zone)
    offers = get_offers({row.service_id for row in rows}, currency=deal.currency, on=today)
    brief = get_brief(deal_id=deal.pk)
    lines = tuple(
        ProposalLine(
            offers[row.service_id].name, row.quantity, Money(row.unit_price_minor, deal.currency) if row.unit_price_minor is not None else None,
            row.service_id, conversion=read_conversion(row.conversion), hours=read_hours(row.role_hours) or (),
        )
        for row in rows if row.service_id in offers
    )
    content = ProposalContent(
        deal.name, lines, intro=brief.scope_summary, kickoff_date=brief.kickoff_date, finish_date=brief.promised_finish_date,
        terms=_usual_terms(),
    )
    proposal = Proposal.objects.create(
        number=take_numbers(noun="sales.proposal", count=1)[0], deal_id=deal.pk, title=deal.name, created_at=now, updated_at=now
    )
    ProposalVersion.objects.create(
        proposal=proposal, number=1, content=stored(with_costs(content, deal.currency, today)), currency=deal.currency, created_at=now
    )
    _told(actor, deal, proposal, "sales.proposal.create", {"title": [None, proposal.title]}, now)
    return proposal.pk


def _usual_terms() -> str:
    with speaking(get_organisation().language):
        return heard(joined([
            worded("The price is fixed. Anything new is a change order that you approve first."), worded("Payment within 14 days of each invoice."),
        ], "\n"))


def lock_proposal(*, actor: Actor, proposal_id: int, permission: str = "sales.proposal.edit") -> tuple[Proposal, Deal]:
    """Take a proposal for writing, behind its deal."""
    deal_id = Proposal.objects.filter(pk=proposal_id).values_list("deal_id", flat=True).first()
    if deal_id is None or not Deal.objects.visible_to(actor).filter(pk=deal_id).exists():
        raise NotFound("proposal", proposal_id)
    deal = lock_deal(actor=actor, deal_id=deal_id, permission=permission)
    return Proposal.objects.select_for_update().get(pk=proposal_id), deal


@transaction.atomic
def save_proposal(*, actor: Actor, proposal_id: int, content: ProposalContent, version: int | None = None, now: datetime) -> int:
    """Keep the draft; once the newest version is sent, a change begins the next one. Returns the number of the version."""
    proposal, deal = lock_proposal(actor=actor, proposal_id=proposal_id)
    if proposal.status == "accepted":
        raise Conflict(worded("{number} is signed; write a new proposal for what is new.", number=proposal.number))
    if version is not None and version != proposal.version:
        raise Stale(worded("{number} was changed by somebody else in the meantime.", number=proposal.number), current={"version": proposal.version}, yours={"version": version})
    current = ProposalVersion.objects.get(proposal=proposal, number=proposal.current_number)
    today = civil_date(now, get_organisation().time_zone)
    _check(content, current.currency, today)
    priced = with_prices(content, read_back(current.content, current.currency, with_cost=True), current.currency, today)
    kept = stored(with_costs(priced, current.currency, today))
    if kept == current.content:
        return current.number
    if current.sent_at is not None:
        proposal.current_number += 1
        ProposalVersion.objects.create(
            proposal=proposal, number=proposal.current_number, content=kept, currency=current.currency, created_at=now
        )
    else:
        current.content = kept
        current.save(update_fields=["content"])
    proposal.title = content.title.strip()[:200]
    _saved(proposal, now)
    _told(actor, deal, proposal, "sales.proposal.save", {"version_number": [current.number, proposal.current_number]}, now)
    return proposal.current_number


def _check(content: ProposalContent, currency: str, today: date, *, is_sent: bool = False) -> None:
    services = set(get_offers({line.service_id for line in content.lines if line.service_id}, currency=currency, on=today))
    if errors := content_errors(content, currency=currency, services=services, is_sent=is_sent):
        raise Refused(errors[0].words, errors)


@transaction.atomic
def send_proposal(
    *, actor: Actor, proposal_id: int, valid_until: date, recipient: str = "", is_tracked: bool = False, now: datetime
) -> str:
    """Freeze the newest version and make a link to it; older links then lead to the newer one's owner. Returns the token, once."""
    proposal, deal = lock_proposal(actor=actor, proposal_id=proposal_id)
    if proposal.status == "accepted":
        raise Conflict(worded("{number} is signed already.", number=proposal.number))
    if deal.status != "open":
        raise Conflict(worded("{number} is {status}; open it again before you send a proposal.", number=deal.number, status=worded(deal.status)))
    today = civil_date(now, get_organisation().time_zone)
    if not today <= valid_until <= today + timedelta(days=366):
        raise Refused.field("valid_until", "Choose a day within the next year.", "range")
    current = ProposalVersion.objects.get(proposal=proposal, number=proposal.current_number)
    _check(read_back(current.content, current.currency, with_cost=True), current.currency, today, is_sent=True)
    if current.sent_at is None:
        current.sent_at, current.sent_by = now, actor.label[:160]
        current.save(update_fields=["sent_at", "sent_by"])
    token = secrets.token_urlsafe(24)
    ProposalLink.objects.create(
        version=current, digest=token_digest_of(token), recipient=recipient.strip()[:200], is_tracked=is_tracked, created_at=now,
        expires_at=datetime.combine(valid_until + timedelta(days=1), time(0), tzinfo=ZoneInfo(get_organisation().time_zone)),
    )
    proposal.status = "sent"
    _saved(proposal, now)
    record_change(
        actor=actor, operation="sales.proposal.send", ref=Ref("sales.deal", deal.pk), now=now,
        changes={"proposal": [None, f"{proposal.number} v{current.number}"], "valid_until": [None, valid_until]},
    )
    publish(events.ProposalSent(deal_id=deal.pk, company_id=deal.company_id, proposal_id=proposal.pk), actor=actor, now=now)
    return token


@transaction.atomic
def revoke_links(*, actor: Actor, proposal_id: int, now: datetime) -> int:
    """Close every link of a proposal at once; how many were open."""
    proposal, deal = lock_proposal(actor=actor, proposal_id=proposal_id)
    count = ProposalLink.objects.filter(version__proposal=proposal, revoked_at__isnull=True).update(revoked_at=now)
    if count:
        _told(actor, deal, proposal, "sales.proposal.revoke", {"links": [count, 0]}, now)
    return count


@transaction.atomic
def comment_on_proposal(*, actor: Actor, proposal_id: int, text: str, now: datetime) -> None:
    """Answer what a client asked."""
    proposal, deal = lock_proposal(actor=actor, proposal_id=proposal_id)
    if not text.strip():
        raise Refused.field("text", "Write something.", "required")
    _check_length(text)
    ProposalComment.objects.create(
        proposal=proposal, author=actor.label[:160], is_client=False, text=text.strip(), created_at=now
    )
    _told(actor, deal, proposal, "sales.proposal.comment", {"comment": [None, True]}, now)


@transaction.atomic
def ask_about_proposal(*, token: str, name: str, text: str, now: datetime) -> None:
    """A question of the holder of a link that was not taken back; one that has expired may still be asked for a new one."""
    link = _kept_link(token)
    name, text = name.replace("\x00", ""), text.replace("\x00", "")
    if not text.strip():
        raise Refused.field("text", "Please write your question.", "required")
    _check_length(text)
    proposal = link.version.proposal
    recent = ProposalComment.objects.filter(proposal=proposal, is_client=True, created_at__gt=now - timedelta(hours=1)).count()
    if recent >= _COMMENTS_PER_HOUR:
        raise Refused("There are many questions already. Please wait for the answers.")
    author = name.strip()[:160] or link.recipient or "Client"
    ProposalComment.objects.create(proposal=proposal, author=author, is_client=True, text=text.strip(), created_at=now)
    deal = proposal.deal
    actor = Actor(label=author, via="portal")
    record_change(
        actor=actor, operation="sales.proposal.ask", ref=Ref("sales.deal", deal.pk), changes={"proposal": [None, proposal.number]}, now=now
    )
    publish(events.ProposalDiscussed(deal_id=deal.pk, company_id=deal.company_id, proposal_id=proposal.pk), actor=actor, now=now)


def _check_length(text: str) -> None:
    """Words that do not fit are not cut: the rest would be lost without anybody knowing."""
    if len(text.strip()) > _LONGEST_COMMENT:
        raise Refused.field("text", worded("This is longer than {short} characters.", short=_LONGEST_COMMENT), "too_long")


def _kept_link(token: str) -> ProposalLink:
    found = ProposalLink.objects.select_related("version__proposal__deal").filter(digest=token_digest_of(token)).first()
    if found is None or found.revoked_at is not None:
        raise NotFound("proposal", "behind this link")
    return found


def note_opening(*, token: str, now: datetime) -> None:
    """Count an opening, only where whoever sent the link asked for it."""
    ProposalLink.objects.filter(digest=token_digest_of(token), is_tracked=True).update(opens=F("opens") + 1, last_opened_at=now)


def _saved(proposal: Proposal, now: datetime) -> None:
    proposal.version += 1
    proposal.updated_at = now
    proposal.save()


def _told(actor: Actor, deal: Deal, proposal: Proposal, operation: str, changes: dict[str, list[object]], now: datetime) -> None:
    record_change(actor=actor, operation=operation, ref=Ref("sales.deal", deal.pk), changes={"proposal": [None, proposal.number], **changes}, now=now)
    publish(events.ProposalChanged(deal_id=deal.pk, company_id=deal.company_id, proposal_id=proposal.pk), actor=actor, now=now)


