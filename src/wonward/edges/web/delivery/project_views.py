"""One project: its overview, its plan, its tasks."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.delivery.queries.projects import get_project, list_baselines
from wonward.domains.delivery.queries.tasks import get_task, list_checklist, list_dependencies, list_tasks
from wonward.domains.delivery.types import NewDependency, NewTask, PlanEdit, TaskChange
from wonward.domains.staff.queries import get_calendar, list_people
from wonward.edges.web.delivery.drawing import draw_plan, draw_promise
from wonward.edges.web.delivery.views import moved_toast
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import with_toast
from wonward.journeys.client_record.queries.project_page import get_project_page
from wonward.journeys.promises.operations import ReasonRequired, change_plan, preview_plan
from wonward.journeys.promises.queries import find_reason_counts, list_reasons
from wonward.kernel.errors import Refused
from wonward.kernel.ref import Ref

PARTS = ("header", "body")
MINUTES_PER_DAY = 480


@page(permission="delivery.project.view")
def project(request: SignedInRequest, project_id: int) -> HttpResponse:
    """The overview: promise against forecast first."""
    found = get_project_page(actor=request.actor, project_id=project_id, now=request.now)
    row = found.project
    context = {
        "page": found, "project": row, "now": request.now, "today": found.today, "tab": "overview",
        "mini": draw_promise(start=row.start_date, promised=row.promised_finish_date, forecast=row.forecast_finish_date,
                             today=found.today),
        "may_log": request.actor.may("comms.communication.log"),
    }
    part = request.GET.get("part", "")
    if part in PARTS:
        return render_block(request, "delivery/project.html", part, context)
    return render(request, "delivery/project.html", context)


@page(permission="comms.communication.log", methods=("POST",))
def project_log(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Post an update or note on the project's log."""
    reader = FormReader(request.POST)
    kind, body = reader.text("kind", limit=12) or "note", reader.text("body")
    reader.finish()
    if kind not in set(CommunicationKind):
        raise Refused.field("kind", _("Choose note, call, e-mail or meeting."))
    log_communications(
        actor=request.actor, now=request.now,
        entries=[NewCommunication(kind=CommunicationKind(kind), refs=(Ref("delivery.project", project_id),), body=body,
                                  happened_at=request.now)],
    )
    found = get_project_page(actor=request.actor, project_id=project_id, now=request.now)
    row = found.project
    context = {
        "page": found, "project": row, "now": request.now, "today": found.today, "tab": "overview", "may_log": True,
        "mini": draw_promise(start=row.start_date, promised=row.promised_finish_date, forecast=row.forecast_finish_date,
                             today=found.today),
    }
    return with_toast(render_block(request, "delivery/project.html", "body", context), _("Logged."))


def _plan_context(request: SignedInRequest, project_id: int) -> dict[str, Any]:
    actor = request.actor
    row = get_project(actor=actor, project_id=project_id)
    tasks = list_tasks(actor=actor, project_id=project_id)
    baselines = list_baselines(project_id=project_id)
    promise_counts = find_reason_counts(actor=actor, task_ids=[task.id for task in tasks])
    today = request.now.date()
    return {
        "project": row, "tasks": tasks, "today": today, "now": request.now, "tab": "plan",
        "drawing": draw_plan(
            tasks=tasks, links=list_dependencies(project_id=project_id), baseline=baselines[-1] if baselines else None,
            promised=row.promised_finish_date, forecast=row.forecast_finish_date, today=today, promise_counts=promise_counts,
        ),
        "may_change": actor.may("delivery.plan.change"),
    }


@page(permission="delivery.project.view")
def project_plan(request: SignedInRequest, project_id: int) -> HttpResponse:
    """The timeline with baseline, promise line and critical path."""
    return render(request, "delivery/plan.html", _plan_context(request, project_id), block="plan")


