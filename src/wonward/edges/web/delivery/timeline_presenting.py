"""The plan as the timeline's script reads it: columns of numbers, and the words it cannot make itself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.domains.delivery.queries.by_hand import list_unkept_waits
from wonward.domains.delivery.queries.columns import (
    PlanColumns,
    day_number,
    get_link_columns,
    get_plan_columns,
)
from wonward.domains.delivery.queries.outside import list_outside_links
from wonward.domains.delivery.queries.projects import (
    find_baseline,
    find_latest_baseline,
    may_change_plan,
)
from wonward.domains.delivery.types import ProjectRow
from wonward.domains.staff.queries import get_calendar, get_person_names
from wonward.edges.web.delivery.outside_presenting import outside_marks
from wonward.edges.web.delivery.presenting import face
from wonward.edges.web.shell.pages import SignedInRequest
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.promises.operations import ChangedPlan
from wonward.journeys.promises.queries import find_reason_counts
from wonward.kernel.wording import heard

SHOWN_MOVES = 40


def timeline_document(request: SignedInRequest, row: ProjectRow, baseline_number: int | None) -> dict[str, Any]:
    """Everything the timeline draws; a fixed number of queries whatever its length."""
    actor = request.actor
    columns = get_plan_columns(project_id=row.id)
    baseline = (
        find_latest_baseline(project_id=row.id) if baseline_number is None
        else find_baseline(project_id=row.id, number=baseline_number)
    )
    frozen = baseline.dates if baseline else {}
    parents = {key: parent or None for key, parent in zip(columns.id, columns.parent, strict=True)}
    keeps = find_reason_counts(actor=actor, task_ids=columns.id, parents=parents)
    return {
        "plan_version": row.plan_version, "state": state_of(row),
        "may_change": may_change_plan(actor=actor, project_id=row.id, manager_id=row.manager_id),
        "marks": marks_of(request, row), "rows": columns, "links": get_link_columns(project_id=row.id),
        "people": people_of(columns), "keeps": sorted(keeps), "unkept": unkept_words(row) if any(columns.manual) else [],
        "outside": outside_marks(list_outside_links(actor=actor, project_id=row.id), row.id), "off": days_off(row.calendar_id, columns),
        "baseline": {
            "number": baseline.number if baseline else 0,
            "start": [day_number(frozen[key][0]) if key in frozen else 0 for key in columns.id],
            "finish": [day_number(frozen[key][1]) if key in frozen else 0 for key in columns.id],
        },
    }


def unkept_words(row: ProjectRow, task_ids: Collection[int] | None = None) -> list[tuple[int, str]]:
    """The tasks with dates set by hand that do not wait as they should, all or some, each with what is to be said of it."""
    said: dict[int, list[str]] = {}
    for wait in list_unkept_waits(project_id=row.id, calendar_id=row.calendar_id, task_ids=task_ids):
        said.setdefault(wait.to_id, []).append(heard(wait.words))
    return [(key, " ".join(words)) for key, words in said.items()]


def state_of(row: ProjectRow) -> str:
    """Changes whenever the timeline of a project may look different."""
    return f"{row.plan_version}.{row.version}"


def marks_of(request: SignedInRequest, row: ProjectRow) -> dict[str, int]:
    """The days that are lines over the whole timeline."""
    return {
        "today": day_number(civil_date(request.now, request.actor.time_zone)), "start": day_number(row.start_date),
        "promised": day_number(row.promised_finish_date), "forecast": day_number(row.forecast_finish_date),
    }


def people_of(columns: PlanColumns) -> list[tuple[int, str, str, int]]:
    """Whoever a task is given to: id, name, initials and tone."""
    found = get_person_names({key for key in columns.person if key})
    faces = [(key, face(name, key)) for key, name in found.items()]
    return [(key, one.name, one.initials, one.tone) for key, one in faces if one]


def days_off(calendar_id: int, columns: PlanColumns) -> dict[str, list[int]]:
    """ISO weekdays without work, and dated exceptions a year around the plan: days off, and days worked all the same."""
    calendar = get_calendar(calendar_id)
    first, last = min(columns.start, default=0) - 366, max(columns.finish, default=0) + 366
    dated = [(day_number(day), day, spans) for day, spans in sorted(calendar.exceptions.items())]
    return {
        "weekdays": [place for place, spans in enumerate(calendar.week, 1) if not spans],
        "days": [number for number, _day, spans in dated if not spans and first <= number <= last],
        "worked": [number for number, day, spans in dated if spans and not calendar.week[day.weekday()] and first <= number <= last],
    }


def changed_document(
    request: SignedInRequest, row: ProjectRow, changed: ChangedPlan, words: str, undo_url: str
) -> dict[str, Any]:
    """What a saved change made of the plan: the rows that look different now."""
    outcome = changed.outcome
    ids = {*outcome.changed_ids, *outcome.touched_ids, *outcome.asked_ids}
    columns = get_plan_columns(project_id=row.id, task_ids=ids)
    return {
        "outcome": "saved", "words": words, "plan_version": outcome.plan_version, "state": state_of(row), "marks": marks_of(request, row),
        "rows": columns, "people": people_of(columns), "links": get_link_columns(project_id=row.id), "unkept": unkept_words(row),
        "undo": {"url": undo_url, "plan_version": outcome.plan_version} if undo_url else None,
    }


def look_document(preview: ChangedPlan, html: str) -> dict[str, Any]:
    """What a change would move, for drawing it before anybody says yes, and the panel that asks."""
    moved = preview.outcome.moved
    return {
        "outcome": "look", "html": html,
        "moved": {
            "id": [one.id for one in moved], "start": [day_number(one.start_date) for one in moved],
            "finish": [day_number(one.finish_date) for one in moved],
        },
    }


def look_context(preview: ChangedPlan) -> dict[str, Any]:
    """The panel in words: how many tasks move with which, by how much and why, and what that breaks."""
    outcome = preview.outcome
    others = outcome.others
    names = [one.name for one in outcome.moved if one.id in outcome.asked_ids and not one.is_around]
    followed = [
        {"number": one.number, "name": one.name, "moves": [row for row in one.outcome.moved if not row.is_around][:SHOWN_MOVES] if one.outcome else [],
         "count": one.moved_count, "rest": max(0, one.moved_count - SHOWN_MOVES), "is_breaking": one.is_breaking}
        for one in preview.followed
    ]
    count = preview.also_moved
    title = ngettext("%(n)s more task moves", "%(n)s more tasks move", count) % {"n": count} if count else _("No other task moves")
    slip = outcome.finish_after is not None and outcome.finish_before is not None and (outcome.finish_after - outcome.finish_before).days
    finish = ""
    if slip:
        words = ngettext("%(n)s calendar day later", "%(n)s calendar days later", slip) if slip > 0 else ngettext(
            "%(n)s calendar day earlier", "%(n)s calendar days earlier", -slip)
        finish = words % {"n": abs(slip)}
    return {
        "title": title, "names": names[:3], "more_names": max(0, len(names) - 3), "others": others[:SHOWN_MOVES],
        "rest": max(0, len(others) - SHOWN_MOVES), "followed": followed, "is_breaking": preview.is_breaking,
        "broken": preview.all_broken, "unkept": [heard(words) for words in outcome.unkept], "finish": finish, "is_later": slip and slip > 0,
        "finish_before": outcome.finish_before, "finish_after": outcome.finish_after,
    }


def encode(document: dict[str, Any]) -> bytes:
    """Compact JSON; dates as text."""
    return msgspec.json.encode(document, enc_hook=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a timeline")
