"""Booking people and roles. Who may book for which record is the caller's to judge; here stand the rules of bookings alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from wonward.domains.staff.events import BookingsChanged
from wonward.domains.staff.models import Booking, Person
from wonward.domains.staff.operations.people import ensure_roles
from wonward.domains.staff.queries.people import get_calendar, get_default_calendar, own_calendar
from wonward.domains.staff.rules import LONGEST_BOOKING_DAYS, total_minutes
from wonward.domains.staff.types import BookingStatus, NewBooking, Spread
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import Change, record_changes
from wonward.foundation.database.prepared import rows
from wonward.foundation.events.operations import publish
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, NotFound, Refused, Stale
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded
from wonward.kernel.work_calendar import WorkCalendar

EDITABLE = ("person_id", "role", "start_date", "finish_date", "amount_minutes", "spread", "status", "note")
_LARGEST_MINUTES = 10_000_000


@transaction.atomic
def create_bookings(*, actor: Actor, bookings: Sequence[NewBooking], now: datetime) -> list[int]:
    """Book time; returns the ids in order. Tentative time needs `staff.booking.propose`, confirmed time `staff.booking.edit`."""
    if any(one.status is not BookingStatus.TENTATIVE for one in bookings):
        require(actor, "staff.booking.edit")
    require_reserving(actor)
    errors = [error for place, one in enumerate(bookings) for error in _mistakes(one, f"bookings[{place}]." if len(bookings) > 1 else "")]
    if errors:
        raise Refused(errors[0].words, errors)
    roles = ensure_roles(names={one.role for one in bookings if one.role}, now=now)
    calendars = _calendars({one.person_id for one in bookings})
    rows = [
        Booking(
            subject_noun=one.subject.noun, subject_id=one.subject.id, person_id=one.person_id,
            role_id=roles.get(one.role.strip().casefold()), status=one.status, start_date=one.start_date, finish_date=one.finish_date,
            spread=one.spread, amount_minutes=one.amount_minutes, note=one.note, minutes=_total(one, calendars),
            is_from_templates=one.is_from_templates, created_at=now, updated_at=now,
        )
        for one in bookings
    ]
    Booking.objects.bulk_create(rows, batch_size=500)
    record_changes(
        actor=actor, operation="staff.booking.create", now=now,
        changes=[Change(Ref("staff.booking", row.pk), {name: [None, value] for name, value in _values(row).items()}) for row in rows],
    )
    _tell({one.subject for one in bookings}, actor, now)
    return [row.pk for row in rows]


@transaction.atomic
def change_booking(*, actor: Actor, booking_id: int, changes: Mapping[str, Any], version: int | None = None, now: datetime) -> None:
    """Move, stretch, hand over, confirm or release a booking; a stale version writes nothing.

    `changes` holds fields of NewBooking but its subject. A tentative booking may be changed by who may reserve time.
    """
    row = Booking.objects.select_for_update(of=("self",)).select_related("role").filter(pk=booking_id).first()
    if row is None:
        raise NotFound("booking", booking_id)
    if row.status != BookingStatus.TENTATIVE or changes.get("status", row.status) == BookingStatus.CONFIRMED:
        require(actor, "staff.booking.edit")
    require_reserving(actor)
    for field in changes:
        if field not in EDITABLE:
            raise Refused.field(field, worded("{field} of a booking cannot be changed.", field=field), "unknown")
    if version is not None and version != row.version:
        raise Stale("The booking was changed by somebody else in the meantime.", current=_values(row), yours=changes)
    before = _values(row)
    wanted = replace(_as_new(row), **changes)
    errors = _mistakes(wanted, "")
    if errors:
        raise Refused(errors[0].words, errors)
    row.person_id, row.status, row.note = wanted.person_id, wanted.status, wanted.note
    row.role_id = ensure_roles(names=[wanted.role], now=now).get(wanted.role.strip().casefold()) if wanted.role else None
    row.start_date, row.finish_date = wanted.start_date, wanted.finish_date
    row.spread, row.amount_minutes = wanted.spread, wanted.amount_minutes
    row.minutes = _total(wanted, _calendars({wanted.person_id}))
    after = _values(row)
    audit = {name: [before[name], value] for name, value in after.items() if before[name] != value}
    if not audit:
        return
    row.version += 1
    row.updated_at = now
    row.save()
    record_changes(actor=actor, operation="staff.booking.change", changes=[Change(Ref("staff.booking", row.pk), audit)], now=now)
    _tell({wanted.subject}, actor, now)


@transaction.atomic
def split_booking(*, actor: Actor, booking_id: int, at_date: date, version: int | None = None, now: datetime) -> int:
    """Cut a booking in two: the second begins on `at_date` and takes its part of the minutes. Returns the id of the second."""
    require_reserving(actor)
    row = Booking.objects.select_for_update(of=("self",)).select_related("role").filter(pk=booking_id).first()
    if row is None:
        raise NotFound("booking", booking_id)
    if not row.start_date < at_date <= row.finish_date:
        raise Refused.field("at_date", worded("The booking can be split between {start_date} and {finish_date}.", start_date=row.start_date, finish_date=row.finish_date), "out_of_range")
    calendar = _calendars({row.person_id})[row.person_id]
    first_end = date.fromordinal(at_date.toordinal() - 1)
    head, tail = _as_new(row), replace(_as_new(row), start_date=at_date)
    changes: dict[str, Any] = {"finish_date": first_end}
    if row.spread == Spread.TOTAL:
        days = calendar.working_days_between(row.start_date, row.finish_date) or 1
        part = row.minutes * calendar.working_days_between(at_date, row.finish_date) // days
        changes["amount_minutes"] = head.amount_minutes - part
        tail = replace(tail, amount_minutes=part)
    change_booking(actor=actor, booking_id=booking_id, changes=changes, version=version, now=now)
    (second,) = create_bookings(actor=actor, bookings=[tail], now=now)
    return second


@transaction.atomic(savepoint=False)
def confirm_bookings(*, actor: Actor, noun: str, ref_id: int, project_ref: Ref, now: datetime) -> int:
    """Turn a subject's tentative bookings into confirmed ones of the project; returns how many."""
    rows = _tentative(noun, ref_id)
    before = [_values(row) for row in rows]
    for row in rows:
        row.status, row.subject_noun, row.subject_id = BookingStatus.CONFIRMED, project_ref.noun, project_ref.id
    return _settle(actor, "staff.booking.confirm", rows, before, {Ref(noun, ref_id), project_ref}, now)


