"""One ledger of days under every view of time, and roles that share people."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.journeys.capacity.test_bookings import MONDAY, book, deal_of, won
from tests.journeys.capacity.test_fit import KICKOFF, fit_of, staff_up
from tests.journeys.capacity.test_outlook import hours, outlook_of, row_of
from tests.journeys.capacity.test_pools import can_share, person
from tests.people import NOW, TODAY, make_sale
from wonward.domains.sales.operations.deals import create_deals
from wonward.domains.sales.types import NewDeal, NextAction
from wonward.domains.staff.operations import put_roles
from wonward.domains.staff.types import BookingStatus, NewBooking, Spread
from wonward.journeys.capacity.operations import book_time
from wonward.journeys.capacity.queries import get_balance, get_deal_fit, get_ledger
from wonward.journeys.capacity.queries.days import read_days
from wonward.journeys.capacity.queries.pipeline import TENTATIVE_CHANCE
from wonward.journeys.capacity.rules.days import summed, taken_by
from wonward.journeys.capacity.rules.pools import Pools, role_key
from wonward.journeys.capacity.rules.shares import supply_by_role
from wonward.journeys.capacity.types import WhatIf
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.actor import system_actor
from wonward.kernel.ref import Ref

TUESDAY = MONDAY + timedelta(days=8)


def long_tuesday(studio, subject, status=BookingStatus.CONFIRMED, actor=None):
    """Sixteen hours on one day of a week that is free otherwise."""
    return book(studio, subject, start_date=TUESDAY, finish_date=TUESDAY, amount_minutes=960, spread=Spread.TOTAL, status=status, actor=actor)


def test_a_day_above_its_hours_is_named_in_a_week_that_is_free(studio):
    long_tuesday(studio, won(studio))
    ledger = get_ledger(actor=studio.cast.manager, first=MONDAY, weeks=3)
    assert ledger.asked_of_person(studio.ida)[1] < ledger.supply[studio.ida][1]
    assert [(one.day, one.asked, one.given) for one in ledger.days_over(studio.ida)] == [(TUESDAY, 960, 480)]
    assert ledger.days_over(studio.emil) == []
    row = next(one for one in get_balance(actor=studio.cast.leader, today=TODAY).people if one.person_id == studio.ida)
    assert (row.overloaded, [one.day for one in row.days_over]) == ((), [TUESDAY])
    cells = row_of(outlook_of(studio), "Designer").cells
    assert [cell.busiest and (cell.busiest[0], cell.busiest[1].day) for cell in cells[:3]] == [None, ("Ida Moreau", TUESDAY), None]
    assert row_of(outlook_of(studio), "Developer").cells[1].busiest is None


def test_a_tentative_day_counts_where_tentative_time_is_asked_for(studio):
    long_tuesday(studio, deal_of(studio), BookingStatus.TENTATIVE, studio.cast.seller)
    ledger = get_ledger(actor=studio.cast.manager, first=MONDAY, weeks=3)
    assert ledger.days_over(studio.ida) == []
    assert len(ledger.days_over(studio.ida, with_tentative=True)) == 1


def test_planner_balance_and_levelling_are_sums_of_the_same_days(studio):
    subject = won(studio)
    book(studio, subject, status=BookingStatus.CONFIRMED)
    long_tuesday(studio, subject)
    book(studio, subject, person_id=studio.emil, start_date=MONDAY + timedelta(days=2), status=BookingStatus.CONFIRMED)
    days = read_days(actor=studio.cast.leader, first=MONDAY, last=MONDAY + timedelta(days=55))
    ledger = get_ledger(actor=studio.cast.leader, first=MONDAY, weeks=8)
    balance = {row.person_id: row for row in get_balance(actor=studio.cast.leader, today=MONDAY).people}
    taken = taken_by(days, with_tentative=True, without=())
    for key in (studio.ida, studio.emil, studio.dev):
        by_day = summed(load for load in days.loads if load.person_id == key)
        assert sum(ledger.asked_of_person(key)) == balance[key].asked_minutes == sum(by_day.values()) == sum(taken.get(f"person:{key}", {}).values())
        given = days.given(key)
        for week in range(8):
            span = [MONDAY + timedelta(days=7 * week + place) for place in range(7)]
            assert ledger.asked_of_person(key)[week] == sum(by_day.get(day, 0) for day in span)
            assert ledger.supply[key][week] == sum(given[day] for day in span)


def test_all_of_a_great_many_bookings_count_in_as_many_statements(studio):
    subject = won(studio)

    def asked() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as counted:
            ledger = get_ledger(actor=studio.cast.manager, first=MONDAY, weeks=3)
        return sum(ledger.asked_of_person(studio.ida)), len(counted)

    book(studio, subject, amount_minutes=1, spread=Spread.TOTAL, status=BookingStatus.CONFIRMED)
    _, few = asked()
    one = NewBooking(subject, MONDAY, MONDAY, 1, studio.ida, status=BookingStatus.CONFIRMED)
    for _ in range(13):
        book_time(actor=studio.cast.manager, bookings=[one] * 400, now=NOW)
    assert asked() == (5201, few)


@pytest.mark.parametrize("seed", range(300))
def test_hours_of_people_with_several_roles_count_once_and_reach_every_role_they_can(seed):
    dice = Random(seed)
    people = [person(key, *dice.sample((1, 2, 3, 4), dice.randrange(1, 4))) for key in range(1, dice.randrange(3, 7))]
    supply = {one.id: [dice.randrange(0, 4)] for one in people}
    needs = {role: [dice.randrange(0, 6)] for role in (1, 2, 3, 4)}
    found = supply_by_role(people, supply, {}, needs, 1)
    assert sum(row[0] for row in found.values()) == sum(row[0] for row in supply.values())
    pools = Pools(people, {})
    asked = {role_key(role): row[0] for role, row in needs.items() if row[0] and pools.of(role_key(role))}
    reached = {role: min(row[0], found.get(role, [0])[0]) for role, row in needs.items() if pools.of(role_key(role))}
    everything = sum(reached.values()) == sum(asked.values())
    assert everything == can_share(asked, pools.members, {key: row[0] for key, row in supply.items()})
    assert can_share({role_key(role): amount for role, amount in reached.items() if amount}, pools.members, {key: row[0] for key, row in supply.items()})


def test_what_somebody_is_asked_by_name_decides_where_their_hours_are():
    both, other = person(1, 7, 8), person(2, 7)
    supply = {1: [2400], 2: [2400]}
    assert supply_by_role([both, other], supply, {}, {}, 1) == {7: [4800]}
    assert supply_by_role([both, other], supply, {}, {8: [1000]}, 1) == {7: [3800], 8: [1000]}
    assert supply_by_role([both, other], supply, {1: {8: [600.0]}}, {8: [1000]}, 1) == {7: [3200], 8: [1600]}
    assert supply_by_role([both, other], supply, {1: {7: [2400.0]}}, {8: [1000]}, 1) == {7: [4800]}
    assert supply_by_role([both], {1: [2400]}, {1: {7: [2400.0], 8: [2400.0]}}, {}, 1) == {7: [1200], 8: [1200]}


def test_a_designer_who_builds_makes_a_deal_fit_and_the_outlook_agrees(studio):
    staff_up(studio)
    for weeks in range(4):
        start = KICKOFF + timedelta(weeks=weeks)
        book(studio, won_other(studio, weeks), person_id=studio.dev, start_date=start, finish_date=start + timedelta(days=4), amount_minutes=2400,
             spread=Spread.TOTAL, status=BookingStatus.CONFIRMED)
    assert [role.name for role in fit_of(studio).short] == ["Developer"]
    as_won = WhatIf(won=frozenset({studio.sale.deal_id}), moved={studio.sale.deal_id: KICKOFF})
    over = row_of(outlook_of(studio, what_if=as_won), "Developer").first_overload
    assert over is not None
    put_roles(actor=system_actor(), roles={studio.emil: ["Designer", "Developer"]}, now=NOW)
    assert fit_of(studio).short == ()
    before, after = row_of(outlook_of(studio), "Designer"), row_of(outlook_of(studio, what_if=as_won), "Designer")
    assert sum(cell.capacity for cell in after.cells) < sum(cell.capacity for cell in before.cells)
    assert row_of(outlook_of(studio, what_if=as_won), "Developer").cells[over].capacity > 0


def won_other(studio, number):
    other = make_sale(studio.cast, name=f"Other {number}", company=f"Other {number} Ltd")
    brief = other.brief(kickoff_date=date(2027, 8, 2), promised_finish_date=date(2027, 12, 1))
    return Ref("delivery.project", close_deal_as_won(actor=studio.cast.seller, deal_id=other.deal_id, brief=brief, now=NOW).project_ids[0])


def test_tentative_time_of_a_project_comes_as_often_as_not(studio):
    subject = won(studio)
    before = row_of(outlook_of(studio), "Designer")
    book(studio, subject, start_date=MONDAY + timedelta(weeks=8), finish_date=MONDAY + timedelta(weeks=9, days=4), amount_minutes=2400)
    after = row_of(outlook_of(studio), "Designer")
    assert hours(after) - hours(before) == pytest.approx(80 * TENTATIVE_CHANCE, rel=0.1)
    assert hours(after, "confirmed") == hours(before, "confirmed")
    assert hours(after, "p90") - hours(before, "p90") == 80


def test_tentative_time_of_a_deal_without_lines_counts_as_likely_as_the_deal_and_can_be_taken_as_won(studio):
    (bare,) = create_deals(actor=studio.cast.seller, now=NOW, deals=[
        NewDeal(name="Bare", company_id=studio.sale.company_id, next_action=NextAction("call", TODAY, "Call")),
    ])
    before = outlook_of(studio)
    assert bare not in before.deals
    book(studio, Ref("sales.deal", bare), actor=studio.cast.seller, start_date=MONDAY + timedelta(weeks=8), finish_date=MONDAY + timedelta(weeks=8, days=4), amount_minutes=2400)
    after = outlook_of(studio)
    assert after.unknown_deals == before.unknown_deals - 1
    chance = after.deals[bare].calibrated / 100
    assert 0 < chance < 1
    assert hours(row_of(after, "Designer")) - hours(row_of(before, "Designer")) == pytest.approx(40 * chance, rel=0.1)
    sure = outlook_of(studio, what_if=WhatIf(won=frozenset({bare})))
    assert row_of(sure, "Designer").cells[8].p10 >= 40
    gone = outlook_of(studio, what_if=WhatIf(lost=frozenset({bare})))
    assert hours(row_of(gone, "Designer")) == pytest.approx(hours(row_of(before, "Designer")), rel=0.1)


def test_what_others_booked_tentatively_stands_beside_the_fit_of_a_deal(studio):
    staff_up(studio)
    assert {role.tentative_hours for role in fit_of(studio).roles} == {0}
    (bare,) = create_deals(actor=studio.cast.seller, now=NOW, deals=[
        NewDeal(name="Bare", company_id=studio.sale.company_id, next_action=NextAction("call", TODAY, "Call")),
    ])
    book(studio, Ref("sales.deal", bare), actor=studio.cast.seller, person_id=studio.dev, start_date=KICKOFF, finish_date=KICKOFF + timedelta(days=25), amount_minutes=2400)
    developer = next(role for role in fit_of(studio).roles if role.name == "Developer")
    assert (developer.first_short, developer.short_hours) == (None, 0)
    assert developer.tentative_hours > 40
    assert developer.short_with_tentative > 40
    own = get_deal_fit(actor=studio.cast.seller, deal_id=bare, kickoff=KICKOFF)
    assert own is None
