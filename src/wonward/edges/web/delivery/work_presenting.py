"""Work as cards, rows and days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from wonward.domains.delivery.types import LabelRow, TaskRow
from wonward.edges.web.delivery.plan_presenting import days_words, hours_words
from wonward.edges.web.delivery.presenting import face
from wonward.edges.web.delivery.task_presenting import priority_view, status_words
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_form, date_short, date_words

LANES = 5
KIND_ICONS = {"phase": "layers", "milestone": "milestone", "approval": "badge-check", "task": "circle"}


def is_late(task: TaskRow, today: date) -> bool:
    """Whether it should have been done before today."""
    due = min(filter(None, (task.finish_date, task.deadline_date)), default=None)
    return task.status != "done" and due is not None and due < today


def card_view(
    task: TaskRow, column: str, labels: Sequence[LabelRow], checks: tuple[int, int] | None, today: date, by: str
) -> dict[str, Any]:
    """A card of the board."""
    return {
        "id": task.id, "name": task.name, "version": task.version, "column": column, "href": address_of("task", task_id=task.id),
        "who": face(task.assignee_name, task.assignee_id), "labels": labels, "priority": priority_view(task), "is_priority_set": bool(task.set_priority),
        "checks": _("%(done)s/%(total)s") % {"done": checks[0], "total": checks[1]} if checks else "",
        "finish": date_short(task.finish_date), "is_late": is_late(task, today), "is_done": task.status == "done",
        "blocked": task.blocked_reason, "icon": KIND_ICONS[task.kind] if task.kind != "task" else "",
        "kind": {"milestone": _("Milestone"), "approval": _("Approval")}.get(task.kind, ""),
        "state": "" if by == "status" else status_words(task.status),
    }


def row_view(task: TaskRow, level: int, *, is_parent: bool, labels: Sequence[LabelRow], today: date) -> dict[str, Any]:
    """A row of the list."""
    return {
        "task": task, "id": task.id, "name": task.name, "level": level, "indent": min(level, 8), "is_parent": is_parent, "icon": KIND_ICONS[task.kind],
        "href": address_of("task", task_id=task.id), "who": face(task.assignee_name, task.assignee_id), "labels": labels,
        "state": "–" if is_parent else status_words(task.status), "start": date_short(task.start_date), "finish": date_short(task.finish_date),
        "days": "" if task.is_moment or is_parent else days_words(task.duration_minutes), "is_late": not is_parent and is_late(task, today),
        "hours": hours_words(task.effort_minutes), "priority": priority_view(task), "is_done": task.status == "done", "changed": date_short(task.updated_at.date()),
    }


def calendar_weeks(
    tasks: Sequence[TaskRow], first: date, last: date, today: date, month: int, working: Sequence[bool]
) -> list[dict[str, Any]]:
    """Weeks from the first day on, each with its days and up to LANES bars laid beside each other; what does not fit is counted."""
    weeks = []
    monday = first
    while monday <= last:
        sunday = monday + timedelta(days=6)
        bars, hidden = _lay(tasks, monday, sunday, today)
        weeks.append({
            "days": [
                {"day": day, "number": day.day, "words": date_words(day), "is_today": day == today, "is_out": day.month != month,
                 "is_off": not working[(day - first).days], "label": date_form(day, "d MMM") if day.day == 1 else str(day.day),
                 "hidden": hidden[(day - monday).days]}
                for day in (monday + timedelta(days=place) for place in range(7))
            ],
            "bars": bars, "lanes": max((bar["lane"] for bar in bars), default=0),
        })
        monday = sunday + timedelta(days=1)
    return weeks


def _lay(tasks: Sequence[TaskRow], monday: date, sunday: date, today: date) -> tuple[list[dict[str, Any]], list[int]]:
    free = [-1] * LANES
    bars, hidden = [], [0] * 7
    for task in tasks:
        start, finish = task.start_date, task.finish_date
        if start is None or finish is None or start > sunday or finish < monday:
            continue
        begin, end = max(0, (start - monday).days), min(6, (finish - monday).days)
        lane = next((place for place, taken in enumerate(free) if taken < begin), None)
        if lane is None:
            for place in range(begin, end + 1):
                hidden[place] += 1
            continue
        free[lane] = end
        bars.append({
            "name": task.name, "href": address_of("task", task_id=task.id), "column": begin + 1, "span": end - begin + 1, "lane": lane + 1,
            "icon": KIND_ICONS[task.kind] if task.is_moment else "", "goes_on": finish > sunday, "came": start < monday,
            "look": "done" if task.status == "done" else "blocked" if task.blocked_reason else "late" if is_late(task, today)
            else "moment" if task.is_moment else "task",
            "spoken": _("%(task)s, %(start)s to %(finish)s, %(state)s") % {
                "task": task.name, "start": date_short(start), "finish": date_short(finish), "state": status_words(task.status)},
        })
    return bars, hidden
