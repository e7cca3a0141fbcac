"""Who is asked for too much, who has too little, and what would help."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from wonward.domains.delivery.queries.loads import WorkLoad, list_work_loads
from wonward.domains.delivery.queries.projects import find_projects
from wonward.domains.delivery.queries.tasks import find_tasks
from wonward.domains.delivery.types import ProjectRow, TaskRow
from wonward.domains.sales.queries.deals import find_deal_rows
from wonward.domains.staff.queries import (
    get_default_calendar,
    list_bookings,
    list_time_off,
    list_working_people,
)
from wonward.domains.staff.rules import spread_minutes
from wonward.domains.staff.types import BookingRow, BookingStatus, TimeOffRow, WorkingPerson
from wonward.foundation.access.policy import require
from wonward.journeys.capacity.models import AppliedFix
from wonward.journeys.capacity.rules.fixes import Team, fixes_for_idle, fixes_for_week
from wonward.journeys.capacity.rules.weeks import (
    booked_weeks,
    by_week,
    days_off,
    monday_of,
    supply_of,
    without_booked,
)
from wonward.journeys.capacity.types import Balance, CapacityItem, FixRow, OverloadedWeek, PersonBalance
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.errors import NotAllowed
from wonward.kernel.work_calendar import WorkCalendar

MOST_WEEKS_SHOWN = 4
IDLE_POINTS = 15
MOST_APPLIED = 5


def get_balance(*, actor: Actor, today: date, weeks: int = 8) -> Balance:
    """Everybody's weeks from this one on; a fixed number of queries. Only for who sees everybody's time."""
    require(actor, "capacity.outlook.view")
    if actor.scope_of("staff.booking.view") is not Scope.ALL:
        raise NotAllowed("The balance needs to see everybody’s time.")
    first = monday_of(today)
    last = first + timedelta(days=7 * weeks - 1)
    people = {one.id: one for one in list_working_people(actor=actor)}
    time_off = list_time_off(actor=actor, first=first, last=last, statuses=("approved",)) if actor.may("staff.time_off.view") else []
    off: dict[int, list[TimeOffRow]] = {}
    for one in time_off:
        off.setdefault(one.person_id, []).append(one)
    items, sure = _items(actor, people, off, first, last, weeks)
    # What lies in the past of this week is gone: supply counts whole weeks, and so does what is asked.
    supply = {key: supply_of(person, off.get(key, ()), first, weeks) for key, person in people.items()}
    asked = {key: [0] * weeks for key in people}
    for item in items:
        if item.person_id in asked:
            for week, minutes in item.weeks.items():
                asked[item.person_id][week] += minutes
    team = Team(asked, supply, {key: person.role_ids for key, person in people.items()})
    shown = [item for item in items if item.subject]
    rows = [_person(team, shown, person, sure.get(key, 0)) for key, person in people.items()]
    rows.sort(key=lambda row: (-sum(week.excess_minutes for week in row.overloaded), -row.gap_minutes, row.name))
    return Balance(first, weeks, tuple(rows), {key: person.name for key, person in people.items()})


def _person(team: Team, items: Collection[CapacityItem], person: WorkingPerson, sure: int) -> PersonBalance:
    there, asked = sum(team.supply[person.id]), sum(team.asked[person.id])
    over = sorted((week for week in range(len(team.supply[person.id])) if team.over(person.id, week)), key=lambda week: -team.over(person.id, week))
    weeks = tuple(
        OverloadedWeek(
            week, round(100 * team.asked[person.id][week] / team.supply[person.id][week]) if team.supply[person.id][week] else 999,
            team.over(person.id, week), tuple(fixes_for_week(team, items, person.id, week)),
        )
        for week in sorted(over[:MOST_WEEKS_SHOWN])
    )
    is_idle = bool(there) and not weeks and 100 * sure < (person.target_percent - IDLE_POINTS) * there
    offers = tuple(fixes_for_idle(team, items, person.id)) if is_idle else ()
    return PersonBalance(person.id, person.name, person.is_placeholder, person.target_percent, there, sure, asked, weeks, offers)


def _items(
    actor: Actor, people: Mapping[int, WorkingPerson], off: Mapping[int, list[TimeOffRow]], first: date, last: date, weeks: int
) -> tuple[list[CapacityItem], dict[int, int]]:
    """Every task and booking as weeks, and the minutes by person that are not tentative."""
    bookings = list_bookings(actor=actor, first=first, last=last, only_seen=False)
    work = without_booked(list_work_loads(first=first, last=last), bookings, {key: person.role_ids for key, person in people.items()})
    tasks = find_tasks(task_ids={load.task_id for load in work})
    projects = find_projects(
        actor=actor, project_ids={load.project_id for load in work} | {one.subject.id for one in bookings if one.subject.noun == "delivery.project"}
    )
    deals = find_deal_rows(actor=actor, deal_ids=sorted({one.subject.id for one in bookings if one.subject.noun == "sales.deal"}))
    _, usual = get_default_calendar()
    items = [_task_item(parts, tasks, projects, people, off, usual, first, weeks) for parts in _by_task(work)]
    for one in bookings:
        subject = (projects if one.subject.noun == "delivery.project" else deals).get(one.subject.id)
        items.append(_booking_item(one, subject.name if subject else "", people, off, usual, first, weeks))
    items = [item for item in items if item.weeks]
    sure: dict[int, int] = {}
    for item in items:
        if item.person_id is not None and item.state != "tentative":
            sure[item.person_id] = sure.get(item.person_id, 0) + sum(item.weeks.values())
    return items, sure


def _by_task(work: Sequence[WorkLoad]) -> list[list[WorkLoad]]:
    groups: dict[int, list[WorkLoad]] = {}
    for load in work:
        groups.setdefault(load.task_id, []).append(load)
    return list(groups.values())


def _task_item(
    parts: Sequence[WorkLoad], tasks: Mapping[int, TaskRow], projects: Mapping[int, ProjectRow], people: Mapping[int, WorkingPerson],
    off: Mapping[int, list[TimeOffRow]], usual: WorkCalendar, first: date, weeks: int,
) -> CapacityItem:
    load, row, project = parts[0], tasks.get(parts[0].task_id), projects.get(parts[0].project_id)
    person = people.get(load.assignee_id or 0)
    days = spread_minutes(
        sum(part.minutes for part in parts), first=load.start_date, last=load.finish_date, calendar=person.calendar if person else usual,
        off=days_off(off.get(load.assignee_id or 0, ())),
    )
    may_wait = row is not None and row.status == "todo" and not row.percent_complete and row.late_start_date is not None
    slack = (row.late_start_date - load.start_date).days // 7 if may_wait and row and row.late_start_date else 0
    role_id = load.role_id or (person.role_ids[0] if person and person.role_ids else None)
    return CapacityItem(
        "task", load.task_id, load.task_name, project.name if project else "", load.assignee_id, role_id, "planned", by_week(days, first, weeks),
        (load.start_date - first).days // 7, max(0, slack), project.plan_version if project else 0,
    )


def _booking_item(
    one: BookingRow, subject: str, people: Mapping[int, WorkingPerson], off: Mapping[int, list[TimeOffRow]], usual: WorkCalendar, first: date, weeks: int
) -> CapacityItem:
    person = people.get(one.person_id or 0)
    minutes = booked_weeks(one, person.calendar if person else usual, days_off(off.get(one.person_id or 0, ())), first, weeks)
    role_id = one.role_id or (person.role_ids[0] if person and person.role_ids else None)
    state = "tentative" if one.status is BookingStatus.TENTATIVE else "confirmed"
    return CapacityItem(
        "booking", one.id, subject, subject, one.person_id, role_id, state, minutes, (one.start_date - first).days // 7, 0, one.version
    )


def list_applied_fixes(*, actor: Actor) -> list[FixRow]:
    """The viewer's newest fixes, those taken back included."""
    rows = AppliedFix.objects.filter(author_id=actor.person_id or 0).select_related("author").order_by("-pk")[:MOST_APPLIED]
    return [FixRow(row.pk, row.words, row.state, row.author.name if row.author else "", row.created_at, row.version) for row in rows]
