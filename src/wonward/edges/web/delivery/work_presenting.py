"""Work as cards, rows and days."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markupsafe import Markup

from wonward.domains.delivery.types import DayRow, LabelRow, TaskRow
from wonward.edges.web.delivery.plan_presenting import days_words, hours_words
from wonward.edges.web.delivery.presenting import face
from wonward.edges.web.delivery.task_presenting import priority_view, status_words
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import date_form, date_short, date_words
from wonward.edges.web.shell.render import macro_of

LANES = 5
CELLS = ("name", "status", "assignee_id", "start_date", "duration_days")
KIND_ICONS = {"phase": "layers", "milestone": "milestone", "approval": "badge-check", "task": "circle"}


def is_late(task: TaskRow | DayRow, today: date) -> bool:
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


@lru_cache(maxsize=2048)
def drawn_card(
    task: TaskRow, column: str, labels: tuple[LabelRow, ...], checks: tuple[int, int] | None, today: date, by: str, may_change: bool, language: str
) -> Markup:
    """A card as markup. Everything it shows is in its arguments, so one drawn once is right until its task or the day changes."""
    del language
    card: Markup = macro_of("delivery/parts/cards.html", "card")(card_view(task, column, labels, checks, today, by), may_change)
    return card


def row_view(task: TaskRow, level: int, *, is_parent: bool, labels: Sequence[LabelRow], today: date) -> dict[str, Any]:
    """A row of the list."""
    return {
        "task": task, "id": task.id, "name": task.name, "level": level, "indent": min(level, 8), "is_parent": is_parent, "icon": KIND_ICONS[task.kind],
        "href": address_of("task", task_id=task.id), "who": face(task.assignee_name, task.assignee_id), "labels": labels,
        "state": "–" if is_parent else status_words(task.status), "start": date_short(task.start_date), "finish": date_short(task.finish_date),
        "days": "" if task.is_moment or is_parent else days_words(task.duration_minutes), "is_late": not is_parent and is_late(task, today),
        "hours": hours_words(task.effort_minutes), "priority": priority_view(task), "is_done": task.status == "done", "changed": date_short(task.updated_at.date()),
    }


def row_cells(
    row: Mapping[str, Any], *, may_change: bool, fields: Collection[str] = CELLS
) -> dict[str, Markup]:
    """The values of a row that are edited where they stand, drawn."""
    task: TaskRow = row["task"]
    start = task.manual_start_date or task.constraint_date
    is_leaf = may_change and not row["is_parent"]
    values: dict[str, tuple[Any, str, bool]] = {
        "name": (task.name, task.name, may_change), "status": (task.status, row["state"], is_leaf),
        "assignee_id": (task.assignee_id or "", task.assignee_name or "–", is_leaf),
        "start_date": (start.isoformat() if start else "", row["start"] or "–", is_leaf and (task.is_manual or task.constraint in ("ASAP", "SNET"))),
        "duration_days": (row["days"], row["days"] or "–", may_change and row["days"] != ""),
    }
    language = get_language() or ""
    return {field: _drawn(field, task.id, task.version, *values[field], language) for field in fields}


@lru_cache(maxsize=2048)
def drawn_row(
    task: TaskRow, level: int, labels: tuple[LabelRow, ...], columns: tuple[tuple[str, bool], ...], facts: tuple[tuple[str, str], ...], unkept: str,
    today: date, is_parent: bool, may_change: bool, is_placed: bool, language: str,
) -> Markup:
    """A row of the list. Everything it shows is in its arguments, so one drawn once is right until its task or the day changes."""
    del language
    row = row_view(task, level, is_parent=is_parent, labels=labels, today=today)
    row["cells"] = row_cells(row, may_change=may_change)
    drawn: Markup = macro_of("delivery/parts/list_row.html", "row")(row, columns, dict(facts), unkept, may_change, is_placed)
    return drawn


@lru_cache(maxsize=8192)
def _drawn(
    field: str, task_id: int, version: int, value: Any, shown: str, may_edit: bool, language: str
) -> Markup:
    """Everything a value shows is in its arguments, so one drawn once is right until its task changes."""
    del language
    drawn: Markup = macro_of("delivery/parts/list_cells.html", "cell")(field, task_id, version, value, shown, may_edit)
    return drawn


def calendar_weeks(
    tasks: Sequence[DayRow], first: date, last: date, today: date, month: int, working: Sequence[bool]
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


def _lay(tasks: Sequence[DayRow], monday: date, sunday: date, today: date) -> tuple[list[dict[str, Any]], list[int]]:
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
