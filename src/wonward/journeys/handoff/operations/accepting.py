"""Delivery's side: accepting a handoff, or returning single answers; and sales submitting it again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from wonward.domains.delivery.operations import activate_project
from wonward.domains.sales.rules import LONGEST_ANSWER, too_long
from wonward.domains.sales.types import BRIEF_FIELDS
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.journeys.handoff import events
from wonward.journeys.handoff.models import FieldDecision, Handoff, HandoffQuestion, QuestionMessage
from wonward.journeys.handoff.operations.locking import (
    check_version,
    facts_of,
    lock_handoff,
    save_handoff,
    start_clock,
)
from wonward.journeys.handoff.types import EXTRA, Question, Side
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.text import says_nothing
from wonward.kernel.wording import worded


def fields_of(handoff: Handoff) -> tuple[str, ...]:
    """The names of the answers of a handoff: the five, then what its pipeline and services asked."""
    return (*BRIEF_FIELDS, *(f"{EXTRA}{one['key']}" for one in handoff.extra_answers))


@transaction.atomic
def accept_handoff(*, actor: Actor, handoff_id: int, version: int | None = None, now: datetime) -> None:
    """Delivery takes over: the handoff is verified and its projects start. Accepting again changes nothing."""
    handoff = lock_handoff(actor, handoff_id, "handoff.handoff.accept")
    if handoff.status == "accepted":
        return
    check_version(handoff, version)
    if handoff.status == "returned":
        raise Conflict(worded("{number} is with sales; its questions are not answered yet.", number=handoff.number))
    if handoff.status == "withdrawn":
        raise Conflict(worded("{number} was withdrawn: its deal is open again.", number=handoff.number))
    handoff.status, handoff.accepted_at, handoff.accepted_by_id = "accepted", now, actor.person_id
    handoff.lead_id = handoff.lead_id or actor.person_id
    save_handoff(handoff, now)
    _decide(handoff, dict.fromkeys(fields_of(handoff), "accepted"), actor, now)
    for project_id in handoff.project_links.values_list("project_id", flat=True):
        activate_project(actor=actor, project_id=project_id, manager_id=handoff.lead_id, now=now)
    record_change(
        actor=actor, operation="handoff.handoff.accept", ref=Ref("handoff.handoff", handoff.pk),
        changes={"status": ["awaiting_acceptance", "accepted"]}, now=now,
    )
    publish(events.HandoffAccepted(**facts_of(handoff)), actor=actor, now=now)


def _decide(handoff: Handoff, decisions: Mapping[str, str], actor: Actor, now: datetime) -> None:
    """Note what was said to single answers; an acceptance that stands keeps its first hour."""
    standing = dict(handoff.decisions.values_list("field", "decision"))
    for field, decision in decisions.items():
        if standing.get(field) != decision:
            FieldDecision.objects.update_or_create(
                handoff=handoff, field=field, defaults={"decision": decision, "decided_by": actor.label, "decided_at": now}
            )


@transaction.atomic
def return_handoff(
    *, actor: Actor, handoff_id: int, questions: Sequence[Question], accepted: Collection[str] = (), version: int | None = None,
    now: datetime,
) -> None:
    """Send single answers back to sales, each with a question; `accepted` are the answers already good to work with."""
    handoff = lock_handoff(actor, handoff_id, "handoff.handoff.accept")
    check_version(handoff, version)
    if handoff.status != "awaiting_acceptance":
        raise Conflict(worded("{number} is {status}; only a waiting handoff is returned.", number=handoff.number, status=worded(handoff.status.replace("_", " "))))
    _check_questions(handoff, questions, accepted)
    handoff.status = "returned"
    handoff.returns_count += 1
    save_handoff(handoff, now)
    HandoffQuestion.objects.bulk_create(
        HandoffQuestion(
            handoff=handoff, round=handoff.returns_count, field=question.field, text=question.text.strip(), asked_by=actor.label,
            asked_by_person_id=actor.person_id, asked_at=now,
        )
        for question in questions
    )
    returned = {question.field: "returned" for question in questions}
    _decide(handoff, {**dict.fromkeys(accepted, "accepted"), **returned}, actor, now)
    record_change(
        actor=actor, operation="handoff.handoff.return", ref=Ref("handoff.handoff", handoff.pk),
        changes={"status": ["awaiting_acceptance", "returned"], "fields": [None, [question.field for question in questions]]},
        now=now,
    )
    publish(events.HandoffReturned(**facts_of(handoff)), actor=actor, now=now)


def _check_questions(handoff: Handoff, questions: Sequence[Question], accepted: Collection[str]) -> None:
    known = fields_of(handoff)
    errors = [
        FieldError(f"questions[{place}].{name}", message, "required")
        for place, question in enumerate(questions)
        for name, message, is_bad in (
            ("field", worded("“{field}” is not one of the answers of this handoff.", field=question.field), question.field not in known),
            ("text", worded("Write what you need to know."), says_nothing(question.text)),
            ("text", worded("A question has at most {longest} characters.", longest=LONGEST_ANSWER), len(question.text) > LONGEST_ANSWER),
        )
        if is_bad
    ]
    if not questions:
        errors.append(FieldError("questions", "Name at least one answer to return, with a question.", "required"))
    returned = {question.field for question in questions}
    for field in accepted:
        if field not in known:
            errors.append(FieldError("accepted", worded("“{field}” is not one of the answers of this handoff.", field=field), "unknown"))
        elif field in returned:
            errors.append(FieldError("accepted", worded("“{field}” cannot be accepted and returned at once.", field=field)))
    if errors:
        raise Refused(errors[0].words, errors)


@transaction.atomic
def answer_handoff(
    *, actor: Actor, handoff_id: int, answers: Mapping[int, str], scope_summary: str | None = None,
    key_constraints: str | None = None, version: int | None = None, now: datetime,
) -> None:
    """Sales answers every open question, here or before in its thread, may sharpen scope or constraints, and submits again."""
    handoff = lock_handoff(actor, handoff_id, "handoff.handoff.answer")
    check_version(handoff, version)
    if handoff.status != "returned":
        raise Conflict(worded("{number} is {status}; there is nothing to answer.", number=handoff.number, status=worded(handoff.status.replace("_", " "))))
    asked = list(HandoffQuestion.objects.filter(handoff=handoff, round=handoff.returns_count, is_error=False).order_by("pk"))
    errors = [
        FieldError(f"answers.{question.pk}", worded("Answer “{text}”.", text=question.text), "required")
        for question in asked
        if not answers.get(question.pk, "").strip() and not question.answer
    ]
    errors += too_long({f"answers.{key}": text for key, text in answers.items()})
    errors += too_long({"scope_summary": scope_summary, "key_constraints": key_constraints})
    if errors:
        raise Refused(errors[0].words, errors)
    _take_answers(actor, asked, answers, now)
    audit: dict[str, list[Any]] = {"status": ["returned", "awaiting_acceptance"]}
    for field, value in (("scope_summary", scope_summary), ("key_constraints", key_constraints)):
        if value is not None and value.strip() and value.strip() != getattr(handoff, field):
            audit[field] = [getattr(handoff, field), value.strip()]
            setattr(handoff, field, value.strip())
    if "key_constraints" in audit:
        handoff.no_constraints = False
    handoff.status = "awaiting_acceptance"
    start_clock(handoff, now)
    save_handoff(handoff, now)
    handoff.decisions.filter(field__in={*(question.field for question in asked), *audit}).delete()
    record_change(
        actor=actor, operation="handoff.handoff.answer", ref=Ref("handoff.handoff", handoff.pk), changes=audit, now=now
    )
    publish(events.HandoffAnswered(**facts_of(handoff)), actor=actor, now=now)


def _take_answers(actor: Actor, asked: Sequence[HandoffQuestion], answers: Mapping[int, str], now: datetime) -> None:
    said = [question for question in asked if answers.get(question.pk, "").strip()]
    for question in said:
        question.answer, question.answered_by, question.answered_at = answers[question.pk].strip(), actor.label, now
    HandoffQuestion.objects.bulk_update(said, ["answer", "answered_by", "answered_at"])
    QuestionMessage.objects.bulk_create(
        QuestionMessage(
            question=question, side=Side.SALES.value, text=question.answer, author_label=actor.label, person_id=actor.person_id,
            created_at=now,
        )
        for question in said
    )