@page(permission="delivery.plan.change", methods=("POST",))
def plan_move(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Move or stretch a task by working days, from the keyboard or a drag."""
    reader = FormReader(request.POST)
    task_id, days, longer = reader.number("task_id"), reader.number("days") or 0, reader.number("duration_days") or 0
    plan_version, reason = reader.number("plan_version"), reader.text("reason", limit=2000)
    reader.finish()
    if task_id is None:
        raise Refused.field("task_id", _("Choose a task."), "required")
    task = get_task(actor=request.actor, task_id=task_id)
    row = get_project(actor=request.actor, project_id=project_id)
    fields: dict[str, Any] = {}
    if days and task.start_date:
        calendar = get_calendar(row.calendar_id)
        if abs(days) > 2000:
            raise Refused.field("days", _("A task moves by at most 2,000 working days at once."))
        fields["start_date"] = calendar.add_working_days(task.start_date, days)
    if longer:
        fields["duration_minutes"] = max(0, task.duration_minutes + longer * MINUTES_PER_DAY)
    undo = {"task_id": task_id, "days": -days, "duration_days": -longer}
    return _change(request, project_id, [TaskChange(task_id, fields)], reason, plan_version, undo=undo)


def _change(
    request: SignedInRequest, project_id: int, edits: list[PlanEdit], reason: str, plan_version: int | None,
    undo: dict[str, Any] | None = None,
) -> HttpResponse:
    """One plan change; a broken promise opens the reason form instead of writing."""
    try:
        changed = change_plan(
            actor=request.actor, project_id=project_id, changes=edits, reason=reason, plan_version=plan_version, now=request.now
        )
    except ReasonRequired as refusal:
        preview = preview_plan(actor=request.actor, project_id=project_id, changes=edits, now=request.now)
        context = {"project_id": project_id, "broken": refusal.broken, "outcome": preview.outcome, "posted": request.POST,
                   "action": request.path, "errors": errors_by_field(refusal.errors)}
        return render_block(request, "delivery/reason.html", "drawer_body", context, status=422)
    response = render_block(request, "delivery/plan.html", "plan", _plan_context(request, project_id))
    moved = len(changed.outcome.moved)
    return with_toast(
        response, moved_toast(moved),
        undo_url=reverse("plan_move", kwargs={"project_id": project_id}) if undo else "",
        undo_values={**(undo or {}), "plan_version": changed.outcome.plan_version, "reason": _("Undone")},
    )


@page(permission="delivery.project.view", methods=("GET", "POST"))
def task(request: SignedInRequest, task_id: int) -> HttpResponse:
    """A task in the drawer: its why, its dates, its progress."""
    row = get_task(actor=request.actor, task_id=task_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _save_task(request, row.project_id, task_id)
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    context = {
        "task": row, "project": get_project(actor=request.actor, project_id=row.project_id),
        "reasons": list_reasons(actor=request.actor, task_id=task_id), "checklist": list_checklist(task_id=task_id),
        "people": list_people(actor=request.actor), "errors": errors, "values": request.POST,
        "may_change": request.actor.may("delivery.plan.change"), "now": request.now,
    }
    status = 422 if errors else 200
    if request.headers.get("HX-Request"):
        return render_block(request, "delivery/task.html", "drawer_body", context, status=status)
    return render(request, "delivery/task.html", context, status=status)


def _save_task(request: SignedInRequest, project_id: int, task_id: int) -> HttpResponse:
    reader = FormReader(request.POST)
    fields: dict[str, Any] = {}
    if "name" in request.POST:
        fields["name"] = reader.text("name", limit=300)
    if "start_date" in request.POST:
        fields["start_date"] = reader.day("start_date")
    if "duration_days" in request.POST:
        fields["duration_minutes"] = (reader.number("duration_days") or 0) * MINUTES_PER_DAY
    if "percent_complete" in request.POST:
        fields["percent_complete"] = reader.number("percent_complete") or 0
    if "assignee_id" in request.POST:
        fields["assignee_id"] = reader.number("assignee_id")
    reason, version = reader.text("reason", limit=2000), reader.version()
    reader.finish()
    return _change(request, project_id, [TaskChange(task_id, fields, version)], reason, None)


@page(permission="delivery.plan.change", methods=("POST",))
def new_task(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Add a task, waiting for another where one is named."""
    reader = FormReader(request.POST)
    after = reader.number("after_id")
    edit = NewTask(
        name=reader.text("name", limit=300), parent_id=reader.number("parent_id"),
        duration_minutes=(reader.number("duration_days") or 1) * MINUTES_PER_DAY, assignee_id=reader.number("assignee_id"),
        after_ids=(after,) if after else (),
    )
    reason = reader.text("reason", limit=2000)
    reader.finish()
    return _change(request, project_id, [edit], reason, None)


@page(permission="delivery.plan.change", methods=("POST",))
def new_dependency(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Let one task wait for another."""
    reader = FormReader(request.POST)
    source, target = reader.number("from_id"), reader.number("to_id")
    lag, reason = reader.number("lag_days") or 0, reader.text("reason", limit=2000)
    reader.finish()
    if source is None or target is None:
        raise Refused.field("from_id", _("Choose two tasks."), "required")
    edit = NewDependency(source, target, request.POST.get("type", "FS"), lag * MINUTES_PER_DAY)
    return _change(request, project_id, [edit], reason, None)

