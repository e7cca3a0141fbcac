"""Plans of other programs: into a new project or an empty one, in one transaction through the door every date goes through."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.delivery.operations import keep_baselines
from wonward.domains.delivery.planning import find_moved_by_taking
from wonward.domains.delivery.queries.exchange import (
    find_outside_tasks,
    find_taken_project,
    is_plan_empty,
    list_task_ids,
)
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.types import NewDependency, NewProject, TakenTasks
from wonward.domains.delivery.types.exchange import Loss, ReadPlan, TakenTask
from wonward.domains.staff.operations import DayException, change_calendar, create_calendar
from wonward.domains.staff.queries import (
    find_people_by_name,
    get_calendar,
    get_default_calendar,
    get_role_ids,
    list_calendars,
)
from wonward.journeys.promises.operations.plans import change_plan, open_project
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded
from wonward.kernel.work_calendar import WEEKDAY_NAMES, Spans, WorkCalendar

_EXAMPLES = 5
_SETTINGS = "organisation.settings.edit"
_LOG = "comms.communication.log"


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What a file made: counts, the forecast, and what was left behind. A repeated file is answered with the project it made."""

    project_id: int
    task_count: int
    link_count: int
    baseline_count: int
    finish_date: date | None
    losses: tuple[Loss, ...]
    is_replayed: bool = False


@transaction.atomic
def open_project_from_plan(
    *, actor: Actor, plan: ReadPlan, company_id: int, manager_id: int | None = None, name: str = "", external_id: str = "", now: datetime
) -> TakenOver:
    """A new project with the plan of a file. The same file for the same client again answers with the project it made."""
    if external_id and (known := find_taken_project(actor=actor, source=plan.source, external_id=external_id)) is not None:
        row = get_project(actor=actor, project_id=known)
        return TakenOver(known, row.task_count, 0, 0, row.forecast_finish_date, (), is_replayed=True)
    calendar_id, calendar_losses = _calendar_of(actor, plan, now)
    members = (actor.person_id,) if actor.person_id else ()
    new = NewProject(
        (name.strip() or plan.title)[:200], company_id, manager_id, plan.start_date, plan.facts.promised_finish_date, (), external_source=plan.source,
        external_id=external_id, member_ids=members, calendar_id=calendar_id,
    )
    project_id = open_project(actor=actor, new=new, now=now)
    return _fill(actor, project_id, plan, calendar_losses, now)


@transaction.atomic
def fill_project_from_plan(*, actor: Actor, project_id: int, plan: ReadPlan, now: datetime) -> TakenOver:
    """The plan of a file into a project that has no task yet; its start and calendar stay its own."""
    row = get_project(actor=actor, project_id=project_id)
    if not is_plan_empty(project_id=project_id):
        raise Conflict(worded("{number} has a plan already. Import into a new project, or into one without tasks.", number=row.number))
    losses = []
    promised = plan.facts.promised_finish_date
    if promised is not None and promised != row.promised_finish_date:
        losses.append(Loss("The project keeps the finish that is promised for it, not the one in the file.", 1, (promised.isoformat(),)))
    if row.start_date != plan.start_date:
        losses.append(Loss(
            "The project starts on another day than the plan; what waits for nothing starts with the project.", 1,
            (f"{plan.start_date} → {row.start_date}",),
        ))
    if plan.calendar is not None and get_calendar(row.calendar_id) != plan.calendar:
        losses.append(Loss("The calendar of the file is left behind; the project keeps its own.", 1, (plan.calendar_name,)))
    return _fill(actor, project_id, plan, losses, now)


