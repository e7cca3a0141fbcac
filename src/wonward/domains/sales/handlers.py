"""Who is told when a deal is won or lost or a lead arrives, and the clocks that stop when somebody answers."""

from __future__ import annotations

from datetime import datetime

from wonward.domains.comms.events import (
    MOST_REFS,
    CommunicationErased,
    CommunicationLogged,
    CommunicationRefiled,
)
from wonward.domains.comms.queries import find_communications, find_homes
from wonward.domains.sales.events import (
    AnswerOverdue,
    DealLost,
    DealMembersChanged,
    DealWon,
    LeadsCreated,
    NextActionOverdue,
    ProposalChanged,
    ProposalDiscussed,
    ProposalSigned,
    RenewalBlocked,
    RenewalOpened,
    TermExtended,
)
from wonward.domains.sales.operations.answers import follow_answers
from wonward.domains.sales.operations.leads import ANSWER_KINDS, note_first_responses
from wonward.domains.sales.operations.terms import follow_renewal
from wonward.domains.sales.queries.answers import find_owed_answer
from wonward.domains.sales.queries.deals import get_deal, list_members
from wonward.domains.sales.queries.leads import find_leads
from wonward.domains.sales.queries.terms import find_term
from wonward.domains.staff.queries import find_manager_of, find_user_ids
from wonward.foundation.events.bus import subscribe
from wonward.foundation.events.types import Author
from wonward.foundation.notifications.operations import notify
from wonward.foundation.notifications.registry import declare_topic
from wonward.foundation.notifications.types import Notice, Reason
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

declare_topic(
    "deals", "Deals won and lost", "What becomes of deals you own, belong to or follow.",
    kinds={"sales.deal.won": "Deal won", "sales.deal.lost": "Deal lost", "sales.deal.member_added": "You are on a deal"},
)
declare_topic(
    "follow_ups", "Overdue follow-ups", "Next actions of yours that are overdue, and those of your team that stay so.",
    kinds={"sales.next_action.overdue": "Follow-up overdue"},
)
declare_topic(
    "answers", "Answers that are late", "Clients of deals of yours who wrote and wait too long, and those of your team that stay so.",
    kinds={"sales.answer.overdue": "A client waits for an answer"},
)
declare_topic(
    "proposals", "Proposals", "What clients ask about your proposals, and when they sign.",
    kinds={"sales.proposal.discussed": "Question about a proposal", "sales.proposal.signed": "Proposal signed"},
)
declare_topic(
    "renewals", "Contracts and renewals", "Contracts of deals you own that are to be renewed, or run on.",
    kinds={
        "sales.renewal.opened": "A renewal begins", "sales.renewal.blocked": "A renewal could not be opened",
        "sales.term.extended": "A contract runs on",
    },
)
declare_topic("leads", "New leads", "Leads that arrive by a form and are yours.", kinds={"sales.lead.created": "New lead"})


@subscribe(DealWon, tells_author=True)
def tell_of_win(event: DealWon, *, author: Author, now: datetime) -> None:
    _tell("sales.deal.won", event.deal_id, event.company_id, author, now)


@subscribe(DealLost, tells_author=True)
def tell_of_loss(event: DealLost, *, author: Author, now: datetime) -> None:
    _tell("sales.deal.lost", event.deal_id, event.company_id, author, now)


@subscribe(DealMembersChanged, tells_author=True)
def tell_whom_a_deal_was_opened_to(event: DealMembersChanged, *, author: Author, now: datetime) -> None:
    """Whoever was put on a deal hears of it."""
    if event.added_id is not None:
        near = (Ref("clients.company", event.company_id),) if event.company_id else ()
        notice = Notice("sales.deal.member_added", Ref("sales.deal", event.deal_id), "", near=near)
        notify(notice=notice, to={Reason.ASSIGNED: find_user_ids([event.added_id])}, author=author, now=now)


def _tell(kind: str, deal_id: int, company_id: int | None, author: Author, now: datetime) -> None:
    deal = get_deal(actor=system_actor(), deal_id=deal_id)
    members = [row.person_id for row in list_members(deal_id=deal_id)]
    near = (Ref("clients.company", company_id),) if company_id else ()
    notify(
        notice=Notice(kind, Ref("sales.deal", deal_id), deal.lost_reason if kind == "sales.deal.lost" else "", near=near),
        to={Reason.ASSIGNED: find_user_ids([deal.owner_id]), Reason.WATCHING: find_user_ids(members)}, author=author, now=now,
    )


@subscribe(CommunicationLogged)
def stop_clocks_of_answered_leads(event: CommunicationLogged, *, now: datetime) -> None:
    """A call, mail, chat or meeting from our side on a lead is its first response."""
    if not any(ref.startswith("sales.lead:") for ref in event.refs):
        return
    everybody = system_actor("Log")
    for row in find_communications(actor=everybody, communication_ids=event.communication_ids):
        lead_ids = [ref.id for ref in row.refs if ref.noun == "sales.lead"]
        if lead_ids and row.kind in ANSWER_KINDS and row.direction != "in" and not row.is_automatic:
            note_first_responses(
                actor=Actor(label=row.author or "Log", is_system=True, via="event"), lead_ids=lead_ids,
                responded_at=row.happened_at, now=now,
            )


