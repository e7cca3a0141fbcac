"""Working calendars: which days are worked, counting them, and the document they travel in."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wonward.kernel.work_calendar import (
    STANDARD_CALENDAR,
    CalendarNeverWorks,
    InvalidCalendar,
    WorkCalendar,
)

CHRISTMAS = date(2026, 12, 25)
WORKED_SATURDAY = date(2026, 12, 19)
HOLIDAYS = WorkCalendar(
    STANDARD_CALENDAR.week, {CHRISTMAS: (), WORKED_SATURDAY: ((480, 720),), date(2026, 12, 24): ((480, 720),)}
)
NEVER = WorkCalendar(((),) * 7)
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def test_an_exception_replaces_the_weekday():
    assert HOLIDAYS.spans_on(CHRISTMAS) == ()
    assert HOLIDAYS.minutes_on(date(2026, 12, 24)) == 240
    assert HOLIDAYS.is_working_day(WORKED_SATURDAY)
    assert HOLIDAYS.minutes_on(date(2026, 12, 23)) == 480


def test_the_next_working_day_is_the_day_itself_if_worked():
    assert HOLIDAYS.next_working_day(date(2026, 12, 24)) == date(2026, 12, 24)
    assert HOLIDAYS.next_working_day(CHRISTMAS) == date(2026, 12, 28)
    assert HOLIDAYS.previous_working_day(date(2026, 12, 27)) == date(2026, 12, 24)


def test_working_days_are_added_over_weekends_and_back():
    friday = date(2026, 3, 6)

    assert STANDARD_CALENDAR.add_working_days(friday, 1) == date(2026, 3, 9)
    assert STANDARD_CALENDAR.add_working_days(friday, -5) == date(2026, 2, 27)
    assert STANDARD_CALENDAR.add_working_days(date(2026, 3, 7), 0) == date(2026, 3, 9)
    assert STANDARD_CALENDAR.add_working_days(date(2026, 3, 7), 1) == date(2026, 3, 9)


@given(days, days)
def test_counting_working_days_agrees_with_looking_at_each(first, last):
    each = [first + timedelta(days=number) for number in range(max(0, (last - first).days + 1))]

    assert HOLIDAYS.working_days_between(first, last) == sum(map(HOLIDAYS.is_working_day, each))


@given(days, st.integers(1, 60))
def test_adding_working_days_and_taking_them_back_meets_a_working_day_again(day, count):
    start = HOLIDAYS.next_working_day(day)
    later = HOLIDAYS.add_working_days(start, count)

    assert HOLIDAYS.add_working_days(later, -count) == start
    assert HOLIDAYS.working_days_between(start, later) == count + 1


def test_a_calendar_survives_its_document():
    assert WorkCalendar.from_document(HOLIDAYS.to_document()) == HOLIDAYS
    assert HOLIDAYS.to_document()["exceptions"][0] == {
        "date": "2026-12-19",
        "working": [["08:00", "12:00"]],
    }


def test_a_day_may_end_at_midnight():
    calendar = WorkCalendar.from_document(
        {"week": {"fri": [["20:00", "24:00"]], "sat": [["20:00", "00:00"]]}}
    )

    assert calendar.minutes_on(date(2026, 3, 6)) == calendar.minutes_on(date(2026, 3, 7)) == 240
    assert WorkCalendar.from_document(calendar.to_document()) == calendar


def test_equal_calendars_are_one_key():
    again = WorkCalendar.from_document(HOLIDAYS.to_document())

    assert len({HOLIDAYS, again, STANDARD_CALENDAR}) == 2


def test_a_calendar_without_working_time_never_finds_a_day():
    with pytest.raises(CalendarNeverWorks):
        NEVER.next_working_day(CHRISTMAS)
    with pytest.raises(CalendarNeverWorks):
        NEVER.add_working_days(date.max, 1)


@pytest.mark.parametrize(
    "week",
    [
        ((),) * 6,
        (((720, 480),),) * 7,
        (((480, 720), (700, 800)),) * 7,
        (((0, 1441),),) * 7,
    ],
)
def test_a_week_that_makes_no_sense_is_refused(week):
    with pytest.raises(InvalidCalendar):
        WorkCalendar(week)


@pytest.mark.parametrize(
    "document",
    [
        {"week": {"monday": []}},
        {"week": {"mon": [["8", "12:00"]]}},
        {"week": {"mon": [["08:00"]]}},
        {"week": {}, "exceptions": [{"date": "tomorrow", "working": []}]},
    ],
)
def test_a_document_that_cannot_be_read_is_refused(document):
    with pytest.raises(InvalidCalendar):
        WorkCalendar.from_document(document)
