"""Days of a calendar file become free days; whatever else the file says is left out by name."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.people import NOW, TODAY, make_cast
from wonward.domains.delivery.rules.calendar_file import calendar_file
from wonward.domains.delivery.types.feeds import CalendarEntry
from wonward.domains.staff.operations import DayException, add_days_of_file, change_calendar
from wonward.domains.staff.queries import get_default_calendar, list_calendars
from wonward.domains.staff.rules.calendar_files import MOST_BYTES, read_days
from wonward.kernel.errors import NotAllowed, Refused, Stale

HOLIDAYS = (Path(__file__).parents[2] / "hardening" / "corpus" / "holidays.ics").read_bytes()


def event(*lines: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""]).encode()


def days(content: bytes) -> list[str]:
    return [one.date.isoformat() for one in read_days(content, today=TODAY).days]


def reasons(content: bytes) -> list[str]:
    return [str(one) for one in read_days(content, today=TODAY).left_out]


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read_days(content, today=TODAY)
    assert refused.value.errors[0].field == "file"
    return refused.value.message


def test_whole_days_are_read_with_their_names_over_folded_lines_alarms_and_time_zones() -> None:
    read = read_days(HOLIDAYS, today=date(2026, 11, 24))
    easter = [one for one in read.days if one.name == "Easter holidays, both weeks"]
    assert (easter[0].date, easter[-1].date, len(easter)) == (date(2027, 3, 29), date(2027, 4, 9), 12)
    closed = [one.date.year for one in read.days if one.name == "Closed at the end of the year"]
    assert closed == [2020, 2021, 2022, 2023, 2024, 2025, 2026, 2027, 2029, 2030, 2031]
    assert [str(one) for one in read.left_out] == ["“Breakfast” has hours; only whole days are taken."]


def test_an_end_is_the_day_after_the_last_and_an_event_without_one_takes_a_day() -> None:
    assert days(event("DTSTART;VALUE=DATE:20270301", "DTEND;VALUE=DATE:20270303")) == ["2027-03-01", "2027-03-02"]
    assert days(event("DTSTART;VALUE=DATE:20270301")) == ["2027-03-01"]
    assert days(event("DTSTART;VALUE=DATE:20270301", "DTEND;VALUE=DATE:20270301")) == ["2027-03-01"]
    assert days(event("DTSTART;VALUE=DATE:20270301", "DURATION:P1W"))[-1] == "2027-03-07"
    assert days(event("DTSTART:20270301T000000", "DTEND:20270302T000000")) == ["2027-03-01"]


def test_what_comes_back_every_year_does_so_until_its_end_its_count_or_five_years_from_now() -> None:
    assert days(event("DTSTART:20270301", "RRULE:FREQ=YEARLY;UNTIL=20290301T000000Z")) == ["2027-03-01", "2028-03-01", "2029-03-01"]
    assert days(event("DTSTART:20270301", "RRULE:FREQ=YEARLY;COUNT=2;BYMONTH=3;BYMONTHDAY=1")) == ["2027-03-01", "2028-03-01"]
    assert days(event("DTSTART:20240229", "RRULE:FREQ=YEARLY;COUNT=2")) == ["2024-02-29", "2028-02-29"]
    assert days(event("DTSTART:20270301", "RRULE:FREQ=YEARLY"))[-1] == f"{TODAY.year + 5}-03-01"


@pytest.mark.parametrize(("lines", "why"), [
    (("DTSTART:20270301", "RRULE:FREQ=WEEKLY"), "“Party” comes back in a way that is not read: FREQ=WEEKLY."),
    (("DTSTART:20270301", "RRULE:FREQ=YEARLY;BYDAY=1MO"), "“Party” comes back in a way that is not read: FREQ=YEARLY;BYDAY=1MO."),
    (("DTSTART:20271301",), "“Party” names no day that exists: 20271301."),
    (("DTSTART:20270301", "DTEND:20270201"), "“Party” ends before it begins."),
    (("DTSTART:20270301", "DTEND:20290301"), "“Party” takes 731 days, more than a year."),
    (("DTSTART:20270301", "DURATION:PT2H"), "“Party” has hours; only whole days are taken."),
    (("DTSTART:18990301",), "“Party” lies before 1990 or after 2100."),
])
def test_an_event_that_takes_no_day_is_left_out_by_name(lines: tuple[str, ...], why: str) -> None:
    assert days(event(*lines, "SUMMARY:Party")) == []
    assert reasons(event(*lines, "SUMMARY:Party")) == [why]


def test_a_cancelled_event_takes_no_day() -> None:
    read = read_days(event("DTSTART:20270301", "STATUS:CANCELLED"), today=TODAY)
    assert (read.days, read.left_out) == ((), ())


def test_a_broken_file_is_refused_naming_what_is_wrong() -> None:
    assert refusal(b"") == "This is not a calendar file: it does not begin with BEGIN:VCALENDAR."
    assert refusal(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270101") == "The calendar file breaks off: VEVENT has no end. Export it again."
    assert refusal(b"BEGIN:VCALENDAR\nEND:VEVENT") == "The calendar file ends VEVENT in line 2, which has not begun."
    assert refusal("BEGIN:VCALENDAR\nSUMMARY:Ö".encode("latin-1")) == "This calendar file is not written in UTF-8; save it as iCalendar again."
    assert refusal(b"BEGIN:VCALENDAR" + b" " * MOST_BYTES) == "A calendar file has at most 2 MB."


@given(st.lists(st.tuples(st.dates(date(1990, 1, 1), date(2099, 1, 1)), st.integers(0, 60), st.text(max_size=80)), max_size=6))
def test_every_day_that_our_own_writer_tells_is_read_again(spans: list[tuple[date, int, str]]) -> None:
    entries = [CalendarEntry(f"{place}@wonward", name, first, first + timedelta(days=more)) for place, (first, more, name) in enumerate(spans)]
    read = read_days(calendar_file(name="Days", entries=entries, stamp=NOW), today=TODAY)
    assert {one.date for one in read.days} == {first + timedelta(days=ahead) for first, more, _ in spans for ahead in range(more + 1)}
    assert read.left_out == ()


@pytest.mark.django_db
def test_the_days_of_a_file_are_free_and_what_was_there_stays() -> None:
    cast = make_cast()
    key, _calendar = get_default_calendar()
    half = DayException(date(2027, 3, 29), "Half a day", (("08:00", "12:00"),))
    change_calendar(actor=cast.owner, calendar_id=key, add=[half], now=NOW)
    added = add_days_of_file(actor=cast.owner, calendar_id=key, content=HOLIDAYS, now=NOW)
    assert added.known_count == 1
    assert date(2027, 3, 30) in added.days
    row = next(one for one in list_calendars() if one.id == key)
    kept = {one["date"]: one for one in row.document["exceptions"]}
    assert kept["2027-03-29"]["working"] == [["08:00", "12:00"]]
    assert kept["2027-03-30"] == {"date": "2027-03-30", "working": [], "name": "Easter holidays, both weeks"}
    with pytest.raises(Refused, match="days of this file are in the calendar already"):
        add_days_of_file(actor=cast.owner, calendar_id=key, content=HOLIDAYS, now=NOW)


@pytest.mark.django_db
def test_a_file_without_a_day_changes_nothing_and_says_why() -> None:
    cast = make_cast()
    key, _calendar = get_default_calendar()
    before = list_calendars()
    for content, why in (
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR", "There is no event in this calendar file."),
        (event("DTSTART:20270301T090000", "SUMMARY:Stand-up"), "No day of this file can be taken. “Stand-up” has hours; only whole days are taken."),
    ):
        with pytest.raises(Refused) as refused:
            add_days_of_file(actor=cast.owner, calendar_id=key, content=content, now=NOW)
        assert refused.value.message == why
    with pytest.raises(Stale):
        add_days_of_file(actor=cast.owner, calendar_id=key, content=HOLIDAYS, version=99, now=NOW)
    with pytest.raises(NotAllowed):
        add_days_of_file(actor=cast.seller, calendar_id=key, content=HOLIDAYS, now=NOW)
    assert list_calendars() == before
