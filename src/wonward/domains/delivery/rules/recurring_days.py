"""The days on which a recurring exception of an MS Project calendar falls, in the numbers of its schema."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

DAILY, YEARLY_ON, YEARLY_AT, MONTHLY_ON, MONTHLY_AT, WEEKLY, EVERY = 1, 2, 3, 4, 5, 6, 7
MOST_DAYS = 3000
_LAST = 4
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Recurrence:
    """When an exception comes back: `kind` is Type of the schema, `month` counts from 0, `weekdays` is a sum of 1 for Sunday to 64 for Saturday.

    `item` is what is counted in a month (0 days, 1 working days, 2 days of weekends, 3 Sundays to 9 Saturdays), `place` the first (0) to the
    fourth (3) or the last (4) of them.
    """

    kind: int
    period: int = 1
    month: int = 0
    month_day: int = 1
    item: int = 0
    place: int = 0
    weekdays: int = 0

    @property
    def is_known(self) -> bool:
        return DAILY <= self.kind <= EVERY


def days_of(rule: Recurrence, first: date, last: date, *, most: int = MOST_DAYS) -> list[date]:
    """The days between two, both included, at most so many."""
    return list(islice((day for day in _days(rule, first, last) if first <= day <= last), max(0, min(most, MOST_DAYS))))


def _days(rule: Recurrence, first: date, last: date) -> Iterator[date]:
    period = max(1, rule.period)
    if rule.kind in (DAILY, EVERY):
        for offset in range(0, (last - first).days + 1, period if rule.kind == EVERY else 1):
            yield first + timedelta(days=offset)
    elif rule.kind == WEEKLY:
        sunday = first - timedelta(days=first.isoweekday() % 7)
        for offset in range((last - sunday).days + 1):
            day = sunday + timedelta(days=offset)
            if offset // 7 % period == 0 and rule.weekdays >> (day.isoweekday() % 7) & 1:
                yield day
    elif rule.is_known:
        is_yearly = rule.kind in (YEARLY_ON, YEARLY_AT)
        for count, (year, month) in enumerate(_months(first, last)):
            if month == rule.month + 1 if is_yearly else count % period == 0:
                found = _at(rule, year, month) if rule.kind in (YEARLY_AT, MONTHLY_AT) else _on(rule, year, month)
                if found is not None:
                    yield found


def _months(first: date, last: date) -> Iterator[tuple[int, int]]:
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield number // 12, number % 12 + 1


def _on(rule: Recurrence, year: int, month: int) -> date | None:
    return date(year, month, rule.month_day) if 1 <= rule.month_day <= monthrange(year, month)[1] else None


def _at(rule: Recurrence, year: int, month: int) -> date | None:
    counted: Callable[[date], bool]
    if rule.item == 0:
        counted = lambda _day: True  # noqa: E731
    elif rule.item in (1, 2):
        counted = lambda day: (day.weekday() < 5) == (rule.item == 1)  # noqa: E731
    else:
        counted = lambda day: day.isoweekday() % 7 == rule.item - 3  # noqa: E731
    days = [day for place in range(monthrange(year, month)[1]) if counted(day := date(year, month, 1) + place * _ONE_DAY)]
    if rule.place == _LAST:
        return days[-1] if days else None
    return days[rule.place] if 0 <= rule.place < len(days) else None
