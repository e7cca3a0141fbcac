"""Creating a project from blueprint items: dates from the engine, rows in bulk, a first baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from wonward.domains.catalog.types import BlueprintItem
from wonward.domains.delivery import events
from wonward.domains.delivery.models import (
    ChecklistItem,
    Dependency,
    PlanBaseline,
    Project,
    ProjectMember,
    Task,
    TaskEffort,
)
from wonward.domains.delivery.planning.network import computed_values, finish_date_of
from wonward.domains.delivery.planning.skills import write_needed_skills
from wonward.domains.delivery.queries.drafts import DatedItem, date_items
from wonward.domains.delivery.types import CreatedProject, NewProject
from wonward.domains.staff.operations import ensure_roles
from wonward.domains.staff.queries import get_calendar, get_default_calendar
from wonward.foundation.audit.operations import record_change
from wonward.foundation.database import draw_ids, insert_records, insert_rows, insert_with_ids
from wonward.foundation.events.operations import publish
from wonward.foundation.organisation.operations import take_numbers
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

_TASK_COLUMNS = tuple(field.attname for field in Task._meta.concrete_fields if not field.primary_key)


@dataclass(slots=True)
class _Placed:
    """What the rest of a project needs of a task that has just been written; a thousand instances of the model would take longer than their rows."""

    pk: int
    start_date: date | None
    finish_date: date | None


@transaction.atomic(savepoint=False)
def create_project(*, actor: Actor, new: NewProject, now: datetime) -> CreatedProject:
    """Create a dated project with tasks, dependencies, checklists and its first plan baseline.

    No permission of its own: whoever may open the door above (a win, an import) has been checked there.
    """
    calendar_id, calendar = (new.calendar_id, get_calendar(new.calendar_id)) if new.calendar_id else get_default_calendar()
    roles = ensure_roles(names=_role_names(new.items), now=now)
    dated = date_items(
        new.items, start_date=new.start_date, promised_finish_date=new.promised_finish_date, calendar=calendar
    )
    project = Project(
        number=take_numbers(noun="delivery.project", count=1)[0], name=new.name.strip()[:200], company_id=new.company_id,
        manager_id=new.manager_id, calendar_id=calendar_id, status=new.status, start_date=new.start_date,
        promised_finish_date=new.promised_finish_date, is_restricted=new.is_restricted,
        external_source=new.external_source, external_id=new.external_id, created_at=now, updated_at=now,
        forecast_finish_date=max((row.timing.finish_at.date() for row in dated.values()), default=new.start_date),
    )
    insert_with_ids([project])
    tasks = _dated_tasks(project, new.items, dated, roles, now)
    link_count = _write_details(project, new.items, tasks, roles)
    write_needed_skills({tasks[item.key].pk: item.skills for item in new.items if item.skills}, now)
    people = dict.fromkeys(key for key in (new.manager_id, *new.member_ids) if key)
    insert_records([ProjectMember(project=project, person_id=key, added_at=now) for key in people])
    if new.items:
        _keep_baseline(project, list(tasks.values()), 1, "As sold", now)
    record_change(
        actor=actor, operation="delivery.project.create", ref=Ref("delivery.project", project.pk),
        changes={"name": [None, project.name], "tasks": [0, len(tasks)]}, now=now,
    )
    publish(events.ProjectCreated(project_id=project.pk, company_id=project.company_id), actor=actor, now=now)
    return _created(project, new.items, tasks, link_count)


def _role_names(items: Sequence[BlueprintItem]) -> set[str]:
    return {item.role for item in items if item.role} | {part.role for item in items for part in item.efforts}


def _dated_tasks(
    project: Project, items: Sequence[BlueprintItem], dated: Mapping[str, DatedItem], roles: Mapping[str, int], now: datetime
) -> dict[str, _Placed]:
    """Tasks by key, with their dates, numbered level by level of the outline and inserted at once."""
    fresh = Task(project_id=project.pk, created_at=now, updated_at=now)
    usual = {name: getattr(fresh, name) for name in _TASK_COLUMNS}
    places = {item.key: (place, item) for place, item in enumerate(items)}
    order = _by_level(items)
    ids = dict(zip(order, draw_ids(Task, len(order)), strict=True)) if order else {}
    tasks, rows = {}, []
    for key in order:
        (place, item), date_of = places[key], dated[key]
        computed = computed_values(date_of.timing)
        values = {
            **usual, "parent_id": ids[item.parent] if item.parent is not None else None, "key": key[:80], "kind": item.kind,
            "name": item.name[:300], "position": place, "duration_minutes": item.duration_minutes,
            "effort_minutes": item.effort_minutes, "role_id": roles.get(item.role.casefold()), "promise_key": item.promise_key[:80],
            "is_deliverable": item.is_deliverable, "acceptance_criteria": list(item.acceptance),
            "constraint": "SNET" if date_of.constraint_date else "ASAP", "constraint_date": date_of.constraint_date,
            "deadline_date": date_of.deadline_date, **computed,
        }
        rows.append([ids[key], *(values[name] for name in _TASK_COLUMNS)])
        tasks[key] = _Placed(ids[key], computed["start_date"], computed["finish_date"])
    insert_rows(Task, ("id", *_TASK_COLUMNS), rows)
    return {item.key: tasks[item.key] for item in items}


def _by_level(items: Sequence[BlueprintItem]) -> list[str]:
    """The keys of items, those without a parent first, each level in its order."""
    order: list[str] = []
    waiting = {item.key: item.parent for item in items}
    while waiting:
        level = [key for key, parent in waiting.items() if parent is None or parent not in waiting]
        order += level
        for key in level:
            del waiting[key]
    return order


def _write_details(
    project: Project, items: Sequence[BlueprintItem], tasks: Mapping[str, _Placed], roles: Mapping[str, int]
) -> int:
    """Dependencies, checklists and shared efforts, one statement each; the number of dependencies."""
    links = [
        (project.pk, tasks[wait.key].pk, tasks[item.key].pk, wait.type, wait.lag_minutes, wait.lag_unit)
        for item in items
        for wait in {wait.key: wait for wait in item.after}.values()
    ]
    insert_rows(Dependency, ("project_id", "predecessor_id", "successor_id", "type", "lag_minutes", "lag_unit"), links)
    insert_rows(
        ChecklistItem, ("task_id", "position", "text", "is_done", "done_by_label"),
        [(tasks[item.key].pk, place, text[:300], False, "") for item in items for place, text in enumerate(item.checklist)],
    )
    insert_rows(
        TaskEffort, ("task_id", "role_id", "minutes"),
        [
            (tasks[item.key].pk, roles[part.role.casefold()], part.minutes)
            for item in items
            if len(item.efforts) > 1
            for part in item.efforts
        ],
    )
    return len(links)


def take_baseline(project: Project, tasks: Sequence[Task], *, name: str, now: datetime) -> PlanBaseline:
    """Freeze the dates of every task under the next number."""
    last = PlanBaseline.objects.filter(project=project).order_by("-number").values_list("number", flat=True).first()
    return _keep_baseline(project, tasks, (last or 0) + 1, name, now)


def _keep_baseline(project: Project, tasks: Sequence[Task | _Placed], number: int, name: str, now: datetime) -> PlanBaseline:
    baseline = PlanBaseline(
        project=project, number=number, name=name, finish_date=finish_date_of(tasks),
        dates={
            str(task.pk): [task.start_date.isoformat(), task.finish_date.isoformat()]
            for task in tasks
            if task.start_date and task.finish_date
        },
        created_at=now,
    )
    insert_with_ids([baseline])
    return baseline


def _created(
    project: Project, items: Sequence[BlueprintItem], tasks: Mapping[str, _Placed], link_count: int
) -> CreatedProject:
    by_promise: dict[str, list[int]] = {}
    for item in items:
        if item.promise_key:
            by_promise.setdefault(item.promise_key, []).append(tasks[item.key].pk)
    finish = project.forecast_finish_date
    assert finish is not None
    return CreatedProject(
        project.pk, project.number, project.name, {key: task.pk for key, task in tasks.items()},
        {key: tuple(ids) for key, ids in by_promise.items()},
        sum(1 for item in items if item.kind == "task"), sum(1 for item in items if item.is_moment),
        link_count, finish, {task.pk: task.finish_date for task in tasks.values() if task.finish_date},
    )
