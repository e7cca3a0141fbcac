"""Taking a win back: the deal is open again, its handoff and projects wait for the next win."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wonward.domains.sales.closing import take_back_win
from wonward.domains.sales.types import NextAction
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.journeys.handoff import events
from wonward.journeys.handoff.models import Handoff, OpenWin
from wonward.journeys.handoff.operations.locking import facts_of, save_handoff
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref


@transaction.atomic
def reopen_won_deal(*, actor: Actor, deal_id: int, next_action: NextAction, reason: str, now: datetime) -> int | None:
    """Open a won deal again and withdraw its handoff, which no longer waits for anybody. Returns the handoff's id.

    Its projects with their plans, bookings and promises stay as they are and go on at the next win; `undo_win` takes them back as well.

    An open win, made while delivery was off, has no handoff to withdraw: None.
    """
    take_back_win(actor=actor, deal_id=deal_id, next_action=next_action, reason=reason, now=now)
    if OpenWin.objects.filter(deal_id=deal_id).delete()[0]:
        return None
    handoff = Handoff.objects.select_for_update().get(deal_id=deal_id)
    before = handoff.status
    handoff.status, handoff.due_at, handoff.escalated_at, handoff.taken_back = "withdrawn", None, None, "reopened"
    save_handoff(handoff, now)
    record_change(
        actor=actor, operation="handoff.handoff.withdraw", ref=Ref("handoff.handoff", handoff.pk),
        changes={"status": [before, "withdrawn"], "reason": [None, reason.strip()[:300]]}, now=now,
    )
    publish(events.HandoffWithdrawn(**facts_of(handoff)), actor=actor, now=now)
    return handoff.pk
