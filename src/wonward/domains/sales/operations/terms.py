"""How long contracts run, and their renewal: opened in time as a deal like any other, or running on by themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from wonward.domains.catalog.queries import get_offers
from wonward.domains.catalog.types import Offer
from wonward.domains.clients.queries import list_stakeholders
from wonward.domains.sales import events
from wonward.domains.sales.models import ContractTerm, Deal, DealLine
from wonward.domains.sales.operations.deals import create_deals, lock_deal
from wonward.domains.sales.rules.role_hours import read_hours
from wonward.domains.sales.rules.terms import (
    extended,
    following,
    notice_day,
    opening_day,
    renewal_name,
    term_errors,
)
from wonward.domains.sales.types import NewDeal, NewLine, NextAction
from wonward.domains.sales.types.terms import NewTerm
from wonward.domains.staff.queries import find_existing_people, find_manager_of
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import Conflict, NotFound, Refused, Stale
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref
from wonward.kernel.text import says_nothing
from wonward.kernel.wording import heard, speaking, worded

_AT_ONCE = 200
_FIELDS = ("starts_date", "ends_date", "renewal", "notice_days", "lead_days", "runs_on_months")


def terms_in(row: ContractTerm) -> NewTerm:
    """The agreed part of a stored term."""
    return NewTerm(row.starts_date, row.ends_date, row.renewal, row.notice_days, row.lead_days, row.runs_on_months)


@transaction.atomic
def set_term(*, actor: Actor, deal_id: int, term: NewTerm, version: int | None = None, now: datetime) -> NewTerm | None:
    """Say how long a won deal's contract runs and what happens at its end; returns what was said before.

    Conflict for a deal that is not won; Refused by field; Stale when `version` is not that of the term.
    """
    deal = _won(actor, deal_id)
    if errors := term_errors(term):
        raise Refused(errors[0].words, errors)
    row = _locked(deal) or ContractTerm(deal=deal, version=0)
    if version is not None and version != row.version:
        raise Stale(worded("The contract term of {number} was changed by somebody else in the meantime.", number=deal.number),
                    current={"version": row.version}, yours={"version": version})
    before = terms_in(row) if row.pk else None
    if before != term:
        _keep(row, term, now)
        _tell(actor, deal, "sales.term.set", {name: [getattr(before, name, None), getattr(term, name)] for name in _FIELDS if getattr(before, name, None) != getattr(term, name)}, now)
    return before


@transaction.atomic
def clear_term(*, actor: Actor, deal_id: int, now: datetime) -> NewTerm:
    """Take back that a contract has a term; returns it. Conflict while a deal renews it."""
    deal = _won(actor, deal_id)
    row = _existing(deal)
    if row.renewal_deal is not None:
        raise Conflict(worded("{renewal} renews this contract, so its term stays.", renewal=row.renewal_deal.number))
    before = terms_in(row)
    row.delete()
    _tell(actor, deal, "sales.term.clear", {name: [getattr(before, name), None] for name in _FIELDS}, now)
    return before


@transaction.atomic
def end_term(*, actor: Actor, deal_id: int, reason: str, now: datetime) -> str:
    """Note why a contract will not go on, or with an empty reason that it may; returns the reason before. Conflict while a renewal is open or won."""
    deal = _won(actor, deal_id)
    row = _existing(deal)
    before, said = row.end_reason, "" if says_nothing(reason) else reason.strip()
    if len(said) > 300:
        raise Refused.field("reason", "A reason has at most 300 characters.", "too_long")
    if said and row.renewal_deal is not None and row.renewal_deal.status != "lost":
        raise Conflict(worded("{renewal} renews this contract; close it as lost instead.", renewal=row.renewal_deal.number))
    if said != before:
        row.end_reason, row.ended_at = said, now if said else None
        row.version += 1
        row.updated_at = now
        row.save()
        _tell(actor, deal, "sales.term.end", {"end_reason": [before, said]}, now)
    return before


@transaction.atomic
def open_renewal(*, actor: Actor, deal_id: int, now: datetime) -> int:
    """Open the deal that renews a contract, with the client's people, services and price of the former; returns its id.

    Conflict when one is open or won already, or when the contract was ended.
    """
    deal = _won(actor, deal_id)
    row = _existing(deal)
    if row.renewal_deal is not None and row.renewal_deal.status != "lost":
        raise Conflict(worded("{renewal} renews this contract already.", renewal=row.renewal_deal.number))
    if row.end_reason:
        raise Conflict(worded("This contract was ended: {reason}", reason=row.end_reason))
    (renewal_id,) = create_deals(actor=actor, deals=[_renewal(actor, deal, row, now)], now=now)
    row.renewal_deal_id, row.blocked = renewal_id, ""
    row.version += 1
    row.updated_at = now
    row.save()
    record_change(actor=actor, operation="sales.renewal.open", ref=Ref("sales.deal", deal.pk), changes={"renewal_id": [None, renewal_id]}, now=now)
    publish(events.RenewalOpened(deal_id=deal.pk, company_id=deal.company_id, renewal_id=renewal_id), actor=actor, now=now)
    return renewal_id


def _renewal(actor: Actor, deal: Deal, row: ContractTerm, now: datetime) -> NewDeal:
    today = civil_date(now, get_organisation().time_zone)
    lines = list(DealLine.objects.filter(deal=deal).order_by("position", "pk"))
    offers = get_offers({line.service_id for line in lines}, currency=deal.currency, on=today) if lines else {}
    people = [one.contact_id for one in list_stakeholders(ref=Ref("sales.deal", deal.pk))]
    return NewDeal(
        name=renewal_name(deal.name, following(terms_in(row)).starts_date.year), company_id=deal.company_id, owner_id=_owner(actor, deal),
        pipeline_id=deal.pipeline_id, value=Money(deal.value_minor, deal.currency) if deal.value_minor is not None else None,
        next_action=NextAction("call", today, f"{deal.number} · {row.ends_date:%Y-%m-%d}"), expected_close_date=max(today, row.notice_date),
        lines=tuple(_line(deal, line, offers[line.service_id]) for line in lines if line.service_id in offers and not offers[line.service_id].is_archived),
        source=deal.source, contact_ids=tuple(people),
    )


def _line(deal: Deal, line: DealLine, offer: Offer) -> NewLine:
    """A service as it was sold; options the template no longer has leave the choice open again."""
    options = tuple(line.options) if line.options is not None and set(line.options) <= set(offer.options) else None
    price = Money(line.unit_price_minor, deal.currency) if line.unit_price_minor is not None else None
    return NewLine(line.service_id, line.quantity, price, options, read_hours(line.role_hours))


def _owner(actor: Actor, deal: Deal) -> int | None:
    """Whose renewal it is: of the former deal's owner, else of whoever opens it, else of whoever answers for the owner who left."""
    if deal.owner_id is not None and find_existing_people([deal.owner_id]):
        return deal.owner_id
    return actor.person_id or find_manager_of(deal.owner_id)


