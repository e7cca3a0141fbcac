"""Links for clients, people who answer for others, who looked, and reminders."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from wonward.domains.approvals import events
from wonward.domains.approvals.models import Approval, ApprovalLink, ApprovalSighting, ApprovalStep
from wonward.domains.approvals.operations.asking import mail_link, new_link
from wonward.domains.approvals.rules import digest_of, is_reminder_due
from wonward.domains.staff.queries import find_user_ids, get_person_names, person_exists
from wonward.foundation.access.policy import actor_of_user, visible_refs
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.foundation.mail.rules import clean_address
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import Conflict, NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

MOST_HANDOVERS = 5


def _asked_step(step_id: int) -> ApprovalStep:
    """A step that is asked, its approval locked."""
    approval_id = ApprovalStep.objects.filter(pk=step_id).values_list("of_version__approval_id", flat=True).first()
    approval = Approval.objects.select_for_update().filter(pk=approval_id or 0).first()
    if approval is None:
        raise NotFound("step", step_id)
    step = ApprovalStep.objects.select_related("of_version__approval").get(pk=step_id)
    if step.state != "asked":
        raise Conflict(worded("{name} is not asked at the moment.", name=step.name))
    return step


@transaction.atomic
def make_approval_link(*, actor: Actor, step_id: int, now: datetime) -> str:
    """The token of a new link for somebody at the client who is asked, shown once; the links made before stop working.

    Whether the actor may put the record forward is settled before.
    """
    step = _asked_step(step_id)
    if step.kind != "client":
        raise Refused.field("step_id", worded("{name} is a colleague and answers signed in.", name=step.name), "internal")
    ApprovalLink.objects.filter(step=step, revoked_at__isnull=True).update(revoked_at=now)
    token = new_link(actor, step, now)
    approval = step.of_version.approval
    record_change(
        actor=actor, operation="approvals.link.make", ref=Ref(approval.noun, approval.ref_id), now=now,
        changes={"approval_link": [None, step.name]},
    )
    return token


@transaction.atomic
def delegate_step(*, actor: Actor, approval_id: int, step_id: int, person_id: int, now: datetime) -> None:
    """Let a colleague answer in one's own place. The colleague has to see the record."""
    step = _asked_step(step_id)
    approval = step.of_version.approval
    ref = Ref(approval.noun, approval.ref_id)
    if approval.pk != approval_id or not visible_refs(actor, [ref]):
        raise NotFound("step", step_id)
    if not person_exists(person_id):
        raise Refused.field("person_id", worded("There is no colleague {person_id}.", person_id=person_id), "unknown")
    if step.person_id is None or step.person_id != actor.person_id:
        raise Conflict(worded("Only {name} can let somebody else answer.", name=step.name))
    if person_id == actor.person_id:
        raise Refused.field("person_id", "That is you.", "self")
    others = ApprovalStep.objects.filter(of_version=step.of_version, person_id=person_id)
    if others.exists():
        raise Refused.field("person_id", "They are asked already.", "duplicate")
    users = find_user_ids([person_id])
    stand_in = actor_of_user(next(iter(users))) if users else None
    if stand_in is None or not visible_refs(stand_in, [ref]):
        raise Refused.field("person_id", "They cannot see it, so they cannot answer. Put them on the project first.", "unseen")
    before = step.name
    step.delegated_by, step.person_id = before[:200], person_id
    step.name, step.reminded_at = get_person_names([person_id])[person_id], None
    step.save(update_fields=["delegated_by", "person_id", "name", "reminded_at"])
    _handed_on(actor, step, before, now)


