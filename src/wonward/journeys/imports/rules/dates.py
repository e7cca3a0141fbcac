"""Dates as people and programs write them, and in which order a column puts day and month."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from wonward.journeys.imports.rules.words import plain
from wonward.kernel.wording import worded

ORDERS = ("dmy", "mdy", "ymd")
ORDER_WORDS = {"dmy": worded("day first"), "mdy": worded("month first"), "ymd": worded("year first")}
_NOTHING = frozenset({"0000-00-00", "0000-00-00 00:00:00", "00/00/0000"})
_NUMERIC = re.compile(r"^(\d{1,4})([./\-])\s?(\d{1,2})\2\s?(\d{1,4})\.?(?:[T ,]\s*(.*))?$")
_WORDY = re.compile(r"^(?:[^\W\d_]+,\s+)?(.*?)(?:[ ,T]+(\d{1,2}:\d{2}.*))?$")
_TIME = re.compile(
    r"^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s*(?:([AaPp])\.?[Mm]\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?(?:\s*\[[\w/]+\])?$"
)
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?Z?)?$")
_PIECES = re.compile(r"\d+|[^\W\d_]+")
_MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier enero ene gennaio gen janeiro januari leden stycznia styczen",
            "feb february februar fevrier fev febrero febbraio fevereiro februari unor lutego luty",
            "mar march marz mrz maerz mars marzo marco maart mrt brezen marca marzec",
            "apr april avril avr abril abr aprile duben kwietnia kwiecien",
            "may mai mayo maggio mag maio mei maj kveten maja",
            "jun june juni juin junio giugno giu junho cerven czerwca czerwiec",
            "jul july juli juillet juil julio luglio lug julho cervenec lipca lipiec",
            "aug august aout agosto ago augustus augusti srpen sierpnia sierpien",
            "sep sept september septembre septiembre settembre set setembro zari wrzesnia wrzesien",
            "oct october okt oktober octobre octubre ottobre ott outubro out rijen pazdziernika pazdziernik",
            "nov november novembre noviembre novembro listopad listopada",
            "dec december dez dezember decembre diciembre dic dicembre dezembro prosinec grudnia grudzien",
        ),
        start=1,
    )
    for name in names.split()
}
_FIRST_SERIAL = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class DateOrder:
    """How a column writes dates. `examples` are up to three (text, date) that show it; `is_sure` False when it is a guess."""

    order: str
    is_sure: bool
    is_numeric: bool
    examples: tuple[tuple[str, date], ...] = ()


@dataclass(frozen=True, slots=True)
class _Parts:
    year: int
    month: int
    day: int
    time_text: str


def detect_order(values: Iterable[str], *, hint: str = "") -> DateOrder:
    """Day or month first, from all values: the order that leaves the fewest impossible; `hint` breaks a tie."""
    votes = {"dmy": 0, "mdy": 0}
    numeric = dotted = 0
    distinct = list(dict.fromkeys(text.strip() for text in values if text.strip()))
    for text in distinct:
        match = _NUMERIC.match(text)
        if not match or len(match[1]) == 4:
            continue
        numeric += 1
        dotted += match[2] == "."
        first, second = int(match[1]), int(match[3])
        if first > 12 >= second:
            votes["dmy"] += 1
        elif second > 12 >= first:
            votes["mdy"] += 1
    is_sure = votes["dmy"] != votes["mdy"] or not numeric
    if votes["dmy"] != votes["mdy"]:
        order = max(votes, key=lambda key: votes[key])
    else:
        order = "dmy" if dotted * 2 > numeric else hint or "dmy"
        is_sure = is_sure or dotted * 2 > numeric
    return DateOrder(order, is_sure, bool(numeric), _examples(distinct, order))


def _examples(values: list[str], order: str) -> tuple[tuple[str, date], ...]:
    """Telling ones first: those where day and month differ under the other order."""
    found: list[tuple[str, date]] = []
    for text in values[:200]:
        try:
            found.append((text, read_date(text, order)))
        except ValueError:
            continue
    telling = [pair for pair in found if pair[1].day > 12]
    return tuple(dict.fromkeys([*found[:1], *telling[:2], *found[:3]]))[:3]


def looks_like_date(text: str) -> bool:
    """Whether this is a date under some order."""
    for order in ("dmy", "mdy"):
        try:
            read_date(text, order)
        except ValueError:
            continue
        return not text.strip().isdigit() or bool(_COMPACT.match(text.strip()))
    return False


def is_no_date(text: str) -> bool:
    """Whether the cell says in its own way that there is none."""
    return text.strip() in _NOTHING


def read_date(text: str, order: str, *, zone: str = "") -> date:
    """One civil date; an instant with an offset is put into `zone`. A ValueError says why it is no date."""
    moment = _instant(text, order)
    if isinstance(moment, datetime):
        return moment.astimezone(ZoneInfo(zone)).date() if zone and moment.tzinfo else moment.date()
    return moment


def read_moment(text: str, order: str, *, zone: str) -> datetime:
    """One instant in UTC; a time without offset is local to `zone`, a bare date is its noon."""
    moment = _instant(text, order)
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(12))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return moment.astimezone(UTC)


def _instant(text: str, order: str) -> date | datetime:
    bare = " ".join(text.split())
    if bare.isascii() and bare.isdigit():
        return _from_digits(bare)
    parts = _numeric_parts(bare, order) or _wordy_parts(bare)
    if parts is None:
        raise ValueError(worded("“{bare}” is not a date.", bare=bare[:40]))
    try:
        day = date(parts.year, parts.month, parts.day)
    except ValueError:
        raise ValueError(worded("“{bare}” is not a possible date, read {order_word}.", bare=bare[:40], order_word=ORDER_WORDS[order])) from None
    if not 1900 <= day.year <= 2200:
        raise ValueError(worded("“{bare}” lies outside the years 1900 to 2200.", bare=bare[:40]))
    return _with_time(day, parts.time_text, bare) if parts.time_text else day


def _numeric_parts(text: str, order: str) -> _Parts | None:
    match = _NUMERIC.match(text)
    if match is None:
        return None
    first, second, third, time_text = match[1], match[3], match[4], match[5] or ""
    if len(first) >= 3:
        return _Parts(int(first), int(second), int(third), time_text)
    if len(third) == 3:
        return None
    if order == "ymd" and len(third) <= 2:
        return _Parts(_year(first), int(second), int(third), time_text)
    day, month = (second, first) if order == "mdy" else (first, second)
    return _Parts(_year(third), int(month), int(day), time_text)


def _wordy_parts(text: str) -> _Parts | None:
    """`5 January 2024`, `May 2, 2024 3:04 PM`, `09/Jan/24`, `Mon, 5 Jan 2024`."""
    match = _WORDY.match(text)
    if match is None:
        return None
    pieces = [plain(piece) for piece in _PIECES.findall(match[1])]
    months = [_MONTHS[piece] for piece in pieces if piece in _MONTHS]
    digits = [piece for piece in pieces if piece.isdigit()]
    words = [piece for piece in pieces if not piece.isdigit() and piece not in _MONTHS]
    if len(months) != 1 or len(digits) != 2 or any(word not in ("de", "del", "of", "th", "st", "nd", "rd") for word in words):
        return None
    day, year = digits if len(digits[0]) <= 2 else reversed(digits)
    if len(day) > 2:
        return None
    return _Parts(_year(year), months[0], int(day), match[2] or "")


def _year(text: str) -> int:
    number = int(text)
    if len(text) <= 2:
        return number + (2000 if number < 70 else 1900)
    return number


def _with_time(day: date, text: str, whole: str) -> datetime:
    match = _TIME.match(text.strip())
    if match is None:
        raise ValueError(worded("“{whole}” is a date with something after it that is no time.", whole=whole[:40]))
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[4]:
        hour = hour % 12 + (12 if match[4] in "Pp" else 0)
    try:
        moment = datetime.combine(day, time(hour, minute, min(second, 59)))
    except ValueError:
        raise ValueError(worded("“{whole}” has no possible time of day.", whole=whole[:40])) from None
    return moment.replace(tzinfo=_offset(match[5])) if match[5] else moment


def _offset(text: str) -> timezone:
    if text in ("Z", "UTC", "GMT"):
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    length = timedelta(hours=min(hours, 23), minutes=min(minutes, 59))
    return timezone(-length if text[0] == "-" else length)


def _from_digits(text: str) -> date | datetime:
    """Milliseconds or seconds since 1970, YYYYMMDD, or the day number of a spreadsheet."""
    number = int(text[:20])
    if len(text) == 13:
        return datetime.fromtimestamp(number / 1000, UTC)
    if len(text) == 10:
        return datetime.fromtimestamp(number, UTC)
    if (match := _COMPACT.match(text)) and 1900 <= int(match[1]) <= 2200:
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            raise ValueError(worded("“{text}” is not a possible date.", text=text)) from None
    if len(text) == 5 and 10_000 <= number <= 80_000:
        return _FIRST_SERIAL + timedelta(days=number)
    raise ValueError(worded("“{text}” is not a date.", text=text[:40]))
