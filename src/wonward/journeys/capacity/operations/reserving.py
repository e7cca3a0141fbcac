"""Reserving the time of a deal as the templates of its services say, before anybody signed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from wonward.domains.sales.operations.deals import hold_open_deal
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.staff.operations import create_bookings, exchange_reserved, require_reserving
from wonward.domains.staff.queries import list_bookings, list_roles, list_working_people
from wonward.domains.staff.types import BookingRow, BookingStatus
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.journeys.capacity.queries.demand import deal_hours
from wonward.journeys.capacity.rules.reserving import bookings_of, people_put_on
from wonward.journeys.capacity.types import Reservation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

NOTE = "From the templates of the services"
LATEST_YEARS = 5


@transaction.atomic
def reserve_for_deal(*, actor: Actor, deal_id: int, kickoff_date: date, now: datetime) -> Reservation:
    """Tentative bookings of every role the services of an open deal need, week by week as their templates say.

    Doing it again follows a changed deal or date: what was reserved this way is released and made anew, with whom people put on
    a role still on it. Time somebody booked for the deal by hand stays as it is.
    """
    _hold(actor, deal_id)
    today = civil_date(now, get_organisation().time_zone)
    if kickoff_date < today:
        raise Refused.field("kickoff_date", "The work cannot begin in the past.", "past")
    if kickoff_date.year > today.year + LATEST_YEARS:
        raise Refused.field("kickoff_date", worded("Ask for a beginning within {latest_years} years.", latest_years=LATEST_YEARS), "range")
    hours = deal_hours(deal_id=deal_id)(kickoff_date)
    if not any(role and any(row) for role, row in hours.items()):
        raise Refused.field("lines", "The services of this deal name no role that works for them.", "no_roles")
    subject = Ref("sales.deal", deal_id)
    before = _reserved(actor, subject)
    names = list_roles()
    roles_of = {person.id: [names[key].strip().casefold() for key in person.role_ids] for person in list_working_people(actor=actor)}
    people = people_put_on(before, roles_of, hours)
    released = tuple(one.id for one in before)
    if released:
        exchange_reserved(actor=actor, subject=subject, release=released, restore=(), now=now)
    made = create_bookings(actor=actor, bookings=bookings_of(subject, hours, kickoff_date, people, NOTE), now=now)
    return Reservation(tuple(made), released)


@transaction.atomic
def release_reservation(*, actor: Actor, deal_id: int, now: datetime) -> Reservation:
    """Give the time back that templates reserved for an open deal; what was booked for it by hand stays."""
    _hold(actor, deal_id)
    subject = Ref("sales.deal", deal_id)
    released = tuple(one.id for one in _reserved(actor, subject))
    if not released:
        raise Conflict("No time is reserved for this deal.")
    exchange_reserved(actor=actor, subject=subject, release=released, restore=(), now=now)
    return Reservation((), released)


@transaction.atomic
def undo_reservation(*, actor: Actor, deal_id: int, made: Sequence[int], released: Sequence[int], now: datetime) -> None:
    """Take a reservation or a release back, exactly, as long as nobody changed that time since."""
    _hold(actor, deal_id)
    subject = Ref("sales.deal", deal_id)
    if any(one.id in made and one.version > 1 for one in _reserved(actor, subject)):
        raise Conflict("The time reserved was changed in the meantime.")
    exchange_reserved(actor=actor, subject=subject, release=made, restore=released, now=now)


def _hold(actor: Actor, deal_id: int) -> None:
    deal = get_deal(actor=actor, deal_id=deal_id)
    require_reserving(actor)
    if not hold_open_deal(deal_id=deal_id):
        deal = get_deal(actor=actor, deal_id=deal_id)
        raise Conflict(worded("{number} is {status}; time is reserved for open deals.", number=deal.number, status=worded(deal.status)))


def _reserved(actor: Actor, subject: Ref) -> list[BookingRow]:
    found = list_bookings(actor=actor, subject=subject)
    return [one for one in found if one.is_from_templates and one.status is BookingStatus.TENTATIVE]
