"""Calendar files (iCalendar, RFC 5545) as days on which nobody works: whole days, also of events that come back every year."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from wonward.kernel.errors import Refused
from wonward.kernel.text import says_nothing
from wonward.kernel.wording import Sentence, worded

MOST_BYTES, MOST_EVENTS = 2_000_000, 5000
FIRST_YEAR, LAST_YEAR = 1990, 2100
_LONGEST_DAYS, _YEARS_AHEAD = 366, 5
_LONGEST_NAME, _NAMED_AS = 120, 60
_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T000000Z?)?")
_WITH_HOURS = re.compile(r"\d{8}T\d{6}Z?")
_LASTING = re.compile(r"P(?:(\d{1,4})W|(\d{1,4})D(?:T0[HMS])?)")
_ESCAPED = re.compile(r"\\([\\;,nN])")
_OF_A_YEARLY_DAY = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "WKST"}


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A whole day and what it is called."""

    date: date
    name: str


@dataclass(frozen=True, slots=True)
class DaysOfFile:
    """The days in order, each once, and a sentence for every event that is left out."""

    days: tuple[NamedDay, ...]
    left_out: tuple[Sentence, ...]


@dataclass(slots=True)
class _Event:
    """The properties of one event that say which days it takes."""

    texts: dict[str, str] = field(default_factory=dict)
    without: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        words = " ".join(_plain(self.texts.get("SUMMARY", "")).split())
        return "" if says_nothing(words) else words[:_LONGEST_NAME]

    @property
    def said(self) -> str:
        return self.name[:_NAMED_AS] or self.texts.get("DTSTART", "")[:_NAMED_AS] or "?"


