"""Applying entered edits to a network in memory, with every check that names its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from wonward.domains.catalog.types import ITEM_KINDS, MOMENTS
from wonward.domains.delivery.models import Project, Task
from wonward.domains.delivery.planning.applied import AppliedEdits, set_columns
from wonward.domains.delivery.planning.by_hand import moved_by_hand, settle_by_hand
from wonward.domains.delivery.planning.gates import check_gates
from wonward.domains.delivery.planning.linking import add_link, change_link, find_task, remove_link
from wonward.domains.delivery.planning.network import Network
from wonward.domains.delivery.planning.placing import place_task
from wonward.domains.delivery.planning.progress import settle_progress
from wonward.domains.delivery.planning.repeating import check_repeat, repeat_task
from wonward.domains.delivery.planning.resuming import resume_work
from wonward.domains.delivery.planning.sections import add_sections
from wonward.domains.delivery.planning.starting import move_start
from wonward.domains.delivery.planning.taking_over import take_over
from wonward.domains.delivery.rules.entries import UNDATED, held_words, task_errors
from wonward.domains.delivery.types import (
    ChangedDependency,
    MovedStart,
    MovedTasks,
    NewDependency,
    NewSections,
    NewTask,
    PlacedTask,
    PlanEdit,
    RemovedDependency,
    RemovedTask,
    RestoredTask,
    ResumedWork,
    TakenTasks,
    TaskChange,
)
from wonward.domains.staff.queries import get_role_ids, person_exists
from wonward.kernel.actor import Actor
from wonward.kernel.errors import FieldError, Refused, Stale
from wonward.kernel.text import says_nothing
from wonward.kernel.wording import worded
from wonward.kernel.work_calendar import CalendarNeverWorks

FARTHEST_DAYS = 2000
SHORTEST_MINUTES = 240


def apply_edits(
    *, actor: Actor, project: Project, network: Network, edits: Sequence[PlanEdit], today: date, now: datetime
) -> AppliedEdits:
    """Apply edits in order. An id outside the project looks missing."""
    result = AppliedEdits()
    for edit in edits:
        match edit:
            case TakenTasks():
                take_over(project, network, edit, result, now)
            case NewSections():
                add_sections(project, network, edit, result, now)
            case TaskChange():
                _change_task(project, network, edit, result, today, now)
            case NewTask():
                _add_task(actor, project, network, edit, result, now)
            case NewDependency():
                add_link(actor, project, network, edit, result, now)
            case ChangedDependency():
                change_link(network, edit, result)
            case RemovedTask():
                _remove_task(network, edit, result)
            case RemovedDependency():
                remove_link(network, edit, result)
            case MovedTasks():
                _move_tasks(network, edit, result)
            case PlacedTask():
                place_task(network, edit, result)
            case ResumedWork():
                resume_work(project, network, edit, today, result)
            case MovedStart():
                move_start(project, network, edit, result)
            case RestoredTask():
                set_columns(find_task(network, edit.task_id), edit.columns, result)
    check_gates(network, result)
    return result


def _change_task(
    project: Project, network: Network, edit: TaskChange, result: AppliedEdits, today: date, now: datetime
) -> None:
    task = find_task(network, edit.task_id)
    if edit.version is not None and edit.version != task.version:
        raise Stale(
            worded("“{name}” was changed by somebody else in the meantime.", name=task.name),
            current={name: _current(task, name) for name in edit.fields}, yours=edit.fields,
        )
    result.asked_ids[task.pk] = None
    if errors := task_errors(edit.fields, label=f"“{task.name}”"):
        raise Refused(errors[0].words, errors)
    values = dict(edit.fields)
    settle_by_hand(network, task, values)
    if "constraint" in values:
        kind, day = values.pop("constraint")
        values["constraint"], values["constraint_date"] = kind, None if kind in UNDATED else day
    if "start_date" in values:
        day = values.pop("start_date")
        values["constraint_date"], values["constraint"] = day, "SNET" if day else "ASAP"
    if "role" in values:
        values["role_id"] = _role_id(str(values.pop("role") or ""), task, result)
    if values.get("assignee_id") is not None and not person_exists(values["assignee_id"]):
        raise Refused.field("assignee_id", worded("There is no colleague {assignee_id}.", assignee_id=values["assignee_id"]), "unknown")
    if "acceptance_criteria" in values:
        values["acceptance_criteria"] = list(values["acceptance_criteria"])
    if "promise_key" in values:
        values["promise_key"] = values["promise_key"].strip()
    if "blocked_reason" in values:
        values["blocked_reason"] = "" if says_nothing(values["blocked_reason"]) else " ".join(values["blocked_reason"].split())
        values["blocked_date"] = (task.blocked_date or today) if values["blocked_reason"] else None
    if values.get("status") == "done" or values.get("percent_complete") == 100:
        values |= {"blocked_reason": "", "blocked_date": None}
    check_repeat(task, values, today)
    settle_progress(network, task, values, today)
    was_done = task.status == "done"
    set_columns(task, values, result)
    if task.status == "done" and not was_done:
        repeat_task(project, network, task, result, today, now)


def _move_tasks(network: Network, edit: MovedTasks, result: AppliedEdits) -> None:
    if abs(edit.days) > FARTHEST_DAYS:
        raise Refused.field("days", worded("A task moves by at most {farthest_days} working days at once.", farthest_days=FARTHEST_DAYS), "range")
    tasks = [find_task(network, task_id) for task_id in dict.fromkeys(edit.task_ids)]
    for task in tasks:
        seen = edit.seen_starts.get(task.pk)
        if seen is not None and seen != task.start_date:
            raise Stale(
                worded("“{name}” was moved in the meantime: it now starts on {start_date}. Nothing of yours was saved.", name=task.name, start_date=task.start_date),
                current={"start_date": task.start_date}, yours={"start_date": seen},
            )
        length = edit.seen_minutes.get(task.pk)
        if edit.longer_minutes and length is not None and length != task.duration_minutes:
            raise Stale(
                worded("“{name}” was given another length in the meantime: it now takes {days} working days. Nothing of yours was saved.", name=task.name, days=f"{task.duration_minutes / 480:g}"),
                current={"duration_minutes": task.duration_minutes}, yours={"duration_minutes": length},
            )
        result.asked_ids[task.pk] = None
    heads = _heads(network, {task.pk for task in tasks}, result)
    for task in heads:
        _move_one(network, task, edit, result)


def _move_one(network: Network, task: Task, edit: MovedTasks, result: AppliedEdits) -> None:
    values: dict[str, Any] = {}
    if edit.longer_minutes and task.kind != "task":
        raise Refused.field("duration_days", worded("“{name}” has no length of its own.", name=task.name), "moment")
    if task.is_manual:
        values = moved_by_hand(network, task, edit.days, _stretched(task, edit))
    elif edit.days:
        # What must start or finish on a day, or no earlier, goes on doing so, as much later.
        is_kept = task.constraint in ("MSO", "MFO", "FNET") and task.constraint_date is not None
        held = task.constraint_date if is_kept else task.start_date or network.start_date
        assert held
        try:
            day = network.calendar.add_working_days(held, edit.days)
        except CalendarNeverWorks:
            raise Refused.field("days", worded("“{name}” cannot move that far.", name=task.name), "range") from None
        values = {"constraint": task.constraint if is_kept else "SNET", "constraint_date": day}
        if not is_kept and task.constraint not in ("ASAP", "SNET"):
            result.replaced[task.pk] = held_words(task.constraint, task.constraint_date)
    if edit.longer_minutes and not task.is_manual:
        values["duration_minutes"] = _stretched(task, edit)
    checked = {name: value for name, value in values.items() if name == "duration_minutes"}
    if "constraint_date" in values:
        checked["start_date"] = values["constraint_date"]
    if "manual_start_date" in values:
        checked["manual"] = (values["manual_start_date"], values["manual_finish_date"])
    if errors := task_errors(checked, label=f"“{task.name}”"):
        raise Refused(errors[0].words, errors)
    set_columns(task, values, result)


def _stretched(task: Task, edit: MovedTasks) -> int:
    return max(min(task.duration_minutes, SHORTEST_MINUTES), task.duration_minutes + edit.longer_minutes)


def _heads(network: Network, chosen: set[int], result: AppliedEdits) -> list[Task]:
    """The chosen tasks; for a phase those in it that wait for nothing in it. What lies in a phase counts as asked for."""
    children: dict[int, list[Task]] = {}
    for task in network.tasks:
        if task.parent_id is not None:
            children.setdefault(task.parent_id, []).append(task)
    heads: dict[int, Task] = {}
    for task in network.tasks:
        if task.pk in chosen and task.pk not in children:
            heads[task.pk] = task
        elif task.pk in chosen:
            inside = _leaves_in(task, children)
            result.asked_ids.update(dict.fromkeys(inside))
            waiting = {link.successor_id for link in network.links if link.predecessor_id in inside}
            heads |= {key: leaf for key, leaf in inside.items() if key not in waiting and leaf.status == "todo"}
    return list(heads.values())


def _leaves_in(phase: Task, children: Mapping[int, list[Task]]) -> dict[int, Task]:
    leaves: dict[int, Task] = {}
    waiting = [phase]
    while waiting:
        task = waiting.pop()
        if task.pk in children:
            waiting.extend(children[task.pk])
        else:
            leaves[task.pk] = task
    return leaves


def _role_id(name: str, task: Task, result: AppliedEdits) -> int | None:
    """The role of this name; one that is not known yet is added when the change is written, not before."""
    result.new_roles.pop(task.pk, None)
    if not name.strip():
        return None
    known = get_role_ids([name]).get(name.strip().casefold())
    if known is None:
        result.new_roles[task.pk] = name.strip()
    return known


def _current(task: Task, name: str) -> Any:
    return task.constraint_date if name == "start_date" else getattr(task, name, None)


def _add_task(actor: Actor, project: Project, network: Network, edit: NewTask, result: AppliedEdits, now: datetime) -> None:
    errors = task_errors(
        {"name": edit.name, "duration_minutes": edit.duration_minutes, "effort_minutes": edit.effort_minutes,
         "start_date": edit.start_date, "promise_key": edit.promise_key}, label=f"“{edit.name}”",
    )
    if edit.kind not in ITEM_KINDS:
        errors.append(FieldError("kind", worded("“{kind}” is not a kind; choose {kinds} or {last}.", kind=edit.kind, kinds=", ".join(ITEM_KINDS[:-1]), last=ITEM_KINDS[-1]), "unknown"))
    parent = None
    if edit.parent_id is not None:
        parent = find_task(network, edit.parent_id)
        if parent.kind in MOMENTS:
            errors.append(FieldError("parent_id", worded("“{name}” is {value} and holds no tasks.", name=parent.name, value=worded("an approval") if parent.kind == "approval" else worded("a milestone"))))
    if edit.assignee_id is not None and not person_exists(edit.assignee_id):
        errors.append(FieldError("assignee_id", worded("There is no colleague {assignee_id}.", assignee_id=edit.assignee_id), "unknown"))
    if errors:
        raise Refused(errors[0].words, errors)
    task = Task(
        pk=-1 - len(result.added), project=project, key="", kind=edit.kind, name=edit.name.strip()[:300],
        parent_id=edit.parent_id, position=_place_after(network, parent), duration_minutes=edit.duration_minutes,
        effort_minutes=edit.effort_minutes, assignee_id=edit.assignee_id, promise_key=edit.promise_key.strip(),
        constraint="SNET" if edit.start_date else "ASAP", constraint_date=edit.start_date, created_at=now, updated_at=now,
    )
    task.role_id = _role_id(edit.role, task, result)
    network.tasks.append(task)
    result.added.append(task)
    for key in edit.after_ids:
        add_link(actor, project, network, NewDependency(key, task.pk), result, now)
    if edit.behind_id is not None:
        place_task(network, PlacedTask(task.pk, edit.parent_id, edit.behind_id), result)


def _place_after(network: Network, parent: Task | None) -> int:
    """Below the last sibling; equal positions are kept in order of creation."""
    siblings = [task.position for task in network.tasks if task.parent_id == (parent.pk if parent else None)]
    return max(siblings, default=parent.position if parent else 0)


def _remove_task(network: Network, edit: RemovedTask, result: AppliedEdits) -> None:
    if edit.task_id in result.removed_task_ids:
        return
    task = find_task(network, edit.task_id)
    if edit.version is not None and edit.version != task.version:
        raise Stale(
            worded("“{name}” was changed by somebody else in the meantime.", name=task.name),
            current={"version": task.version}, yours={"version": edit.version},
        )
    gone = {edit.task_id}
    while inside := {task.pk for task in network.tasks if task.parent_id in gone} - gone:
        gone |= inside
    result.removed_task_ids |= gone
    result.removed_links.extend(
        link for link in network.links if link.pk and (link.predecessor_id in gone or link.successor_id in gone)
    )
    network.tasks = [task for task in network.tasks if task.pk not in gone]
    network.links = [link for link in network.links if link.predecessor_id not in gone and link.successor_id not in gone]
    network.outside = [wait for wait in network.outside if wait.link.successor_id not in gone]
    if not network.tasks and not edit.may_empty:
        raise Refused.field("task_id", "A plan keeps at least one task.")
