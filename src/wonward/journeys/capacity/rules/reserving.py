"""Who of a deal's reserved time is known by name, and the bookings its templates ask for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta

from wonward.domains.staff.types import BookingRow, NewBooking, Spread
from wonward.journeys.capacity.rules.weeks import monday_of
from wonward.kernel.ref import Ref

Names = Mapping[int, int | None]


def people_put_on(rows: Iterable[BookingRow], roles_of: Mapping[int, Sequence[str]], asked: Collection[str]) -> dict[str, dict[int, int | None]]:
    """Who was put on the time of each role, by case-folded role and week since the first of the bookings; None is nobody yet.

    `roles_of` are the case-folded roles of everybody who can be booked: a booking without a role counts for the first of its
    person's roles that is asked for, one of somebody who left for nobody.
    """
    known = list(rows)
    first = min((monday_of(one.start_date) for one in known), default=date.min)
    found: dict[str, dict[int, int | None]] = {}
    for one in known:
        person = one.person_id if one.person_id in roles_of else None
        role = one.role_name.strip().casefold() or next((role for role in roles_of.get(person or 0, ()) if role in asked), "")
        weeks = range((one.start_date - first).days // 7, (one.finish_date - first).days // 7 + 1)
        for week in weeks:
            held = found.setdefault(role, {})
            held[week] = held.get(week) or person
    return found


def bookings_of(
    subject: Ref, hours: Mapping[str, Sequence[float]], kickoff: date, people: Mapping[str, Names], note: str
) -> list[NewBooking]:
    """One tentative booking for each unbroken run of weeks in which a role works and the same person, or nobody, is known for it."""
    first = monday_of(kickoff)
    begin = min((week for role, row in hours.items() if role for week, value in enumerate(row) if value), default=0)
    made = []
    for role, row in sorted(hours.items()):
        for start, end, person in _runs(row, begin, people.get(role, {})) if role else ():
            made.append(NewBooking(
                subject, max(kickoff, first + timedelta(weeks=start)), first + timedelta(weeks=end, days=6),
                max(1, round(sum(row[start : end + 1]) * 60)), person_id=person, role=role, spread=Spread.TOTAL, note=note, is_from_templates=True,
            ))
    return made


def _runs(hours: Sequence[float], begin: int, names: Names) -> list[tuple[int, int, int | None]]:
    everywhere = next(iter(set(names.values()))) if len(set(names.values())) == 1 else None
    runs: list[tuple[int, int, int | None]] = []
    for week, value in enumerate(hours):
        if not value:
            continue
        person = names.get(week - begin, everywhere)
        if runs and runs[-1][1] == week - 1 and runs[-1][2] == person:
            runs[-1] = (runs[-1][0], week, person)
        else:
            runs.append((week, week, person))
    return runs
