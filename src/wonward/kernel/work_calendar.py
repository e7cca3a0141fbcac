"""When people work: a repeating week with dated exceptions, in local civil time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from wonward.kernel.wording import worded

Spans = tuple[tuple[int, int], ...]

MINUTES_PER_DAY = 1440
SEARCH_DAYS = 3660
WEEKDAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ONE_DAY = timedelta(days=1)


class CalendarNeverWorks(ValueError):
    """No working time was found within ten years of the day asked about."""


class InvalidCalendar(ValueError):
    """A week without seven days, or spans that overlap, run backwards or leave the day."""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """A working week and its exceptions.

    ``week`` holds seven tuples, Monday first, of ``(start_minute, end_minute)`` of the day, in order.
    ``exceptions`` replaces the spans of single dates; an empty tuple is a holiday.
    """

    week: tuple[Spans, ...]
    exceptions: Mapping[date, Spans] = field(default_factory=dict)
    _hash: int = field(init=False, repr=False, compare=False, default=0)
    _week_minutes: tuple[int, ...] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise InvalidCalendar(f"a week has seven days, not {len(self.week)}")
        for name, spans in zip(WEEKDAY_NAMES, self.week, strict=True):
            _check_spans(name, spans)
        for day, spans in self.exceptions.items():
            _check_spans(day.isoformat(), spans)
        object.__setattr__(self, "exceptions", dict(self.exceptions))
        object.__setattr__(self, "_week_minutes", tuple(map(_length, self.week)))
        object.__setattr__(self, "_hash", hash((self.week, frozenset(self.exceptions.items()))))

    def __hash__(self) -> int:
        return self._hash

    def spans_on(self, day: date) -> Spans:
        """Working spans of one date, in minutes of the day."""
        exception = self.exceptions.get(day)
        return self.week[day.weekday()] if exception is None else exception

    def minutes_on(self, day: date) -> int:
        """Working minutes of one date."""
        exception = self.exceptions.get(day)
        return self._week_minutes[day.weekday()] if exception is None else _length(exception)

    def is_working_day(self, day: date) -> bool:
        return bool(self.spans_on(day))

    def next_working_day(self, day: date) -> date:
        """The day itself if worked, otherwise the first worked day after it; may raise CalendarNeverWorks."""
        return self._seek(day, ONE_DAY)

    def previous_working_day(self, day: date) -> date:
        """The day itself if worked, otherwise the last worked day before it; may raise CalendarNeverWorks."""
        return self._seek(day, -ONE_DAY)

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day after ``day`` (before it for negative n); 0 gives ``next_working_day``."""
        if n == 0:
            return self.next_working_day(day)
        step = ONE_DAY if n > 0 else -ONE_DAY
        for _ in range(abs(n)):
            day = self._seek(day, step, is_after=True)
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days lie from ``first`` to ``last``, both included; 0 if last is earlier."""
        total_days = (last - first).days + 1
        if total_days <= 0:
            return 0
        whole_weeks, rest = divmod(total_days, 7)
        worked = whole_weeks * sum(1 for spans in self.week if spans)
        worked += sum(1 for offset in range(rest) if self.week[(first.weekday() + offset) % 7])
        for day, spans in self.exceptions.items():
            if first <= day <= last:
                worked += bool(spans) - bool(self.week[day.weekday()])
        return worked

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> WorkCalendar:
        """Read ``{"week": {"mon": [["08:00", "12:00"], …]}, "exceptions": [{"date": …, "working": […]}]}``.

        A weekday left out is not worked. Raises InvalidCalendar.
        """
        week = document.get("week") or {}
        if not isinstance(week, Mapping):
            raise InvalidCalendar("the week is an object with the keys mon to sun")
        unknown = set(week) - set(WEEKDAY_NAMES)
        if unknown:
            raise InvalidCalendar(f"unknown weekday {sorted(unknown)[0]!r}")
        exceptions = {
            _date_from_text(row.get("date")): _spans_from_texts(row.get("working", ()))
            for row in document.get("exceptions") or ()
        }
        return cls(tuple(_spans_from_texts(week.get(name, ())) for name in WEEKDAY_NAMES), exceptions)

    def to_document(self) -> dict[str, Any]:
        """The shape ``from_document`` reads, exceptions by date."""
        return {
            "week": {name: _texts(spans) for name, spans in zip(WEEKDAY_NAMES, self.week, strict=True)},
            "exceptions": [
                {"date": day.isoformat(), "working": _texts(spans)}
                for day, spans in sorted(self.exceptions.items())
            ],
        }

    def _seek(self, day: date, step: timedelta, *, is_after: bool = False) -> date:
        start = day
        try:
            if is_after:
                day += step
            for _ in range(SEARCH_DAYS):
                if self.spans_on(day):
                    return day
                day += step
        except OverflowError:
            pass
        raise CalendarNeverWorks(worded("no working time within ten years of {start}", start=start.isoformat()))


def _length(spans: Spans) -> int:
    return sum(end - start for start, end in spans)


def _check_spans(name: str, spans: Spans) -> None:
    earliest = 0
    for start, end in spans:
        if not earliest <= start < end <= MINUTES_PER_DAY:
            raise InvalidCalendar(f"{name}: spans must be in order, apart and within the day")
        earliest = end


def _date_from_text(text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise InvalidCalendar(f"not a date: {text!r}") from None


def _minute_from_text(text: str) -> int:
    hours, separator, minutes = str(text).partition(":")
    if not (separator and hours.isdigit() and minutes.isdigit() and int(minutes) < 60 and int(hours) <= 24):
        raise InvalidCalendar(f"not a time of day: {text!r}")
    return int(hours) * 60 + int(minutes)


def _spans_from_texts(pairs: Sequence[Sequence[str]] | None) -> Spans:
    spans = []
    for pair in pairs or ():
        if len(pair) != 2:
            raise InvalidCalendar(f"a span has a start and an end: {pair!r}")
        start, end = _minute_from_text(pair[0]), _minute_from_text(pair[1])
        spans.append((start, end or MINUTES_PER_DAY))
    return tuple(sorted(spans))


def _texts(spans: Spans) -> list[list[str]]:
    return [[f"{minute // 60:02d}:{minute % 60:02d}" for minute in span] for span in spans]


_OFFICE_DAY: Spans = ((480, 720), (780, 1020))
STANDARD_CALENDAR = WorkCalendar((_OFFICE_DAY,) * 5 + ((), ()))