@transaction.atomic(savepoint=False)
def return_bookings(*, project_ids: Collection[int], ref: Ref, made_before: datetime, now: datetime) -> int:
    """Turn what a win confirmed into tentative time of its subject again, and release what was booked since; returns how many came back."""
    live = Booking.objects.filter(subject_noun="delivery.project", subject_id__in=project_ids).exclude(status="released")
    live.filter(created_at__gt=made_before).update(status="released", updated_at=now)
    return live.update(status="tentative", subject_noun=ref.noun, subject_id=ref.id, updated_at=now)


@transaction.atomic
def release_bookings(*, actor: Actor, noun: str, ref_id: int, now: datetime) -> int:
    """Give tentative time back when a deal is lost; returns how many bookings were released."""
    rows = _tentative(noun, ref_id)
    before = [_values(row) for row in rows]
    for row in rows:
        row.status = BookingStatus.RELEASED
    return _settle(actor, "staff.booking.release", rows, before, {Ref(noun, ref_id)}, now)


@transaction.atomic
def exchange_reserved(*, actor: Actor, subject: Ref, release: Collection[int], restore: Collection[int], now: datetime) -> None:
    """Release some of the time that templates reserved for a subject and bring some of what was released back.

    Conflict, and nothing written, when one of them is not what it was.
    """
    require_reserving(actor)
    wanted = dict.fromkeys(restore, BookingStatus.RELEASED) | dict.fromkeys(release, BookingStatus.TENTATIVE)
    found = Booking.objects.select_for_update(of=("self",)).select_related("role").order_by("pk")
    rows = list(found.filter(pk__in=list(wanted), subject_noun=subject.noun, subject_id=subject.id, is_from_templates=True))
    if {row.pk: row.status for row in rows} != wanted:
        raise Conflict("The time reserved was changed in the meantime.")
    before = [_values(row) for row in rows]
    for row in rows:
        row.status = BookingStatus.RELEASED if wanted[row.pk] is BookingStatus.TENTATIVE else BookingStatus.TENTATIVE
    _settle(actor, "staff.booking.exchange", rows, before, {subject}, now)


