"""Adding people, roles, sign-ins; confirming and releasing bookings."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from wonward.domains.staff.models import Booking, Person, PersonRole, Role
from wonward.foundation.access.operations import create_user, ensure_team
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import Change, record_changes
from wonward.kernel.actor import Actor
from wonward.kernel.errors import FieldError, Refused
from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to add; `access_role` makes a sign-in as well."""

    name: str
    email: str = ""
    job_title: str = ""
    team: str = ""
    is_team_lead: bool = False
    manager_id: int | None = None
    access_role: str = ""
    password: str | None = None
    time_zone: str = "UTC"
    external_source: str = ""
    external_id: str = ""


@transaction.atomic
def create_people(*, actor: Actor, people: Sequence[NewPerson], now: datetime) -> list[int]:
    """Add people, with a sign-in where an access role is given. Returns their ids in order."""
    require(actor, "staff.person.edit")
    _check(people)
    rows = []
    for person in people:
        user_id = None
        if person.access_role:
            user_id = create_user(
                actor=actor, email=person.email, name=person.name, role=person.access_role,
                password=person.password, time_zone=person.time_zone, now=now,
            )
        rows.append(
            Person(
                user_id=user_id, name=person.name.strip(), email=person.email.lower().strip(),
                job_title=person.job_title, team_id=ensure_team(name=person.team, now=now) if person.team else None,
                is_team_lead=person.is_team_lead, manager_id=person.manager_id,
                external_source=person.external_source, external_id=person.external_id,
                created_at=now, updated_at=now,
            )
        )
    Person.objects.bulk_create(rows, batch_size=500)
    record_changes(
        actor=actor, operation="staff.person.create", now=now,
        changes=[Change(Ref("staff.person", row.pk), {"name": [None, row.name]}) for row in rows],
    )
    return [row.pk for row in rows]


def _check(people: Sequence[NewPerson]) -> None:
    errors = [
        FieldError(f"people[{index}].name" if len(people) > 1 else "name", "A person needs a name.", "required")
        for index, person in enumerate(people)
        if not person.name.strip()
    ]
    if errors:
        raise Refused(errors[0].message, errors)


@transaction.atomic
def ensure_roles(*, names: Collection[str], now: datetime) -> dict[str, int]:
    """Role ids by case-folded name; unknown names are created."""
    wanted = {name.strip().casefold(): name.strip() for name in names if name.strip()}
    known = dict(Role.objects.filter(key__in=wanted).values_list("key", "pk"))
    missing = [Role(name=name, key=key, created_at=now) for key, name in wanted.items() if key not in known]
    Role.objects.bulk_create(missing, ignore_conflicts=True)
    if missing:
        known = dict(Role.objects.filter(key__in=wanted).values_list("key", "pk"))
    return known


@transaction.atomic
def confirm_bookings(*, noun: str, ref_id: int, project_ref: Ref, now: datetime) -> int:
    """Turn a subject's tentative bookings into confirmed ones of the project; returns how many."""
    return Booking.objects.filter(subject_noun=noun, subject_id=ref_id, status="tentative").update(
        status="confirmed", subject_noun=project_ref.noun, subject_id=project_ref.id, updated_at=now
    )


@transaction.atomic
def release_bookings(*, noun: str, ref_id: int, now: datetime) -> int:
    """Give tentative time back when a deal is lost; returns how many bookings were released."""
    return Booking.objects.filter(subject_noun=noun, subject_id=ref_id, status="tentative").update(
        status="released", updated_at=now
    )


def random_password() -> str:
    """A password nobody has to remember, for sample sign-ins."""
    return secrets.token_urlsafe(9)


@transaction.atomic
def put_roles(*, actor: Actor, roles: Mapping[int, Collection[str]], now: datetime) -> None:
    """Say which roles people can fill: person id → role names. Unknown roles are created."""
    require(actor, "staff.person.edit")
    ids = ensure_roles(names={name for names in roles.values() for name in names}, now=now)
    PersonRole.objects.filter(person_id__in=roles).delete()
    PersonRole.objects.bulk_create(
        PersonRole(person_id=person_id, role_id=ids[name.strip().casefold()]) for person_id, names in roles.items() for name in names
    )
