"""Creating a project from blueprint items: rows in bulk, dates from the engine, a first baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

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
)
from wonward.domains.delivery.planning.network import Network, computed_values, finish_date_of, solve
from wonward.domains.delivery.types import CreatedProject, NewProject
from wonward.domains.staff.operations import ensure_roles
from wonward.domains.staff.queries import get_default_calendar
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.foundation.organisation.operations import take_numbers
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref

MINUTES_PER_DAY = 480


@transaction.atomic
def create_project(*, actor: Actor, new: NewProject, now: datetime) -> CreatedProject:
    """Create a dated project with tasks, dependencies, checklists and its first plan baseline.

    No permission of its own: whoever may open the door above (a win, an import) has been checked there.
    """
    calendar_id, calendar = get_default_calendar()
    roles = ensure_roles(names={item.role for item in new.items if item.role}, now=now)
    project = Project.objects.create(
        number=take_numbers(noun="delivery.project", count=1)[0], name=new.name.strip()[:200], company_id=new.company_id,
        manager_id=new.manager_id, calendar_id=calendar_id, status=new.status, start_date=new.start_date,
        promised_finish_date=new.promised_finish_date, is_restricted=new.is_restricted,
        external_source=new.external_source, external_id=new.external_id, created_at=now, updated_at=now,
    )
    tasks, links = _dated_rows(project, new.items, roles, calendar, now)
    Dependency.objects.bulk_create(links, batch_size=1000)
    ChecklistItem.objects.bulk_create(
        [
            ChecklistItem(task=tasks[item.key], position=place, text=text[:300])
            for item in new.items
            for place, text in enumerate(item.checklist)
        ],
        batch_size=1000,
    )
    project.forecast_finish_date = finish_date_of(list(tasks.values())) or new.start_date
    project.save(update_fields=["forecast_finish_date"])
    people = dict.fromkeys(key for key in (new.manager_id, *new.member_ids) if key)
    ProjectMember.objects.bulk_create(ProjectMember(project=project, person_id=key, added_at=now) for key in people)
    take_baseline(project, list(tasks.values()), name="As sold", now=now)
    record_change(
        actor=actor, operation="delivery.project.create", ref=Ref("delivery.project", project.pk),
        changes={"name": [None, project.name], "tasks": [0, len(tasks)]}, now=now,
    )
    publish(events.ProjectCreated(project_id=project.pk, company_id=project.company_id), actor=actor, now=now)
    return _created(project, new.items, tasks, len(links))


def _dated_rows(
    project: Project, items: Sequence[BlueprintItem], roles: Mapping[str, int], calendar: object, now: datetime
) -> tuple[dict[str, Task], list[Dependency]]:
    """Insert the tasks with their dates. Ids are needed before links exist, so dates are solved by key first."""
    draft = {
        item.key: Task(
            project=project, key=item.key[:80], kind=item.kind, name=item.name[:300], position=place,
            duration_minutes=item.duration_minutes, effort_minutes=item.effort_minutes,
            role_id=roles.get(item.role.casefold()), promise_key=item.promise_key[:80], created_at=now, updated_at=now,
        )
        for place, item in enumerate(items)
    }
    _date_by_place(project, items, draft, calendar)
    waiting = {item.key: item.parent for item in items}
    placed: set[str] = set()
    while waiting:
        level = [key for key, parent in waiting.items() if parent is None or parent in placed]
        for key in level:
            parent = waiting.pop(key)
            draft[key].parent = draft[parent] if parent is not None else None
        Task.objects.bulk_create([draft[key] for key in level], batch_size=1000)
        placed.update(level)
    links = [
        Dependency(
            project=project, predecessor=draft[wait.key], successor=draft[item.key], type=wait.type, lag_minutes=wait.lag_minutes
        )
        for item in items
        for wait in {wait.key: wait for wait in item.after}.values()
    ]
    return draft, links


def _date_by_place(
    project: Project, items: Sequence[BlueprintItem], draft: Mapping[str, Task], calendar: object
) -> None:
    """Solve with temporary ids (the place in the list), then forget them."""
    place = {item.key: number for number, item in enumerate(items, start=1)}
    for item in items:
        draft[item.key].pk = place[item.key]
        draft[item.key].parent_id = place[item.parent] if item.parent else None
    links = [
        Dependency(
            predecessor_id=place[wait.key], successor_id=place[item.key], type=wait.type, lag_minutes=wait.lag_minutes
        )
        for item in items
        for wait in item.after
    ]
    schedule = solve(Network(project.start_date, calendar, list(draft.values()), links))  # type: ignore[arg-type]
    for item in items:
        task = draft[item.key]
        for name, value in computed_values(schedule.timings[place[item.key]]).items():
            setattr(task, name, value)
    for task in draft.values():
        task.pk, task.parent_id = None, None


def take_baseline(project: Project, tasks: Sequence[Task], *, name: str, now: datetime) -> PlanBaseline:
    """Freeze the dates of every task under the next number."""
    last = PlanBaseline.objects.filter(project=project).order_by("-number").values_list("number", flat=True).first()
    return PlanBaseline.objects.create(
        project=project, number=(last or 0) + 1, name=name, finish_date=finish_date_of(tasks),
        dates={
            str(task.pk): [task.start_date.isoformat(), task.finish_date.isoformat()]
            for task in tasks
            if task.start_date and task.finish_date
        },
        created_at=now,
    )


def _created(
    project: Project, items: Sequence[BlueprintItem], tasks: Mapping[str, Task], link_count: int
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
        sum(1 for item in items if item.kind == "task"), sum(1 for item in items if item.kind == "milestone"),
        link_count, finish,
    )
