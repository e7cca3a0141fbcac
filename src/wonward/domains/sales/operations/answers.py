"""Clients who wrote about a deal and wait for an answer: followed from what was said, settled by hand, told when late."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from wonward.domains.comms.queries import find_first_message, find_last_answer
from wonward.domains.sales import events
from wonward.domains.sales.models import Deal, OwedAnswer, ProposalComment
from wonward.domains.sales.operations.deals import lock_deal
from wonward.domains.sales.rules.leads import add_working_minutes
from wonward.domains.staff.queries import get_default_calendar
from wonward.foundation.audit.operations import Change, record_change, record_changes
from wonward.foundation.events.operations import publish, publish_many
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import Conflict
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

HOURS_UNTIL_MANAGER = 24
_AT_ONCE = 200


@transaction.atomic
def follow_answers(*, deal_ids: Iterable[int], now: datetime) -> None:
    """Look again at what was written and answered about these deals; what has become late is told anew."""
    deals = Deal.objects.select_for_update(of=("self",)).select_related("pipeline").filter(pk__in=list(deal_ids))
    for deal in deals.order_by("pk"):
        row = OwedAnswer.objects.filter(deal=deal).first() or OwedAnswer(deal=deal)
        _follow(deal, row, now)


def _follow(deal: Deal, row: OwedAnswer, now: datetime) -> bool:
    asked_at = _asked_since(deal, row.settled_at)
    if asked_at == row.asked_at:
        return False
    row.asked_at, row.told = asked_at, 0
    row.due_at = asked_at and add_working_minutes(
        asked_at, deal.pipeline.answer_goal_minutes, calendar=get_default_calendar()[1], zone=get_organisation().time_zone
    )
    row.save()
    publish(events.OwedAnswerChanged(deal_id=deal.pk, company_id=deal.company_id), actor=system_actor(), now=now)
    return True


def _asked_since(deal: Deal, settled_at: datetime | None) -> datetime | None:
    """The first word of the client after our last one, in the log and on proposals."""
    comments = ProposalComment.objects.filter(proposal__deal=deal)
    ours = comments.filter(is_client=False).order_by("-created_at").values_list("created_at", flat=True).first()
    answers = [at for at in (settled_at, ours, find_last_answer(ref=Ref("sales.deal", deal.pk))) if at]
    after = max(answers, default=None)
    theirs = comments.filter(is_client=True)
    theirs = theirs.filter(created_at__gt=after) if after else theirs
    asked = theirs.order_by("created_at").values_list("created_at", flat=True).first()
    return min((at for at in (asked, find_first_message(ref=Ref("sales.deal", deal.pk), after=after)) if at), default=None)


@transaction.atomic
def settle_answer(*, actor: Actor, deal_id: int, is_settled: bool = True, now: datetime) -> None:
    """Say that what the client wrote about a deal until now needs no answer; `is_settled` False takes that back."""
    deal = lock_deal(actor=actor, deal_id=deal_id, permission="sales.deal.edit")
    row = OwedAnswer.objects.filter(deal=deal).first()
    if row is None or (row.asked_at if is_settled else row.settled_at) is None:
        if is_settled:
            raise Conflict(worded("Nobody waits for an answer about {number}.", number=deal.number))
        raise Conflict(worded("No answer about {number} was put aside.", number=deal.number))
    before, row.settled_at = row.settled_at, max(now, row.asked_at or now) if is_settled else None
    if not _follow(deal, row, now):
        row.save()
    record_change(
        actor=actor, operation="sales.answer.settle", ref=Ref("sales.deal", deal.pk), now=now,
        changes={"answer_settled_at": [before, row.settled_at]},
    )


def escalate_late_answers(*, now: datetime) -> int:
    """Tell owners of open deals whose client waits beyond the goal, and managers a day later: each once; how many facts."""
    late = now - timedelta(hours=HOURS_UNTIL_MANAGER)
    told = 0
    for level, due in ((1, Q(due_at__lt=now, told=0)), (2, Q(due_at__lt=late, told=1))):
        while count := _escalate(level, due, now):
            told += count
    return told


@transaction.atomic
def _escalate(level: int, due: Q, now: datetime) -> int:
    waiting = OwedAnswer.objects.select_for_update(of=("self",)).filter(due, asked_at__isnull=False, deal__status="open")
    rows = list(waiting.order_by("pk").values_list("pk", "deal_id", "deal__company_id", "told")[:_AT_ONCE])
    if not rows:
        return 0
    OwedAnswer.objects.filter(pk__in=[key for key, *_ in rows]).update(told=level)
    actor = system_actor()
    record_changes(
        actor=actor, operation="sales.answer.escalate", now=now,
        changes=[Change(Ref("sales.deal", deal_id), {"answer_escalation": [told, level]}) for _, deal_id, _, told in rows],
    )
    publish_many(
        [events.AnswerOverdue(deal_id=deal_id, company_id=company_id, level=level) for _, deal_id, company_id, _ in rows], actor=actor, now=now
    )
    return len(rows)
