"""Taking one handoff for writing, and giving it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wonward.domains.staff.queries import get_default_calendar
from wonward.foundation.access.policy import require
from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.handoff.models import Handoff
from wonward.journeys.handoff.queries.gate import get_rules
from wonward.journeys.handoff.queries.handoffs import visible_handoffs
from wonward.journeys.handoff.rules.clock import due_after
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotFound
from wonward.kernel.wording import worded


def lock_handoff(actor: Actor, handoff_id: int, permission: str) -> Handoff:
    """A visible handoff, locked, with the right checked; NotFound or NotAllowed."""
    handoff = visible_handoffs(actor).select_for_update(of=("self",)).filter(pk=handoff_id).first()
    if handoff is None:
        raise NotFound("handoff", handoff_id)
    require(actor, permission)
    return handoff


def facts_of(handoff: Handoff) -> dict[str, Any]:
    """What every event about a handoff carries."""
    return {
        "handoff_id": handoff.pk, "deal_id": handoff.deal_id, "company_id": handoff.deal.company_id,
        "project_ids": list(handoff.project_links.order_by("pk").values_list("project_id", flat=True)),
    }


def check_version(handoff: Handoff, version: int | None) -> None:
    """Conflict when the writer has not seen the newest state."""
    if version is not None and version != handoff.version:
        raise Conflict(worded("{number} was changed by somebody else in the meantime.", number=handoff.number))


def save_handoff(handoff: Handoff, now: datetime) -> None:
    """Write the row under its next version."""
    handoff.version += 1
    handoff.updated_at = now
    handoff.save()


def start_clock(handoff: Handoff, now: datetime) -> None:
    """Delivery has been asked to decide: from now on its time runs. The caller saves."""
    _, calendar = get_default_calendar()
    handoff.submitted_at, handoff.escalated_at = now, None
    handoff.due_at = due_after(calendar, now, get_rules().acceptance_minutes, get_organisation().time_zone)
