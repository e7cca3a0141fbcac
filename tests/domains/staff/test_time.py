"""How booked time falls on days, and how much somebody works."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wonward.domains.staff.rules import days_between, spread_minutes, total_minutes, working_minutes
from wonward.domains.staff.types import Spread, TimeOffKind, TimeOffRow, WorkingPerson
from wonward.kernel.work_calendar import STANDARD_CALENDAR, WorkCalendar

MONDAY = date(2027, 3, 1)
days = st.integers(0, 120).map(lambda place: MONDAY + timedelta(days=place))
NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)
NEVER = WorkCalendar(((),) * 7)


def person(**changes):
    values = {
        "id": 1, "name": "Noor Haddad", "job_title": "", "team_id": None, "team": "", "role_ids": (1,), "calendar": STANDARD_CALENDAR,
        "week_percent": 100, "target_percent": 75, "employed_from_date": None, "employed_until_date": None, "is_placeholder": False, "version": 1,
    }
    return WorkingPerson(**{**values, **changes})


def away(first, last, *, minutes=None, status="approved"):
    return TimeOffRow(1, 1, "Noor Haddad", TimeOffKind.VACATION, first, last, minutes, status, "", "", None, 1, NOW, NOW)


@given(st.integers(0, 20_000), days, st.integers(0, 60), st.sets(days, max_size=20), st.sampled_from([STANDARD_CALENDAR, NEVER]))
def test_a_booking_keeps_every_minute_wherever_it_falls(minutes, first, length, off, calendar):
    last = first + timedelta(days=length)
    spread = spread_minutes(minutes, first=first, last=last, calendar=calendar, off=off)
    assert sum(spread.values()) == minutes
    assert all(first <= day <= last and part > 0 for day, part in spread.items())
    working = [day for day in days_between(first, last) if calendar.is_working_day(day)]
    if set(working) - off:
        assert not set(spread) & off
        assert all(calendar.is_working_day(day) for day in spread)


@given(days, st.integers(0, 60), st.integers(1, 2400))
def test_hours_a_week_come_to_the_same_as_hours_a_day_of_its_fifth(first, length, minutes):
    last = first + timedelta(days=length)
    by_week = total_minutes(amount_minutes=minutes * 5, spread=Spread.PER_WEEK, first=first, last=last, calendar=STANDARD_CALENDAR)
    assert by_week == total_minutes(amount_minutes=minutes, spread=Spread.PER_DAY, first=first, last=last, calendar=STANDARD_CALENDAR)


def test_a_part_timer_gives_their_part_of_each_working_day():
    assert working_minutes(person(week_percent=50), MONDAY) == 240
    assert working_minutes(person(week_percent=50), MONDAY + timedelta(days=5)) == 0


def test_nobody_works_before_or_after_their_employment():
    hired = person(employed_from_date=MONDAY + timedelta(days=1), employed_until_date=MONDAY + timedelta(days=2))
    assert [working_minutes(hired, MONDAY + timedelta(days=place)) for place in range(4)] == [0, 480, 480, 0]


def test_only_approved_time_off_lowers_capacity():
    assert working_minutes(person(), MONDAY, [away(MONDAY, MONDAY, status="requested")]) == 480
    assert working_minutes(person(), MONDAY, [away(MONDAY, MONDAY)]) == 0
    assert working_minutes(person(), MONDAY, [away(MONDAY, MONDAY, minutes=120)]) == 360
