"""Booking for records, and reserving time for a deal from its templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.staff.operations import change_booking, create_bookings, require_reserving, split_booking
from wonward.domains.staff.queries import get_booking, list_bookings
from wonward.domains.staff.types import BookingStatus, NewBooking, Spread
from wonward.journeys.capacity.queries.demand import deal_hours
from wonward.journeys.capacity.rules.weeks import monday_of
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


@transaction.atomic
def reserve_for_deal(*, actor: Actor, deal_id: int, kickoff_date: date, now: datetime) -> list[int]:
    """Tentative bookings of every role the services of an open deal need, week by week as their templates say.

    What is already reserved for the deal is released first, so that doing it again follows a changed deal or date.
    """
    deal = get_deal(actor=actor, deal_id=deal_id)
    require_reserving(actor)
    if deal.status != "open":
        raise Conflict(worded("{number} is {status}; time is reserved for open deals.", number=deal.number, status=worded(deal.status)))
    hours = deal_hours(deal_id=deal_id)(kickoff_date)
    if not any(role and any(row) for role, row in hours.items()):
        raise Refused.field("lines", "The services of this deal name no role that works for them.", "no_roles")
    subject = Ref("sales.deal", deal_id)
    for old in list_bookings(actor=actor, subject=subject):
        if old.status is BookingStatus.TENTATIVE and old.role_id is not None:
            change_booking(actor=actor, booking_id=old.id, changes={"status": BookingStatus.RELEASED}, now=now)
    first = monday_of(kickoff_date)
    wanted = [
        booking for role, row in sorted(hours.items()) if role for booking in _runs(subject, role, row, first, kickoff_date)
    ]
    return create_bookings(actor=actor, bookings=wanted, now=now)


def _runs(subject: Ref, role: str, hours: Sequence[float], first: date, kickoff: date) -> list[NewBooking]:
    """One booking for each unbroken run of weeks with work."""
    runs: list[tuple[int, int]] = []
    for week, value in enumerate(hours):
        if value and runs and runs[-1][1] == week - 1:
            runs[-1] = (runs[-1][0], week)
        elif value:
            runs.append((week, week))
    return [
        NewBooking(
            subject, max(kickoff, first + timedelta(weeks=begin)), first + timedelta(weeks=end, days=6),
            max(1, round(sum(hours[begin : end + 1]) * 60)), role=role, spread=Spread.TOTAL, note="From the templates of the services",
        )
        for begin, end in runs
    ]


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
