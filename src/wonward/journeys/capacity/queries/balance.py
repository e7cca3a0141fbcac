"""Who is asked for too much, who has too little, and what would help."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta

from wonward.domains.delivery.queries.projects import find_projects
from wonward.domains.delivery.queries.tasks import find_tasks
from wonward.domains.delivery.types import ProjectRow, TaskRow
from wonward.domains.sales.queries.deals import find_deal_rows
from wonward.domains.staff.types import WorkingPerson
from wonward.foundation.access.policy import require
from wonward.journeys.capacity.models import AppliedFix
from wonward.journeys.capacity.queries.days import read_days
from wonward.journeys.capacity.rules.days import DayLoad, summed
from wonward.journeys.capacity.rules.fixes import Team, fixes_for_idle, fixes_for_week
from wonward.journeys.capacity.rules.weeks import by_week, monday_of
from wonward.journeys.capacity.types import (
    Balance,
    CapacityItem,
    FixRow,
    OverloadedWeek,
    PersonBalance,
    days_over,
)
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.errors import NotAllowed

MOST_WEEKS_SHOWN = 4
IDLE_POINTS = 15
MOST_APPLIED = 5


def get_balance(*, actor: Actor, today: date, weeks: int = 8) -> Balance:
    """Everybody's weeks from this one on; a fixed number of queries. Only for who sees everybody's time."""
    require(actor, "capacity.outlook.view")
    if actor.scope_of("staff.booking.view") is not Scope.ALL:
        raise NotAllowed("The balance needs to see everybody’s time.")
    first = monday_of(today)
    days = read_days(actor=actor, first=first, last=first + timedelta(days=7 * weeks - 1))
    people = days.people
    items, sure = _items(actor, days.loads, first, weeks)
    # What lies in the past of this week is gone: supply counts whole weeks, and so does what is asked.
    given = {key: days.given(key) for key in people}
    supply = {key: [by_week(row, first, weeks).get(week, 0) for week in range(weeks)] for key, row in given.items()}
    asked = {key: [0] * weeks for key in people}
    for item in items:
        if item.person_id in asked:
            for week, minutes in item.weeks.items():
                asked[item.person_id][week] += minutes
    team = Team(asked, supply, {key: person.role_ids for key, person in people.items()})
    shown = [item for item in items if item.subject]
    mine: dict[int, list[DayLoad]] = {}
    for load in days.loads:
        if load.person_id is not None:
            mine.setdefault(load.person_id, []).append(load)
    rows = [
        replace(_person(team, shown, person, sure.get(key, 0)), days_over=tuple(
            one for one in days_over(summed(mine.get(key, ())), given[key]) if not team.over(key, (one.day - first).days // 7)
        ))
        for key, person in people.items()
    ]
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


def _items(actor: Actor, loads: Sequence[DayLoad], first: date, weeks: int) -> tuple[list[CapacityItem], dict[int, int]]:
    """Every task and booking as weeks, and the minutes by person that are not tentative."""
    work = [one for one in loads if one.work is not None]
    subjects = {one.subject for one in loads}
    tasks = find_tasks(task_ids={one.work.task_id for one in work if one.work})
    projects = find_projects(actor=actor, project_ids={ref.id for ref in subjects if ref.noun == "delivery.project"})
    deals = find_deal_rows(actor=actor, deal_ids=sorted(ref.id for ref in subjects if ref.noun == "sales.deal"))
    by_task: dict[int, list[DayLoad]] = {}
    for one in work:
        if one.work:
            by_task.setdefault(one.work.task_id, []).append(one)
    items = [_task_item(parts, tasks.get(key), projects.get(parts[0].subject.id), first, weeks) for key, parts in by_task.items()]
    for one in loads:
        if one.booking is not None:
            subject = (projects if one.subject.noun == "delivery.project" else deals).get(one.subject.id)
            name = subject.name if subject else ""
            items.append(CapacityItem(
                "booking", one.booking.id, name, name, one.person_id, one.role_id, one.state, by_week(one.days, first, weeks),
                (one.start_date - first).days // 7, 0, one.booking.version,
            ))
    items = [item for item in items if item.weeks]
    sure: dict[int, int] = {}
    for item in items:
        if item.person_id is not None and item.state != "tentative":
            sure[item.person_id] = sure.get(item.person_id, 0) + sum(item.weeks.values())
    return items, sure


def _task_item(parts: Sequence[DayLoad], row: TaskRow | None, project: ProjectRow | None, first: date, weeks: int) -> CapacityItem:
    load = parts[0]
    may_wait = row is not None and row.status == "todo" and not row.percent_complete and row.late_start_date is not None
    slack = (row.late_start_date - load.start_date).days // 7 if may_wait and row and row.late_start_date else 0
    return CapacityItem(
        "task", load.work.task_id if load.work else 0, load.work.task_name if load.work else "", project.name if project else "", load.person_id,
        load.role_id, "planned", by_week(summed(parts), first, weeks), (load.start_date - first).days // 7, max(0, slack),
        project.plan_version if project else 0,
    )


def list_applied_fixes(*, actor: Actor) -> list[FixRow]:
    """The viewer's newest fixes, those taken back included."""
    rows = AppliedFix.objects.filter(author_id=actor.person_id or 0).select_related("author").order_by("-pk")[:MOST_APPLIED]
    return [FixRow(row.pk, row.words, row.state, row.author.name if row.author else "", row.created_at, row.version) for row in rows]