@transaction.atomic
def delegate_by_link(*, token: str, name: str, email: str, now: datetime) -> str:
    """Let somebody else at the client answer: they get a mail with a link of their own, and this link ends. Their name."""
    found = ApprovalLink.objects.filter(digest=digest_of(token)).first()
    if found is None:
        raise NotFound("approval", "behind this link")
    step = _asked_step(found.step_id)
    if found.revoked_at is not None or found.expires_at <= now:
        raise Conflict("This link does not work any more. Please ask for a new one.")
    name = " ".join(name.replace("\x00", "").split())[:200]
    if not name:
        raise Refused.field("delegate_name", "Say who should answer.", "required")
    try:
        address = clean_address(email)
    except Refused as refusal:
        raise Refused.field("delegate_email", refusal.words, "address") from None
    if ApprovalLink.objects.filter(step=step).count() > MOST_HANDOVERS:
        raise Refused("This has been handed on several times. Please ask for a new link.")
    before = step.name
    ApprovalLink.objects.filter(step=step, revoked_at__isnull=True).update(revoked_at=now)
    step.delegated_by, step.name, step.email, step.contact_id, step.reminded_at = before[:200], name, address[:254], None, None
    step.save(update_fields=["delegated_by", "name", "email", "contact_id", "reminded_at"])
    actor = Actor(label=before, via="portal")
    mail_link(actor, step.of_version, step, now)
    _handed_on(actor, step, before, now)
    return name


def _handed_on(actor: Actor, step: ApprovalStep, before: str, now: datetime) -> None:
    approval = step.of_version.approval
    record_change(
        actor=actor, operation="approvals.step.delegate", ref=Ref(approval.noun, approval.ref_id), now=now,
        changes={"asked": [before, step.name]},
    )
    publish(
        events.ApprovalHandedOn(
            approval_id=approval.pk, noun=approval.noun, ref_id=approval.ref_id, number=step.of_version.number, step_id=step.pk
        ),
        actor=actor, now=now,
    )


@transaction.atomic
def note_sighting(*, actor: Actor, approval_id: int, now: datetime) -> None:
    """Somebody who is asked looked at the newest version; a colleague who is not asked leaves no trace."""
    approval = Approval.objects.filter(pk=approval_id).first()
    if approval is None or not visible_refs(actor, [Ref(approval.noun, approval.ref_id)]):
        raise NotFound("approval", approval_id)
    steps = ApprovalStep.objects.filter(
        of_version__approval=approval, of_version__number=approval.current_number, person_id=actor.person_id or 0
    )
    for step in steps:
        _sighted(step, actor.label, actor.via, now)


@transaction.atomic
def note_sighting_by_link(*, token: str, now: datetime) -> None:
    """The holder of a live link looked at what it shows."""
    link = ApprovalLink.objects.select_related("step").filter(
        digest=digest_of(token), revoked_at__isnull=True, expires_at__gt=now
    ).first()
    if link is not None:
        _sighted(link.step, link.step.name, "portal", now)


def _sighted(step: ApprovalStep, label: str, via: str, now: datetime) -> None:
    row, is_new = ApprovalSighting.objects.get_or_create(
        step=step, label=label[:200], via=via[:10], defaults={"first_at": now, "last_at": now}
    )
    if not is_new:
        ApprovalSighting.objects.filter(pk=row.pk).update(last_at=now, times=F("times") + 1)


def remind_of_due(*, now: datetime) -> int:
    """Remind whoever is asked, the day before and once it is late; how many people were reminded."""
    today = civil_date(now, get_organisation().time_zone)
    zone = get_organisation().time_zone
    due = ApprovalStep.objects.filter(state="asked", of_version__state="open", of_version__due_date__isnull=False)
    count = 0
    for step_id, due_date, reminded_at in due.values_list("pk", "of_version__due_date", "reminded_at"):
        reminded_on = civil_date(reminded_at, zone) if reminded_at else None
        if due_date is not None and is_reminder_due(due_date=due_date, today=today, reminded_on=reminded_on):
            _remind(step_id, due_date < today, now)
            count += 1
    return count


@transaction.atomic
def _remind(step_id: int, is_late: bool, now: datetime) -> None:
    try:
        step = _asked_step(step_id)
    except Conflict:
        return
    step.reminded_at = now
    step.save(update_fields=["reminded_at"])
    actor = system_actor()
    if step.kind == "client" and step.email:
        mail_link(actor, step.of_version, step, now)
    approval = step.of_version.approval
    publish(
        events.ApprovalDue(
            approval_id=approval.pk, noun=approval.noun, ref_id=approval.ref_id, number=step.of_version.number, step_ids=[step.pk],
            is_late=is_late,
        ),
        actor=actor, now=now,
    )