class _LeftOut(Exception):  # noqa: N818
    """An event takes no day, and why."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__()
        self.sentence = sentence


def read_days(content: bytes, *, today: date) -> DaysOfFile:
    """The days of a calendar file; what comes back every year does so until five years from today.

    Refused, naming what is wrong, for what is no calendar file or breaks off. Events with hours, cancelled ones and those that come
    back in other ways are left out.
    """
    found: dict[date, str] = {}
    left_out: list[Sentence] = []
    for event in _events(_text(content)):
        if event.texts.get("STATUS", "").upper() == "CANCELLED":
            continue
        try:
            for day in _days_of(event, today):
                found.setdefault(day, event.name)
        except _LeftOut as why:
            left_out.append(why.sentence)
    return DaysOfFile(tuple(NamedDay(day, found[day]) for day in sorted(found)), tuple(left_out))


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise Refused.field("file", worded("A calendar file has at most {megabytes} MB.", megabytes=MOST_BYTES // 1_000_000), "too_large")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused.field("file", "This calendar file is not written in UTF-8; save it as iCalendar again.", "encoding") from None
    if text.lstrip()[:15].upper() != "BEGIN:VCALENDAR":
        raise Refused.field("file", "This is not a calendar file: it does not begin with BEGIN:VCALENDAR.", "format")
    return text


def _events(text: str) -> list[_Event]:
    """The events of all calendars in the text; what stands inside an event, as its alarms, is not the event."""
    events: list[_Event] = []
    open_parts: list[str] = []
    for number, line in enumerate(_unfolded(text), 1):
        head, value = _parted(line)
        name, _, params = head.partition(";")
        name = name.upper()
        if name == "BEGIN":
            open_parts.append(value.strip().upper())
            if open_parts == ["VCALENDAR", "VEVENT"]:
                events.append(_Event())
            if len(events) > MOST_EVENTS:
                raise Refused.field("file", worded("A calendar file has at most {most_events} events.", most_events=f"{MOST_EVENTS:,}"), "too_many")
        elif name == "END":
            if not open_parts or open_parts.pop() != value.strip().upper():
                raise Refused.field("file", worded("The calendar file ends {part} in line {number}, which has not begun.", part=value.strip()[:40], number=number), "format")
        elif open_parts == ["VCALENDAR", "VEVENT"] and "X-" not in name:
            if name == "EXDATE":
                events[-1].without += value.split(",")
            else:
                events[-1].texts.setdefault(name, value)
    if open_parts:
        raise Refused.field("file", worded("The calendar file breaks off: {part} has no end. Export it again.", part=open_parts[-1][:40]), "format")
    return events


def _unfolded(text: str) -> Iterator[str]:
    """Whole lines: one that begins with a blank goes on where the former ended."""
    whole: list[str] = []
    for line in re.split(r"\r\n|\n|\r", text):
        if line[:1] in (" ", "\t"):
            whole.append(line[1:])
            continue
        if whole:
            yield "".join(whole)
        whole = [line] if line else []
    if whole:
        yield "".join(whole)


def _parted(line: str) -> tuple[str, str]:
    """Before and after the first colon outside quotes."""
    is_quoted = False
    for place, letter in enumerate(line):
        if letter == '"':
            is_quoted = not is_quoted
        elif letter == ":" and not is_quoted:
            return line[:place], line[place + 1 :]
    return "", ""


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def _days_of(event: _Event, today: date) -> list[date]:
    first = _day(event, event.texts.get("DTSTART", "").strip())
    length = _length(event, first)
    if length > _LONGEST_DAYS:
        raise _LeftOut(worded("“{name}” takes {count} days, more than a year.", name=event.said, count=length))
    without = {text.strip()[:8] for text in event.without}
    starts = [start for start in _starts(event, first, today) if start.strftime("%Y%m%d") not in without]
    days = [day for start in starts for day in _span(start, length)]
    if starts and not days:
        raise _LeftOut(worded("“{name}” lies before {first_year} or after {last_year}.", name=event.said, first_year=FIRST_YEAR, last_year=LAST_YEAR))
    return days


def _span(start: date, length: int) -> Iterator[date]:
    for ahead in range(length):
        if start.toordinal() + ahead > date.max.toordinal():
            return
        day = start + timedelta(days=ahead)
        if FIRST_YEAR <= day.year <= LAST_YEAR:
            yield day


def _day(event: _Event, text: str) -> date:
    found = _DAY.fullmatch(text)
    if found is None and _WITH_HOURS.fullmatch(text):
        raise _LeftOut(worded("“{name}” has hours; only whole days are taken.", name=event.said))
    try:
        if found is not None:
            return date(*map(int, found.groups()[:3]))
    except ValueError:
        pass
    raise _LeftOut(worded("“{name}” names no day that exists: {text}.", name=event.said, text=text[:40] or "–"))


def _length(event: _Event, first: date) -> int:
    """Days an event takes: its end is the day after its last."""
    if ends := event.texts.get("DTEND", "").strip():
        after = _day(event, ends)
        if after < first:
            raise _LeftOut(worded("“{name}” ends before it begins.", name=event.said))
        return max(1, (after - first).days)
    if lasting := event.texts.get("DURATION", "").strip():
        found = _LASTING.fullmatch(lasting)
        if found is None:
            raise _LeftOut(worded("“{name}” has hours; only whole days are taken.", name=event.said))
        return max(1, int(found[1]) * 7 if found[1] else int(found[2]))
    return 1


def _starts(event: _Event, first: date, today: date) -> Iterable[date]:
    rule = event.texts.get("RRULE", "").strip()
    if "RDATE" in event.texts or (rule and not _is_yearly(asked := _asked_of(rule), first)):
        raise _LeftOut(worded("“{name}” comes back in a way that is not read: {rule}.", name=event.said, rule=(rule or event.texts["RDATE"])[:80]))
    if not rule:
        return [first]
    return _yearly(event, first, asked, last_year=min(LAST_YEAR, today.year + _YEARS_AHEAD))


def _asked_of(rule: str) -> dict[str, str]:
    return dict(part.upper().partition("=")[::2] for part in rule.split(";") if part)


def _is_yearly(asked: dict[str, str], first: date) -> bool:
    return (
        asked.get("FREQ") == "YEARLY" and set(asked) <= _OF_A_YEARLY_DAY
        and asked.get("BYMONTH", str(first.month)).lstrip("0") == str(first.month)
        and asked.get("BYMONTHDAY", str(first.day)).lstrip("0") == str(first.day)
        and all(re.fullmatch(r"[1-9]\d{0,4}", asked[key]) for key in ("INTERVAL", "COUNT") if key in asked)
    )


def _yearly(event: _Event, first: date, asked: dict[str, str], *, last_year: int) -> Sequence[date]:
    """A 29 February comes back in leap years alone."""
    last = _day(event, asked["UNTIL"][:8]) if "UNTIL" in asked else date.max
    left = int(asked.get("COUNT", LAST_YEAR))
    found: list[date] = []
    for year in range(first.year, last_year + 1, int(asked.get("INTERVAL", 1))):
        try:
            day = first.replace(year=year)
        except ValueError:
            continue
        if day > last or left < 1:
            break
        found.append(day)
        left -= 1
    return found
