"""One ledger of time: what everybody can give, and what bookings and plans ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from wonward.domains.delivery.queries.loads import WorkLoad, list_work_loads
from wonward.domains.delivery.queries.projects import find_projects
from wonward.domains.sales.queries.deals import find_deal_rows
from wonward.domains.staff.queries import (
    get_default_calendar,
    list_bookings,
    list_roles,
    list_time_off,
    list_working_people,
)
from wonward.domains.staff.rules import spread_minutes
from wonward.domains.staff.types import BookingRow, BookingStatus, TimeOffRow, WorkingPerson
from wonward.foundation.access.policy import require
from wonward.journeys.capacity.rules.weeks import (
    booked_weeks,
    by_week,
    days_off,
    monday_of,
    supply_of,
    without_booked,
)
from wonward.journeys.capacity.types import Ledger, Load
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.ref import Ref
from wonward.kernel.work_calendar import WorkCalendar


def get_ledger(*, actor: Actor, first: date, weeks: int, with_done: bool = False) -> Ledger:
    """The ledger from the week of `first`; a fixed number of queries. Members see themselves alone.

    `with_done` counts planned work in full, done or not: what weeks gone by have asked.
    """
    reach = require(actor, "staff.booking.view")
    first = monday_of(first)
    last = first + timedelta(days=7 * weeks - 1)
    people = tuple(list_working_people(actor=actor))
    time_off = tuple(list_time_off(actor=actor, first=first, last=last)) if actor.may("staff.time_off.view") else ()
    bookings = list_bookings(actor=actor, first=first, last=last, only_seen=False)
    work = list_work_loads(first=first, last=last, with_done=with_done)
    if reach is not Scope.ALL:
        work = [load for load in work if load.assignee_id == actor.person_id]
    _, calendar = get_default_calendar()
    by_id = {person.id: person for person in people}
    off = _off_by_person(time_off)
    subjects = {one.subject for one in bookings} | {Ref("delivery.project", load.project_id) for load in work}
    names = _names(actor, subjects)
    loads = [
        *_booked(names, bookings, by_id, off, calendar, first, weeks),
        *_planned(names, without_booked(work, bookings, {key: person.role_ids for key, person in by_id.items()}), by_id, off, calendar, first, weeks),
    ]
    supply = {person.id: supply_of(person, off.get(person.id, ()), first, weeks) for person in people}
    of_roles: dict[int, list[int]] = {}
    for person in people:
        row = of_roles.setdefault(person.role_ids[0], [0] * weeks)
        for week, minutes in enumerate(supply[person.id]):
            row[week] += minutes
    used = set(of_roles).union(load.role_id for load in loads if load.role_id)
    known = list_roles()
    roles = {key: name for key, name in known.items() if key in used}
    return Ledger(first, weeks, roles, people, time_off, tuple(loads), supply, of_roles, known)


def _off_by_person(time_off: Sequence[TimeOffRow]) -> dict[int, list[TimeOffRow]]:
    found: dict[int, list[TimeOffRow]] = {}
    for one in time_off:
        found.setdefault(one.person_id, []).append(one)
    return found


def _booked(
    names: Mapping[Ref, str], bookings: Sequence[BookingRow], people: Mapping[int, WorkingPerson], off: Mapping[int, list[TimeOffRow]],
    calendar: WorkCalendar, first: date, weeks: int,
) -> list[Load]:
    loads = []
    for one in bookings:
        person = people.get(one.person_id or 0)
        own = person.calendar if person else calendar
        minutes = booked_weeks(one, own, days_off(off.get(one.person_id or 0, ())), first, weeks)
        role_id = one.role_id or (person.role_ids[0] if person else None)
        state = "tentative" if one.status is BookingStatus.TENTATIVE else "confirmed"
        loads.append(
            Load(one.subject, names.get(one.subject, ""), one.person_id, role_id, state, one.start_date, one.finish_date, minutes, one)
        )
    return loads


def _planned(
    names: Mapping[Ref, str], work: Sequence[WorkLoad], people: Mapping[int, WorkingPerson], off: Mapping[int, list[TimeOffRow]],
    calendar: WorkCalendar, first: date, weeks: int,
) -> list[Load]:
    """Work of plans, added up by project and person, or project and role where nobody is assigned."""
    groups: dict[tuple[int, int | None, int | None], list[WorkLoad]] = {}
    for load in work:
        person = people.get(load.assignee_id or 0)
        role_id = load.role_id or (person.role_ids[0] if person else None)
        groups.setdefault((load.project_id, load.assignee_id, role_id), []).append(load)
    loads = []
    for (project_id, person_id, role_id), parts in groups.items():
        person = people.get(person_id or 0)
        own, away = person.calendar if person else calendar, days_off(off.get(person_id or 0, ()))
        minutes: dict[int, int] = {}
        for part in parts:
            days = spread_minutes(part.minutes, first=part.start_date, last=part.finish_date, calendar=own, off=away)
            for week, value in by_week(days, first, weeks).items():
                minutes[week] = minutes.get(week, 0) + value
        subject = Ref("delivery.project", project_id)
        start, finish = min(part.start_date for part in parts), max(part.finish_date for part in parts)
        loads.append(Load(subject, names.get(subject, ""), person_id, role_id, "planned", start, finish, minutes))
    return loads


def _names(actor: Actor, subjects: set[Ref]) -> dict[Ref, str]:
    """Names of the deals and projects among the subjects that the viewer sees; two queries at most."""
    deals = [ref.id for ref in subjects if ref.noun == "sales.deal"]
    projects = [ref.id for ref in subjects if ref.noun == "delivery.project"]
    names = {Ref("sales.deal", key): row.name for key, row in (find_deal_rows(actor=actor, deal_ids=deals) if deals else {}).items()}
    found = find_projects(actor=actor, project_ids=projects) if projects else {}
    return names | {Ref("delivery.project", key): row.name for key, row in found.items()}
