"""Booking people and roles: who may, what follows, what a win and a loss do to it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.people import NOW, TODAY
from wonward.domains.sales.operations.deals import lose_deal
from wonward.domains.staff.operations import (
    create_placeholder,
    decide_time_off,
    put_roles,
    request_time_off,
    set_employment,
    set_rate,
    withdraw_time_off,
)
from wonward.domains.staff.queries import (
    get_booking,
    list_bookings,
    list_rates,
    list_time_off,
    list_working_people,
)
from wonward.domains.staff.types import BookingStatus, NewBooking, Spread, TimeOffKind
from wonward.journeys.capacity.operations import book_time, cut_booking, move_booking, reserve_for_deal
from wonward.journeys.capacity.queries import get_ledger
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.actor import system_actor
from wonward.kernel.errors import NotAllowed, NotFound, Refused, Stale
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref

MONDAY = TODAY - timedelta(days=TODAY.weekday())


def deal_of(studio):
    return Ref("sales.deal", studio.sale.deal_id)


def won(studio):
    closed = close_deal_as_won(actor=studio.cast.seller, deal_id=studio.sale.deal_id, brief=studio.sale.brief(), now=NOW)
    return Ref("delivery.project", closed.project_ids[0])


def book(studio, subject, actor=None, **changes):
    values = {"person_id": studio.ida, "start_date": MONDAY, "finish_date": MONDAY + timedelta(days=11), "amount_minutes": 1200,
              "spread": Spread.PER_WEEK, "subject": subject}
    (key,) = book_time(actor=actor or studio.cast.manager, bookings=[NewBooking(**{**values, **changes})], now=NOW)
    return key


def test_twenty_hours_a_week_for_two_weeks_are_forty_hours_in_the_ledger(studio):
    key = book(studio, won(studio), status=BookingStatus.CONFIRMED)
    assert get_booking(actor=studio.cast.manager, booking_id=key).minutes == 2400
    ledger = get_ledger(actor=studio.cast.manager, first=MONDAY, weeks=3)
    assert ledger.asked_of_person(studio.ida) == [1200, 1200, 0]
    assert ledger.supply[studio.ida] == [2400, 2400, 2400]


def test_time_for_an_open_deal_is_tentative_until_the_win_confirms_it(studio):
    with pytest.raises(Refused, match="tentative until the deal is won"):
        book(studio, deal_of(studio), status=BookingStatus.CONFIRMED, actor=studio.cast.owner)
    key = book(studio, deal_of(studio), actor=studio.cast.seller)
    ledger = get_ledger(actor=studio.cast.manager, first=MONDAY, weeks=2)
    assert ledger.asked_of_person(studio.ida) == [0, 0]
    assert ledger.asked_of_person(studio.ida, with_tentative=True) == [1200, 1200]
    project = won(studio)
    row = get_booking(actor=studio.cast.manager, booking_id=key)
    assert (row.status, row.subject) == (BookingStatus.CONFIRMED, project)


def test_a_lost_deal_gives_its_time_back(studio):
    book(studio, deal_of(studio), actor=studio.cast.seller)
    lose_deal(actor=studio.cast.seller, deal_id=studio.sale.deal_id, reason="Chose a cheaper offer", now=NOW)
    assert list_bookings(actor=studio.cast.manager, subject=deal_of(studio)) == []
    assert get_ledger(actor=studio.cast.manager, first=MONDAY, weeks=2).asked_of_person(studio.ida, with_tentative=True) == [0, 0]


def test_time_is_reserved_by_role_as_the_templates_say_and_again_for_another_date(studio):
    first = reserve_for_deal(actor=studio.cast.seller, deal_id=studio.sale.deal_id, kickoff_date=date(2026, 12, 1), now=NOW)
    rows = list_bookings(actor=studio.cast.manager, subject=deal_of(studio))
    assert {row.role_name: row.minutes for row in rows} == {"Strategist": 960, "Designer": 2400, "Developer": 4800, "Editor": 1920}
    assert all(row.status is BookingStatus.TENTATIVE and row.person_id is None for row in rows)
    assert min(row.start_date for row in rows) == date(2026, 12, 1)
    second = reserve_for_deal(actor=studio.cast.seller, deal_id=studio.sale.deal_id, kickoff_date=date(2027, 1, 11), now=NOW)
    rows = list_bookings(actor=studio.cast.manager, subject=deal_of(studio))
    assert {row.id for row in rows} == set(second.made)
    assert set(second.released) == set(first.made)
    assert not set(first.made) & set(second.made)
    assert min(row.start_date for row in rows) == date(2027, 1, 11)


def test_a_booking_answers_for_the_planned_work_of_its_project_so_nothing_counts_twice(studio):
    project = won(studio)
    before = get_ledger(actor=studio.cast.manager, first=MONDAY, weeks=12)
    designer = next(key for key, name in before.roles.items() if name == "Designer")
    assert sum(before.asked_of_role(designer)) == 2400
    book(studio, project, status=BookingStatus.CONFIRMED, amount_minutes=3000, spread=Spread.TOTAL, finish_date=MONDAY + timedelta(days=60))
    after = get_ledger(actor=studio.cast.manager, first=MONDAY, weeks=12)
    assert sum(after.asked_of_role(designer)) == 3000


def test_moving_stretching_and_handing_over_keep_the_weekly_hours(studio):
    key = book(studio, won(studio), status=BookingStatus.CONFIRMED)
    row = get_booking(actor=studio.cast.manager, booking_id=key)
    changes = {"start_date": row.start_date + timedelta(days=7), "finish_date": row.finish_date + timedelta(days=14), "person_id": studio.emil}
    move_booking(actor=studio.cast.manager, booking_id=key, changes=changes, version=row.version, now=NOW)
    ledger = get_ledger(actor=studio.cast.manager, first=MONDAY, weeks=5)
    assert ledger.asked_of_person(studio.emil) == [0, 1200, 1200, 1200, 0]
    assert ledger.asked_of_person(studio.ida) == [0] * 5
    with pytest.raises(Stale):
        move_booking(actor=studio.cast.manager, booking_id=key, changes={"note": "late"}, version=row.version, now=NOW)


@pytest.mark.parametrize(("spread", "amount"), [(Spread.TOTAL, 2400), (Spread.PER_WEEK, 1200), (Spread.PER_DAY, 240)])
def test_a_split_booking_is_two_that_sum_to_it(studio, spread, amount):
    key = book(studio, won(studio), status=BookingStatus.CONFIRMED, spread=spread, amount_minutes=amount)
    second = cut_booking(actor=studio.cast.manager, booking_id=key, at_date=MONDAY + timedelta(days=7), now=NOW)
    parts = [get_booking(actor=studio.cast.manager, booking_id=one) for one in (key, second)]
    assert [part.minutes for part in parts] == [1200, 1200]
    assert parts[0].finish_date == MONDAY + timedelta(days=6)
    with pytest.raises(Refused, match="can be split between"):
        cut_booking(actor=studio.cast.manager, booking_id=key, at_date=MONDAY, now=NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"finish_date": MONDAY - timedelta(days=1)}, "finish_date"), ({"finish_date": MONDAY + timedelta(days=5000)}, "finish_date"),
        ({"amount_minutes": 0}, "amount_minutes"), ({"person_id": 99_999}, "person_id"), ({"person_id": None}, "person_id"),
        ({"note": "x" * 301}, "note"),
    ],
)
def test_a_booking_that_cannot_be_names_the_field(studio, changes, field):
    with pytest.raises(Refused) as refusal:
        book(studio, won(studio), **changes)
    assert [error.field for error in refusal.value.errors] == [field]


def test_who_may_book_what(studio):
    project = won(studio)
    with pytest.raises(NotFound):
        book(studio, project, actor=studio.cast.member)
    with pytest.raises(NotAllowed):
        book(studio, project, actor=studio.cast.seller, status=BookingStatus.CONFIRMED)
    with pytest.raises(NotFound):
        book(studio, Ref("sales.deal", 99_999))
    with pytest.raises(Refused, match="a deal or a project"):
        book(studio, Ref("clients.company", studio.sale.company_id))
    key = book(studio, project, status=BookingStatus.CONFIRMED)
    with pytest.raises(NotFound):
        get_booking(actor=studio.cast.member, booking_id=key)
    assert list_bookings(actor=studio.cast.marketer) == []


def test_days_off_wait_for_somebody_else_and_then_lower_capacity(studio):
    member = studio.cast.member
    put_roles(actor=system_actor(), roles={member.person_id: ["Developer"]}, now=NOW)
    key = request_time_off(actor=member, person_id=member.person_id, kind=TimeOffKind.VACATION, start_date=MONDAY, finish_date=MONDAY + timedelta(days=1), note="Wedding", now=NOW)

    def supply():
        return get_ledger(actor=studio.cast.manager, first=MONDAY, weeks=1).supply[member.person_id]

    assert supply() == [2400]
    with pytest.raises(NotAllowed):
        decide_time_off(actor=member, time_off_id=key, is_approved=True, now=NOW)
    decide_time_off(actor=studio.cast.manager, time_off_id=key, is_approved=True, now=NOW)
    assert supply() == [1440]
    assert [row.note for row in list_time_off(actor=studio.cast.seller)] == [""]
    assert [row.note for row in list_time_off(actor=member)] == ["Wedding"]
    with pytest.raises(Refused, match="already off"):
        request_time_off(actor=member, person_id=member.person_id, kind=TimeOffKind.SICK, start_date=MONDAY, finish_date=MONDAY, now=NOW)
    withdraw_time_off(actor=member, time_off_id=key, now=NOW)
    assert supply() == [2400]


def test_nobody_approves_their_own_time_off_nor_asks_for_a_stranger(studio):
    manager = studio.cast.manager
    key = request_time_off(actor=manager, person_id=manager.person_id, kind=TimeOffKind.VACATION, start_date=MONDAY, finish_date=MONDAY, now=NOW)
    with pytest.raises(Refused, match="Somebody else"):
        decide_time_off(actor=manager, time_off_id=key, is_approved=True, now=NOW)
    with pytest.raises(NotAllowed):
        request_time_off(actor=studio.cast.seller, person_id=studio.ida, kind=TimeOffKind.SICK, start_date=MONDAY, finish_date=MONDAY, now=NOW)


def test_part_time_employment_and_placeholders_count_as_they_are(studio):
    set_employment(actor=studio.cast.owner, person_id=studio.ida, week_percent=60, target_percent=80, employed_from_date=None,
                   employed_until_date=MONDAY + timedelta(days=6), now=NOW)
    hired = create_placeholder(actor=studio.cast.manager, name="Designer, spring", role="Designer", from_date=MONDAY + timedelta(days=7), now=NOW)
    ledger = get_ledger(actor=studio.cast.manager, first=MONDAY, weeks=2)
    assert (ledger.supply[studio.ida], ledger.supply[hired]) == ([1440, 0], [0, 2400])
    assert [person.is_placeholder for person in list_working_people(actor=studio.cast.manager) if person.id == hired] == [True]


def test_rates_are_seen_by_those_with_the_right_and_by_date(studio):
    set_rate(actor=studio.cast.finance, role="Designer", valid_from_date=date(2026, 1, 1), cost=Money(5000, "EUR"), bill=Money(9900, "EUR"), now=NOW)
    set_rate(actor=studio.cast.finance, role="Designer", valid_from_date=date(2027, 1, 1), cost=Money(5500, "EUR"), bill=Money(10900, "EUR"), now=NOW)
    assert [row.bill.minor for row in list_rates(actor=studio.cast.leader, on=TODAY)] == [9900]
    assert [row.bill.minor for row in list_rates(actor=studio.cast.leader, on=date(2027, 2, 1))] == [10900]
    assert list_rates(actor=studio.cast.manager) == []
    with pytest.raises(NotAllowed):
        set_rate(actor=studio.cast.manager, role="Designer", valid_from_date=TODAY, cost=None, bill=None, now=NOW)