def keep_contracts_going(*, now: datetime) -> int:
    """Open the renewals whose day has come and let run on what nobody gave notice of; how many contracts moved."""
    today = civil_date(now, get_organisation().time_zone)
    live = Q(deal__status="won", end_reason="", renewal_deal__isnull=True)
    due = _each(live & Q(renewal="offer", opens_date__lte=today, ends_date__gte=today), lambda row: _open_due(row, now))
    return due + _each(live & Q(renewal="runs_on", notice_date__lt=today), lambda row: _run_on(row, now))


def _each(where: Q, work: Callable[[int], bool]) -> int:
    done, last = 0, 0
    while ids := list(ContractTerm.objects.filter(where, pk__gt=last).order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]):
        done, last = done + sum(map(work, ids)), ids[-1]
    return done


def _open_due(term_id: int, now: datetime) -> bool:
    """One contract's renewal, in a transaction of its own; what stands in its way is kept on the term and told once."""
    deal_id = ContractTerm.objects.filter(pk=term_id).values_list("deal_id", flat=True).first()
    if deal_id is None:
        return False
    try:
        open_renewal(actor=system_actor(), deal_id=deal_id, now=now)
    except (Refused, Conflict) as trouble:
        with speaking(get_organisation().language):
            _block(term_id, heard(trouble.words), now)
        return False
    return True


