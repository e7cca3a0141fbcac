"""Reserving a deal's time as its templates say, again and back, and what a win or a loss makes of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.people import NOW
from wonward.domains.sales.operations.deals import lose_deal
from wonward.domains.staff.queries import get_booking, list_bookings
from wonward.domains.staff.types import BookingStatus, NewBooking, Spread
from wonward.foundation.audit.queries import find_changes
from wonward.journeys.capacity.operations import (
    book_time,
    cut_booking,
    move_booking,
    release_reservation,
    reserve_for_deal,
    undo_reservation,
)
from wonward.journeys.capacity.queries import list_reserved_time
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused, Stale
from wonward.kernel.ref import Ref

KICKOFF = date(2026, 12, 7)


def deal_of(studio):
    return Ref("sales.deal", studio.sale.deal_id)


def reserve(studio, kickoff=KICKOFF, actor=None):
    return reserve_for_deal(actor=actor or studio.cast.seller, deal_id=studio.sale.deal_id, kickoff_date=kickoff, now=NOW)


def rows_of(studio):
    return list_bookings(actor=studio.cast.manager, subject=deal_of(studio))


def one_of(studio, role):
    return next(row for row in rows_of(studio) if row.role_name == role)


def operations_on(key):
    found = find_changes(noun="staff.booking", ref_ids=[key], since=NOW - timedelta(days=1))
    return [entry.operation for entry in found.get(key, [])]


def test_who_was_put_on_a_role_stays_on_it_when_the_time_is_reserved_for_another_day(studio):
    reserve(studio)
    move_booking(actor=studio.cast.manager, booking_id=one_of(studio, "Designer").id, changes={"person_id": studio.ida}, now=NOW)
    reserve(studio, KICKOFF + timedelta(days=14))
    designer = one_of(studio, "Designer")
    assert (designer.person_name, designer.minutes) == ("Ida Moreau", 2400)
    assert all(row.start_date >= KICKOFF + timedelta(days=14) for row in rows_of(studio))
    assert {row.person_name for row in rows_of(studio) if row.role_name != "Designer"} == {""}


def test_two_people_who_share_a_role_by_week_share_it_again(studio):
    reserve(studio)
    developer = one_of(studio, "Developer")
    middle = developer.start_date + timedelta(days=7 - developer.start_date.weekday())
    assert developer.start_date < middle <= developer.finish_date
    second = cut_booking(actor=studio.cast.manager, booking_id=developer.id, at_date=middle, now=NOW)
    for key, person in ((developer.id, studio.dev), (second, studio.emil)):
        move_booking(actor=studio.cast.manager, booking_id=key, changes={"person_id": person}, now=NOW)
    before = [(row.person_id, row.start_date) for row in rows_of(studio) if row.role_name == "Developer"]
    reserve(studio, KICKOFF + timedelta(days=7))
    after = [(row.person_id, row.start_date - timedelta(days=7)) for row in rows_of(studio) if row.role_name == "Developer"]
    assert after == before
    assert sum(row.minutes for row in rows_of(studio) if row.role_name == "Developer") == developer.minutes


def test_a_role_given_up_for_a_person_in_the_drawer_is_still_theirs(studio):
    reserve(studio)
    move_booking(actor=studio.cast.manager, booking_id=one_of(studio, "Designer").id, changes={"person_id": studio.ida, "role": ""}, now=NOW)
    reserve(studio, KICKOFF + timedelta(days=7))
    assert one_of(studio, "Designer").person_name == "Ida Moreau"
    assert len([row for row in rows_of(studio) if row.person_id == studio.ida]) == 1


def test_time_booked_by_hand_for_the_deal_stays(studio):
    by_hand = NewBooking(deal_of(studio), KICKOFF, KICKOFF + timedelta(days=4), 600, role="Designer", spread=Spread.TOTAL)
    (key,) = book_time(actor=studio.cast.seller, bookings=[by_hand], now=NOW)
    reserve(studio)
    reserve(studio, KICKOFF + timedelta(days=7))
    release_reservation(actor=studio.cast.seller, deal_id=studio.sale.deal_id, now=NOW)
    assert [row.id for row in rows_of(studio)] == [key]
    with pytest.raises(Conflict, match="No time is reserved"):
        release_reservation(actor=studio.cast.seller, deal_id=studio.sale.deal_id, now=NOW)


def test_undo_brings_back_what_was_reserved_before_exactly(studio):
    first = reserve(studio)
    before = [(row.id, row.start_date, row.finish_date, row.minutes, row.person_id) for row in rows_of(studio)]
    again = reserve(studio, KICKOFF + timedelta(days=21))
    undo_reservation(actor=studio.cast.seller, deal_id=studio.sale.deal_id, made=again.made, released=again.released, now=NOW)
    assert [(row.id, row.start_date, row.finish_date, row.minutes, row.person_id) for row in rows_of(studio)] == before
    with pytest.raises(Conflict, match="changed in the meantime"):
        undo_reservation(actor=studio.cast.seller, deal_id=studio.sale.deal_id, made=again.made, released=again.released, now=NOW)
    given_back = release_reservation(actor=studio.cast.seller, deal_id=studio.sale.deal_id, now=NOW)
    assert rows_of(studio) == []
    undo_reservation(actor=studio.cast.seller, deal_id=studio.sale.deal_id, made=(), released=given_back.released, now=NOW)
    assert {row.id for row in rows_of(studio)} == set(first.made)


def test_undo_takes_nothing_that_somebody_changed_since(studio):
    made = reserve(studio)
    move_booking(actor=studio.cast.manager, booking_id=made.made[0], changes={"person_id": studio.ida}, now=NOW)
    with pytest.raises(Conflict, match="changed in the meantime"):
        undo_reservation(actor=studio.cast.seller, deal_id=studio.sale.deal_id, made=made.made, released=(), now=NOW)
    assert len(rows_of(studio)) == len(made.made)


def test_what_is_reserved_is_told_by_role_and_person(studio):
    assert list_reserved_time(actor=studio.cast.seller, deal_id=studio.sale.deal_id) == []
    reserve(studio)
    move_booking(actor=studio.cast.manager, booking_id=one_of(studio, "Designer").id, changes={"person_id": studio.ida}, now=NOW)
    told = {row.person_name or row.role: row.minutes for row in list_reserved_time(actor=studio.cast.seller, deal_id=studio.sale.deal_id)}
    assert told == {"Strategist": 960, "Ida Moreau": 2400, "Developer": 4800, "Editor": 1920}


def test_who_may_not_reserve_or_not_see_the_deal_is_refused_and_nothing_is_written(studio):
    with pytest.raises((NotAllowed, NotFound)):
        reserve(studio, actor=studio.cast.member)
    with pytest.raises(NotFound):
        reserve(studio, actor=studio.cast.manager)
    with pytest.raises(Refused, match="in the past"):
        reserve(studio, NOW.date() - timedelta(days=1))
    lose_deal(actor=studio.cast.seller, deal_id=studio.sale.deal_id, reason="Chose a cheaper offer", now=NOW)
    with pytest.raises(Conflict, match="lost; time is reserved for open deals"):
        reserve(studio)
    assert rows_of(studio) == []


def test_the_win_and_the_loss_give_each_booking_a_version_and_a_line_of_history(studio):
    made = reserve(studio)
    key = made.made[0]
    version = get_booking(actor=studio.cast.seller, booking_id=key).version
    close_deal_as_won(actor=studio.cast.seller, deal_id=studio.sale.deal_id, brief=studio.sale.brief(), now=NOW)
    row = get_booking(actor=studio.cast.owner, booking_id=key)
    assert (row.status, row.version) == (BookingStatus.CONFIRMED, version + 1)
    with pytest.raises(Stale):
        move_booking(actor=studio.cast.owner, booking_id=key, changes={"amount_minutes": 60}, version=version, now=NOW)
    assert operations_on(key)[-1:] == ["staff.booking.confirm"]


def test_a_loss_is_on_the_record_of_each_booking_it_released(studio):
    made = reserve(studio)
    lose_deal(actor=studio.cast.seller, deal_id=studio.sale.deal_id, reason="Chose a cheaper offer", now=NOW)
    assert rows_of(studio) == []
    for key in made.made:
        assert operations_on(key)[-1:] == ["staff.booking.release"]
