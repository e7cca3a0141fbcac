"""What people do, can and cost: roles, skills, employment, targets, rates."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from wonward.domains.staff.models import Person, PersonRole, PersonSkill, Rate
from wonward.domains.staff.types import RateRow, WorkingLife
from wonward.foundation.access.policy import require
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.errors import NotFound
from wonward.kernel.money import Money

_COLUMNS = (
    "pk", "name", "job_title", "team__name", "is_active", "is_placeholder", "calendar_id", "calendar__name", "week_percent", "target_percent",
    "employed_from_date", "employed_until_date", "version",
)


def list_working_lives(*, actor: Actor, on: date, text: str = "", offset: int = 0, limit: int = 50) -> list[WorkingLife]:
    """Everybody who works, by team and name, placeholders last; four queries whatever their number.

    `on` is the day whose rates count; without the right to see rates they are None. Who sees only their own bookings finds themselves.
    """
    require(actor, "staff.booking.view")
    people = _seen(actor).filter(is_active=True).order_by("is_placeholder", "team__name", "name", "pk")
    if text:
        people = people.filter(
            Q(name__icontains=text) | Q(job_title__icontains=text)
            | Q(pk__in=PersonRole.objects.filter(role__name__icontains=text).values("person_id"))
            | Q(pk__in=PersonSkill.objects.filter(skill__name__icontains=text).values("person_id"))
        )
    return _lives(actor, on, list(people.values_list(*_COLUMNS)[offset : offset + limit]))


def get_working_life(*, actor: Actor, person_id: int, on: date) -> WorkingLife:
    """One of them, or NotFound."""
    found = _lives(actor, on, list(_seen(actor).filter(pk=person_id).values_list(*_COLUMNS)))
    if not found:
        raise NotFound("colleague", person_id)
    return found[0]


def list_rates_of(*, actor: Actor, person_id: int) -> list[RateRow]:
    """The rates of a person through time, newest first; only with the right to see rates."""
    if not _seen(actor).filter(pk=person_id).exists():
        raise NotFound("colleague", person_id)
    require(actor, "staff.rate.view")
    return [_rate(row) for row in Rate.objects.filter(person_id=person_id).order_by("-valid_from_date")]


def _seen(actor: Actor) -> QuerySet[Person]:
    reach = actor.scope_of("staff.booking.view")
    if reach is Scope.NONE:
        return Person.objects.none()
    return Person.objects.all() if reach is Scope.ALL else Person.objects.filter(pk=actor.person_id or 0)


def _lives(actor: Actor, on: date, people: list[tuple[Any, ...]]) -> list[WorkingLife]:
    ids = [row[0] for row in people]
    roles: dict[int, list[tuple[int, str]]] = {}
    for person_id, role_id, name in PersonRole.objects.filter(person_id__in=ids).order_by("pk").values_list("person_id", "role_id", "role__name"):
        roles.setdefault(person_id, []).append((role_id, name))
    skills: dict[int, list[tuple[str, int]]] = {}
    links = PersonSkill.objects.filter(person_id__in=ids).order_by("-level", "skill__name")
    for person_id, name, level in links.values_list("person_id", "skill__name", "level"):
        skills.setdefault(person_id, []).append((name, level))
    own, by_role = _valid_rates(actor, ids, {role_id for found in roles.values() for role_id, _ in found}, on)
    lives = []
    for key, name, title, team, is_active, is_placeholder, calendar_id, calendar, week, target, begins, ends, version in people:
        first_role = roles[key][0][0] if key in roles else 0
        lives.append(WorkingLife(
            key, name, title, team or "", is_active, is_placeholder, calendar_id, calendar or "", week, target, begins, ends,
            tuple(role for _, role in roles.get(key, ())), tuple(skills.get(key, ())), own.get(key) or by_role.get(first_role), key in own, version,
        ))
    return lives


def _valid_rates(actor: Actor, person_ids: Collection[int], role_ids: Collection[int], on: date) -> tuple[dict[int, RateRow], dict[int, RateRow]]:
    """The rate that counts on a day by person and by role."""
    own: dict[int, RateRow] = {}
    by_role: dict[int, RateRow] = {}
    if actor.may("staff.rate.view"):
        wanted = Q(person_id__in=person_ids) | Q(role_id__in=role_ids)
        for row in Rate.objects.filter(wanted, valid_from_date__lte=on).order_by("valid_from_date"):
            if row.person_id is not None:
                own[row.person_id] = _rate(row)
            elif row.role_id is not None:
                by_role[row.role_id] = _rate(row)
    return own, by_role


def _rate(row: Rate) -> RateRow:
    return RateRow(
        row.pk, row.person_id, row.role_id, row.valid_from_date,
        Money(row.cost_minor, row.currency) if row.cost_minor is not None else None,
        Money(row.bill_minor, row.currency) if row.bill_minor is not None else None,
    )
