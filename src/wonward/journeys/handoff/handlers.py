"""What follows a handoff without being able to break it: the log says so on both sides."""

from __future__ import annotations

from datetime import datetime

from wonward.domains.clients.operations import mirror_stakeholders
from wonward.domains.comms.events import CommunicationLogged, CommunicationRefiled
from wonward.domains.comms.operations import hang_further as hang_entries_further
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.queries import find_homes
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.delivery.queries.projects import find_projects
from wonward.domains.sales.events import DealLost, StakeholdersChanged
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.staff.queries import find_user_ids, get_person_names
from wonward.foundation.events.bus import subscribe
from wonward.foundation.events.types import Author
from wonward.foundation.files.events import DocumentAdded, DocumentLinked
from wonward.foundation.files.operations import hang_further as hang_document_further
from wonward.foundation.files.queries import find_homes as find_document_homes
from wonward.foundation.notifications.operations import NOBODY, notify, settle_threads
from wonward.foundation.notifications.registry import declare_topic
from wonward.foundation.notifications.types import Level, Notice, Reason
from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.handoff.events import (
    AboutHandoff,
    HandoffAccepted,
    HandoffAnswered,
    HandoffOverdue,
    HandoffResubmitted,
    HandoffReturned,
    HandoffSubmitted,
    HandoffWithdrawn,
    QuestionDiscussed,
    QuestionRaised,
    ScopeAmended,
    WinUndone,
)
from wonward.journeys.handoff.queries import (
    find_handoff_of_deal,
    find_live_projects,
    get_handoff,
    list_questions,
    list_scope_changes,
)
from wonward.journeys.handoff.queries.additions import list_open_projects
from wonward.journeys.handoff.rules.scope import stakeholder_change_words
from wonward.journeys.handoff.types import HandoffRow
from wonward.kernel.actor import system_actor
from wonward.kernel.ref import Ref
from wonward.kernel.wording import heard_within, joined, speaking, worded

declare_topic(
    "handoffs", "Handoffs", "Handoffs to accept, answers to give, and what became of yours.", level=Level.DIGEST,
    kinds={
        "handoff.submitted": "Handoff to accept", "handoff.returned": "Returned to sales", "handoff.answered": "Questions answered",
        "handoff.accepted": "Handoff accepted", "handoff.overdue": "Handoff not decided in time", "handoff.withdrawn": "Deal open again",
        "handoff.undone": "Win undone", "handoff.lost": "Lost after it was handed over",
        "handoff.question": "Question to sales", "handoff.discussed": "New message about a question",
        "handoff.people": "Changed on the sales side", "handoff.scope": "Agreed anew with the client",
    },
)

_TO_DECIDE = ("handoff.submitted", "handoff.answered", "handoff.overdue")
_ANSWERS = {
    "scope_summary": worded("Scope summary"), "promised_finish_date": worded("Promised finish date"), "key_constraints": worded("Key constraints"),
    "main_stakeholder_id": worded("Main stakeholder"), "kickoff_date": worded("Kickoff date"),
}
_ABOUT_WIN = (*_TO_DECIDE, "handoff.returned", "handoff.accepted", "handoff.question", "handoff.discussed", "handoff.people", "handoff.scope")


