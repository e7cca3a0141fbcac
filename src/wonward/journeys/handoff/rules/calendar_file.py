"""An invitation as iCalendar bytes (RFC 5545): one event, local times with the zone named, lines folded at 75 octets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def invitation(
    *, uid: str, title: str, day: date, starts_at: time | None, duration_minutes: int, time_zone: str, place: str = "",
    video_url: str = "", note: str = "", attendees: Sequence[str] = (), sequence: int = 0, stamp: datetime,
) -> bytes:
    """The bytes of a calendar file. Timed events are written in UTC, so that no zone definition is needed; others last a day."""
    if starts_at is None:
        when = [f"DTSTART;VALUE=DATE:{day:%Y%m%d}", f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"]
    else:
        begins = datetime.combine(day, starts_at, ZoneInfo(time_zone)).astimezone(UTC)
        when = [f"DTSTART:{_instant(begins)}", f"DTEND:{_instant(begins + timedelta(minutes=duration_minutes))}"]
    said = "\n".join(part for part in (note, video_url, ", ".join(attendees)) if part)
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Wonward//Kickoff//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH", "BEGIN:VEVENT",
        f"UID:{_text(uid)}", f"DTSTAMP:{_instant(stamp)}", f"SEQUENCE:{sequence}", *when, f"SUMMARY:{_text(title)}",
        *([f"LOCATION:{_text(place)}"] if place else []), *([f"DESCRIPTION:{_text(said)}"] if said else []),
        *([f"URL:{_uri(video_url)}"] if video_url else []), "STATUS:CONFIRMED", "END:VEVENT", "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """TEXT of section 3.3.11: backslash, semicolon, comma and line ends escaped, other control characters dropped."""
    plain = _FORBIDDEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _uri(value: str) -> str:
    return re.sub(r"[\x00-\x20\x7f]", "", value)


def _folded(line: str) -> bytes:
    """Section 3.1: no line longer than 75 octets, and no character torn apart."""
    folded, room, current = [], 75, b""
    for character in line:
        piece = character.encode()
        if len(current) + len(piece) > room:
            folded.append(current)
            current, room = b"", 74
        current += piece
    folded.append(current)
    return b"\r\n ".join(folded) + b"\r\n"
