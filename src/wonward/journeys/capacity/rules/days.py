"""The ledger of days: what each person can give on each day, and what each booking and task asks of whom on which."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from wonward.domains.delivery.queries.loads import WorkLoad
from wonward.domains.staff.rules import days_between, spread_minutes, working_minutes
from wonward.domains.staff.types import BookingRow, BookingStatus, TimeOffRow, WorkingPerson
from wonward.journeys.capacity.rules.weeks import days_off, without_booked
from wonward.kernel.ref import Ref
from wonward.kernel.work_calendar import WorkCalendar


@dataclass(frozen=True, slots=True)
class DayLoad:
    """Minutes by day that a booking, or the part of one role in a task, asks. `state` is tentative, confirmed or planned.

    `role_id` is the one asked for, else the first role of the person.
    """

    subject: Ref
    person_id: int | None
    role_id: int | None
    state: str
    start_date: date
    finish_date: date
    days: Mapping[date, int]
    booking: BookingRow | None = None
    work: WorkLoad | None = None


@dataclass(frozen=True, slots=True)
class DayLedger:
    """Everything given and asked from `first` to `last`, day by day; weeks, pools and sums of any other kind are sums of these."""

    first: date
    last: date
    usual: WorkCalendar
    people: Mapping[int, WorkingPerson]
    time_off: tuple[TimeOffRow, ...]
    loads: tuple[DayLoad, ...]
    off: Mapping[int, list[TimeOffRow]] = field(default_factory=dict)

    def given(self, person_id: int) -> dict[date, int]:
        """Minutes a person works on each day."""
        person, off = self.people[person_id], self.off.get(person_id, ())
        return {day: working_minutes(person, day, off) for day in days_between(self.first, self.last)}


def day_ledger(
    *, first: date, last: date, usual: WorkCalendar, people: Iterable[WorkingPerson], time_off: Sequence[TimeOffRow], bookings: Sequence[BookingRow],
    work: Sequence[WorkLoad],
) -> DayLedger:
    """Bookings and the work of plans that no confirmed booking answers for, spread over the days on which whoever they ask works."""
    by_id = {person.id: person for person in people}
    off: dict[int, list[TimeOffRow]] = {}
    for leave in time_off:
        off.setdefault(leave.person_id, []).append(leave)
    away = {key: days_off(rows) for key, rows in off.items()}
    loads: list[DayLoad] = []

    def put(
        subject: Ref, person_id: int | None, role_id: int | None, state: str, minutes: int, span: tuple[date, date],
        source: tuple[BookingRow | None, WorkLoad | None],
    ) -> None:
        person = by_id.get(person_id or 0)
        days = spread_minutes(
            minutes, first=span[0], last=span[1], calendar=person.calendar if person else usual, off=away.get(person_id or 0, frozenset())
        )
        role = role_id or (person.role_ids[0] if person and person.role_ids else None)
        loads.append(DayLoad(subject, person_id, role, state, *span, _within(days, first, last), *source))

    for one in bookings:
        state = "tentative" if one.status is BookingStatus.TENTATIVE else "confirmed"
        put(one.subject, one.person_id, one.role_id, state, one.minutes, (one.start_date, one.finish_date), (one, None))
    for load in without_booked(work, bookings, {key: person.role_ids for key, person in by_id.items()}):
        subject = Ref("delivery.project", load.project_id)
        put(subject, load.assignee_id, load.role_id, "planned", load.minutes, (load.start_date, load.finish_date), (None, load))
    return DayLedger(first, last, usual, by_id, tuple(time_off), tuple(loads), off)


def _within(days: Mapping[date, int], first: date, last: date) -> Mapping[date, int]:
    return {day: minutes for day, minutes in days.items() if first <= day <= last}


def summed(loads: Iterable[DayLoad]) -> dict[date, int]:
    """Minutes by day of several loads together."""
    total: dict[date, int] = {}
    for load in loads:
        for day, minutes in load.days.items():
            total[day] = total.get(day, 0) + minutes
    return total


def taken_by(ledger: DayLedger, *, with_tentative: bool, without: Collection[Ref]) -> dict[str, dict[date, int]]:
    """Minutes by day asked of people (`person:7`) and, where nobody is named, of roles (`role:3`); by all records but some.

    Somebody who is not planned has no hours of their own: their role is asked.
    """
    taken: dict[str, dict[date, int]] = {}
    for load in ledger.loads:
        if load.subject in without or (load.state == "tentative" and not with_tentative):
            continue
        key = f"person:{load.person_id}" if load.person_id in ledger.people else f"role:{load.role_id}" if load.role_id else ""
        if key:
            row = taken.setdefault(key, {})
            for day, minutes in load.days.items():
                row[day] = row.get(day, 0) + minutes
    return taken
