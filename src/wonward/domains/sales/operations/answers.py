"""Clients who wrote about a deal and wait for an answer: followed from what was said, settled by hand, told when late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest, Least, NullIf

from wonward.domains.comms.queries import answers_about, messages_about
from wonward.domains.sales import events
from wonward.domains.sales.models import Deal, OwedAnswer, ProposalComment
from wonward.domains.sales.operations.deals import lock_deal
from wonward.domains.sales.rules.leads import add_working_minutes
from wonward.domains.staff.queries import get_default_calendar
from wonward.foundation.audit.operations import Change, record_change, record_changes
from wonward.foundation.events.operations import publish_many
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import Conflict
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

HOURS_UNTIL_MANAGER = 24
_AT_ONCE = 200
_BEFORE_ALL, _AFTER_ALL = datetime(1000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
_FOLLOWED = ("pk", "company_id", "pipeline__answer_goal_minutes", "owed_answer__asked_at", "asked_at")


@transaction.atomic
def follow_answers(*, deal_ids: Iterable[int], now: datetime) -> None:
    """Look again at what was written and answered about these deals; what has become late is told anew."""
    locked = Deal.objects.select_for_update(of=("self",)).filter(pk__in=set(deal_ids)).order_by("pk")
    _follow(list(locked.values_list("pk", flat=True)), now)


def _follow(deal_ids: Sequence[int], now: datetime) -> None:
    """The same for deals that are locked."""
    changed, facts = [], []
    for start in range(0, len(deal_ids), _AT_ONCE):
        found = _asked_since(deal_ids[start : start + _AT_ONCE])
        for deal_id, company_id, goal, known_since, asked_at in found.order_by("pk").values_list(*_FOLLOWED):
            if asked_at == known_since:
                continue
            due_at = asked_at and add_working_minutes(
                asked_at, goal, calendar=get_default_calendar()[1], zone=get_organisation().time_zone
            )
            changed.append(OwedAnswer(deal_id=deal_id, asked_at=asked_at, due_at=due_at))
            facts.append(events.OwedAnswerChanged(deal_id=deal_id, company_id=company_id))
    OwedAnswer.objects.bulk_create(
        changed, batch_size=_AT_ONCE, update_conflicts=True, unique_fields=["deal"], update_fields=["asked_at", "due_at", "told"]
    )
    if facts:
        publish_many(facts, actor=system_actor(), now=now)


def _asked_since(deal_ids: Sequence[int]) -> QuerySet[Deal]:
    """The first word of the client after our last one, in the log and on proposals; all deals in one statement."""
    comments = ProposalComment.objects.filter(proposal__deal=OuterRef("pk")).values("created_at")
    ours = Subquery(comments.filter(is_client=False).order_by("-created_at")[:1])
    answered = Subquery(answers_about("sales.deal", OuterRef("pk"))[:1])
    before_all = Value(_BEFORE_ALL, DateTimeField())
    ended = Greatest(*(Coalesce(at, before_all) for at in (F("owed_answer__settled_at"), ours, answered)))
    theirs = comments.filter(is_client=True, created_at__gt=OuterRef("ended_at")).order_by("created_at")
    written = messages_about("sales.deal", OuterRef("pk")).filter(happened_at__gt=OuterRef("ended_at"))
    after_all = Value(_AFTER_ALL, DateTimeField())
    first = Least(*(Coalesce(Subquery(found[:1]), after_all) for found in (theirs, written)))
    return Deal.objects.filter(pk__in=deal_ids).annotate(ended_at=ended).annotate(asked_at=NullIf(first, after_all))


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
    row.save(update_fields=["settled_at"])
    _follow([deal.pk], now)
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
