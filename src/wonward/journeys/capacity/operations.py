"""Booking for records, reserving time for a deal from its templates, keeping scenarios."""

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
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import record_change
from wonward.journeys.capacity.models import Scenario
from wonward.journeys.capacity.queries.demand import deal_hours
from wonward.journeys.capacity.rules import monday_of
from wonward.journeys.capacity.types import WhatIf
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotFound, Refused
from wonward.kernel.ref import Ref

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
    require_reserving(actor)
    deal = get_deal(actor=actor, deal_id=deal_id)
    if deal.status != "open":
        raise Conflict(f"{deal.number} is {deal.status}; time is reserved for open deals.")
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


@transaction.atomic
def save_scenario(*, actor: Actor, name: str, what_if: WhatIf, is_shared: bool, now: datetime) -> int:
    """Keep a what-if under a name; returns its id."""
    require(actor, "capacity.scenario.save")
    if not name.strip():
        raise Refused.field("name", "A scenario needs a name.", "required")
    if len(name) > 120:
        raise Refused.field("name", "A name has 120 characters at most.", "too_long")
    if not what_if.count:
        raise Refused.field("changes", "Nothing differs from the pipeline as it is; there is nothing to save.", "required")
    for deal_id in sorted(what_if.won | what_if.lost | set(what_if.moved)):
        get_deal(actor=actor, deal_id=deal_id)
    changes = {
        "won": sorted(what_if.won), "lost": sorted(what_if.lost), "moved": {str(key): day.isoformat() for key, day in what_if.moved.items()},
    }
    row = Scenario.objects.create(
        name=name.strip(), author_id=actor.person_id, is_shared=is_shared, changes=changes, created_at=now, updated_at=now
    )
    record_change(actor=actor, operation="capacity.scenario.save", ref=Ref("capacity.scenario", row.pk), changes={"name": [None, row.name]}, now=now)
    return row.pk


@transaction.atomic
def delete_scenario(*, actor: Actor, scenario_id: int, now: datetime) -> None:
    """Throw away a scenario of one's own."""
    require(actor, "capacity.scenario.save")
    row = Scenario.objects.filter(pk=scenario_id, author_id=actor.person_id).first()
    if row is None:
        raise NotFound("scenario", scenario_id)
    record_change(actor=actor, operation="capacity.scenario.delete", ref=Ref("capacity.scenario", row.pk), changes={"name": [row.name, None]}, now=now)
    row.delete()


def _require_subject(actor: Actor, subject: Ref) -> bool:
    """Refuse records the actor does not see; whether it is a deal that is still open."""
    if subject.noun == "sales.deal":
        deal = get_deal(actor=actor, deal_id=subject.id)
        if deal.status == "lost":
            raise Conflict(f"{deal.number} is lost; it needs no time.")
        return deal.status == "open"
    if subject.noun == "delivery.project":
        get_project(actor=actor, project_id=subject.id)
        return False
    raise Refused.field("subject", "Time is booked for a deal or a project.", "unknown")
