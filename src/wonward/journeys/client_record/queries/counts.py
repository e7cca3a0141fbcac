"""The few counts of the left rail: only where action is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wonward.domains.delivery.queries.projects import count_projects
from wonward.domains.sales.queries.deals import count_deals, count_due
from wonward.journeys.handoff.queries import count_handoffs_in
from wonward.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class NavigationCounts:
    """Numbers beside the places of the left rail."""

    my_due: int
    open_deals: int
    waiting_handoffs: int
    live_projects: int


def count_navigation(*, actor: Actor, now: datetime) -> NavigationCounts:
    """Four counts in four queries; a side the viewer may not see counts nothing."""
    projects = count_projects(actor=actor) if actor.may("delivery.project.view") else {}
    waiting = "awaiting_acceptance" if actor.may("handoff.handoff.accept") else "returned"
    return NavigationCounts(
        count_due(actor=actor, now=now),
        count_deals(actor=actor, status="open") if actor.may("sales.deal.view") else 0,
        count_handoffs_in(actor=actor, status=waiting),
        projects.get("active", 0) + projects.get("planned", 0),
    )
