"""What a proposal says the client gets: drafts of the ledger while it is offered, promises once it is signed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from wonward.domains.sales.types.proposals import Offer, ProposalLine
from wonward.journeys.promises.models import Promise
from wonward.journeys.promises.operations.keeping import change_promise, settle_promise
from wonward.journeys.promises.operations.making import make_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind, Source
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

_GONE = ("waived", "replaced")
_NOT_SAID = "does not say it any more."


@transaction.atomic
def propose_promises(*, actor: Actor, offer: Offer, now: datetime) -> None:
    """Keep as drafts what the lines of an offer say the client gets, each once.

    What an earlier version of the same proposal said and this one does not is waived, with that as the reason. What somebody
    waived stays waived. Again is fine.
    """
    wanted = _promised_by(offer)
    for row in _drafts_of(offer):
        if row.source.quote in wanted:
            _give_key(actor, row, wanted[row.source.quote], now)
        else:
            settle_promise(actor=actor, promise_id=row.pk, state="waived", reason=f"{offer.name} {_NOT_SAID}", now=now)
    waived = Promise.objects.filter(deal_id=offer.deal_id, state="waived", source__speaker__startswith=f"{offer.number}, ")
    refused = set(waived.exclude(state_reason__endswith=_NOT_SAID).values_list("source__quote", flat=True))
    _make(actor, offer, {words: line for words, line in wanted.items() if words not in refused}, "draft", offer.name, now)


@transaction.atomic
def confirm_what_was_signed(*, actor: Actor, offer: Offer, signer: str, now: datetime) -> None:
    """The lines of a signed offer are promises: its drafts become confirmed, what was left out of it is waived."""
    wanted = _promised_by(offer)
    for row in _drafts_of(offer):
        if row.source.quote in wanted:
            _give_key(actor, row, wanted[row.source.quote], now)
            settle_promise(actor=actor, promise_id=row.pk, state="confirmed", now=now)
        else:
            settle_promise(actor=actor, promise_id=row.pk, state="waived", reason="It was left out of what the client signed.", now=now)
    _make(actor, offer, wanted, "confirmed", signer, now)


def _promised_by(offer: Offer) -> dict[str, ProposalLine]:
    """The lines that count and promise something, by their words."""
    return {f"{line.name}: {line.promise.strip()}": line for line in offer.content.lines if line.counts and line.promise.strip()}


def _give_key(actor: Actor, row: Promise, line: ProposalLine, now: datetime) -> None:
    """What the offer says keeps a promise holds; a key that only somebody's hand gave it stays."""
    if line.promise_key and line.promise_key != row.key:
        change_promise(actor=actor, promise_id=row.pk, changes={"key": line.promise_key}, now=now)


def _drafts_of(offer: Offer) -> Iterable[Promise]:
    """The drafts that versions of the offer's proposal left in the ledger."""
    found = Promise.objects.select_related("source").filter(deal_id=offer.deal_id, state="draft")
    return list(found.filter(source__speaker__startswith=f"{offer.number}, ").order_by("pk"))


def _make(actor: Actor, offer: Offer, wanted: Mapping[str, ProposalLine], state: str, speaker: str, now: datetime) -> None:
    live = Promise.objects.filter(deal_id=offer.deal_id).exclude(state__in=_GONE).values_list("text", "source__quote")
    known = {words.casefold() for row in live for words in row if words}
    deal = Ref("sales.deal", offer.deal_id)
    new = [
        NewPromise(
            kind=PromiseKind.DELIVERABLE, text=line.promise.strip(), deal_id=offer.deal_id, due_date=offer.content.finish_date, state=state,
            key=line.promise_key,
            source=Source(quote=words, ref=deal, speaker=speaker, said_at=now if state == "confirmed" else offer.sent_at),
        )
        for words, line in wanted.items() if not known & {words.casefold(), line.promise.strip()[:500].casefold()}
    ]
    if new:
        make_promises(actor=replace(actor, is_system=True), promises=new, now=now)
