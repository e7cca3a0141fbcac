"""Putting a version forward, asking whoever is next, and taking the question back."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from wonward.domains.approvals import events
from wonward.domains.approvals.models import Approval, ApprovalLink, ApprovalStep, ApprovalVersion
from wonward.domains.approvals.rules import digest_of, next_position, version_errors
from wonward.domains.approvals.types import NewVersion
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.foundation.mail.operations import queue_mail
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import heard, joined, speaking, worded

LINK_LIVES = timedelta(days=60)


@transaction.atomic
def open_version(*, actor: Actor, new: NewVersion, now: datetime) -> int:
    """Put the next version of a record forward and ask the first of its steps; the id of the approval.

    A version still open is superseded: its links show that there is a newer one, and what was answered stays.
    """
    today = civil_date(now, get_organisation().time_zone)
    if errors := version_errors(new, today=today):
        raise Refused(errors[0].words, errors)
    approval, _ = Approval.objects.select_for_update().get_or_create(
        noun=new.ref.noun, ref_id=new.ref.id,
        defaults={"title": new.title[:300], "asked_by_label": actor.label[:160], "created_at": now, "updated_at": now},
    )
    before = (approval.state if approval.current_number else None, approval.current_number or None)
    _end_open_version(approval, "superseded", "", now)
    approval.title, approval.place, approval.state, approval.due_date = new.title[:300], new.place[:300], "open", new.due_date
    approval.current_number += 1
    approval.asked_by_id, approval.asked_by_label = actor.person_id, actor.label[:160]
    save_approval(approval, now)
    version = ApprovalVersion.objects.create(
        approval=approval, number=approval.current_number, words=new.words.strip(), criteria=list(new.criteria),
        files=[asdict(one) for one in new.files], due_date=new.due_date, asked_by_label=actor.label[:160], asked_at=now,
    )
    ApprovalStep.objects.bulk_create(
        ApprovalStep(
            of_version=version, position=step.position, kind=step.kind, person_id=step.person_id, contact_id=step.contact_id,
            name=step.name.strip()[:200], email=step.email.strip()[:254],
        )
        for step in new.steps
    )
    record_change(
        actor=actor, operation="approvals.approval.ask", ref=new.ref, now=now,
        changes={"approval": [before[0], "open"], "approval_version": [before[1], approval.current_number]},
    )
    ask_next(actor, version, now)
    return approval.pk


def ask_next(actor: Actor, version: ApprovalVersion, now: datetime) -> bool:
    """Ask everybody at the next position; whether there was anybody left. Somebody at the client with an address gets a mail."""
    steps = list(ApprovalStep.objects.filter(of_version=version).order_by("pk"))
    position = next_position([(step.position, step.state) for step in steps])
    if position is None:
        return False
    fresh = [step for step in steps if step.position == position and step.state == "waiting"]
    for step in fresh:
        step.state, step.asked_at = "asked", now
        step.save(update_fields=["state", "asked_at"])
        if step.kind == "client" and step.email:
            mail_link(actor, version, step, now)
    if fresh:
        approval = version.approval
        publish(
            events.ApprovalAsked(
                approval_id=approval.pk, noun=approval.noun, ref_id=approval.ref_id, number=version.number, step_ids=[step.pk for step in fresh]
            ),
            actor=actor, now=now,
        )
    return True


def new_link(actor: Actor, step: ApprovalStep, now: datetime) -> str:
    """The token of a new link for a step, shown or mailed once; links it had go on working until they are used."""
    token = secrets.token_urlsafe(24)
    ApprovalLink.objects.create(
        step=step, digest=digest_of(token), expires_at=now + LINK_LIVES, created_by_label=actor.label[:160], created_at=now
    )
    return token


def mail_link(actor: Actor, version: ApprovalVersion, step: ApprovalStep, now: datetime) -> None:
    """Send somebody at the client a link of their own."""
    approval = version.approval
    link = settings.BASE_URL.rstrip("/") + reverse("public_approval", kwargs={"token": new_link(actor, step, now)})
    house = get_organisation()
    due = joined(["\n", worded("Please answer by {date}.", date=version.due_date), "\n"], "") if version.due_date else ""
    text = worded("""Dear {name},

{who} asks for your approval of “{title}”{place}.

{words}

Read it and answer here, without an account:
{link}
{due}
{organisation}
""", name=step.name, who=version.asked_by_label, title=approval.title, place=f" ({approval.place})" if approval.place else "",
        words=version.words, link=link, due=due, organisation=house.name)
    with speaking(house.language):
        subject, said = heard(worded("Your approval: {title}", title=approval.title)), heard(text)
    queue_mail(actor=actor, to=step.email, subject=subject, text=said, ref=Ref(approval.noun, approval.ref_id), now=now)


@transaction.atomic
def withdraw_approval(*, actor: Actor, approval_id: int, reason: str = "", now: datetime) -> None:
    """Ask nobody any more; links say so. What was answered stays in the record."""
    approval = Approval.objects.select_for_update().get(pk=approval_id)
    if approval.state != "open":
        raise Conflict(worded("The approval of “{title}” is {state}; there is nothing to withdraw.", title=approval.title, state=worded(approval.state)))
    _end_open_version(approval, "withdrawn", " ".join(reason.split())[:500], now)
    approval.state = "withdrawn"
    save_approval(approval, now)
    ref = Ref(approval.noun, approval.ref_id)
    record_change(
        actor=actor, operation="approvals.approval.withdraw", ref=ref, now=now,
        changes={"approval": ["open", "withdrawn"], "reason": [None, " ".join(reason.split())[:500]]},
    )
    publish(
        events.ApprovalWithdrawn(approval_id=approval.pk, noun=ref.noun, ref_id=ref.id, number=approval.current_number), actor=actor, now=now
    )


def _end_open_version(approval: Approval, state: str, reason: str, now: datetime) -> None:
    ApprovalStep.objects.filter(of_version__approval=approval, state__in=("asked", "waiting")).update(state="ended")
    ApprovalVersion.objects.filter(approval=approval, state="open").update(state=state, settled_at=now, reason=reason)


def save_approval(approval: Approval, now: datetime) -> None:
    """Every change of an approval counts its version."""
    approval.version += 1
    approval.updated_at = now
    approval.save()
