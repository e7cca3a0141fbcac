"""What belongs to a task besides its place in the plan: its checklist, labels, people and met criteria."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from wonward.domains.delivery import events
from wonward.domains.delivery.models import (
    ChecklistItem,
    Label,
    MetCriterion,
    ProjectMember,
    Task,
    TaskHelper,
    TaskLabel,
)
from wonward.domains.delivery.operations.locking import hold_project, hold_task
from wonward.domains.delivery.types import HELPER_PARTS
from wonward.domains.staff.queries import person_exists
from wonward.foundation.audit.operations import Change, record_change, record_changes
from wonward.foundation.events.operations import publish
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.text import says_nothing
from wonward.kernel.wording import worded

MOST_LINES = 200
TONES = 7


@transaction.atomic
def add_checks(*, actor: Actor, task_id: int, texts: Sequence[str], now: datetime) -> list[int]:
    """Put lines at the end of a checklist; empty ones are left out. Returns their ids."""
    task = hold_task(actor, task_id)
    lines = [" ".join(text.split()) for text in texts]
    lines = [line for line in lines if not says_nothing(line)]
    if not lines:
        raise Refused.field("text", "Write what is to be ticked off.", "required")
    if any(len(line) > 300 for line in lines):
        raise Refused.field("text", "A line of a checklist has at most 300 characters.", "range")
    if ChecklistItem.objects.filter(task=task).count() + len(lines) > MOST_LINES:
        raise Refused.field("text", worded("A checklist has at most {most_lines} lines.", most_lines=MOST_LINES), "range")
    last = ChecklistItem.objects.filter(task=task).aggregate(last=Max("position"))["last"]
    first = 0 if last is None else last + 1
    rows = [ChecklistItem(task=task, position=first + place, text=line) for place, line in enumerate(lines)]
    ChecklistItem.objects.bulk_create(rows)
    _tell(actor, task, "delivery.task.check_add", {"checklist": [None, lines[:20]]}, now)
    return [row.pk for row in rows]


@transaction.atomic
def tick_check(*, actor: Actor, task_id: int, check_id: int, is_done: bool, now: datetime) -> None:
    """Tick a line of a checklist off, or take the tick back."""
    task = hold_task(actor, task_id)
    line = ChecklistItem.objects.filter(pk=check_id, task=task).first()
    if line is None:
        raise NotFound("line of the checklist", check_id)
    if line.is_done == is_done:
        return
    line.is_done = is_done
    line.done_by_label, line.done_at = (actor.label[:160], now) if is_done else ("", None)
    line.save(update_fields=["is_done", "done_by_label", "done_at"])
    _tell(actor, task, "delivery.task.check_tick", {line.text[:60]: [not is_done, is_done]}, now)


@transaction.atomic
def remove_check(*, actor: Actor, task_id: int, check_id: int, now: datetime) -> str:
    """Take a line off a checklist; its words."""
    task = hold_task(actor, task_id)
    line = ChecklistItem.objects.filter(pk=check_id, task=task).first()
    if line is None:
        raise NotFound("line of the checklist", check_id)
    text = line.text
    line.delete()
    _tell(actor, task, "delivery.task.check_remove", {"checklist": [text, None]}, now)
    return text


@transaction.atomic
def label_tasks(
    *, actor: Actor, project_id: int, task_ids: Collection[int], add: Sequence[str] = (), remove: Sequence[str] = (), now: datetime
) -> dict[str, list[int]]:
    """Put labels by name on tasks of one project and take others off; a name nobody used yet is added.

    Returns what really changed, as `{"added:Name": [task ids], "removed:Name": [task ids]}`, enough to put it back.
    """
    project = hold_project(actor, project_id)
    wanted = set(task_ids)
    if set(Task.objects.filter(project=project, pk__in=wanted).values_list("pk", flat=True)) != wanted:
        raise NotFound("task", ", ".join(map(str, sorted(wanted))))
    done: dict[str, list[int]] = {}
    for name, label_id in _labels(add, now).items():
        there = set(TaskLabel.objects.filter(label_id=label_id, task_id__in=wanted).values_list("task_id", flat=True))
        fresh = sorted(wanted - there)
        TaskLabel.objects.bulk_create([TaskLabel(label_id=label_id, task_id=key) for key in fresh])
        if fresh:
            done[f"added:{name}"] = fresh
    for name in remove:
        on = TaskLabel.objects.filter(label__key=_key(name), task_id__in=wanted)
        gone = sorted(on.values_list("task_id", flat=True))
        on.delete()
        if gone:
            done[f"removed:{name}"] = gone
    if done:
        touched = {key for keys in done.values() for key in keys}
        record_changes(
            actor=actor, operation="delivery.task.label", now=now,
            changes=[Change(Ref("delivery.task", key), {"labels": [None, [words for words, keys in done.items() if key in keys]]})
                     for key in sorted(touched)],
        )
        publish(
            events.TaskDetailsChanged(project_id=project.pk, company_id=project.company_id, task_id=min(touched)), actor=actor, now=now
        )
    return done


def _labels(names: Sequence[str], now: datetime) -> dict[str, int]:
    """The id of every named label in the words first used for it."""
    found: dict[str, int] = {}
    for name in dict.fromkeys(" ".join(name.split()) for name in names):
        if not 0 < len(name) <= 40:
            raise Refused.field("label", "A label has 1 to 40 characters.", "range")
        label, _ = Label.objects.get_or_create(
            key=_key(name), defaults={"name": name, "tone": sum(name.encode()) % TONES, "created_at": now}
        )
        found[label.name] = label.pk
    return found


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()[:40]


@transaction.atomic
def put_helper(*, actor: Actor, task_id: int, person_id: int, part: str = "helps", now: datetime) -> None:
    """Put somebody on a task beside its assignee, or change what they do there. They come onto the project with it."""
    task = hold_task(actor, task_id)
    if part not in HELPER_PARTS:
        raise Refused.field("part", worded("“{part}” is not a part; choose {helper_parts}.", part=part, helper_parts=", ".join(HELPER_PARTS)), "unknown")
    if not person_exists(person_id):
        raise Refused.field("person_id", worded("There is no colleague {person_id}.", person_id=person_id), "unknown")
    if task.assignee_id == person_id:
        raise Refused.field("person_id", "They are responsible for it already.", "duplicate")
    helper, is_new = TaskHelper.objects.update_or_create(task=task, person_id=person_id, defaults={"part": part})
    ProjectMember.objects.get_or_create(project_id=task.project_id, person_id=person_id, defaults={"added_at": now})
    _tell(actor, task, "delivery.task.helper_put", {"helper": [None, [helper.person_id, part]]}, now)
    if is_new:
        publish(
            events.TasksAssigned(
                project_id=task.project_id, company_id=task.project.company_id, task_ids=[task.pk], person_ids=[person_id]
            ),
            actor=actor, now=now,
        )


@transaction.atomic
def remove_helper(*, actor: Actor, task_id: int, person_id: int, now: datetime) -> None:
    """Take somebody off a task; they stay on the project."""
    task = hold_task(actor, task_id)
    count, _ = TaskHelper.objects.filter(task=task, person_id=person_id).delete()
    if not count:
        raise NotFound("helper", person_id)
    _tell(actor, task, "delivery.task.helper_remove", {"helper": [person_id, None]}, now)


@transaction.atomic
def meet_criterion(*, actor: Actor, task_id: int, text: str, is_met: bool, now: datetime) -> None:
    """Say that an acceptance criterion of a deliverable is met, or take that back."""
    task = hold_task(actor, task_id)
    if text not in task.acceptance_criteria:
        raise NotFound("criterion", text[:80])
    known = MetCriterion.objects.filter(task=task, text=text)
    if is_met == known.exists():
        return
    if is_met:
        MetCriterion.objects.create(task=task, text=text, met_by_label=actor.label[:160], met_at=now)
    else:
        known.delete()
    _tell(actor, task, "delivery.task.criterion_meet", {text[:60]: [not is_met, is_met]}, now)


def _tell(actor: Actor, task: Task, operation: str, changes: dict[str, list[Any]], now: datetime) -> None:
    record_change(actor=actor, operation=operation, ref=Ref("delivery.task", task.pk), changes=changes, now=now)
    publish(
        events.TaskDetailsChanged(project_id=task.project_id, company_id=task.project.company_id, task_id=task.pk), actor=actor, now=now
    )
