"""An invitation as iCalendar bytes: one event, at its moment or on its day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from wonward.domains.delivery.rules.calendar_file import (
    address_value,
    all_day,
    folded,
    instant_value,
    text_value,
)


def invitation(
    *, uid: str, title: str, day: date, starts_at: time | None, duration_minutes: int, time_zone: str, place: str = "",
    video_url: str = "", note: str = "", attendees: Sequence[str] = (), sequence: int = 0, stamp: datetime,
) -> bytes:
    """The bytes of a calendar file. Timed events are written in UTC, so that no zone definition is needed; others last a day."""
    if starts_at is None:
        when = all_day(day, day)
    else:
        begins = datetime.combine(day, starts_at, ZoneInfo(time_zone)).astimezone(UTC)
        when = [f"DTSTART:{instant_value(begins)}", f"DTEND:{instant_value(begins + timedelta(minutes=duration_minutes))}"]
    said = "\n".join(part for part in (note, video_url, ", ".join(attendees)) if part)
    return folded([
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Wonward//Kickoff//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH", "BEGIN:VEVENT",
        f"UID:{text_value(uid)}", f"DTSTAMP:{instant_value(stamp)}", f"SEQUENCE:{sequence}", *when, f"SUMMARY:{text_value(title)}",
        *([f"LOCATION:{text_value(place)}"] if place else []), *([f"DESCRIPTION:{text_value(said)}"] if said else []),
        *([f"URL:{address_value(video_url)}"] if video_url else []), "STATUS:CONFIRMED", "END:VEVENT", "END:VCALENDAR",
    ])
