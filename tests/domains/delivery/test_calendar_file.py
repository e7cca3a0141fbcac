"""The iCalendar writer: whatever the words are, what comes back is what went in."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wonward.domains.delivery.rules.calendar_file import calendar_file
from wonward.domains.delivery.types.feeds import CalendarEntry

STAMP = datetime(2026, 11, 19, 9, 30, tzinfo=UTC)
WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc")) | st.sampled_from("\\;,:\n"), max_size=200)


def unfolded(content: bytes) -> list[str]:
    """Lines as a reader sees them; it may only rely on CRLF."""
    assert content.endswith(b"\r\n")
    return content.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


def value_of(lines: list[str], name: str) -> str:
    return next(line for line in lines if line.startswith(f"{name}:")).partition(":")[2]


def unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text)


@given(WORDS, WORDS, st.dates(date(1990, 1, 1), date(2150, 1, 1)), st.integers(0, 400))
def test_words_survive_folding_and_escaping_and_the_end_is_the_day_after(title: str, note: str, first: date, days: int) -> None:
    last = first + timedelta(days=days)
    content = calendar_file(name=title, entries=[CalendarEntry("task-1@wonward", title, first, last, note)], stamp=STAMP)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
    lines = unfolded(content)
    assert unescaped(value_of(lines, "SUMMARY")) == title == unescaped(value_of(lines, "X-WR-CALNAME"))
    if note:
        assert unescaped(value_of(lines, "DESCRIPTION")) == note
    assert f"DTSTART;VALUE=DATE:{first.isoformat().replace('-', '')}" in lines
    assert f"DTEND;VALUE=DATE:{(last + timedelta(days=1)).isoformat().replace('-', '')}" in lines
    assert (lines[0], lines[-1], value_of(lines, "DTSTAMP")) == ("BEGIN:VCALENDAR", "END:VCALENDAR", "20261119T093000Z")


def test_nothing_in_a_title_or_an_address_begins_a_line_of_its_own() -> None:
    entry = CalendarEntry("x@wonward", "A\r\nEND:VCALENDAR\x07", date(2026, 1, 1), date(2026, 1, 1), address="https://h.example/\r\nBEGIN:VALARM")
    lines = unfolded(calendar_file(name="N", entries=[entry], stamp=STAMP))
    assert lines.count("END:VCALENDAR") == 1
    assert "BEGIN:VALARM" not in lines
    assert value_of(lines, "SUMMARY") == "A\\nEND:VCALENDAR"


def test_the_last_day_there_is_has_no_end() -> None:
    lines = unfolded(calendar_file(name="N", entries=[CalendarEntry("x@wonward", "A", date.max, date.max)], stamp=STAMP))
    assert "DTSTART;VALUE=DATE:99991231" in lines
    assert not [line for line in lines if line.startswith("DTEND")]
