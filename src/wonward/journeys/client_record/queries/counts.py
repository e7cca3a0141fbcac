"""The few counts of the left rail: only where action is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wonward.domains.delivery.queries.projects import ask_live
from wonward.domains.sales.queries.deals import ask_count as ask_deals
from wonward.domains.sales.queries.deals import ask_due
from wonward.domains.sales.queries.leads import ask_leads_to_answer
from wonward.foundation.database.prepared import numbers
from wonward.foundation.notifications.queries import ask_unread
from wonward.foundation.saved_views.queries import ask_pinned_records, ask_pins
from wonward.journeys.handoff.queries import ask_count as ask_handoffs
from wonward.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class NavigationCounts:
    """Numbers beside the places of the left rail; `unread` are threads of the inbox, `pins` views of lists kept at hand, `records` single records."""

    my_due: int
    open_deals: int
    waiting_handoffs: int
    live_projects: int
    unread: int
    leads_to_answer: int
    pins: int
    records: int


def count_navigation(*, actor: Actor, now: datetime) -> NavigationCounts:
    """All counts in at most one query; a side the viewer may not see counts nothing."""
    waiting = "awaiting_acceptance" if actor.may("handoff.handoff.accept") else "returned"
    return NavigationCounts(*numbers([
        ask_due(actor, now=now), ask_deals(actor, status="open"), ask_handoffs(actor, status=waiting), ask_live(actor),
        ask_unread(actor, now=now), ask_leads_to_answer(actor), ask_pins(actor), ask_pinned_records(actor),
    ], is_kept=True))
