"""What follows a handoff without being able to break it: the log says so on both sides."""

from __future__ import annotations

from datetime import datetime

from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.foundation.events.bus import subscribe
from wonward.journeys.handoff.events import (
    HandoffAccepted,
    HandoffAnswered,
    HandoffReturned,
    HandoffSubmitted,
)
from wonward.journeys.handoff.queries import get_handoff
from wonward.kernel.actor import system_actor
from wonward.kernel.ref import Ref


@subscribe(HandoffSubmitted)
def log_submission(event: HandoffSubmitted, *, now: datetime) -> None:
    handoff = get_handoff(actor=system_actor(), handoff_id=event.handoff_id)
    names = ", ".join(f"{row.number} {row.name}" for row in handoff.projects)
    _log(event, f"{handoff.deal_number} won and handed off", f"{handoff.number} waits for acceptance. Created: {names}.", now)


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


def _log(
    event: HandoffSubmitted | HandoffAccepted | HandoffReturned | HandoffAnswered, subject: str, body: str, now: datetime
) -> None:
    refs = (Ref("sales.deal", event.deal_id), *(Ref("delivery.project", key) for key in event.project_ids))
    log_communications(
        actor=system_actor(), now=now,
        entries=[
            NewCommunication(
                kind=CommunicationKind.NOTE, refs=refs, subject=subject, body=body, happened_at=now, is_automatic=True
            )
        ],
    )
