"""Is there time for a deal if it is won, and when would there be?"""

from __future__ import annotations

from datetime import date, timedelta

from tests.people import NOW, make_sale
from wonward.domains.staff.operations import NewPerson, create_people, put_roles
from wonward.domains.staff.types import BookingStatus, NewBooking
from wonward.journeys.capacity.operations import book_time
from wonward.journeys.capacity.queries import get_deal_fit
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.actor import system_actor
from wonward.kernel.ref import Ref

KICKOFF = date(2026, 12, 7)


def staff_up(studio):
    """Somebody for every role the templates name."""
    people = create_people(actor=system_actor(), people=[NewPerson(name="Yara Costa"), NewPerson(name="Oskar Blum")], now=NOW)
    put_roles(actor=system_actor(), roles=dict(zip(people, (["Strategist"], ["Editor"]), strict=True)), now=NOW)


def fit_of(studio, actor=None):
    return get_deal_fit(actor=actor or studio.cast.seller, deal_id=studio.sale.deal_id, kickoff=KICKOFF)


def test_everybody_has_time_when_nothing_else_is_booked(studio):
    staff_up(studio)
    fit = fit_of(studio)
    assert {role.name: role.hours for role in fit.roles} == {"Designer": 40, "Developer": 80, "Editor": 32, "Strategist": 16}
    assert (fit.short, fit.safe_kickoff) == ((), None)


def test_a_booked_developer_makes_the_deal_short_and_a_later_kickoff_safe(studio):
    staff_up(studio)
    other = make_sale(studio.cast, name="Other", company="Other Ltd")
    closed = close_deal_as_won(actor=studio.cast.seller, deal_id=other.deal_id, brief=other.brief(), now=NOW)
    busy = NewBooking(Ref("delivery.project", closed.project_ids[0]), KICKOFF, KICKOFF + timedelta(days=25), 9600, person_id=studio.dev,
                      status=BookingStatus.CONFIRMED)
    book_time(actor=studio.cast.manager, bookings=[busy], now=NOW)
    fit = fit_of(studio)
    assert fit.short[0].name == "Developer"
    assert fit.short[0].short_hours > 50
    assert fit.safe_kickoff is not None
    assert fit.safe_kickoff > KICKOFF
    later = get_deal_fit(actor=studio.cast.seller, deal_id=studio.sale.deal_id, kickoff=fit.safe_kickoff)
    assert later.short == ()


def test_a_role_nobody_fills_is_short_with_no_safe_start(studio):
    fit = fit_of(studio)
    assert {role.name for role in fit.short} == {"Strategist", "Editor"}
    assert fit.safe_kickoff is None


def test_who_sees_no_bookings_is_not_told(studio):
    assert fit_of(studio, studio.cast.member) is None
    assert fit_of(studio, studio.cast.marketer) is None
