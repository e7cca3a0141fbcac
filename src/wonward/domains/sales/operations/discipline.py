"""What time alone brings about, and the list of reasons deals are lost for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from wonward.domains.sales import events
from wonward.domains.sales.models import Deal, LostReason
from wonward.domains.sales.queries.shapes import by_day
from wonward.domains.staff.queries import DayFrame, get_day_frame
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import Change, record_changes
from wonward.foundation.events.operations import publish_many
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

DAYS_UNTIL_MANAGER = 3
MOST_REASONS = 40
_AT_ONCE = 200


def escalate_overdue_next_actions(*, now: datetime) -> int:
    """Tell owners of next actions whose day has passed, and managers of those three days late: each once; how many facts.

    Another next action starts anew. Days are judged where the owner lives.
    """
    frame = get_day_frame(now=now, time_zone=get_organisation().time_zone)
    late = DayFrame(frame.today - timedelta(days=DAYS_UNTIL_MANAGER), tuple((day - timedelta(days=DAYS_UNTIL_MANAGER), who) for day, who in frame.exceptions))
    told = 0
    for level, due in ((1, by_day(frame, "lt") & Q(next_escalation=0)), (2, by_day(late, "lt") & Q(next_escalation=1))):
        while count := _escalate(level, due, now):
            told += count
    return told


@transaction.atomic
def _escalate(level: int, due: Q, now: datetime) -> int:
    """One portion; the version stays, so that nobody's open form becomes stale by the passing of time."""
    rows = list(Deal.objects.select_for_update(of=("self",)).filter(due, status="open").order_by("pk")[:_AT_ONCE])
    if not rows:
        return 0
    Deal.objects.filter(pk__in=[row.pk for row in rows]).update(next_escalation=level)
    actor = system_actor()
    record_changes(
        actor=actor, operation="sales.next_action.escalate", now=now,
        changes=[Change(Ref("sales.deal", row.pk), {"next_escalation": [row.next_escalation, level]}) for row in rows],
    )
    publish_many(
        [events.NextActionOverdue(deal_id=row.pk, company_id=row.company_id, level=level) for row in rows], actor=actor, now=now
    )
    return len(rows)


@transaction.atomic
def save_lost_reasons(*, actor: Actor, names: Sequence[str], now: datetime) -> None:
    """Replace the reasons to choose from, in order; deals keep the words they were lost with."""
    require(actor, "sales.pipeline.edit")
    wanted = list(dict.fromkeys(name.strip()[:120] for name in names if name.strip()))
    if not wanted:
        raise Refused.field("names", "Keep at least one reason.", "required")
    if len(wanted) > MOST_REASONS:
        raise Refused.field("names", worded("There are at most {most_reasons} reasons.", most_reasons=MOST_REASONS), "too_long")
    before = list(LostReason.objects.order_by("position", "pk").values_list("name", flat=True))
    if before == wanted:
        return
    LostReason.objects.all().delete()
    rows = LostReason.objects.bulk_create([LostReason(name=name, position=place) for place, name in enumerate(wanted)])
    record_changes(
        actor=actor, operation="sales.lost_reason.change", now=now,
        changes=[Change(Ref("sales.lost_reason", rows[0].pk), {"names": [before, wanted]})],
    )