@subscribe(HandoffSubmitted, tells_author=True)
def log_submission(event: HandoffSubmitted, *, author: Author, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    names = ", ".join(f"{row.number} {row.name}" for row in handoff.projects)
    _log(
        event, worded("{deal} won and handed off", deal=handoff.deal_number),
        worded("{handoff} waits for acceptance. Created: {names}.", handoff=handoff.number, names=names), author, now,
    )


@subscribe(HandoffResubmitted, tells_author=True)
def log_resubmission(event: HandoffResubmitted, *, author: Author, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    _log(
        event, worded("{deal} won again", deal=handoff.deal_number),
        worded("{handoff} waits for acceptance. The same projects go on; the scope was frozen under a new version.", handoff=handoff.number), author, now
    )


@subscribe(HandoffWithdrawn, tells_author=True)
def log_withdrawal(event: HandoffWithdrawn, *, author: Author, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    _log(
        event, worded("{deal} is open again", deal=handoff.deal_number),
        worded("{handoff} was withdrawn until the deal is won again.", handoff=handoff.number), author, now,
    )


@subscribe(WinUndone, tells_author=True)
def log_undoing(event: WinUndone, *, author: Author, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    _log(
        event, worded("The win of {deal} was undone", deal=handoff.deal_number),
        worded("{handoff} was withdrawn; its projects are archived until the deal is won again.", handoff=handoff.number), author, now,
    )


@subscribe(HandoffAccepted, tells_author=True)
def log_acceptance(event: HandoffAccepted, *, author: Author, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    _log(event, worded("{handoff} accepted", handoff=handoff.number), _taken_over(handoff), author, now)


@subscribe(HandoffReturned, tells_author=True)
def log_return(event: HandoffReturned, *, author: Author, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    _log(event, worded("{handoff} returned to sales", handoff=handoff.number), worded("Delivery asked for answers before taking over."), author, now)


@subscribe(HandoffAnswered, tells_author=True)
def log_answer(event: HandoffAnswered, *, author: Author, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    _log(event, worded("{handoff} answered", handoff=handoff.number), worded("Sales answered every question; delivery decides again."), author, now)


@subscribe(HandoffOverdue, tells_author=True)
def log_escalation(event: HandoffOverdue, *, author: Author, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    manager = get_person_names([event.manager_id]).get(event.manager_id or 0, "")
    whom = worded("Escalated to {name}.", name=manager) if manager else worded("Nobody answers for the delivery lead, so nobody was told.")
    undecided = worded("{name} has not accepted or returned it.", name=handoff.lead_name or worded("Delivery"))
    _log(event, worded("{handoff} is not decided in time", handoff=handoff.number), joined([undecided, whom]), author, now)


@subscribe(ScopeAmended, tells_author=True)
def log_amendment(event: ScopeAmended, *, author: Author, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    versions = {row.number: row for row, _ in list_scope_changes(actor=system_actor(), handoff_id=event.handoff_id)}
    amended = versions.get(event.number)
    _log(event, worded("Scope of {handoff} amended, version {number}", handoff=handoff.number, number=event.number), amended.reason if amended else "", author, now)


@subscribe(QuestionRaised, tells_author=True)
def log_raised_question(event: QuestionRaised, *, author: Author, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    _log(event, worded("Question to sales on {handoff}", handoff=handoff.number), worded("Delivery asked about something the handoff did not say."), author, now)


@subscribe(HandoffSubmitted, HandoffResubmitted, tells_author=True)
def tell_of_submission(event: AboutHandoff, *, author: Author, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    _tell(event, "handoff.submitted", [handoff.lead_id], worded("Accept it, or return single answers."), author, now)


@subscribe(ScopeAmended, HandoffResubmitted, tells_author=True)
def tell_of_another_scope(event: AboutHandoff, *, author: Author, now: datetime) -> None:
    """Everybody who delivers hears what was agreed anew."""
    _, changes = list_scope_changes(actor=system_actor(), handoff_id=event.handoff_id)[-1]
    said = [
        worded("{field}: {before} → {after}", field=_words_of(one.what), before=one.before or worded("none"), after=one.after or worded("none"))
        for one in changes if one.part in ("answers", "lines")
    ]
    if not said:
        return
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    managers = [row.manager_id for row in find_projects(actor=system_actor(), project_ids=event.project_ids).values()]
    _tell(event, "handoff.scope", list(dict.fromkeys([handoff.lead_id, *managers])), joined(said, "; "), author, now)


@subscribe(HandoffAnswered, tells_author=True)
def tell_of_answers(event: HandoffAnswered, *, author: Author, now: datetime) -> None:
    settle_threads(ref=_ref(event), kinds=["handoff.returned"], now=now)
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    _tell(event, "handoff.answered", [handoff.lead_id], worded("Sales answered every question."), author, now)


@subscribe(HandoffWithdrawn, tells_author=True)
def tell_of_withdrawal(event: HandoffWithdrawn, *, author: Author, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    _tell(event, "handoff.withdrawn", [handoff.lead_id], worded("The projects wait until it is won again."), author, now)


@subscribe(DealLost, tells_author=True)
def tell_of_loss_after_all(event: DealLost, *, author: Author, now: datetime) -> None:
    """Whoever still works for a deal that was opened again and lost hears that nobody waits for it any more."""
    handoff = find_handoff_of_deal(actor=system_actor(), deal_id=event.deal_id)
    if handoff is None or handoff.status != "withdrawn":
        return
    projects = list_open_projects(handoff_id=handoff.id)
    if not projects:
        return
    refs = tuple(Ref("delivery.project", key) for key, _, _ in projects)
    with speaking(get_organisation().language):
        subject = heard_within(worded("{deal} was lost after it was handed over", deal=handoff.deal_number))
        body = heard_within(worded("Decide what becomes of the work: close the project, archive it, or go on."))
    log_communications(actor=system_actor(), now=now, entries=[
        NewCommunication(kind=CommunicationKind.NOTE, refs=refs, subject=subject, body=body, happened_at=author.at or now, is_automatic=True)
    ])
    rows = find_projects(actor=system_actor(), project_ids=[key for key, _, _ in projects])
    people = list(dict.fromkeys([handoff.lead_id, *(row.manager_id for row in rows.values())]))
    detail = worded("{names} go on although the deal is lost. Decide what becomes of the work.", names=", ".join(f"{row.number} {row.name}" for row in rows.values()))
    notify(
        notice=Notice("handoff.lost", Ref("handoff.handoff", handoff.id), detail, near=(Ref("sales.deal", event.deal_id), *refs)),
        to={Reason.ASSIGNED: find_user_ids(people)}, author=author, now=now,
    )


@subscribe(WinUndone, tells_author=True)
def tell_of_undoing(event: WinUndone, *, author: Author, now: datetime) -> None:
    """Nobody is asked anything about it any more; whoever was to deliver it hears that they are not."""
    settle_threads(ref=_ref(event), kinds=_ABOUT_WIN, now=now)
    for project_id in event.project_ids:
        settle_threads(ref=Ref("delivery.project", project_id), kinds=_ABOUT_WIN, now=now)
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    _tell(event, "handoff.undone", [handoff.lead_id, _seller(handoff)], worded("The projects are archived until it is won again."), author, now)


@subscribe(HandoffReturned, tells_author=True)
def tell_of_return(event: HandoffReturned, *, author: Author, now: datetime) -> None:
    settle_threads(ref=_ref(event), kinds=_TO_DECIDE, now=now)
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    asked = [question for question in list_questions(handoff_id=event.handoff_id) if not question.answer]
    said = [worded("{field}: “{text}”", field=_words_of(question.field), text=question.text) for question in asked]
    detail: str = joined(said, "; ") if said else worded("Delivery asked for answers.")
    _tell(event, "handoff.returned", [_seller(handoff)], detail, author, now)


@subscribe(HandoffAccepted, tells_author=True)
def tell_of_acceptance(event: HandoffAccepted, *, author: Author, now: datetime) -> None:
    settle_threads(ref=_ref(event), kinds=_TO_DECIDE, now=now)
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    _tell(event, "handoff.accepted", [_seller(handoff)], _taken_over(handoff), author, now)


@subscribe(HandoffOverdue)
def tell_of_escalation(event: HandoffOverdue, *, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    detail = worded("{name} has neither accepted nor returned it.", name=handoff.lead_name or worded("Delivery"))
    _tell(event, "handoff.overdue", [event.manager_id, handoff.lead_id], detail, NOBODY, now)


@subscribe(QuestionRaised, QuestionDiscussed, tells_author=True)
def tell_of_question(event: QuestionRaised | QuestionDiscussed, *, author: Author, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    kind = "handoff.question" if isinstance(event, QuestionRaised) else "handoff.discussed"
    _tell(event, kind, [_seller(handoff), handoff.lead_id], "", author, now)


@subscribe(StakeholdersChanged, tells_author=True)
def follow_stakeholders(event: StakeholdersChanged, *, author: Author, now: datetime) -> None:
    """Delivery works with the people sales knows: the projects name the same ones, and their log says what is different."""
    handoff = find_handoff_of_deal(actor=system_actor(), deal_id=event.deal_id)
    if handoff is None or handoff.status == "withdrawn":
        return
    said: dict[str, None] = {}
    for project in handoff.projects:
        changed = mirror_stakeholders(source=Ref("sales.deal", event.deal_id), target=Ref("delivery.project", project.project_id), now=now)
        said |= dict.fromkeys(stakeholder_change_words(before, after) for before, after in changed)
    if not said:
        return
    projects = tuple(Ref("delivery.project", project.project_id) for project in handoff.projects)
    log_communications(actor=system_actor(), now=now, entries=[
        NewCommunication(
            kind=CommunicationKind.NOTE, refs=projects, subject=f"{author.label or 'Sales'} changed who is who",
            body="\n".join(said), happened_at=author.at or now, is_automatic=True,
        )
    ])
    notify(
        notice=Notice("handoff.people", Ref("handoff.handoff", handoff.id), "; ".join(said), near=projects),
        to={Reason.ASSIGNED: find_user_ids([handoff.lead_id])}, author=author, now=now,
    )


@subscribe(CommunicationLogged, CommunicationRefiled)
def carry_entries_over(event: CommunicationLogged | CommunicationRefiled, *, now: datetime) -> None:
    """What is said on a won deal is said to its projects too; a project that an entry was taken off by hand stays without it."""
    homes = find_homes(communication_ids=event.communication_ids, noun="sales.deal")
    if not homes:
        return
    taken_off = set(event.refs) if isinstance(event, CommunicationRefiled) else set()
    for deal_id, project_ids in find_live_projects(deal_ids={deal_id for deals in homes.values() for deal_id in deals}).items():
        targets = [ref for ref in (Ref("delivery.project", one) for one in project_ids) if str(ref) not in taken_off]
        hang_entries_further(communication_ids=[key for key, deals in homes.items() if deal_id in deals], targets=targets)


@subscribe(DocumentAdded, DocumentLinked)
def carry_documents_over(event: DocumentAdded | DocumentLinked, *, now: datetime) -> None:
    """What is filed on a won deal is on its projects too."""
    deal_ids = set(find_document_homes(event.document_id, "sales.deal"))
    if not deal_ids:
        return
    targets = [Ref("delivery.project", one) for found in find_live_projects(deal_ids=deal_ids).values() for one in found]
    hang_document_further(document_id=event.document_id, targets=targets, now=now)


def _ref(event: AboutHandoff) -> Ref:
    return Ref("handoff.handoff", event.handoff_id)


def _words_of(field: str) -> str:
    """A field as people say it: Main stakeholder."""
    return _ANSWERS.get(field) or field.removeprefix("extra.").removesuffix("_id").replace("_", " ").capitalize()


def _taken_over(handoff: HandoffRow) -> str:
    return worded("{name} took over. The handoff is verified.", name=handoff.accepted_by or worded("Delivery"))


def _seller(handoff: HandoffRow) -> int | None:
    """Who answers for the sale: the owner of the deal as it stands, else who handed it over."""
    return get_deal(actor=system_actor(), deal_id=handoff.deal_id).owner_id or handoff.submitted_by_id


def _tell(event: AboutHandoff, kind: str, person_ids: list[int | None], detail: str, author: Author, now: datetime) -> None:
    near = (Ref("sales.deal", event.deal_id), *(Ref("delivery.project", key) for key in event.project_ids))
    notify(
        notice=Notice(kind, _ref(event), detail, near=near),
        to={Reason.ASSIGNED: find_user_ids(person_ids)}, author=author, now=now,
    )


def _log(event: AboutHandoff, subject: str, body: str, author: Author, now: datetime) -> None:
    """Say it where it happened and when it happened, however late the worker comes to it; in the language of the house."""
    refs = (Ref("sales.deal", event.deal_id), *(Ref("delivery.project", key) for key in event.project_ids))
    with speaking(get_organisation().language):
        entry = NewCommunication(
            kind=CommunicationKind.NOTE, refs=refs, subject=heard_within(subject), body=heard_within(body), happened_at=author.at or now, is_automatic=True
        )
    log_communications(actor=system_actor(), now=now, entries=[entry])
