"""Questions about a handoff with what was said to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from wonward.journeys.handoff.models import FieldDecision, HandoffQuestion, QuestionMessage
from wonward.journeys.handoff.types import DecisionRow, MessageRow, QuestionRow

_COLUMNS = ("pk", "round", "field", "text", "asked_by", "asked_at", "answer", "answered_by", "answered_at", "is_error")


def list_questions(*, handoff_id: int) -> list[QuestionRow]:
    """Every question asked about a handoff the viewer has been shown, oldest first, with its thread; two queries."""
    found = HandoffQuestion.objects.filter(handoff_id=handoff_id).order_by("round", "pk").values_list(*_COLUMNS)
    return _with_threads(found)


def _with_threads(found: Iterable[tuple[Any, ...]]) -> list[QuestionRow]:
    rows = list(found)
    threads: dict[int, list[MessageRow]] = {}
    if rows:
        said = QuestionMessage.objects.filter(question_id__in=[row[0] for row in rows]).order_by("pk")
        for values in said.values_list("pk", "question_id", "side", "text", "author_label", "created_at"):
            threads.setdefault(values[1], []).append(MessageRow(*values))
    return [replace(QuestionRow(*row), messages=tuple(threads.get(row[0], ()))) for row in rows]


def find_open_questions(*, handoff_ids: Collection[int]) -> dict[int, list[QuestionRow]]:
    """Unanswered questions by handoff, oldest first, for handoffs the viewer has been shown; one query."""
    found: dict[int, list[QuestionRow]] = {}
    rows = HandoffQuestion.objects.filter(handoff_id__in=set(handoff_ids), answer="").order_by("pk")
    for handoff_id, *values in rows.values_list("handoff_id", *_COLUMNS):
        found.setdefault(handoff_id, []).append(QuestionRow(*values))
    return found


def list_decisions(*, handoff_id: int) -> list[DecisionRow]:
    """What delivery last said to each answer of a handoff the viewer has been shown."""
    rows = FieldDecision.objects.filter(handoff_id=handoff_id).order_by("pk")
    return [DecisionRow(*values) for values in rows.values_list("field", "decision", "decided_by", "decided_at")]
