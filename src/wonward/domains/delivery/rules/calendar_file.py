"""iCalendar bytes (RFC 5545): lines end in CRLF and are folded at 75 octets, text is escaped, a day's end is the day after."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from wonward.domains.delivery.types.feeds import CalendarEntry

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def calendar_file(*, name: str, entries: Sequence[CalendarEntry], stamp: datetime) -> bytes:
    """A calendar to subscribe to: whole days only, so that no zone is needed. Readers are asked to look again each hour."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Wonward//Calendar//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        f"X-WR-CALNAME:{text_value(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H",
    ]
    for entry in entries:
        lines += [
            "BEGIN:VEVENT", f"UID:{text_value(entry.uid)}", f"DTSTAMP:{instant_value(stamp)}",
            *all_day(entry.first_date, entry.last_date), f"SUMMARY:{text_value(entry.title)}",
            *([f"DESCRIPTION:{text_value(entry.note)}"] if entry.note else []),
            *([f"URL:{address_value(entry.address)}"] if entry.address else []),
            f"TRANSP:{'OPAQUE' if entry.is_busy else 'TRANSPARENT'}", "END:VEVENT",
        ]
    return folded([*lines, "END:VCALENDAR"])


def all_day(first: date, last: date) -> list[str]:
    """Start and end of whole days, both given days included; on the last day there is, the end is left out."""
    start = f"DTSTART;VALUE=DATE:{_day(first)}"
    if last == date.max:
        return [start]
    return [start, f"DTEND;VALUE=DATE:{_day(max(first, last) + timedelta(days=1))}"]


def _day(day: date) -> str:
    return day.isoformat().replace("-", "")


def instant_value(at: datetime) -> str:
    """A moment in UTC."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def text_value(value: str) -> str:
    """TEXT of section 3.3.11: backslash, semicolon, comma and line ends escaped, other control characters dropped."""
    plain = _FORBIDDEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def address_value(value: str) -> str:
    """A URI, without anything that could end its line."""
    return re.sub(r"[\x00-\x20\x7f]", "", value)


def folded(lines: Sequence[str]) -> bytes:
    """Section 3.1: no line longer than 75 octets, and no character torn apart."""
    return b"".join(_folded(line) for line in lines)


def _folded(line: str) -> bytes:
    pieces, room, current = [], 75, b""
    for character in line:
        piece = character.encode()
        if len(current) + len(piece) > room:
            pieces.append(current)
            current, room = b"", 74
        current += piece
    pieces.append(current)
    return b"\r\n ".join(pieces) + b"\r\n"
