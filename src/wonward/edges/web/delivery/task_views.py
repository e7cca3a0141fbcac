"""Tasks in the drawer: why they exist, what they wait for, and how far they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from wonward.domains.approvals.queries import find_approval
from wonward.domains.delivery.queries.by_hand import list_unkept_waits_of
from wonward.domains.delivery.queries.details import list_similar_tasks
from wonward.domains.delivery.queries.outside import list_outside_links_of_task
from wonward.domains.delivery.queries.projects import get_project, may_change_plan
from wonward.domains.delivery.queries.tasks import (
    get_task,
    list_dependencies,
    list_dependencies_at,
    list_tasks,
)
from wonward.domains.delivery.types import (
    ChangedDependency,
    NewDependency,
    NewTask,
    PlanEdit,
    RemovedDependency,
    TaskChange,
    TaskRow,
)
from wonward.domains.staff.queries import list_people
from wonward.edges.web.delivery.approval_presenting import section_view
from wonward.edges.web.delivery.outside_presenting import outside_of_task
from wonward.edges.web.delivery.plan_presenting import (
    BY_HAND,
    MINUTES_PER_DAY,
    minutes_of_days,
    minutes_of_hours,
    minutes_of_lag,
    role_options,
    task_drawer,
)
from wonward.edges.web.delivery.plan_views import TARGETS, ask_why, place_of, save_plan
from wonward.edges.web.delivery.skill_presenting import able_first
from wonward.edges.web.delivery.task_presenting import (
    detail_fields,
    details_context,
    said_context,
    similar_views,
    subtask_views,
)
from wonward.edges.web.delivery.timeline_views import is_program, save_change
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.custom_facts import facts_in
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.ledgers import card_of
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import with_toast
from wonward.journeys.promises.operations import ReasonRequired, change_plan
from wonward.journeys.promises.queries import list_reasons_of
from wonward.kernel.errors import FieldError, Refused
from wonward.kernel.ref import Ref


@page(permission="delivery.project.view", methods=("GET", "POST"))
def task(request: SignedInRequest, task_id: int) -> HttpResponse:
    """A task in the drawer: its why, its dates, its progress."""
    row = get_task(actor=request.actor, task_id=task_id)
    if request.method != "POST":
        return _drawer(request, row, {})
    try:
        return _save_task(request, row)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _drawer(request, row, errors_by_field(refusal.errors))


def _drawer(request: SignedInRequest, row: TaskRow, errors: dict[str, str]) -> HttpResponse:
    actor = request.actor
    project = get_project(actor=actor, project_id=row.project_id)
    may_change = may_change_plan(actor=actor, project_id=project.id, manager_id=project.manager_id)
    place = place_of(request, row.project_id)
    tasks, links = list_tasks(actor=actor, project_id=row.project_id), list_dependencies(project_id=row.project_id)
    values = request.POST if errors else {}
    alike = list_similar_tasks(actor=actor, company_id=project.company_id, name=row.name, except_id=row.id) if row.kind == "task" else []
    outside = outside_of_task(request, row.id)
    context = {
        **details_context(request, row, may_change=may_change), **said_context(request, row), **detail_fields(row, values), **outside,
        "unkept": list_unkept_waits_of(row, calendar_id=project.calendar_id, tasks=tasks, links=links, has_outside=bool(outside["outside_waits"])),
        "project": project, "errors": errors, "may_change": may_change, "target": TARGETS[place], "place": place,
        "approval": section_view(row, find_approval(actor=actor, ref=Ref("delivery.task", row.id))) if row.kind != "phase" else None,
        "custom_facts": facts_in(request, Ref("delivery.task", row.id), may_edit=may_change),
        "action": request.get_full_path(), "subtasks": subtask_views(row, tasks), "alike": similar_views(alike),
        "reasons": [card_of(one, actor.time_zone, may_make=False) for one in list_reasons_of(actor=actor, task_id=row.id, parents={one.id: one.parent_id for one in tasks})],
        **task_drawer(row, values, links, tasks, list_people(actor=actor, with_placeholders=True) if may_change else []),
    }
    if context["shows_skills"]:
        context["people_options"] = able_first(context["people_options"], context["match"].candidates)
    status = 422 if errors else 200
    if place:
        return render_block(request, "delivery/task.html", "drawer_body", context, status=status)
    return render(request, "delivery/task.html", context, status=status)


def _save_task(request: SignedInRequest, row: TaskRow) -> HttpResponse:
    reader = FormReader(request.POST)
    fields = _changed_fields(request, reader, row)
    after, version = reader.number("after_id"), reader.version()
    reason = reader.text("reason", limit=2000)
    gone = [int(key) for key in request.POST.getlist("remove_after") if key.isdecimal() and len(key) < 16]
    edits: list[PlanEdit] = [TaskChange(row.id, fields, version)]
    edits += [RemovedDependency(key, row.id) for key in gone]
    edits += _changed_waits(request, reader, row.id, gone)
    if after is not None:
        unit = reader.text("after_unit", limit=8) or "working"
        edits.append(NewDependency(after, row.id, reader.text("after_type", limit=2) or "FS", _lag(reader, "after_lag", unit), unit))
    reader.finish()
    return save_plan(request, row.project_id, edits, reason, None, name=row.name)


def _changed_waits(request: SignedInRequest, reader: FormReader, task_id: int, gone: Sequence[int]) -> list[PlanEdit]:
    """What the form says of how the task waits; what came back as it was changes nothing."""
    if not any(name.startswith("type_") for name in request.POST):
        return []
    inside = [(link.from_id, link.type, link.lag_minutes, link.lag_unit) for link in list_dependencies_at(task_ids=[task_id]) if link.to_id == task_id]
    outside = list_outside_links_of_task(actor=request.actor, task_id=task_id)
    inside += [(link.from_id, link.type, link.lag_minutes, link.lag_unit) for link in outside if link.to_id == task_id]
    edits: list[PlanEdit] = []
    for key, *was in inside:
        if key not in gone and f"type_{key}" in request.POST:
            unit = reader.text(f"unit_{key}", limit=8) or "working"
            kind, lag = reader.text(f"type_{key}", limit=2), _lag(reader, f"lag_{key}", unit)
            if [kind, lag, unit] != was:
                edits.append(ChangedDependency(key, task_id, kind, lag, unit))
    return edits


def _lag(reader: FormReader, name: str, unit: str) -> int:
    """A lag typed as days of its unit; nothing typed is no lag."""
    text = reader.text(name, limit=20)
    minutes = minutes_of_lag(text or "0", unit)
    if minutes is None:
        reader.errors.append(FieldError(name, _("“%(value)s” is not a number of days.") % {"value": text}))
    return minutes or 0


def _changed_fields(request: SignedInRequest, reader: FormReader, row: TaskRow) -> dict[str, Any]:
    """What the form really changes; a field that only came back as it was is not an edit."""
    read: dict[str, Any] = {}
    if "name" in request.POST:
        read["name"] = reader.text("name", limit=300)
    if "start_date" in request.POST:
        read["start_date"] = reader.day("start_date")
    if "constraint" in request.POST:
        kind, day = reader.text("constraint", limit=4), reader.day("constraint_date")
        read["manual"] = _by_hand(reader, day) if kind == BY_HAND else None
        if row.is_manual and kind == "ASAP" and day == row.manual_start_date:
            day = row.constraint_date
        if kind == "ASAP" and day is not None and day != row.constraint_date:
            kind = "SNET"
        if kind != BY_HAND:
            read["constraint"] = (kind, None if kind in ("ASAP", "ALAP") else day)
    if "duration_days" in request.POST:
        read["duration_minutes"] = _minutes(reader, "duration_days", row.duration_minutes)
    if "percent_complete" in request.POST:
        read["percent_complete"] = reader.number("percent_complete") or 0
    if "assignee_id" in request.POST:
        read["assignee_id"] = reader.number("assignee_id")
    read |= _detail_fields(request, reader)
    if "role" in request.POST:
        read["role"] = reader.text("role", limit=120)
    if "effort_hours" in request.POST:
        read["effort_minutes"] = _effort(reader, row.effort_minutes)
    was: dict[str, Any] = {
        "manual": (row.manual_start_date, row.manual_finish_date) if row.is_manual else None, "start_date": row.constraint_date, "constraint": (row.constraint, row.constraint_date), "priority": row.set_priority,
    }
    return {name: value for name, value in read.items() if value != (was[name] if name in was else getattr(row, name))}


def _by_hand(reader: FormReader, start: date | None) -> tuple[date, date | None] | None:
    """The days of a task set by hand; without the last one it keeps its length."""
    finish = reader.day("manual_finish_date")
    if start is None:
        reader.errors.append(FieldError("constraint_date", _("Say on which day it starts.")))
        return None
    return start, finish


def _detail_fields(request: SignedInRequest, reader: FormReader) -> dict[str, Any]:
    """What the form says besides dates and people, as far as it was sent."""
    readers: dict[str, Callable[[str], Any]] = {
        "status": lambda name: reader.text(name, limit=12), "blocked_reason": lambda name: reader.text(name, limit=500),
        "notes": reader.text, "repeat_every": reader.number, "repeat_unit": lambda name: reader.text(name, limit=5),
        "repeat_until_date": reader.day, "deadline_date": reader.day,
    }
    read = {name: take(name) for name, take in readers.items() if name in request.POST}
    if "priority" in request.POST:
        read["priority"] = reader.text("priority", limit=6)
    if "acceptance_criteria" in request.POST:
        lines = [" ".join(line.split()) for line in reader.text("acceptance_criteria").split("\n")]
        read["acceptance_criteria"] = tuple(line for line in lines if line)
        read["is_deliverable"] = reader.flag("is_deliverable")
    if read.get("repeat_every", 0) is None:
        read["repeat_unit"], read["repeat_until_date"] = "", None
    elif read.get("repeat_every") and not read.get("repeat_unit"):
        read["repeat_unit"] = "week"
    return read


def _effort(reader: FormReader, otherwise: int) -> int:
    """Planned effort, typed as hours; nothing typed leaves it as it is."""
    text = reader.text("effort_hours", limit=20)
    minutes = minutes_of_hours(text) if text else otherwise
    if minutes is None:
        reader.errors.append(FieldError("effort_hours", _("“%(value)s” is not a number of hours.") % {"value": text}))
        return otherwise
    return minutes


def _minutes(reader: FormReader, name: str, otherwise: int) -> int:
    text = reader.text(name, limit=20)
    minutes = minutes_of_days(text) if text else otherwise
    if minutes is None:
        reader.errors.append(FieldError(name, _("“%(value)s” is not a number of days.") % {"value": text}))
        return otherwise
    return minutes


@page(permission="delivery.plan.change", methods=("GET", "POST"))
def new_task(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Add a task, waiting for another where one is named."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            return _add_task(request, project_id)
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    tasks = list_tasks(actor=request.actor, project_id=project_id)
    place = place_of(request, project_id)
    values = request.POST or request.GET
    asked = values.get("parent_id", "")
    project = get_project(actor=request.actor, project_id=project_id)
    name = values.get("name", "").strip()[:300]
    alike = list_similar_tasks(actor=request.actor, company_id=project.company_id, name=name) if name else []
    context = {
        "project": project, "errors": errors, "values": values, "alike": similar_views(alike),
        "target": TARGETS[place], "place": place, "action": request.get_full_path(),
        "parent_options": [(row.id, row.name) for row in tasks if row.kind == "phase" or str(row.id) == asked],
        "after_options": [(row.id, row.name) for row in tasks if row.kind != "phase"],
        "people_options": [(person.id, person.name) for person in list_people(actor=request.actor, with_placeholders=True)],
        "role_options": role_options(values.get("role", "")),
    }
    status = 422 if errors else 200
    if place:
        return render_block(request, "delivery/new_task.html", "drawer_body", context, status=status)
    return render(request, "delivery/new_task.html", context, status=status)


def _add_task(request: SignedInRequest, project_id: int) -> HttpResponse:
    reader = FormReader(request.POST)
    after, kind = reader.number("after_id"), request.POST.get("kind", "task")
    minutes = 0 if kind == "milestone" else _minutes(reader, "duration_days", MINUTES_PER_DAY)
    edit = NewTask(
        name=reader.text("name", limit=300), kind="milestone" if kind == "milestone" else "task",
        parent_id=reader.number("parent_id"), duration_minutes=minutes, effort_minutes=_effort(reader, minutes), role=reader.text("role", limit=120),
        assignee_id=reader.number("assignee_id"), start_date=reader.day("start_date"), after_ids=(after,) if after else (),
    )
    reason = reader.text("reason", limit=2000)
    reader.finish()
    return save_plan(request, project_id, [edit], reason, None, name=edit.name)


@page(permission="delivery.plan.change", methods=("POST",))
def new_dependency(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Let one task wait for another."""
    reader = FormReader(request.POST)
    source, target = reader.number("from_id"), reader.number("to_id")
    unit, reason = reader.text("lag_unit", limit=8) or "working", reader.text("reason", limit=2000)
    lag = _lag(reader, "lag_days", unit)
    reader.finish()
    if source is None or target is None:
        raise Refused.field("from_id", _("Choose two tasks."), "required")
    name = get_task(actor=request.actor, task_id=target).name
    edit = NewDependency(source, target, request.POST.get("type", "FS"), lag, unit)
    if is_program(request):
        return save_change(request, project_id, [edit])
    return save_plan(request, project_id, [edit], reason, None, name=name)


@page(permission="delivery.plan.change", methods=("POST",))
def task_done(request: SignedInRequest, task_id: int) -> HttpResponse:
    """Done, in one press; the toast takes it back."""
    row = get_task(actor=request.actor, task_id=task_id)
    reader = FormReader(request.POST)
    version, reason = reader.version(), reader.text("reason", limit=2000)
    reader.finish()
    edits: list[PlanEdit] = [TaskChange(task_id, {"status": "done"}, version)]
    try:
        changed = change_plan(actor=request.actor, project_id=row.project_id, changes=edits, reason=reason, now=request.now)
    except ReasonRequired as refusal:
        return ask_why(request, row.project_id, edits, refusal)
    if not is_fragment(request):
        return HttpResponseRedirect(address_of("my_work"))
    return with_toast(
        HttpResponse(""), _("“%(task)s” is done.") % {"task": row.name}, closes_drawer=True,
        undo_url=address_of("plan_undo", project_id=row.project_id), undo_values={"plan_version": changed.outcome.plan_version},
    )
