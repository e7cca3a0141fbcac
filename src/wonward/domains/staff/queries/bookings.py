"""Reading who is booked, off, skilled, and what an hour costs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from wonward.domains.staff.models import (
    Booking,
    Calendar,
    Person,
    PersonRole,
    PersonSkill,
    Rate,
    Role,
    TimeOff,
)
from wonward.domains.staff.queries.people import own_calendar
from wonward.domains.staff.types import (
    BookingRow,
    BookingStatus,
    RateRow,
    Spread,
    TimeOffKind,
    TimeOffRow,
    WorkingPerson,
)
from wonward.foundation.access.policy import can_see, require, visible_ids
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.errors import NotFound
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref
from wonward.kernel.work_calendar import STANDARD_CALENDAR, WorkCalendar

SUBJECTS = ("sales.deal", "delivery.project")


def booked_subject_ids(*, noun: str) -> QuerySet[Any]:
    """Subquery of the ids of a noun that carry a tentative booking."""
    return Booking.objects.filter(subject_noun=noun, status="tentative").values("subject_id")


def list_bookings(
    *, actor: Actor, first: date | None = None, last: date | None = None, subject: Ref | None = None, person_ids: Collection[int] | None = None,
    with_released: bool = False, only_seen: bool = True, updated_since: datetime | None = None, text: str = "", offset: int = 0,
    limit: int | None = None,
) -> list[BookingRow]:
    """Bookings that touch the days asked for, by start, for records the viewer sees. Members see their own.

    `only_seen=False` counts the time of every record, for sums: whoever shows a record from there asks first.
    """
    if not actor.may("staff.booking.view"):
        return []
    found = Booking.objects.order_by("start_date", "pk")
    if only_seen:
        found = found.filter(_about_seen(actor))
    if not with_released:
        found = found.exclude(status="released")
    if first is not None:
        found = found.filter(finish_date__gte=first)
    if last is not None:
        found = found.filter(start_date__lte=last)
    if subject is not None:
        found = found.filter(subject_noun=subject.noun, subject_id=subject.id)
    if person_ids is not None:
        found = found.filter(person_id__in=person_ids)
    if updated_since is not None:
        found = found.filter(updated_at__gte=updated_since)
    if text:
        found = found.filter(Q(note__icontains=text) | Q(person__name__icontains=text) | Q(role__name__icontains=text))
    if actor.scope_of("staff.booking.view") is not Scope.ALL:
        found = found.filter(person_id=actor.person_id or 0)
    return [_row(values) for values in found.values_list(*_COLUMNS)[offset : None if limit is None else offset + limit]]


def _about_seen(actor: Actor) -> Q:
    seen = Q(pk__in=[])
    for noun in SUBJECTS:
        seen |= Q(subject_noun=noun, subject_id__in=visible_ids(noun, actor))
    return seen


def get_booking(*, actor: Actor, booking_id: int) -> BookingRow:
    """One booking of a record the viewer sees, or NotFound."""
    found = Booking.objects.filter(pk=booking_id).values_list(*_COLUMNS).first()
    row = _row(found) if found else None
    reach = actor.scope_of("staff.booking.view")
    if row is None or reach is Scope.NONE or (reach is not Scope.ALL and row.person_id != actor.person_id) or not can_see(actor, row.subject):
        raise NotFound("booking", booking_id)
    return row


_COLUMNS = (
    "pk", "subject_noun", "subject_id", "person_id", "person__name", "role_id", "role__name", "status", "start_date", "finish_date",
    "minutes", "spread", "amount_minutes", "note", "is_from_templates", "version", "created_at", "updated_at",
)


def _row(values: tuple[Any, ...]) -> BookingRow:
    key, noun, subject_id, person_id, person, role_id, role, status, start, finish, minutes, spread, amount, note, is_made, *versions = values
    return BookingRow(
        key, Ref(noun, subject_id), person_id, person or "", role_id, role or "", BookingStatus(status), start, finish, minutes,
        Spread(spread), amount or minutes, note, is_made, *versions,
    )


def list_working_people(*, actor: Actor) -> list[WorkingPerson]:
    """Everybody who can be booked and has a role to fill, by team and name; three queries whatever their number."""
    if not actor.may("staff.booking.view"):
        return []
    people = Person.objects.filter(is_active=True).order_by(F("team__name").asc(nulls_last=True), "name", "pk")
    if actor.scope_of("staff.booking.view") is not Scope.ALL:
        people = people.filter(pk=actor.person_id or 0)
    roles: dict[int, list[int]] = {}
    for person_id, role_id in PersonRole.objects.filter(person__is_active=True).order_by("pk").values_list("person_id", "role_id"):
        roles.setdefault(person_id, []).append(role_id)
    calendars: dict[int | None, WorkCalendar] = {}
    default = STANDARD_CALENDAR
    for key, document, is_default in Calendar.objects.values_list("pk", "document", "is_default"):
        calendars[key] = WorkCalendar.from_document(document) if document else STANDARD_CALENDAR
        default = calendars[key] if is_default else default
    columns = (
        "pk", "name", "job_title", "team_id", "team__name", own_calendar(), "week_percent", "target_percent", "employed_from_date",
        "employed_until_date", "is_placeholder", "version",
    )
    return [
        WorkingPerson(
            key, name, title, team_id, team or "", tuple(roles.get(key, ())), calendars.get(calendar_id, default), percent, target, begins,
            ends, is_placeholder, version,
        )
        for key, name, title, team_id, team, calendar_id, percent, target, begins, ends, is_placeholder, version in people.values_list(*columns)
        if key in roles
    ]


def list_roles() -> dict[int, str]:
    """Every role's name by id, alphabetically."""
    return dict(Role.objects.order_by("name").values_list("pk", "name"))


