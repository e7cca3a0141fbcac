"""A project read as a template, and a template read as a dated plan that nobody has created yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from wonward.domains.catalog.types import MOMENTS, BlueprintItem
from wonward.domains.delivery.models import ChecklistItem, Dependency, Task, TaskEffort
from wonward.domains.delivery.queries.drafts import date_items
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.skills import find_asked_skills_in
from wonward.domains.staff.queries import get_default_calendar
from wonward.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One item of a plan that is only looked at. Dates are civil days; moments start and finish on the same one."""

    key: str
    kind: str
    name: str
    parent: str | None
    level: int
    start_date: date
    finish_date: date
    duration_minutes: int
    effort_minutes: int
    role: str
    is_critical: bool
    deadline_date: date | None


def preview_plan_dates(
    *, items: Sequence[BlueprintItem], start_date: date, promised_finish_date: date | None = None
) -> list[PreviewRow]:
    """The outline with the dates a project created today would have, on the calendar new projects use."""
    _, calendar = get_default_calendar()
    dated = date_items(items, start_date=start_date, promised_finish_date=promised_finish_date, calendar=calendar)
    children: dict[str | None, list[BlueprintItem]] = {}
    for item in items:
        children.setdefault(item.parent, []).append(item)
    rows: list[PreviewRow] = []
    stack = [(item, 0) for item in reversed(children.get(None, []))]
    while stack:
        item, level = stack.pop()
        timing = dated[item.key].timing
        rows.append(
            PreviewRow(
                item.key, item.kind, item.name, item.parent, level, timing.start_at.date(), timing.finish_at.date(),
                item.duration_minutes, item.effort_minutes, item.role, timing.is_critical, dated[item.key].deadline_date,
            )
        )
        stack.extend((child, level + 1) for child in reversed(children.get(item.key, [])))
    return rows


def get_project_items(*, actor: Actor, project_id: int) -> list[dict[str, Any]]:
    """A visible project as the items of a template: structure, lengths, waits, roles and promises, without its dates."""
    get_project(actor=actor, project_id=project_id)
    tasks = list(Task.objects.select_related("role").filter(project_id=project_id).order_by("position", "pk"))
    keys = _keys_of(tasks)
    waits: dict[int, list[dict[str, Any]]] = {}
    for link in Dependency.objects.filter(project_id=project_id).order_by("pk"):
        per_day = 1440 if link.lag_unit == "elapsed" else 480
        waits.setdefault(link.successor_id, []).append(
            {"key": keys[link.predecessor_id], "type": link.type, "lag_days": _number(link.lag_minutes / per_day), "lag_unit": link.lag_unit}
        )
    checks: dict[int, list[str]] = {}
    for check in ChecklistItem.objects.filter(task__project_id=project_id).order_by("position", "pk"):
        checks.setdefault(check.task_id, []).append(check.text)
    efforts: dict[int, list[dict[str, Any]]] = {}
    for part in TaskEffort.objects.select_related("role").filter(task__project_id=project_id).order_by("pk"):
        efforts.setdefault(part.task_id, []).append({"role": part.role.name, "minutes": part.minutes})
    skills = find_asked_skills_in([project_id])
    items = [_item_of(task, keys, waits.get(task.pk, []), checks.get(task.pk, []), efforts.get(task.pk, [])) for task in tasks]
    for task, item in zip(tasks, items, strict=True):
        if task.pk in skills:
            item["skills"] = [{"name": one.name, "level": one.level} for one in skills[task.pk]]
    return items


def _keys_of(tasks: Sequence[Task]) -> dict[int, str]:
    """A key of its own for every task; added tasks have none that a template could use."""
    taken: set[str] = set()
    keys: dict[int, str] = {}
    for task in tasks:
        key = task.key if task.key and len(task.key) <= 70 else f"task-{task.pk}"
        while key in taken:
            key = f"{key[:60]}-{task.pk}"
        taken.add(key)
        keys[task.pk] = key
    return keys


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else round(value, 4)


def _item_of(
    task: Task, keys: Mapping[int, str], waits: list[dict[str, Any]], checklist: list[str], efforts: list[dict[str, Any]]
) -> dict[str, Any]:
    item: dict[str, Any] = {"key": keys[task.pk], "kind": task.kind, "name": task.name}
    if task.parent_id is not None:
        item["parent"] = keys[task.parent_id]
    if task.kind not in (*MOMENTS, "phase"):
        item["duration_days"] = _number(task.duration_minutes / 480)
    shares = sum(part["minutes"] for part in efforts)
    if efforts and shares == task.effort_minutes:
        item["efforts"] = efforts
    elif task.effort_minutes:
        item["effort_minutes"] = task.effort_minutes
    if task.role is not None:
        item["role"] = task.role.name
    more = {"after": waits, "promise_key": task.promise_key, "checklist": checklist, "deliverable": task.is_deliverable,
            "acceptance": list(task.acceptance_criteria) if task.is_deliverable else []}
    return {**item, **{name: value for name, value in more.items() if value}}
