"""Asking whether a date can be promised, and promising it on that basis. Asking writes nothing but the answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction

from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.staff.queries import get_person_names
from wonward.foundation.access.policy import actor_of_user, can_see, require
from wonward.foundation.audit.operations import record_change
from wonward.foundation.jobs.operations import enqueue
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.journeys.capacity.models import DateAnswer
from wonward.journeys.capacity.queries.dates import (
    answer_case,
    basis_of,
    list_approvers,
    read_date_case,
    sold_print,
    usual_kickoff,
    weigh_levers,
)
from wonward.journeys.promises.operations import promise_with_basis
from wonward.journeys.promises.types import BasisRow, NewPromise, PromiseKind
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

RELEVEL_SECONDS = 2.0
ABANDONED_AFTER = timedelta(minutes=15)
KEPT_ANSWERS = 20
LATEST_YEARS = 5
MOST_ITEMS_AT_ONCE = 150


def ask_date(*, actor: Actor, deal_id: int, kickoff: date | None = None, wanted: date | None = None, now: datetime) -> int:
    """Answer at once by rules and odds, and level the work anew in the background; returns the id of the answer.

    What would help is tried at once for plans of usual size, else in the background as well.
    """
    deal = get_deal(actor=actor, deal_id=deal_id)
    require(actor, "capacity.date.ask")
    today = civil_date(now, get_organisation().time_zone)
    kickoff = kickoff or usual_kickoff(deal, today)
    if kickoff < today:
        raise Refused.field("kickoff_date", "The work cannot begin in the past.", "past")
    if kickoff.year > today.year + LATEST_YEARS:
        raise Refused.field("kickoff_date", worded("Ask for a beginning within {latest_years} years.", latest_years=LATEST_YEARS), "range")
    if wanted is not None and wanted < kickoff:
        raise Refused.field("wanted_date", "The date wanted lies before the beginning.", "order")
    case = read_date_case(actor=actor, deal_id=deal_id, kickoff=kickoff, today=today)
    found, answer = answer_case(case, wanted=wanted)
    if len(case.items) <= MOST_ITEMS_AT_ONCE or not actor.user_id:
        answer |= {"levers": weigh_levers(case, found, wanted=wanted, today=today)}
    else:
        answer |= {"is_weighing_levers": True}
    answer |= {"sold": sold_print(deal_id=deal_id)}
    with transaction.atomic():
        row = DateAnswer.objects.create(
            deal_id=deal_id, author_id=actor.person_id, author_label=actor.label, user_id=actor.user_id, kickoff_date=kickoff, wanted_date=wanted,
            state="searching" if actor.user_id else "ready", answer=answer, created_at=now, updated_at=now,
        )
        old = list(DateAnswer.objects.filter(deal_id=deal_id).order_by("-pk").values_list("pk", flat=True)[KEPT_ANSWERS : KEPT_ANSWERS + 100])
        DateAnswer.objects.filter(pk__in=old).delete()
        record_change(actor=actor, operation="capacity.date.ask", ref=Ref("sales.deal", deal_id), changes={"wanted_date": [None, wanted]}, now=now)
        if actor.user_id:
            enqueue("capacity.relevel_date", now=now, answer_id=row.pk)
    return row.pk


def relevel_date(*, answer_id: int, now: datetime) -> None:
    """Answer once more with a search behind it, then try what would help by the same search.

    A question asked again by then, or a deal gone, changes nothing. The answer is there before its levers are.
    """
    row = DateAnswer.objects.filter(pk=answer_id, state="searching").first()
    if row is None:
        return
    actor = actor_of_user(row.user_id) if row.user_id else None
    searching = DateAnswer.objects.filter(pk=answer_id, state="searching")
    answer = {**row.answer, "is_weighing_levers": False}
    if actor is not None:
        today = civil_date(now, get_organisation().time_zone)
        try:
            case = read_date_case(actor=actor, deal_id=row.deal_id, kickoff=row.kickoff_date, today=today)
            found, begun = answer_case(case, wanted=row.wanted_date, seconds=RELEVEL_SECONDS)
        except (Refused, NotFound, NotAllowed):
            pass
        else:
            answer = {**begun, "sold": sold_print(deal_id=row.deal_id), "is_relevelled": True}
            searching.update(answer={**answer, "is_weighing_levers": True}, updated_at=now)
            answer |= {"levers": weigh_levers(case, found, wanted=row.wanted_date, today=today, seconds=RELEVEL_SECONDS)}
    searching.update(answer=answer, state="ready", updated_at=now)


def end_abandoned_answers(*, now: datetime) -> int:
    """What was answered at once stands alone where nobody works on the rest any more; how many answers."""
    return DateAnswer.objects.filter(state="searching", created_at__lt=now - ABANDONED_AFTER).update(state="ready", updated_at=now)


@transaction.atomic
def promise_date(
    *, actor: Actor, answer_id: int, due_date: date, text: str, weight: int = 3, approver_id: int | None = None, now: datetime
) -> int:
    """Promise a date of a deal on the basis of an answer; returns the id of the promise.

    Before P50 somebody with the right has to answer for it: the actor, or the approver named, until whose confirmation it is a draft.
    """
    row = DateAnswer.objects.filter(pk=answer_id).first()
    if row is None or not can_see(actor, Ref("sales.deal", row.deal_id)):
        raise NotFound("date answer", answer_id)
    require(actor, "capacity.date.ask")
    deal = get_deal(actor=actor, deal_id=row.deal_id)
    if deal.status != "open":
        raise Conflict(worded("{number} is {status}; its dates are promised where its work is.", number=deal.number, status=worded(deal.status)))
    if not text.strip():
        raise Refused.field("text", "Say what will be done by then.", "required")
    known = basis_of(row)
    basis = replace(known, chance=known.chance_by(due_date), odds=())
    if due_date < basis.p50_date:
        basis = _answered_for(actor, basis, approver_id, now)
    new = NewPromise(PromiseKind.DATE, text, deal_id=row.deal_id, due_date=due_date, weight=weight)
    return promise_with_basis(actor=actor, promise=new, basis=basis, now=now)


def _answered_for(actor: Actor, basis: BasisRow, approver_id: int | None, now: datetime) -> BasisRow:
    if actor.may("capacity.date.approve") and approver_id in (None, actor.person_id):
        return _with_approver(basis, actor.person_id, actor.label, now)
    if approver_id is None:
        raise Refused.field("approver_id", worded("This is earlier than P50 ({p_date}). Name who approves it.", p_date=basis.p50_date), "required")
    names = dict(list_approvers())
    if approver_id not in names:
        raise Refused.field("approver_id", "This colleague may not approve dates before P50.", "unknown")
    return _with_approver(basis, approver_id, get_person_names([approver_id])[approver_id], None)


def _with_approver(basis: BasisRow, approver_id: int | None, name: str, at: datetime | None) -> BasisRow:
    return replace(basis, approver_id=approver_id, approver=name, approved_at=at)
