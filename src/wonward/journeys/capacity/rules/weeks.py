"""Weeks, sums and decisions about capacity on plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from zlib import crc32

from wonward.domains.catalog.types import Blueprint
from wonward.domains.delivery.queries.drafts import DatedItem
from wonward.domains.delivery.queries.loads import WorkLoad
from wonward.domains.staff.rules import days_between, spread_minutes
from wonward.domains.staff.types import BookingRow, BookingStatus, TimeOffRow
from wonward.kernel.work_calendar import WorkCalendar

DEFAULT_SLIP = {0: 0.5, 1: 0.25, 2: 0.15, 4: 0.1}
DAYS_FROM_SIGNATURE_TO_KICKOFF = 14


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def by_week(days: Mapping[date, int], first: date, weeks: int) -> dict[int, int]:
    """Minutes by number of the week since the Monday `first`; what falls outside is left out."""
    found: dict[int, int] = {}
    for day, minutes in days.items():
        week = (day - first).days // 7
        if 0 <= week < weeks:
            found[week] = found.get(week, 0) + minutes
    return found


def days_off(off: Iterable[TimeOffRow]) -> frozenset[date]:
    """Every whole day of approved time off."""
    return frozenset(
        day for one in off if one.status == "approved" and one.minutes_per_day is None for day in days_between(one.start_date, one.finish_date)
    )


def without_booked(loads: Sequence[WorkLoad], bookings: Sequence[BookingRow], roles_of: Mapping[int, Sequence[int]]) -> list[WorkLoad]:
    """The work of plans that no confirmed booking of its project answers for.

    A booking stands for the person's own tasks there and, by its role or the roles of its person, for tasks nobody has.
    """
    people: set[tuple[int, int]] = set()
    roles: set[tuple[int, int]] = set()
    for one in bookings:
        if one.status is not BookingStatus.CONFIRMED or one.subject.noun != "delivery.project":
            continue
        if one.person_id is not None:
            people.add((one.subject.id, one.person_id))
        answered = [one.role_id] if one.role_id is not None else roles_of.get(one.person_id or 0, ())
        roles.update((one.subject.id, role_id) for role_id in answered)
    return [
        load for load in loads
        if (load.project_id, load.assignee_id) not in people and (load.assignee_id is not None or (load.project_id, load.role_id) not in roles)
    ]


def hours_of(blueprints: Sequence[Blueprint], dated: Sequence[Mapping[str, DatedItem]], kickoff: date, calendar: WorkCalendar) -> dict[str, list[float]]:
    """Hours by role and week since the week of the kickoff, from dated blueprints; "" is work without a role."""
    first = monday_of(kickoff)
    hours: dict[str, list[float]] = {}
    for blueprint, timings in zip(blueprints, dated, strict=True):
        for item in blueprint.items:
            if item.kind != "task" or not item.effort_minutes:
                continue
            timing = timings[item.key].timing
            days = spread_minutes(item.effort_minutes, first=timing.start_at.date(), last=timing.finish_at.date(), calendar=calendar)
            shares = [(one.role, one.minutes) for one in item.efforts] or [(item.role, item.effort_minutes)]
            whole = sum(part for _, part in shares) or 1
            for role, part in shares:
                row = hours.setdefault(role.strip().casefold(), [])
                for day, minutes in days.items():
                    week = (day - first).days // 7
                    row.extend([0.0] * (week + 1 - len(row)))
                    row[week] += minutes * part / whole / 60
    return hours


def not_before_today(late: Mapping[int, float], start_week: int) -> dict[int, float]:
    """Chances of weeks late for work of an open deal: what would have begun before this week begins this week."""
    folded: dict[int, float] = {}
    for weeks, chance in late.items():
        at = max(weeks, -start_week)
        folded[at] = folded.get(at, 0.0) + chance
    return folded


def id_of_unknown_role(role: str) -> int:
    """A number for a role that no record stands for: below 0, and the same for the same name."""
    return -1 - crc32(role.encode()) % 10**8


def tone_of(*, p10: float, p50: float, p90: float, capacity: float) -> str:
    """How tight a week is: the lowest quantile above capacity, else tight from nine tenths of it."""
    slack = capacity + 0.01
    if p10 > slack:
        return "p10_over"
    if p50 > slack:
        return "p50_over"
    if p90 > slack:
        return "p90_over"
    return "tight" if capacity and p90 > 0.9 * capacity else "fits"