def preview_plan_file(*, actor: Actor, plan: ReadPlan, project_id: int | None = None, now: datetime) -> tuple[Loss, ...]:
    """What would be left behind of a plan here and now, the people who are not known included, and what would lie on other days.

    Of a new project, or of one without tasks, whose start and calendar count. Nothing is written.
    """
    if project_id is not None:
        row = get_project(actor=actor, project_id=project_id)
        return (*_left_behind(actor, plan), *_moved_losses(plan, row.start_date, get_calendar(row.calendar_id), now))
    is_worked = plan.calendar is not None and any(plan.calendar.week) and (_matching_calendar(plan) is not None or actor.may(_SETTINGS))
    calendar = plan.calendar if is_worked and plan.calendar is not None else get_default_calendar()[1]
    return (*_left_behind(actor, plan), *_moved_losses(plan, plan.start_date, calendar, now))


def _moved_losses(plan: ReadPlan, start_date: date, calendar: WorkCalendar, now: datetime) -> list[Loss]:
    moved = find_moved_by_taking(plan, start_date=start_date, calendar=calendar, now=now)
    examples = tuple(f"{plan.tasks[place].name[:80]}: {there} → {here}" for place, there, here in moved[:_EXAMPLES])
    return [Loss("Tasks lie on other days here than in the file.", len(moved), examples)] if moved else []


def _left_behind(actor: Actor, plan: ReadPlan) -> list[Loss]:
    _, people_losses = _known_people(plan.tasks)
    calendar = _matching_calendar(plan)
    losses = [*plan.losses, *people_losses, *_outside_losses(plan, find_outside_tasks(actor=actor, links=plan.outside_links, company_id=None))]
    if plan.comments and not actor.may(_LOG):
        losses.append(_unsaid(plan))
    if plan.calendar is not None and calendar is None and not actor.may(_SETTINGS):
        losses.append(_calendar_loss(plan))
    return losses


def _fill(actor: Actor, project_id: int, plan: ReadPlan, losses: Sequence[Loss], now: datetime) -> TakenOver:
    tasks, people_losses = _known_people(plan.tasks)
    change_plan(
        actor=actor, project_id=project_id, changes=[TakenTasks(tasks, plan.links, plan.facts.status_date)], reason="Taken over from a file.", now=now
    )
    ids = list_task_ids(project_id=project_id)
    known = _wait_outside(actor, project_id, plan, ids, now)
    row = get_project(actor=actor, project_id=project_id)
    losses = [*losses, *_say_again(actor, project_id, plan, ids, now), *_moved_losses(plan, row.start_date, get_calendar(row.calendar_id), now)]
    dated = [{ids[place]: pair for place, pair in dates.items()} for dates in plan.baselines]
    count = keep_baselines(actor=actor, project_id=project_id, baselines=dated, names=plan.facts.baseline_names, now=now) if dated else 0
    return TakenOver(
        project_id, len(tasks), len(plan.links) + sum(link.from_id in known for link in plan.outside_links), count,
        get_project(actor=actor, project_id=project_id).forecast_finish_date,
        (*plan.losses, *losses, *people_losses, *_outside_losses(plan, known)),
    )


def _say_again(actor: Actor, project_id: int, plan: ReadPlan, ids: Sequence[int], now: datetime) -> list[Loss]:
    """What was said about tasks goes into their log, told to nobody anew; whoever may write no entries leaves it behind."""
    if not plan.comments:
        return []
    if not actor.may(_LOG):
        return [_unsaid(plan)]
    log_communications(actor=actor, now=now, entries=[
        NewCommunication(
            CommunicationKind.NOTE, (Ref("delivery.task", ids[one.place]), Ref("delivery.project", project_id)), one.words, min(one.said_at or now, now),
            is_automatic=True, external_source=plan.source,
        ) for one in plan.comments
    ])
    return []


def _unsaid(plan: ReadPlan) -> Loss:
    examples = tuple(dict.fromkeys(plan.tasks[one.place].name[:80] for one in plan.comments))[:_EXAMPLES]
    return Loss("Comments stay behind.", len(plan.comments), examples)