def _tentative(noun: str, ref_id: int) -> list[Booking]:
    if not rows("tentative time", lambda values: _tentative_of(values["noun"], values["id"]).values_list("pk")[:1], {"noun": noun, "id": ref_id}):
        return []
    return list(_tentative_of(noun, ref_id).select_for_update(of=("self",)).select_related("role").order_by("pk"))


def _tentative_of(noun: str, ref_id: int) -> QuerySet[Booking]:
    return Booking.objects.filter(subject_noun=noun, subject_id=ref_id, status=BookingStatus.TENTATIVE)


def _settle(
    actor: Actor, operation: str, rows: Sequence[Booking], before: Sequence[Mapping[str, Any]], subjects: Collection[Ref], now: datetime
) -> int:
    """Write the status and subject of bookings that changed together, each with a version and a line of history of its own."""
    if not rows:
        return 0
    for row in rows:
        row.version += 1
        row.updated_at = now
    Booking.objects.bulk_update(rows, ["status", "subject_noun", "subject_id", "version", "updated_at"], batch_size=200)
    record_changes(actor=actor, operation=operation, now=now, changes=[
        Change(Ref("staff.booking", row.pk), {name: [was[name], value] for name, value in _values(row).items() if was[name] != value})
        for row, was in zip(rows, before, strict=True)
    ])
    _tell(subjects, actor, now)
    return len(rows)


def require_reserving(actor: Actor) -> None:
    """Refuse who may not reserve time; who books for certain needs the other right as well."""
    require(actor, "staff.booking.propose")


def _mistakes(one: NewBooking, path: str) -> list[FieldError]:
    errors = []
    if one.person_id is None and not one.role.strip():
        errors.append(FieldError(f"{path}person_id", "A booking needs a person or a role.", "required"))
    if one.finish_date < one.start_date:
        errors.append(FieldError(f"{path}finish_date", "A booking ends on or after the day it starts.", "out_of_order"))
    elif (one.finish_date - one.start_date).days > LONGEST_BOOKING_DAYS:
        errors.append(FieldError(f"{path}finish_date", "A booking lasts three years at most.", "too_long"))
    if not 0 < one.amount_minutes <= _LARGEST_MINUTES:
        errors.append(FieldError(f"{path}amount_minutes", "A booking takes some time: more than no minutes, less than a working life.", "out_of_range"))
    if len(one.note) > 300:
        errors.append(FieldError(f"{path}note", "A note has 300 characters at most.", "too_long"))
    if one.person_id is not None and not Person.objects.filter(pk=one.person_id, is_active=True).exists():
        errors.append(FieldError(f"{path}person_id", worded("There is no colleague {person_id}.", person_id=one.person_id), "unknown"))
    return errors


def _calendars(person_ids: Collection[int | None]) -> dict[int | None, WorkCalendar]:
    """The calendar of each person, their own or their team's; a role works in the organisation's."""
    _, default = get_default_calendar()
    own = dict(Person.objects.filter(pk__in=[key for key in person_ids if key]).values_list("pk", own_calendar()))
    return {key: get_calendar(own[key]) if key and own.get(key) else default for key in {*person_ids, None}}


def _total(one: NewBooking, calendars: Mapping[int | None, WorkCalendar]) -> int:
    return total_minutes(
        amount_minutes=one.amount_minutes, spread=one.spread, first=one.start_date, last=one.finish_date, calendar=calendars[one.person_id]
    )


def _as_new(row: Booking) -> NewBooking:
    return NewBooking(
        Ref(row.subject_noun, row.subject_id), row.start_date, row.finish_date, row.amount_minutes or row.minutes, row.person_id,
        row.role.name if row.role else "", Spread(row.spread), BookingStatus(row.status), row.note,
        row.is_from_templates,
    )


def _values(row: Booking) -> dict[str, Any]:
    return {
        "subject": f"{row.subject_noun}:{row.subject_id}", "person_id": row.person_id, "role_id": row.role_id, "status": str(row.status),
        "start_date": row.start_date, "finish_date": row.finish_date, "minutes": row.minutes, "spread": str(row.spread), "note": row.note,
    }


def _tell(subjects: Collection[Ref], actor: Actor, now: datetime) -> None:
    for subject in sorted(subjects, key=str):
        publish(BookingsChanged(noun=subject.noun, ref_id=subject.id), actor=actor, now=now)