@transaction.atomic
def _block(term_id: int, reason: str, now: datetime) -> None:
    row = ContractTerm.objects.select_for_update(of=("self",)).select_related("deal").filter(pk=term_id, renewal_deal__isnull=True, end_reason="").first()
    if row is None or row.blocked == reason:
        return
    row.blocked = reason
    row.save(update_fields=["blocked"])
    publish(events.RenewalBlocked(deal_id=row.deal_id, company_id=row.deal.company_id), actor=system_actor(), now=now)


@transaction.atomic
def _run_on(term_id: int, now: datetime) -> bool:
    today = civil_date(now, get_organisation().time_zone)
    row = ContractTerm.objects.select_for_update(of=("self",)).select_related("deal").filter(
        pk=term_id, end_reason="", renewal="runs_on", notice_date__lt=today, deal__status="won").first()
    if row is None:
        return False
    before = row.ends_date
    while row.notice_date < today:
        _place(row, extended(terms_in(row)))
    _keep(row, terms_in(row), now)
    record_change(actor=system_actor(), operation="sales.term.extend", ref=Ref("sales.deal", row.deal_id), changes={"ends_date": [before, row.ends_date]}, now=now)
    publish(events.TermExtended(deal_id=row.deal_id, company_id=row.deal.company_id), actor=system_actor(), now=now)
    return True


@transaction.atomic
def follow_renewal(*, deal_id: int, now: datetime) -> None:
    """A won deal that renews a contract goes on where that ended; a term somebody gave it stays."""
    former = ContractTerm.objects.select_related("renewal_deal").filter(renewal_deal_id=deal_id, renewal_deal__status="won").first()
    if former is None or former.renewal_deal is None or ContractTerm.objects.filter(deal_id=deal_id).exists():
        return
    deal = former.renewal_deal
    _keep(ContractTerm(deal=deal, version=0), following(terms_in(former)), now)
    _tell(system_actor(), deal, "sales.term.set", {"ends_date": [None, following(terms_in(former)).ends_date]}, now)


def _won(actor: Actor, deal_id: int) -> Deal:
    deal = lock_deal(actor=actor, deal_id=deal_id, permission="sales.deal.edit")
    if deal.status != "won":
        raise Conflict(worded("{number} is {status}; only what was won has a contract term.", number=deal.number, status=worded(deal.status)))
    return deal


def _locked(deal: Deal) -> ContractTerm | None:
    return ContractTerm.objects.select_for_update(of=("self",)).select_related("renewal_deal").filter(deal=deal).first()


def _existing(deal: Deal) -> ContractTerm:
    row = _locked(deal)
    if row is None:
        raise NotFound("contract term", deal.pk)
    return row


def _place(row: ContractTerm, term: NewTerm) -> None:
    for name in _FIELDS:
        setattr(row, name, getattr(term, name))
    row.notice_date, row.opens_date = notice_day(term), opening_day(term)


def _keep(row: ContractTerm, term: NewTerm, now: datetime) -> None:
    _place(row, term)
    row.blocked, row.updated_at = "", now
    row.version += 1
    row.save()


def _tell(actor: Actor, deal: Deal, operation: str, changes: dict[str, list[Any]], now: datetime) -> None:
    record_change(actor=actor, operation=operation, ref=Ref("sales.deal", deal.pk), changes=changes, now=now)
    publish(events.TermChanged(deal_id=deal.pk, company_id=deal.company_id), actor=actor, now=now)