@subscribe(CommunicationLogged, CommunicationRefiled, CommunicationErased)
def follow_what_was_written(event: CommunicationLogged | CommunicationRefiled | CommunicationErased, *, now: datetime) -> None:
    """A client who writes waits for an answer; one of ours ends it, until it is taken back."""
    deal_ids = {ref.id for ref in map(Ref.parse, event.refs) if ref.noun == "sales.deal"}
    if len(event.refs) >= MOST_REFS:
        homes = find_homes(communication_ids=event.communication_ids, noun="sales.deal")
        deal_ids.update(key for found in homes.values() for key in found)
    if deal_ids:
        follow_answers(deal_ids=deal_ids, now=now)


@subscribe(ProposalChanged, ProposalDiscussed)
def follow_what_was_asked(event: ProposalChanged | ProposalDiscussed, *, now: datetime) -> None:
    """The same for questions and answers on a proposal's page."""
    follow_answers(deal_ids=[event.deal_id], now=now)


@subscribe(AnswerOverdue, tells_author=True)
def tell_of_late_answers(event: AnswerOverdue, *, author: Author, now: datetime) -> None:
    """First whoever owns the deal, later whoever answers for them."""
    waiting = find_owed_answer(deal_id=event.deal_id)
    if waiting is None:
        return
    deal = get_deal(actor=system_actor(), deal_id=event.deal_id)
    person_id = deal.owner_id if event.level == 1 else find_manager_of(deal.owner_id)
    notice = Notice(
        "sales.answer.overdue", Ref("sales.deal", event.deal_id), worded("The client wrote on {date}, {name}", date=civil_date(waiting.asked_at, get_organisation().time_zone), name=deal.owner_name),
        key=f"answer:{event.deal_id}:{waiting.asked_at.isoformat()}:{event.level}",
    )
    notify(notice=notice, to={Reason.ASSIGNED: find_user_ids([person_id])}, author=author, now=now)


@subscribe(LeadsCreated, tells_author=True)
def tell_of_leads(event: LeadsCreated, *, author: Author, now: datetime) -> None:
    """Its owner hears of a lead that came by a form; one nobody owns waits in the inbox of leads."""
    for lead in find_leads(actor=system_actor(), lead_ids=event.lead_ids):
        if lead.form_name and lead.owner_id is not None:
            notice = Notice("sales.lead.created", Ref("sales.lead", lead.id), lead.message[:200])
            notify(notice=notice, to={Reason.ASSIGNED: find_user_ids([lead.owner_id])}, author=author, now=now)


@subscribe(NextActionOverdue, tells_author=True)
def tell_of_overdue(event: NextActionOverdue, *, author: Author, now: datetime) -> None:
    """First whoever owns the deal, later whoever answers for them."""
    deal = get_deal(actor=system_actor(), deal_id=event.deal_id)
    if deal.next_action is None:
        return
    person_id = deal.owner_id if event.level == 1 else find_manager_of(deal.owner_id)
    words = deal.next_action.note or deal.next_action.kind
    notice = Notice(
        "sales.next_action.overdue", Ref("sales.deal", event.deal_id), worded("{words}, due {date}, {name}", words=words, date=deal.next_action.due_date, name=deal.owner_name),
        key=f"overdue:{event.deal_id}:{deal.next_action.due_date}:{event.level}",
    )
    notify(notice=notice, to={Reason.ASSIGNED: find_user_ids([person_id])}, author=author, now=now)


@subscribe(ProposalSigned, ProposalDiscussed, tells_author=True)
def tell_of_proposals(event: ProposalSigned | ProposalDiscussed, *, author: Author, now: datetime) -> None:
    """The owner of the deal hears of a question and of a signature."""
    deal = get_deal(actor=system_actor(), deal_id=event.deal_id)
    notify(
        notice=Notice(event.name, Ref("sales.deal", event.deal_id)), to={Reason.ASSIGNED: find_user_ids([deal.owner_id])}, author=author, now=now
    )


@subscribe(DealWon)
def go_on_where_the_former_ended(event: DealWon, *, now: datetime) -> None:
    """The contract of a renewal follows the one it renews."""
    follow_renewal(deal_id=event.deal_id, now=now)


@subscribe(RenewalOpened, RenewalBlocked, TermExtended, tells_author=True)
def tell_of_contracts(event: RenewalOpened | RenewalBlocked | TermExtended, *, author: Author, now: datetime) -> None:
    """Whoever owns the deal hears what became of its contract while they did something else."""
    if author.user_id is not None:
        return
    everybody = system_actor()
    term = find_term(actor=everybody, deal_id=event.deal_id, today=civil_date(now, get_organisation().time_zone))
    if term is None:
        return
    renewal_id = event.renewal_id if isinstance(event, RenewalOpened) else None
    about = get_deal(actor=everybody, deal_id=renewal_id or event.deal_id)
    owner_id = about.owner_id or find_manager_of(None)
    detail = term.blocked if isinstance(event, RenewalBlocked) else worded("The contract ends on {date}, {name}", date=term.terms.ends_date, name=term.company_name)
    notice = Notice(event.name, Ref("sales.deal", about.id), detail, key=f"{event.name}:{event.deal_id}:{term.terms.ends_date}")
    notify(notice=notice, to={Reason.ASSIGNED: find_user_ids([owner_id])}, author=author, now=now)
