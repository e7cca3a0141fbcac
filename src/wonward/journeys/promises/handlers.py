"""What follows a crossing without being able to break the plan change: the log says so on both sides."""

from __future__ import annotations

from datetime import date, datetime

from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.sales.events import ProposalSent
from wonward.domains.sales.operations.deals import hold_open_deal
from wonward.domains.sales.queries.proposals import list_unsigned_offers
from wonward.domains.staff.queries import find_user_ids
from wonward.foundation.events.bus import subscribe
from wonward.foundation.events.types import Author
from wonward.foundation.notifications.operations import notify
from wonward.foundation.notifications.registry import declare_topic
from wonward.foundation.notifications.types import Level, Notice, Reason
from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.promises.events import (
    PromisesAtRisk,
    PromisesCrossed,
    PromisesRepaired,
    PromisesUncovered,
)
from wonward.journeys.promises.operations import propose_promises
from wonward.journeys.promises.queries import get_promise
from wonward.journeys.promises.rules.amounts import shown_to_anybody
from wonward.journeys.promises.types import PromiseRow
from wonward.kernel.actor import system_actor
from wonward.kernel.ref import Ref
from wonward.kernel.wording import heard_within, joined, speaking, worded

declare_topic(
    "promises", "Promises", "When what we promised loses its work, is at risk, or is safe again.", level=Level.DIGEST,
    kinds={
        "promises.at_risk": "Promise at risk", "promises.uncovered": "Promise without work", "promises.repaired": "Promise safe again",
    },
)


@subscribe(ProposalSent)
def draft_what_is_offered(event: ProposalSent, *, now: datetime) -> None:
    """The lines of what went out propose promises; signed, they are confirmed, and a win without a signature takes the drafts along.

    A deal that was closed or signed in the meantime has taken its promises already.
    """
    if hold_open_deal(deal_id=event.deal_id):
        offers = list_unsigned_offers(actor=system_actor(), deal_id=event.deal_id)
        for offer in (one for one in offers if one.proposal_id == event.proposal_id):
            propose_promises(actor=system_actor(), offer=offer, now=now)


@subscribe(PromisesAtRisk)
def log_promises_at_risk(event: PromisesAtRisk, *, now: datetime) -> None:
    _log(event, worded("at risk"), now)


@subscribe(PromisesUncovered)
def log_promises_uncovered(event: PromisesUncovered, *, now: datetime) -> None:
    _log(event, worded("without work"), now)


@subscribe(PromisesRepaired)
def log_promises_repaired(event: PromisesRepaired, *, now: datetime) -> None:
    _log(event, worded("safe again"), now)


@subscribe(PromisesAtRisk, tells_author=True)
def tell_of_promises_at_risk(event: PromisesAtRisk, *, author: Author, now: datetime) -> None:
    _tell("promises.at_risk", event, author, now)


@subscribe(PromisesUncovered, tells_author=True)
def tell_of_uncovered_promises(event: PromisesUncovered, *, author: Author, now: datetime) -> None:
    _tell("promises.uncovered", event, author, now)


@subscribe(PromisesRepaired, tells_author=True)
def tell_of_repaired_promises(event: PromisesRepaired, *, author: Author, now: datetime) -> None:
    _tell("promises.repaired", event, author, now)


def _tell(kind: str, event: PromisesCrossed, author: Author, now: datetime) -> None:
    """The project's manager and the deal's owner hear of it, and who follows either."""
    promises = [get_promise(actor=system_actor(), promise_id=key) for key in event.promise_ids]
    lines = [_line(promise, forecast) for promise, forecast in zip(promises, event.forecast_dates, strict=True)]
    projects = [Ref("delivery.project", key) for key in event.project_ids]
    near = (*projects, *(Ref("sales.deal", key) for key in event.deal_ids))
    notice = Notice(kind, near[0], joined(lines), about=Ref("promises.promise", promises[0].id), near=near)
    notify(notice=notice, to={Reason.ASSIGNED: find_user_ids(event.person_ids)}, author=author, now=now)


def _log(event: PromisesCrossed, words: str, now: datetime) -> None:
    """One entry on the deal and the project, at the time of the crossing, in the words of that time."""
    promises = [get_promise(actor=system_actor(), promise_id=key) for key in event.promise_ids]
    lines = [_line(promise, forecast) for promise, forecast in zip(promises, event.forecast_dates, strict=True)]
    subject = (
        worded("{number} is {words}", number=promises[0].number, words=words) if len(promises) == 1
        else worded("{count} promises are {words}", count=len(promises), words=words)
    )
    refs = (*(Ref("sales.deal", key) for key in event.deal_ids), *(Ref("delivery.project", key) for key in event.project_ids))
    with speaking(get_organisation().language):
        entry = NewCommunication(
            kind=CommunicationKind.NOTE, refs=refs, subject=heard_within(subject), body=heard_within(joined(lines, "\n")),
            happened_at=event.happened_at or now, is_automatic=True,
        )
    log_communications(actor=system_actor(), now=now, entries=[entry])


def _line(promise: PromiseRow, forecast: date | None) -> str:
    """For everybody near the deal or the project, who may know what was paid or not."""
    promised = worded(", promised was {date}", date=promise.due_date) if promise.due_date else ""
    end = worded("the work ends on {date}", date=forecast) if forecast else worded("no work covers it")
    return worded("{number} “{text}”: {end}{promised}.", number=promise.number, text=shown_to_anybody(kind=promise.kind, text=promise.text), end=end, promised=promised)
