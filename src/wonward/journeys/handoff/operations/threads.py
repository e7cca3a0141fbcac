"""Talking about a question, by both sides, before and after the acceptance."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.journeys.handoff import events
from wonward.journeys.handoff.models import Handoff, HandoffQuestion, QuestionMessage
from wonward.journeys.handoff.operations.accepting import fields_of
from wonward.journeys.handoff.operations.locking import facts_of, lock_handoff, save_handoff
from wonward.journeys.handoff.queries.handoffs import visible_handoffs
from wonward.journeys.handoff.types import ERROR_FIELDS, Side
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, NotAllowed, NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.text import says_nothing
from wonward.kernel.wording import worded

LONGEST = 20_000


@transaction.atomic
def add_question_message(
    *, actor: Actor, question_id: int, text: str, side: Side | None = None, handoff_id: int | None = None, now: datetime
) -> int:
    """Say something to a question, of this handoff if one is named; returns the message's id. Sales saying something answers it.

    Who may speak for one side speaks for it; who may speak for both and does not say which speaks for the one that has
    not spoken last.
    """
    question = HandoffQuestion.objects.filter(pk=question_id, handoff__in=visible_handoffs(actor)).first()
    if question is None or handoff_id not in (None, question.handoff_id):
        raise NotFound("question", question_id)
    handoff = visible_handoffs(actor).select_for_update(of=("self",)).get(pk=question.handoff_id)
    spoken = question.messages.order_by("-pk").values_list("side", flat=True).first() or Side.DELIVERY.value
    require(actor, "handoff.question.discuss")
    speaks = _side(actor, side, spoken)
    _check_text(text)
    message = QuestionMessage.objects.create(
        question=question, side=speaks.value, text=text.strip(), author_label=actor.label, person_id=actor.person_id, created_at=now
    )
    if speaks is Side.SALES:
        question.answer, question.answered_by, question.answered_at = text.strip(), actor.label, now
        question.save(update_fields=["answer", "answered_by", "answered_at"])
    save_handoff(handoff, now)
    record_change(
        actor=actor, operation="handoff.question.discuss", ref=Ref("handoff.handoff", handoff.pk),
        changes={"question": [None, question.pk], "side": [None, speaks.value]}, now=now,
    )
    publish(events.QuestionDiscussed(**facts_of(handoff), question_id=question.pk), actor=actor, now=now)
    return message.pk


def _side(actor: Actor, wanted: Side | None, spoken: str) -> Side:
    sides = {Side.SALES: "handoff.handoff.answer", Side.DELIVERY: "handoff.question.ask"}
    mine = [side for side, permission in sides.items() if actor.may(permission)]
    if wanted is not None:
        require(actor, sides[wanted])
        return wanted
    if not mine:
        raise NotAllowed("Your access role neither answers nor raises questions about handoffs.")
    other = [side for side in mine if side.value != spoken]
    return (other or mine)[0]


def _check_text(text: str) -> None:
    if says_nothing(text):
        raise Refused.field("text", "Write what you want to say.", "required")
    if len(text) > LONGEST:
        raise Refused.field("text", worded("A message has at most {longest} characters.", longest=LONGEST), "too_long")


@transaction.atomic
def raise_question(*, actor: Actor, handoff_id: int, field: str, text: str, now: datetime) -> int:
    """Ask sales something that the accepted handoff should have said: it counts as an error of the handoff. Returns its id."""
    handoff = lock_handoff(actor, handoff_id, "handoff.question.ask")
    if handoff.status != "accepted":
        raise Conflict(worded("{number} is not accepted yet; return the answer you cannot work with.", number=handoff.number))
    errors = []
    if field not in (*fields_of(handoff), *ERROR_FIELDS):
        errors.append(FieldError("field", worded("“{field}” is not a part of a handoff.", field=field), "unknown"))
    if says_nothing(text):
        errors.append(FieldError("text", "Write what you need to know.", "required"))
    if len(text) > LONGEST:
        errors.append(FieldError("text", worded("A question has at most {longest} characters.", longest=LONGEST), "too_long"))
    if errors:
        raise Refused(errors[0].words, errors)
    question = _ask(actor, handoff, field, text, now)
    record_change(
        actor=actor, operation="handoff.question.raise", ref=Ref("handoff.handoff", handoff.pk),
        changes={"field": [None, field], "question": [None, question.pk]}, now=now,
    )
    publish(events.QuestionRaised(**facts_of(handoff), question_id=question.pk), actor=actor, now=now)
    return question.pk


def _ask(actor: Actor, handoff: Handoff, field: str, text: str, now: datetime) -> HandoffQuestion:
    save_handoff(handoff, now)
    return HandoffQuestion.objects.create(
        handoff=handoff, round=handoff.returns_count, field=field, text=text.strip(), is_error=True, asked_by=actor.label,
        asked_by_person_id=actor.person_id, asked_at=now,
    )
