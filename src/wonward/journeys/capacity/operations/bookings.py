"""Booking people and roles for deals and projects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.staff.operations import change_booking, create_bookings, split_booking
from wonward.domains.staff.queries import get_booking
from wonward.domains.staff.types import BookingStatus, NewBooking
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

SUBJECTS = ("sales.deal", "delivery.project")


@transaction.atomic
def book_time(*, actor: Actor, bookings: Sequence[NewBooking], now: datetime) -> list[int]:
    """Book people or roles for deals and projects the actor sees. For a deal that is open the time is tentative."""
    for subject in sorted({one.subject for one in bookings}, key=str):
        is_open_deal = _require_subject(actor, subject)
        if is_open_deal and any(one.subject == subject and one.status is BookingStatus.CONFIRMED for one in bookings):
            raise Refused.field("status", "Time for a deal is tentative until the deal is won.", "not_won")
    return create_bookings(actor=actor, bookings=bookings, now=now)


@transaction.atomic
def move_booking(*, actor: Actor, booking_id: int, changes: Mapping[str, Any], version: int | None = None, now: datetime) -> None:
    """Change a booking of a record the actor sees."""
    row = get_booking(actor=actor, booking_id=booking_id)
    is_open_deal = _require_subject(actor, row.subject)
    if is_open_deal and changes.get("status") == BookingStatus.CONFIRMED:
        raise Refused.field("status", "Time for a deal is tentative until the deal is won.", "not_won")
    change_booking(actor=actor, booking_id=booking_id, changes=changes, version=version, now=now)


@transaction.atomic
def cut_booking(*, actor: Actor, booking_id: int, at_date: date, version: int | None = None, now: datetime) -> int:
    """Split a booking of a record the actor sees; returns the id of the second part."""
    row = get_booking(actor=actor, booking_id=booking_id)
    _require_subject(actor, row.subject)
    return split_booking(actor=actor, booking_id=booking_id, at_date=at_date, version=version, now=now)


def _require_subject(actor: Actor, subject: Ref) -> bool:
    """Refuse records the actor does not see; whether it is a deal that is still open."""
    if subject.noun == "sales.deal":
        deal = get_deal(actor=actor, deal_id=subject.id)
        if deal.status == "lost":
            raise Conflict(worded("{number} is lost; it needs no time.", number=deal.number))
        return deal.status == "open"
    if subject.noun == "delivery.project":
        get_project(actor=actor, project_id=subject.id)
        return False
    raise Refused.field("subject", "Time is booked for a deal or a project.", "unknown")
