"""Reactions to what is logged."""

from __future__ import annotations

from datetime import datetime

from wonward.domains.comms.events import CommunicationLogged
from wonward.domains.comms.queries import find_communications
from wonward.domains.sales.operations.leads import ANSWER_KINDS, note_first_responses
from wonward.foundation.events.bus import subscribe
from wonward.kernel.actor import Actor, system_actor


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
