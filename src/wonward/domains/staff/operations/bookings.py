"""Roles people can fill; confirming and releasing bookings."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from wonward.domains.staff.models import Booking, PersonRole, Role
from wonward.foundation.access.policy import require
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref


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


@transaction.atomic
def put_roles(*, actor: Actor, roles: Mapping[int, Collection[str]], now: datetime) -> None:
    """Say which roles people can fill: person id → role names. Unknown roles are created."""
    require(actor, "staff.person.edit")
    ids = ensure_roles(names={name for names in roles.values() for name in names}, now=now)
    PersonRole.objects.filter(person_id__in=roles).delete()
    PersonRole.objects.bulk_create(
        PersonRole(person_id=person_id, role_id=ids[name.strip().casefold()]) for person_id, names in roles.items() for name in names
    )
