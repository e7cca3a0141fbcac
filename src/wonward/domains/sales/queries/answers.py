"""Reading which clients wait for an answer."""

from __future__ import annotations

from datetime import datetime

from wonward.domains.sales.models import Deal, OwedAnswer, Pipeline
from wonward.domains.sales.types import OwedAnswerRow
from wonward.foundation.database.prepared import Question, count_of
from wonward.kernel.actor import Actor


def ask_owed_answers(deal_id: int) -> Question:
    """Whether the client waits (1) or not (0) on a deal, to be asked together with other numbers."""
    return Question(
        "owed answers of a deal", lambda values: count_of(OwedAnswer.objects.filter(deal_id=values["deal"], asked_at__isnull=False)), {"deal": deal_id}
    )


def ask_owed_by(owner_id: int) -> Question:
    """How many clients of somebody's open deals wait, to be asked together with other numbers."""
    return Question(
        "owed answers of an owner",
        lambda values: count_of(OwedAnswer.objects.filter(asked_at__isnull=False, deal__status="open", deal__owner_id=values["owner"])), {"owner": owner_id},
    )


def find_owed_answer(*, deal_id: int) -> OwedAnswerRow | None:
    """What a deal's client waits for, of a deal the viewer was shown; None when nobody waits or it is closed."""
    found = OwedAnswer.objects.filter(deal_id=deal_id, asked_at__isnull=False, deal__status="open")
    row = found.values_list("deal_id", "deal__name", "deal__company__name", "asked_at", "due_at").first()
    return _row(*row) if row else None


def list_owed_answers(*, actor: Actor, owner_id: int, limit: int = 10) -> list[OwedAnswerRow]:
    """The open deals of somebody, among those the viewer sees, whose client waits; the most urgent first."""
    deals = Deal.objects.visible_to(actor).filter(owner_id=owner_id, status="open", owed_answer__asked_at__isnull=False)
    found = deals.order_by("owed_answer__due_at", "pk").values_list(
        "pk", "name", "company__name", "owed_answer__asked_at", "owed_answer__due_at"
    )
    return [_row(*values) for values in found[:limit]]


def get_answer_goal(*, pipeline_id: int) -> int:
    """Minutes of working time within which a client's message about a deal is answered."""
    return Pipeline.objects.filter(pk=pipeline_id).values_list("answer_goal_minutes", flat=True).first() or 480


def _row(deal_id: int, name: str, company: str | None, asked_at: datetime | None, due_at: datetime | None) -> OwedAnswerRow:
    assert asked_at is not None
    assert due_at is not None
    return OwedAnswerRow(deal_id, name, company or "", asked_at, due_at)
