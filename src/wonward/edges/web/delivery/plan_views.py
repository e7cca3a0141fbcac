"""The plan of a project: its timeline, and every change of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from wonward.domains.delivery.queries.projects import find_latest_baseline, get_project, may_change_plan
from wonward.domains.delivery.queries.tasks import find_tasks, get_task, list_dependencies, list_outline
from wonward.domains.delivery.types import OutlineRow, PlanEdit, ProjectRow, TaskChange, TaskRow
from wonward.domains.staff.queries import get_calendar
from wonward.edges.web.delivery.drawing import draw_plan, shown_rows
from wonward.edges.web.delivery.plan_presenting import (
    MINUTES_PER_DAY,
    drawn_rows,
    moved_words,
    off_dates,
    off_days,
    )
from wonward.edges.web.delivery.project_presenting import header_of
from wonward.edges.web.delivery.project_views import project_body
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import nothing, with_toast
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.client_record.queries.drift import list_drifts
from wonward.journeys.promises.operations import ReasonRequired, change_plan, preview_plan
from wonward.journeys.promises.queries import find_reason_counts
from wonward.kernel.errors import Refused

ROWS_AT_ONCE = 100
FARTHEST_MOVE = 2000


def _folded(request: SignedInRequest) -> frozenset[int]:
    parts = request.GET.get("collapsed", "")[:4000].split(",")
    return frozenset(int(part) for part in parts if part.isdecimal() and len(part) < 16)


def _count_from(request: SignedInRequest) -> int:
    place = request.GET.get("from", "0")
    return int(place) if place.isdecimal() and len(place) < 7 else 0


def plan_context(request: SignedInRequest, project_id: int, *, shown_task_id: int | None = None) -> dict[str, Any]:
    """The timeline, at least as far as the row of `shown_task_id`; a fixed number of queries whatever its length."""
    actor = request.actor
    row = get_project(actor=actor, project_id=project_id)
    tasks = list_outline(project_id=project_id)
    baseline = find_latest_baseline(project_id=project_id)
    (drift,) = list_drifts(projects=[row])
    calendar = get_calendar(row.calendar_id)
    folded, first_row = _folded(request), _count_from(request)
    rows = shown_rows(tasks, folded)
    stretch = rows[first_row : first_row + _row_count(rows, shown_task_id)]
    drawing = draw_plan(
        tasks=tasks, rows=rows, details=find_tasks(task_ids=[task.id for task in stretch]),
        links=list_dependencies(project_id=project_id), baseline=baseline.dates if baseline else {},
        promised=row.promised_finish_date, forecast=row.forecast_finish_date, today=civil_date(request.now, actor.time_zone),
        calendar=calendar, first_row=first_row,
    )
    may_change = may_change_plan(actor=actor, project_id=project_id, manager_id=row.manager_id)
    parents = {task.id: task.parent_id for task in tasks}
    keeps = find_reason_counts(actor=actor, task_ids=[bar.task.id for bar in drawing.bars], parents=parents)
    query = f"collapsed={','.join(map(str, sorted(folded)))}" if folded else ""
    return {
        **header_of(drift, [], "plan"), "drawing": drawing, "may_change": may_change,
        "rows": drawn_rows(drawing, keeps, folded, may_change=may_change, query=f"?{query}" if query else ""),
        "query": f"?{query}" if query else "", "more_query": f"?from={first_row + len(drawing.bars)}{f'&{query}' if query else ''}",
        "off_days": off_days(calendar), "is_swap": False,
        "off_dates": off_dates(calendar, drawing.last_day), "baseline_name": baseline.name if baseline else "",
        "may_see_company": actor.may("clients.company.view"),
    }


def _row_count(rows: Sequence[OutlineRow], shown_task_id: int | None) -> int:
    place = next((place for place, row in enumerate(rows) if row.id == shown_task_id), 0)
    return (place // ROWS_AT_ONCE + 1) * ROWS_AT_ONCE


@page(permission="delivery.project.view")
def project_plan(request: SignedInRequest, project_id: int) -> HttpResponse:
    """The timeline with baseline, promise line and critical path."""
    context = plan_context(request, project_id)
    if is_fragment(request) and request.GET.get("part") == "header":
        return render_block(request, "delivery/plan.html", "plan_header", context)
    return render(request, "delivery/plan.html", context, block="rows" if context["drawing"].first_row else "plan")


@page(permission="delivery.plan.change", methods=("POST",))
def plan_move(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Move or stretch a task by working days, from the keyboard or a drag; `start_date` puts a move back."""
    reader = FormReader(request.POST)
    task_id, days, longer = reader.number("task_id"), reader.number("days") or 0, reader.number("duration_days") or 0
    plan_version, reason, start = reader.number("plan_version"), reader.text("reason", limit=2000), reader.day("start_date")
    reader.finish()
    if task_id is None:
        raise Refused.field("task_id", _("Choose a task."), "required")
    task = get_task(actor=request.actor, task_id=task_id)
    row = get_project(actor=request.actor, project_id=project_id)
    fields: dict[str, Any] = {}
    if "start_date" in request.POST:
        fields["start_date"] = start
    elif days:
        fields["start_date"] = _moved_start(row, task, days)
    if longer:
        if task.kind != "task":
            raise Refused.field("duration_days", _("“%(task)s” has no length of its own.") % {"task": task.name})
        fields["duration_minutes"] = max(MINUTES_PER_DAY // 2, task.duration_minutes + longer * MINUTES_PER_DAY)
    undo: dict[str, Any] = {"task_id": task_id, "days": 0, "duration_days": -longer}
    if "start_date" in fields:
        undo["start_date"] = task.constraint_date.isoformat() if task.constraint_date else ""
    return save_plan(request, project_id, [TaskChange(task_id, fields)], reason, plan_version, name=task.name, task_id=task_id, undo=undo)


def _moved_start(row: ProjectRow, task: TaskRow, days: int) -> Any:
    if abs(days) > FARTHEST_MOVE:
        raise Refused.field("days", _("A task moves by at most %(n)s working days at once.") % {"n": FARTHEST_MOVE})
    return get_calendar(row.calendar_id).add_working_days(task.start_date or row.start_date, days)


def place_of(request: SignedInRequest, project_id: int) -> str:
    """Where a form of the drawer stands: over the `plan`, over the `project`, somewhere `else`, or on a page of its own."""
    if not is_fragment(request):
        return ""
    path = request.headers.get("HX-Current-URL", "").partition("?")[0].partition("#")[0]
    for place, name in (("plan", "project_plan"), ("project", "project")):
        if path.endswith(address_of(name, project_id=project_id)):
            return place
    return "else"


def save_plan(
    request: SignedInRequest, project_id: int, edits: list[PlanEdit], reason: str, plan_version: int | None, *, name: str,
    task_id: int | None = None, undo: dict[str, Any] | None = None,
) -> HttpResponse:
    """One plan change; a broken promise opens the reason form instead of writing."""
    try:
        changed = change_plan(
            actor=request.actor, project_id=project_id, changes=edits, reason=reason, plan_version=plan_version, now=request.now
        )
    except ReasonRequired as refusal:
        return _ask_why(request, project_id, edits, refusal)
    words = moved_words(name, changed.outcome)
    place = place_of(request, project_id)
    if place == "":
        return HttpResponseRedirect(address_of("project_plan", project_id=project_id))
    response = _redrawn(request, project_id, place, task_id)
    return with_toast(
        response, words, undo_url=address_of("plan_move", project_id=project_id) if undo and place == "plan" else "",
        undo_values={**(undo or {}), "plan_version": changed.outcome.plan_version, "reason": _("Undone")}, closes_drawer=True,
    )


def _redrawn(request: SignedInRequest, project_id: int, place: str, task_id: int | None) -> HttpResponse:
    if place == "project":
        return project_body(request, project_id)
    if place == "else":
        return nothing()
    context = plan_context(request, project_id, shown_task_id=task_id)
    response = render_block(request, "delivery/plan.html", "plan", context)
    response.write(render_block(request, "delivery/plan.html", "plan_header", {**context, "is_swap": True}).content)
    return response


def _ask_why(request: SignedInRequest, project_id: int, edits: list[PlanEdit], refusal: ReasonRequired) -> HttpResponse:
    preview = preview_plan(actor=request.actor, project_id=project_id, changes=edits, now=request.now)
    place = place_of(request, project_id)
    context = {
        "project": get_project(actor=request.actor, project_id=project_id), "broken": refusal.broken, "outcome": preview.outcome,
        "posted": [(name, value) for name, values in request.POST.lists() for value in values
                   if name not in ("reason", "csrfmiddlewaretoken")],
        "reason": request.POST.get("reason", ""), "action": request.get_full_path(), "target": TARGETS[place], "place": place,
        "errors": errors_by_field(refusal.errors) if "reason" in request.POST else {},
    }
    if place:
        return render_block(request, "delivery/reason.html", "drawer_body", context, status=422)
    return render(request, "delivery/reason.html", context, status=422)


TARGETS = {"plan": "#plan", "project": "#project", "else": "#drawer-body", "": ""}
