"""Inviting people, and what becomes of their sign-ins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from wonward.domains.staff.models import Person
from wonward.domains.staff.operations.people import NewPerson, create_people
from wonward.foundation.access.operations import INVITE, change_user, create_user, end_all_sessions, make_link
from wonward.foundation.access.policy import ROLES, require
from wonward.foundation.access.queries import get_sign_in_facts
from wonward.foundation.audit.operations import record_change
from wonward.foundation.mail.operations import queue_mail
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.wording import heard, speaking, worded


@transaction.atomic
def invite_person(*, actor: Actor, person: NewPerson, now: datetime) -> int:
    """Add a person with a sign-in and send them a link to choose a password; the person's id."""
    _may_give(actor, person.access_role)
    (person_id,) = create_people(actor=actor, people=[person], now=now)
    send_invitation(actor=actor, person_id=person_id, now=now)
    return person_id


@transaction.atomic
def invite_people(*, actor: Actor, people: Sequence[NewPerson], now: datetime) -> list[int]:
    """Invite several people at once, or nobody when one of them cannot be; their ids."""
    for person in people:
        _may_give(actor, person.access_role)
    ids = create_people(actor=actor, people=people, now=now)
    for person_id in ids:
        send_invitation(actor=actor, person_id=person_id, now=now)
    return ids


@transaction.atomic
def give_sign_in(*, actor: Actor, person_id: int, email: str, role: str, now: datetime) -> None:
    """Let a person who has none sign in, and invite them."""
    require(actor, "access.user.manage")
    _may_give(actor, role)
    person = _person(person_id)
    if person.user_id is not None:
        raise Conflict(worded("{name} has a sign-in already.", name=person.name))
    person.user_id = create_user(
        actor=actor, email=email, name=person.name, role=role, password=None,
        time_zone=get_organisation().time_zone, now=now,
    )
    person.email = email.strip().lower()
    _save(person, now)
    record_change(
        actor=actor, operation="staff.sign_in.give", ref=Ref("staff.person", person.pk),
        changes={"email": ["", person.email], "role": ["", role]}, now=now,
    )
    send_invitation(actor=actor, person_id=person_id, now=now)


@transaction.atomic
def send_invitation(*, actor: Actor, person_id: int, now: datetime) -> None:
    """Send a new link to somebody who has not chosen a password yet; earlier links stop working."""
    require(actor, "access.user.manage")
    person = _person(person_id)
    facts = get_sign_in_facts([person.user_id]).get(person.user_id) if person.user_id else None
    if facts is None or not facts.is_active:
        raise Conflict(worded("{name} has no sign-in.", name=person.name))
    if facts.has_password:
        raise Conflict(worded("{name} has chosen a password already. They can ask for a new one where they sign in.", name=person.name))
    link = settings.BASE_URL + reverse("invitation", kwargs={"token": make_link(user_id=facts.id, purpose=INVITE, now=now)})
    organisation = get_organisation().name
    text = worded("""Hello {name},

{who} invites you to {organisation}.

Choose your password here; the link works once and for seven days:
{link}

If you did not expect this, you need not do anything.
""", name=person.name, who=actor.label, organisation=organisation, link=link)
    with speaking(facts.language):
        subject, said = heard(worded("Your sign-in for {organisation}", organisation=organisation)), heard(text)
    queue_mail(actor=actor, to=facts.email, subject=subject, text=said, now=now)
    record_change(
        actor=actor, operation="staff.sign_in.invite", ref=Ref("staff.person", person.pk), changes={"invited_at": [None, now]}, now=now
    )


@transaction.atomic
def change_sign_in(
    *, actor: Actor, person_id: int, changes: Mapping[str, Any], version: int | None = None, now: datetime
) -> None:
    """Change a sign-in's e-mail, access role (`role`) or `is_active`; any of them ends the person's sessions.

    Only an owner makes and changes owners, and the last owner stays one. `is_active` also takes the person out of lists.
    """
    require(actor, "access.user.manage")
    person = _person(person_id)
    if version is not None and version != person.version:
        raise Stale(worded("{name} was changed by somebody else in the meantime.", name=person.name), current={"version": person.version}, yours=changes)
    if person.user_id is None:
        raise Conflict(worded("{name} has no sign-in.", name=person.name))
    for field in changes:
        if field not in ("email", "role", "is_active"):
            raise Refused.field(field, worded("{field} of a sign-in cannot be changed here.", field=field), "unknown")
    before = get_sign_in_facts([person.user_id])[person.user_id]
    if before.role == "owner" and actor.role != "owner" and not actor.is_system:
        raise NotAllowed("Only an owner changes the sign-in of an owner.")
    _may_give(actor, changes.get("role", before.role))
    audit = change_user(user_id=person.user_id, changes=changes, now=now)
    if not audit:
        return
    if "email" in audit:
        person.email = str(audit["email"][1])
    if "is_active" in audit:
        person.is_active = bool(audit["is_active"][1])
        end_all_sessions(user_id=person.user_id, now=now)
    _save(person, now)
    record_change(
        actor=actor, operation="staff.sign_in.change", ref=Ref("staff.person", person.pk), changes=audit, now=now
    )


def _may_give(actor: Actor, role: str) -> None:
    if role not in ROLES:
        raise Refused.field("role", "Choose an access role.", "required")
    if role == "owner" and actor.role != "owner" and not actor.is_system:
        raise NotAllowed("Only an owner makes somebody an owner.")


def _person(person_id: int) -> Person:
    person = Person.objects.select_for_update(of=("self",)).filter(pk=person_id).first()
    if person is None:
        raise NotFound("colleague", person_id)
    return person


def _save(person: Person, now: datetime) -> None:
    person.version += 1
    person.updated_at = now
    person.save(update_fields=["user", "email", "is_active", "version", "updated_at"])