def _wait_outside(actor: Actor, project_id: int, plan: ReadPlan, ids: Sequence[int], now: datetime) -> set[int]:
    """Let tasks wait for work of other projects for the same client as the file says; the tasks of others that are waited for."""
    company_id = get_project(actor=actor, project_id=project_id).company_id
    known = find_outside_tasks(actor=actor, links=plan.outside_links, company_id=company_id)
    changes = [
        NewDependency(link.from_id, ids[link.to_place], link.type, link.lag_minutes, link.lag_unit)
        for link in plan.outside_links if link.from_id in known
    ]
    if changes:
        change_plan(actor=actor, project_id=project_id, changes=changes, reason="Taken over from a file.", now=now)
    return known


def _outside_losses(plan: ReadPlan, known: Collection[int]) -> list[Loss]:
    missing = [plan.tasks[link.to_place].name for link in plan.outside_links if link.from_id not in known]
    examples = tuple(dict.fromkeys(name[:80] for name in missing))[:_EXAMPLES]
    return [Loss("Dependencies on tasks outside the file are left behind.", len(missing), examples)] if missing else []


def _known_people(tasks: Sequence[TakenTask]) -> tuple[tuple[TakenTask, ...], list[Loss]]:
    """Names that are no colleague's but a role's become that role; other names are left behind."""
    names = {task.person_name for task in tasks if task.person_name}
    people, roles = find_people_by_name(names), get_role_ids(names)
    found, missing = [], []
    for task in tasks:
        if not task.person_name or task.person_name in people:
            found.append(task)
        elif task.person_name.casefold() in roles:
            found.append(replace(task, person_name="", role=task.role or task.person_name))
        else:
            missing.append(task.person_name)
            found.append(replace(task, person_name=""))
    losses = [Loss("Nobody here has this name; the tasks have nobody yet.", len(missing), tuple(dict.fromkeys(missing))[:_EXAMPLES])] if missing else []
    return tuple(found), [*losses, *_unknown_helpers(tasks)]


def _unknown_helpers(tasks: Sequence[TakenTask]) -> list[Loss]:
    named = [name for task in tasks for name, _part in task.own_facts.helpers]
    known = find_people_by_name(set(named)) if named else {}
    missing = [name for name in named if name not in known]
    return [Loss("Nobody here has this name; they do not help with tasks yet.", len(missing), tuple(dict.fromkeys(missing))[:_EXAMPLES])] if missing else []


def _matching_calendar(plan: ReadPlan) -> int | None:
    if plan.calendar is None:
        return None
    default_id, default = get_default_calendar()
    if default == plan.calendar:
        return default_id
    return next((row.id for row in list_calendars() if WorkCalendar.from_document(row.document) == plan.calendar), None)


def _calendar_of(actor: Actor, plan: ReadPlan, now: datetime) -> tuple[int | None, list[Loss]]:
    """The calendar that works as the file's does; whoever may, adds one. Otherwise the house's counts, which is said."""
    if plan.calendar is None:
        return None, []
    found = _matching_calendar(plan)
    if found is not None:
        return found, []
    if not actor.may(_SETTINGS) or not any(plan.calendar.week):
        return None, [_calendar_loss(plan)]
    taken = {row.name.casefold() for row in list_calendars()}
    stem = plan.calendar_name or plan.title[:60]
    name = next(one for one in (stem, *(f"{stem} {number}" for number in range(2, 10_000))) if one.casefold() not in taken)
    calendar_id = create_calendar(actor=actor, name=name, now=now)
    change_calendar(
        actor=actor, calendar_id=calendar_id, now=now,
        week={day: _pairs(spans) for day, spans in zip(WEEKDAY_NAMES, plan.calendar.week, strict=True)},
        add=[DayException(day, "", tuple((begin, end) for begin, end in _pairs(spans))) for day, spans in sorted(plan.calendar.exceptions.items())],
    )
    return calendar_id, []


def _calendar_loss(plan: ReadPlan) -> Loss:
    return Loss("No calendar here works as the one of the file; the calendar of the house counts, so dates can differ.", 1, (plan.calendar_name,))


def _pairs(spans: Spans) -> list[tuple[str, str]]:
    return [(_clock(begin), _clock(end)) for begin, end in spans]


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
