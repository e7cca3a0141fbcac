"""Adding people, roles and sign-ins."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from wonward.domains.staff.models import Calendar, Person, PersonRole, Role
from wonward.foundation.access.operations import create_user, ensure_team
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import Change, record_change, record_changes
from wonward.foundation.database.prepared import rows_among
from wonward.kernel.actor import Actor
from wonward.kernel.errors import FieldError, NotFound, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

LONGEST_ROLE = 120
EDITABLE_FIELDS = ("name", "email", "job_title", "team_id", "is_team_lead", "manager_id", "calendar_id")


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
        raise Refused(errors[0].words, errors)


@transaction.atomic
def change_person(
    *, actor: Actor, person_id: int, changes: Mapping[str, Any], version: int | None = None, now: datetime
) -> None:
    """Change a person's name, e-mail, job title, team (by name), lead, manager or calendar; a stale version writes nothing."""
    require(actor, "staff.person.edit")
    person = Person.objects.select_for_update(of=("self",)).filter(pk=person_id).first()
    if person is None:
        raise NotFound("colleague", person_id)
    if version is not None and version != person.version:
        current = {field: getattr(person, field, None) for field in changes}
        raise Stale(worded("{name} was changed by somebody else in the meantime.", name=person.name), current=current, yours=changes)
    values = dict(changes)
    if "team" in values:
        name = str(values.pop("team") or "").strip()
        values["team_id"] = ensure_team(name=name, now=now) if name else None
    _check_person(person, values)
    audit = {field: [getattr(person, field), value] for field, value in values.items() if getattr(person, field) != value}
    if not audit:
        return
    for field, (_, value) in audit.items():
        setattr(person, field, value)
    person.version += 1
    person.updated_at = now
    person.save()
    record_change(actor=actor, operation="staff.person.change", ref=Ref("staff.person", person.pk), changes=audit, now=now)


def _check_person(person: Person, values: Mapping[str, Any]) -> None:
    for field in values:
        if field not in EDITABLE_FIELDS:
            raise Refused.field(field, worded("{field} of a person cannot be changed here.", field=field), "unknown")
    if values.get("calendar_id") is not None and not Calendar.objects.filter(pk=values["calendar_id"], archived_at__isnull=True).exists():
        raise Refused.field("calendar_id", worded("There is no calendar {calendar_id}.", calendar_id=values["calendar_id"]), "unknown")
    if "name" in values and not str(values["name"] or "").strip():
        raise Refused.field("name", "A person needs a name.", "required")
    manager_id = values.get("manager_id")
    seen = {person.pk}
    while manager_id is not None:
        if manager_id in seen:
            raise Refused.field("manager_id", worded("{name} cannot be their own manager, not even by a detour.", name=person.name))
        seen.add(manager_id)
        found = Person.objects.filter(pk=manager_id).values_list("manager_id", flat=True)
        if not found:
            raise Refused.field("manager_id", worded("There is no colleague {manager_id}.", manager_id=manager_id), "unknown")
        manager_id = found[0]


@transaction.atomic
def deactivate_people(*, actor: Actor, versions: Mapping[int, int], now: datetime) -> set[int]:
    """Deactivate people without sign-in that are still at the given version, and free their external ids; those done."""
    require(actor, "staff.person.edit")
    found = Person.objects.filter(pk__in=versions, is_active=True, user__isnull=True).values_list("pk", "version")
    ids = {key for key, version in found if version == versions[key]}
    Person.objects.filter(pk__in=ids).update(is_active=False, external_id="", version=F("version") + 1, updated_at=now)
    record_changes(
        actor=actor, operation="staff.person.deactivate", now=now,
        changes=[Change(Ref("staff.person", key), {"is_active": [True, False]}) for key in sorted(ids)],
    )
    return ids


@transaction.atomic(savepoint=False)
def ensure_roles(*, names: Collection[str], now: datetime) -> dict[str, int]:
    """Role ids by case-folded name; unknown names are created."""
    wanted = {name.strip().casefold(): name.strip() for name in names if name.strip()}
    known = dict(rows_among("roles by key", lambda values: Role.objects.filter(key__in=values["keys"]).values_list("key", "pk"), {}, name="keys", choices=wanted))
    missing = [Role(name=name, key=key, created_at=now) for key, name in wanted.items() if key not in known]
    Role.objects.bulk_create(missing, ignore_conflicts=True)
    if missing:
        known = dict(Role.objects.filter(key__in=wanted).values_list("key", "pk"))
    return known


@transaction.atomic
def put_roles(*, actor: Actor, roles: Mapping[int, Collection[str]], now: datetime) -> None:
    """Say which roles people can fill: person id → role names, the main one first. Unknown roles are created."""
    require(actor, "staff.person.edit")
    wanted = {key: {name.strip().casefold(): name.strip() for name in names if name.strip()} for key, names in roles.items()}
    if any(len(name) > LONGEST_ROLE for names in wanted.values() for name in names.values()):
        raise Refused.field("roles", worded("The name of a role has {longest_role} characters at most.", longest_role=LONGEST_ROLE), "too_long")
    known = set(Person.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    for person_id in wanted:
        if person_id not in known:
            raise NotFound("colleague", person_id)
    ids = ensure_roles(names={name for names in wanted.values() for name in names.values()}, now=now)
    links = PersonRole.objects.filter(person_id__in=wanted)
    before: dict[int, list[str]] = {}
    for person_id, name in links.order_by("pk").values_list("person_id", "role__name"):
        before.setdefault(person_id, []).append(name)
    links.delete()
    PersonRole.objects.bulk_create(PersonRole(person_id=person_id, role_id=ids[key]) for person_id, names in wanted.items() for key in names)
    changed = {key: list(names.values()) for key, names in wanted.items() if list(names.values()) != before.get(key, [])}
    Person.objects.filter(pk__in=changed).update(version=F("version") + 1, updated_at=now)
    record_changes(actor=actor, operation="staff.person.put_roles", now=now, changes=[
        Change(Ref("staff.person", key), {"roles": [before.get(key, []), names]}) for key, names in changed.items()
    ])
