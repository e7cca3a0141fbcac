"""Answers: of colleagues, of the holders of links, and those given elsewhere. Each counts exactly once."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from wonward.domains.approvals import events
from wonward.domains.approvals.models import Approval, ApprovalLink, ApprovalStep, ApprovalVersion
from wonward.domains.approvals.operations.asking import ask_next, save_approval
from wonward.domains.approvals.rules import LONGEST_WORDS, digest_of
from wonward.domains.approvals.types import DECISIONS, Answered, Told
from wonward.foundation.access.policy import visible_refs
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.text import says_nothing
from wonward.kernel.wording import Sentence, worded


@transaction.atomic
def answer_step(
    *, actor: Actor, approval_id: int, decision: str, words: str = "", number: int | None = None, now: datetime
) -> Answered:
    """Answer as the colleague who is asked. The same answer again changes nothing; `number` is the version that was read."""
    approval = Approval.objects.select_for_update().filter(pk=approval_id).first()
    if approval is None or not visible_refs(actor, [Ref(approval.noun, approval.ref_id)]):
        raise NotFound("approval", approval_id)
    steps = ApprovalStep.objects.select_related("of_version").filter(
        of_version__approval=approval, of_version__number=number or approval.current_number, person_id=actor.person_id or 0
    )
    step = steps.order_by("pk").first()
    if step is None:
        raise Conflict(worded("You are not asked to approve “{title}”.", title=approval.title))
    return _answer(actor, approval, step, decision, words, by=actor.label, via=actor.via, address="", now=now)


@transaction.atomic
def answer_by_link(*, token: str, decision: str, words: str = "", name: str = "", address: str = "", now: datetime) -> Answered:
    """Answer as the holder of a link. A link answers once; the same answer again changes nothing."""
    found = ApprovalLink.objects.select_related("step__of_version").filter(digest=digest_of(token)).first()
    if found is None:
        raise NotFound("approval", "behind this link")
    approval = Approval.objects.select_for_update().get(pk=found.step.of_version.approval_id)
    step = ApprovalStep.objects.select_related("of_version").get(pk=found.step_id)
    is_live = found.revoked_at is None and found.expires_at > now
    if not is_live and step.answered_at is None:
        raise Conflict("This link does not work any more. Please ask for a new one.")
    by = " ".join(name.split())[:200]
    if step.answered_at is None and says_nothing(by):
        raise Refused.field("name", "Please write your name.", "required")
    actor = Actor(label=by or step.name, via="portal")
    return _answer(actor, approval, step, decision, words, by=by or step.name, via="portal", address=address[:64], now=now)


@transaction.atomic
def record_answer(*, actor: Actor, approval_id: int, told: Told, now: datetime) -> Answered:
    """Write down what somebody at the client answered elsewhere, for the first open step of the client."""
    # Whoever is ahead of the house in time has the day after already.
    if told.on_date > civil_date(now, get_organisation().time_zone) + timedelta(days=1):
        raise Refused.field("on_date", "Choose a day up to today.", "range")
    approval = Approval.objects.select_for_update().get(pk=approval_id)
    step = (
        ApprovalStep.objects.select_related("of_version")
        .filter(of_version__approval=approval, of_version__number=approval.current_number, kind="client", state="asked").order_by("pk").first()
    )
    if step is None:
        raise Conflict("Nobody at the client is asked at the moment.")
    step.recorded_by = actor.label[:160]
    by = " ".join(told.name.split())[:200] or step.name
    words = f"{told.words.strip()} ({told.on_date.isoformat()})" if told.words.strip() else told.on_date.isoformat()
    return _answer(actor, approval, step, told.decision, words, by=by, via="told", address="", now=now)


def _answer(
    actor: Actor, approval: Approval, step: ApprovalStep, decision: str, words: str, *, by: str, via: str, address: str, now: datetime
) -> Answered:
    version = step.of_version
    version.approval = approval
    words = words.replace("\x00", "").strip()
    if decision not in DECISIONS:
        raise Refused.field("decision", worded("“{decision}” is not an answer; choose approved or rejected.", decision=decision), "unknown")
    if step.answered_at is not None:
        if step.state != decision:
            raise Conflict(worded("{answered_by} has {state} version {number} already.", answered_by=step.answered_by, state=worded(step.state), number=version.number))
        return _told(approval, step, is_replayed=True)
    if version.state != "open" or step.state != "asked":
        raise Conflict(_why_not(approval, version, step))
    if decision == "rejected" and says_nothing(words):
        raise Refused.field("words", "Say what should be different.", "required")
    if len(words) > LONGEST_WORDS:
        raise Refused.field("words", worded("Say it in at most {longest_words} characters.", longest_words=LONGEST_WORDS), "range")
    step.state, step.answered_at, step.answered_by, step.words, step.via, step.address = decision, now, by[:200], words, via, address
    step.save()
    ref = Ref(approval.noun, approval.ref_id)
    record_change(
        actor=actor, operation="approvals.approval.answer", ref=ref, now=now,
        changes={"approval_version": [None, version.number], "answer": [None, decision], "by": [None, step.answered_by]},
    )
    publish(
        events.ApprovalAnswered(approval_id=approval.pk, noun=ref.noun, ref_id=ref.id, number=version.number, step_id=step.pk),
        actor=actor, now=now,
    )
    if decision == "rejected":
        ApprovalStep.objects.filter(of_version=version, state__in=("asked", "waiting")).update(state="ended")
        _settle(actor, approval, version, "rejected", now)
    elif not ask_next(actor, version, now):
        _settle(actor, approval, version, "approved", now)
    else:
        save_approval(approval, now)
    return _told(approval, step)


def _why_not(approval: Approval, version: ApprovalVersion, step: ApprovalStep) -> Sentence:
    if version.state == "superseded" or version.number != approval.current_number:
        return worded("Version {number} of “{title}” is asked about now.", number=approval.current_number, title=approval.title)
    if version.state != "open":
        return worded("Version {number} of “{title}” is {state}.", number=version.number, title=approval.title, state=worded(version.state))
    if step.state == "waiting":
        return worded("“{title}” waits for others first.", title=approval.title)
    return worded("{name} is not asked any more.", name=step.name)


def _settle(actor: Actor, approval: Approval, version: ApprovalVersion, state: str, now: datetime) -> None:
    version.state, version.settled_at = state, now
    version.save(update_fields=["state", "settled_at"])
    approval.state = state
    save_approval(approval, now)
    publish(
        events.ApprovalSettled(approval_id=approval.pk, noun=approval.noun, ref_id=approval.ref_id, number=version.number, state=state),
        actor=actor, now=now,
    )


def _told(approval: Approval, step: ApprovalStep, *, is_replayed: bool = False) -> Answered:
    return Answered(
        approval.pk, Ref(approval.noun, approval.ref_id), approval.title, approval.state, step.state, step.answered_by,
        step.of_version.number, step.words, is_replayed,
    )
