"""What time alone brings about: a decision that is overdue, and what is uncovered when the kickoff comes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from wonward.domains.staff.queries import find_manager_of
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.journeys.handoff import events
from wonward.journeys.handoff.models import Handoff
from wonward.journeys.handoff.operations.locking import facts_of, save_handoff
from wonward.journeys.promises.queries import get_coverages_of_deals
from wonward.kernel.actor import system_actor
from wonward.kernel.ref import Ref

AT_ONCE = 200


def escalate_overdue_handoffs(*, now: datetime) -> int:
    """Tell the lead's manager of every handoff whose time is up, once until it is submitted again; how many there were."""
    ids = list(_overdue(now).order_by("due_at", "pk").values_list("pk", flat=True)[:AT_ONCE])
    return sum(_escalate(handoff_id, now) for handoff_id in ids)


def _overdue(now: datetime) -> QuerySet[Handoff]:
    return Handoff.objects.filter(status="awaiting_acceptance", due_at__lt=now, escalated_at__isnull=True)


@transaction.atomic
def _escalate(handoff_id: int, now: datetime) -> int:
    handoff = _overdue(now).select_for_update(of=("self",)).filter(pk=handoff_id).first()
    if handoff is None:
        return 0
    actor = system_actor()
    handoff.escalated_at = now
    save_handoff(handoff, now)
    manager_id = find_manager_of(handoff.lead_id)
    record_change(
        actor=actor, operation="handoff.handoff.escalate", ref=Ref("handoff.handoff", handoff.pk),
        changes={"escalated_at": [None, now], "manager_id": [None, manager_id]}, now=now,
    )
    publish(events.HandoffOverdue(**facts_of(handoff), manager_id=manager_id), actor=actor, now=now)
    return 1


@transaction.atomic
def note_uncovered_at_kickoff(*, now: datetime) -> int:
    """Write down, once per handoff whose kickoff day has come, how many of its promises no work covers; how many handoffs."""
    today = civil_date(now, get_organisation().time_zone)
    waiting = Handoff.objects.filter(kickoff_date__lte=today, uncovered_at_kickoff__isnull=True).exclude(status="withdrawn")
    rows = list(waiting.select_for_update().order_by("pk")[:AT_ONCE])
    coverages = get_coverages_of_deals(actor=system_actor(), deal_ids=[row.deal_id for row in rows])
    for row in rows:
        row.uncovered_at_kickoff = coverages[row.deal_id].counts["uncovered"]
    Handoff.objects.bulk_update(rows, ["uncovered_at_kickoff"])
    return len(rows)
