"""Tasks of another program's plan, put into a network with everything that was entered there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from wonward.domains.catalog.types import ITEM_KINDS, MOMENTS
from wonward.domains.delivery.models import Dependency, Project, Task
from wonward.domains.delivery.planning.applied import AppliedEdits
from wonward.domains.delivery.planning.network import Network, solve
from wonward.domains.delivery.planning.own_facts import set_own_facts
from wonward.domains.delivery.rules.by_hand import days_of_work, minutes_between
from wonward.domains.delivery.rules.entries import task_errors
from wonward.domains.delivery.types import TakenTasks
from wonward.domains.delivery.types.exchange import OwnFacts, ReadPlan, TakenTask
from wonward.domains.staff.queries import find_people_by_name, get_role_ids
from wonward.kernel.errors import FieldError, Refused
from wonward.kernel.wording import worded
from wonward.kernel.work_calendar import WorkCalendar

MOST_TASKS = 10_000
_NO_FACTS = OwnFacts()
_CHECKED = ("name", "duration_minutes", "effort_minutes", "percent_complete", "status", "priority", "deadline_date", "actual_start_date",
            "actual_finish_date")


def take_over(project: Project, network: Network, edit: TakenTasks, result: AppliedEdits, now: datetime) -> None:
    """Add the tasks behind what is there. People and roles are found by name; a role nobody has yet is added."""
    if len(network.tasks) + len(edit.tasks) > MOST_TASKS:
        raise Refused.field("file", worded("A plan holds at most {most_tasks} tasks; this would make {count}.", most_tasks=MOST_TASKS, count=len(network.tasks) + len(edit.tasks)), "too_many")
    if errors := _errors(edit):
        raise Refused(errors[0].words, errors[:20])
    people = find_people_by_name({task.person_name for task in edit.tasks if task.person_name})
    roles = get_role_ids({task.role for task in edit.tasks if task.role})
    first = -1 - len(result.added)
    place = max((task.position for task in network.tasks), default=-1) + 1
    for offset, taken in enumerate(edit.tasks):
        task = _task(network, project, taken, first - offset, first, place + offset, people, now)
        if taken.role:
            task.role_id = roles.get(taken.role.strip().casefold())
            if task.role_id is None:
                result.new_roles[task.pk] = taken.role.strip()[:120]
        if taken.own_facts != _NO_FACTS:
            set_own_facts(task, taken.own_facts)
            result.taken.append((task, taken.own_facts))
        network.tasks.append(task)
        result.added.append(task)
    for link in edit.links:
        row = Dependency(
            project=project, predecessor_id=first - link.from_place, successor_id=first - link.to_place, type=link.type,
            lag_minutes=link.lag_minutes, lag_unit=link.lag_unit,
        )
        network.links.append(row)
        result.added_links.append(row)
    if edit.status_date is not None:
        result.status_was.append(project.status_date)
        project.status_date = network.status_date = edit.status_date
    result.is_taken_over = True


def _errors(edit: TakenTasks) -> list[FieldError]:
    errors: list[FieldError] = []
    for place, task in enumerate(edit.tasks):
        values: Mapping[str, Any] = {name: getattr(task, name) for name in _CHECKED} | {"start_date": task.constraint_date}
        errors += [FieldError("file", worded("“{name}”: {message}", name=task.name[:80], message=error.words), error.code) for error in task_errors(values, label=f"“{task.name[:80]}”")]
        if task.kind not in ITEM_KINDS or (task.parent is not None and not 0 <= task.parent < place):
            errors.append(FieldError("file", worded("“{name}” lies in nothing that comes before it.", name=task.name[:80]), "outline"))
        if len(errors) > 20:
            break
    return errors


def _task(
    network: Network, project: Project, taken: TakenTask, key: int, first: int, position: int, people: Mapping[str, int], now: datetime
) -> Task:
    values = {one.name: getattr(taken, one.name) for one in fields(taken)}
    if taken.manual_start_date and taken.manual_finish_date:
        first_day, last = taken.manual_start_date, taken.manual_finish_date
        values |= {"is_manual": True, "manual_start_date": last if taken.kind in MOMENTS else first_day}
        values["duration_minutes"] = taken.duration_minutes if taken.kind in MOMENTS else minutes_between(first_day, last, network.calendar)
    for name in ("parent", "person_name", "role", "own_facts"):
        del values[name]
    return Task(
        pk=key, project=project, key="", parent_id=None if taken.parent is None else first - taken.parent, position=position,
        assignee_id=people.get(taken.person_name), created_at=now, updated_at=now, **{**values, "name": taken.name.strip()[:300]},
    )


def find_moved_by_taking(plan: ReadPlan, *, start_date: date, calendar: WorkCalendar, now: datetime) -> list[tuple[int, date, date]]:
    """What would lie on other days here than in the file: place in the list, the day it ends there, the day it would end here.

    A task that ends on its day but begins on another is told by those days instead. Nothing is written.
    """
    if not any(plan.dates):
        return []
    project, result = Project(start_date=start_date), AppliedEdits()
    network = Network(start_date, calendar, [])
    take_over(project, network, TakenTasks(plan.tasks, plan.links, plan.facts.status_date), result, now)
    timings, parents = solve(network).timings, {task.parent_id for task in network.tasks}
    waiting = {link.to_place for link in plan.outside_links}
    moved = []
    for place, (task, told) in enumerate(zip(network.tasks, plan.dates, strict=True)):
        if told is None or task.pk in parents or place in waiting:
            continue
        here = days_of_work(timings[task.pk].start_at, timings[task.pk].finish_at, calendar) or told
        if here[1] != told[1]:
            moved.append((place, told[1], here[1]))
        elif task.kind not in MOMENTS and here[0] != told[0]:
            moved.append((place, told[0], here[0]))
    return moved