def list_time_off(
    *, actor: Actor, first: date | None = None, last: date | None = None, person_id: int | None = None,
    statuses: Collection[str] = ("requested", "approved"), updated_since: datetime | None = None, text: str = "", time_off_ids: Collection[int] | None = None,
    offset: int = 0, limit: int | None = None,
) -> list[TimeOffRow]:
    """Time off that touches the days asked for, by start. The kind and note of somebody else's are for who decides on it."""
    require(actor, "staff.time_off.view")
    found = TimeOff.objects.filter(status__in=statuses).order_by("start_date", "pk")
    if first is not None:
        found = found.filter(finish_date__gte=first)
    if last is not None:
        found = found.filter(start_date__lte=last)
    if person_id is not None:
        found = found.filter(person_id=person_id)
    if updated_since is not None:
        found = found.filter(updated_at__gte=updated_since)
    if text:
        found = found.filter(person__name__icontains=text)
    if time_off_ids is not None:
        found = found.filter(pk__in=time_off_ids)
    decides = actor.may("staff.time_off.decide")
    rows = []
    for one in found.select_related("person", "decided_by")[offset : None if limit is None else offset + limit]:
        is_open = decides or one.person_id == actor.person_id
        rows.append(
            TimeOffRow(
                one.pk, one.person_id, one.person.name, TimeOffKind(one.kind) if is_open else TimeOffKind.OTHER, one.start_date,
                one.finish_date, one.minutes_per_day, one.status, one.note if is_open else "", one.decided_by.name if one.decided_by else "",
                one.decided_at, one.version, one.created_at, one.updated_at,
            )
        )
    return rows


def list_skills(*, actor: Actor, person_ids: Collection[int]) -> dict[int, list[tuple[str, int]]]:
    """Skill and level by person, best first."""
    if not actor.may("staff.person.view"):
        return {}
    skills: dict[int, list[tuple[str, int]]] = {}
    links = PersonSkill.objects.filter(person_id__in=set(person_ids)).order_by("-level", "skill__name")
    for person_id, name, level in links.values_list("person_id", "skill__name", "level"):
        skills.setdefault(person_id, []).append((name, level))
    return skills


def list_rates(*, actor: Actor, on: date | None = None) -> list[RateRow]:
    """Rates by person or role, newest first; `on` leaves those valid that day. Nothing without the right to see rates."""
    if not actor.may("staff.rate.view"):
        return []
    found = Rate.objects.order_by("person_id", "role_id", "-valid_from_date")
    rows: list[RateRow] = []
    seen: set[tuple[int | None, int | None]] = set()
    for one in found if on is None else found.filter(valid_from_date__lte=on):
        if on is not None and (one.person_id, one.role_id) in seen:
            continue
        seen.add((one.person_id, one.role_id))
        rows.append(
            RateRow(
                one.pk, one.person_id, one.role_id, one.valid_from_date,
                Money(one.cost_minor, one.currency) if one.cost_minor is not None else None,
                Money(one.bill_minor, one.currency) if one.bill_minor is not None else None,
            )
        )
    return rows


def get_role_costs(*, on: date) -> dict[str, Money]:
    """What an hour of each role costs on a day, by its case-folded name; roles without a cost are missing. The caller decides who sees it."""
    found = Rate.objects.filter(role__isnull=False, cost_minor__isnull=False, valid_from_date__lte=on).order_by("valid_from_date")
    return {name.casefold(): Money(minor or 0, code) for name, minor, code in found.values_list("role__name", "cost_minor", "currency")}
