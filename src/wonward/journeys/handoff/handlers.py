"""What follows a handoff without being able to break it: the log says so on both sides."""

from __future__ import annotations

from datetime import datetime

from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.staff.queries import get_person_names
from wonward.foundation.events.bus import subscribe
from wonward.journeys.handoff.events import (
    AboutHandoff,
    HandoffAccepted,
    HandoffAnswered,
    HandoffOverdue,
    HandoffResubmitted,
    HandoffReturned,
    HandoffSubmitted,
    HandoffWithdrawn,
    QuestionRaised,
    ScopeAmended,
)
from wonward.journeys.handoff.queries import get_handoff, list_scope_changes
from wonward.kernel.actor import system_actor
from wonward.kernel.ref import Ref


@subscribe(HandoffSubmitted)
def log_submission(event: HandoffSubmitted, *, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    names = ", ".join(f"{row.number} {row.name}" for row in handoff.projects)
    _log(event, f"{handoff.deal_number} won and handed off", f"{handoff.number} waits for acceptance. Created: {names}.", now)


@subscribe(HandoffResubmitted)
def log_resubmission(event: HandoffResubmitted, *, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    _log(
        event, f"{handoff.deal_number} won again", f"{handoff.number} waits for acceptance. The same projects go on; "
        "the scope was frozen under a new version.", now,
    )


@subscribe(HandoffWithdrawn)
def log_withdrawal(event: HandoffWithdrawn, *, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    _log(event, f"{handoff.deal_number} is open again", f"{handoff.number} was withdrawn until the deal is won again.", now)


@subscribe(HandoffAccepted)
def log_acceptance(event: HandoffAccepted, *, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    _log(event, f"{handoff.number} accepted", f"{handoff.accepted_by or 'Delivery'} took over. The handoff is verified.", now)


@subscribe(HandoffReturned)
def log_return(event: HandoffReturned, *, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    _log(event, f"{handoff.number} returned to sales", "Delivery asked for answers before taking over.", now)


@subscribe(HandoffAnswered)
def log_answer(event: HandoffAnswered, *, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    _log(event, f"{handoff.number} answered", "Sales answered every question; delivery decides again.", now)


@subscribe(HandoffOverdue)
def log_escalation(event: HandoffOverdue, *, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    manager = get_person_names([event.manager_id]).get(event.manager_id or 0, "")
    whom = f"Escalated to {manager}." if manager else "Nobody answers for the delivery lead, so nobody was told."
    _log(event, f"{handoff.number} is not decided in time", f"{handoff.lead_name or 'Delivery'} has not accepted or returned it. {whom}", now)


@subscribe(ScopeAmended)
def log_amendment(event: ScopeAmended, *, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    versions = {row.number: row for row, _ in list_scope_changes(actor=system_actor(), handoff_id=event.handoff_id)}
    amended = versions.get(event.number)
    _log(event, f"Scope of {handoff.number} amended, version {event.number}", amended.reason if amended else "", now)


@subscribe(QuestionRaised)
def log_raised_question(event: QuestionRaised, *, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    _log(event, f"Question to sales on {handoff.number}", "Delivery asked about something the handoff did not say.", now)


def _log(event: AboutHandoff, subject: str, body: str, now: datetime) -> None:
    refs = (Ref("sales.deal", event.deal_id), *(Ref("delivery.project", key) for key in event.project_ids))
    log_communications(
        actor=system_actor(), now=now,
        entries=[
            NewCommunication(
                kind=CommunicationKind.NOTE, refs=refs, subject=subject, body=body, happened_at=now, is_automatic=True
            )
        ],
    )
