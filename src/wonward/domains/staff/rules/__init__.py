"""How booked time falls on days, and how much of a day somebody works."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

from wonward.domains.staff.types import AskedSkill, Spread, TimeOffRow, WorkingPerson
from wonward.kernel.work_calendar import WorkCalendar

LONGEST_BOOKING_DAYS = 1100
_ONE_DAY = timedelta(days=1)


def days_between(first: date, last: date) -> list[date]:
    """Every day from the first to the last, both included."""
    return [first + timedelta(days=place) for place in range((last - first).days + 1)]


def working_minutes(person: WorkingPerson, day: date, off: Iterable[TimeOffRow] = ()) -> int:
    """Minutes a person works on a day, in their calendar and share of the week, less approved time off; 0 outside employment."""
    if person.employed_from_date is not None and day < person.employed_from_date:
        return 0
    if person.employed_until_date is not None and day > person.employed_until_date:
        return 0
    minutes = person.calendar.minutes_on(day) * person.week_percent // 100
    for one in off:
        if one.status == "approved" and one.start_date <= day <= one.finish_date:
            minutes -= minutes if one.minutes_per_day is None else one.minutes_per_day
    return max(0, minutes)


def total_minutes(*, amount_minutes: int, spread: Spread, first: date, last: date, calendar: WorkCalendar) -> int:
    """What an amount per day or week comes to over a span: a week counts by its part of working days inside the span."""
    if spread is Spread.TOTAL:
        return amount_minutes
    days = [day for day in days_between(first, last) if calendar.is_working_day(day)]
    if spread is Spread.PER_DAY:
        return amount_minutes * len(days)
    week = sum(1 for spans in calendar.week if spans) or 1
    return round(amount_minutes * len(days) / week)


def spread_minutes(minutes: int, *, first: date, last: date, calendar: WorkCalendar, off: Collection[date] = ()) -> dict[date, int]:
    """Minutes by day, in proportion to the working time of each day; they sum to exactly `minutes`.

    Days in `off` take nothing while another day is left; a span without any working time puts everything on its first day, so
    that nothing vanishes.
    """
    weights = [(day, calendar.minutes_on(day)) for day in days_between(first, last)]
    usable = [(day, weight) for day, weight in weights if weight and day not in off] or [(day, weight) for day, weight in weights if weight]
    if not usable:
        return {first: minutes} if minutes else {}
    whole = sum(weight for _, weight in usable)
    spread, given, seen = {}, 0, 0
    for day, weight in usable:
        seen += weight
        part = minutes * seen // whole - given
        given += part
        if part:
            spread[day] = part
    return spread


def lacking(asked: Iterable[AskedSkill], levels: Mapping[int, int]) -> list[AskedSkill]:
    """The skills asked for that somebody with these levels (by skill) does not have, or not well enough."""
    return [one for one in asked if levels.get(one.id, 0) < one.level]
