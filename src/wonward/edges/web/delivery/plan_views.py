"""The plan of a project: its timeline, and every change of it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.domains.delivery.queries.projects import (
    find_latest_baseline,
    get_project,
    list_baselines,
    may_change_plan,
)
from wonward.domains.delivery.queries.tasks import find_tasks, list_dependencies_at, list_outline
from wonward.domains.delivery.queries.work import find_matching_ids
from wonward.domains.delivery.types import PlanEdit, ProjectRow
from wonward.domains.staff.queries import get_calendar
from wonward.edges.web.delivery.drawing import draw_plan, shown_rows
from wonward.edges.web.delivery.outside_presenting import outside_of_plan
from wonward.edges.web.delivery.plan_presenting import drawn_rows, moved_words
from wonward.edges.web.delivery.project_presenting import header_of
from wonward.edges.web.delivery.project_views import project_body
from wonward.edges.web.delivery.timeline_views import answer_saved, is_program
from wonward.edges.web.delivery.work_filters import NAMES, filter_context, read_filter
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import nothing, with_toast
from wonward.edges.web.shell.saved_lists import SavedList, list_in, look_at, register_list
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.client_record.queries.drift import list_drifts
from wonward.journeys.house.operations import undo_plan
from wonward.journeys.promises.operations import ReasonRequired, change_plan, preview_plan
from wonward.journeys.promises.queries import find_reason_counts
from wonward.kernel.errors import Refused
from wonward.kernel.wording import heard

ROWS_AT_ONCE = 60
TIMELINE = register_list(SavedList(
    "delivery.timeline", "project_plan", gettext_lazy("Timeline of work"), gettext_lazy("All work"), "delivery.project.view", NAMES,
    noun="delivery.task", place=("project_id", "delivery.project"),
))


def _folded(request: SignedInRequest) -> frozenset[int]:
    parts = request.GET.get("collapsed", "")[:4000].split(",")
    return frozenset(int(part) for part in parts if part.isdecimal() and len(part) < 16)


def _count_from(request: SignedInRequest) -> int:
    place = request.GET.get("from", "0")
    return int(place) if place.isdecimal() and len(place) < 7 else 0


def plan_context(request: SignedInRequest, project_id: int) -> dict[str, Any]:
    """A stretch of the timeline as the server draws it; a fixed number of queries whatever its length."""
    actor = request.actor
    row = get_project(actor=actor, project_id=project_id)
    tasks = list_outline(project_id=project_id)
    look = look_at(request, list_in(TIMELINE, project_id))
    narrowing = QueryDict(urlencode(look.query))
    where = read_filter(request, narrowing)
    kept = find_matching_ids(actor=actor, project_id=project_id, where=where) if where.is_on else None
    baseline = find_latest_baseline(project_id=project_id)
    calendar = get_calendar(row.calendar_id)
    folded, first_row = _folded(request), _count_from(request)
    rows = shown_rows(tasks, folded, kept)
    stretch = rows[first_row : first_row + ROWS_AT_ONCE]
    levels = {task.id: task.level for task in stretch}
    drawing = draw_plan(
        tasks=tasks, rows=rows, details=find_tasks(task_ids=levels, levels=levels),
        links=list_dependencies_at(task_ids=levels), baseline=baseline.dates if baseline else {},
        promised=row.promised_finish_date, forecast=row.forecast_finish_date, today=civil_date(request.now, actor.time_zone),
        calendar=calendar, first_row=first_row,
    )
    parents = {task.id: task.parent_id for task in tasks}
    keeps = find_reason_counts(actor=actor, task_ids=[bar.task.id for bar in drawing.bars], parents=parents)
    bar = filter_context(request, project_id, "project_plan", where, narrowing)
    query = (f"&{bar['work_query'][1:]}" if bar["work_query"] else "") + (f"&collapsed={','.join(map(str, sorted(folded)))}" if folded else "")
    return {
        **header_context(request, row), **outside_of_plan(request, project_id), **bar, "look": look, "tab": "plan", "drawing": drawing, "rows": drawn_rows(drawing, keeps, folded),
        "more_query": f"?from={first_row + len(drawing.bars)}{query}", "baselines": list_baselines(project_id=project_id),
        "baseline_number": baseline.number if baseline else 0,
    }


def header_context(request: SignedInRequest, row: ProjectRow) -> dict[str, Any]:
    """What stands above every view of a project's work."""
    (drift,) = list_drifts(projects=[row], today=civil_date(request.now, request.actor.time_zone))
    return {
        **header_of(drift, [], "plan"), "is_swap": False, "may_level": request.actor.may("capacity.plan.level"), "may_see_company": request.actor.may("clients.company.view"),
        "may_change": may_change_plan(actor=request.actor, project_id=row.id, manager_id=row.manager_id),
    }


@page(permission="delivery.project.view")
def project_plan(request: SignedInRequest, project_id: int) -> HttpResponse:
    """The timeline with baseline, promise line and critical path."""
    if is_fragment(request) and request.GET.get("part") == "header":
        return plan_header(request, project_id)
    return render(request, "delivery/plan.html", plan_context(request, project_id))


def plan_header(request: SignedInRequest, project_id: int) -> HttpResponse:
    """The header above a view of the work, alone."""
    row = get_project(actor=request.actor, project_id=project_id)
    context = {**header_context(request, row), **outside_of_plan(request, project_id)}
    return render_block(request, "delivery/plan.html", "plan_header", context)


@page(permission="delivery.plan.change", methods=("POST",))
def plan_undo(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Put back what the latest change of the plan did."""
    reader = FormReader(request.POST)
    version = reader.number("plan_version")
    reader.finish()
    if version is None:
        raise Refused.field("plan_version", _("Say which change to undo."), "required")
    changed = undo_plan(actor=request.actor, project_id=project_id, plan_version=version, reason=_("Undone"), now=request.now)
    words = _("Put back as it was.")
    if is_program(request):
        return answer_saved(request, project_id, changed, words)
    return told(request, project_id, words, {})


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
    request: SignedInRequest, project_id: int, edits: list[PlanEdit], reason: str, plan_version: int | None, *, name: str
) -> HttpResponse:
    """One plan change; a broken promise opens the reason form instead of writing."""
    try:
        changed = change_plan(
            actor=request.actor, project_id=project_id, changes=edits, reason=reason, plan_version=plan_version, now=request.now
        )
    except ReasonRequired as refusal:
        return ask_why(request, project_id, edits, refusal)
    undo = {
        "undo_url": address_of("plan_undo", project_id=project_id), "undo_values": {"plan_version": changed.outcome.plan_version},
    }
    words = " ".join([moved_words(name, changed.outcome), *map(heard, changed.outcome.unkept)])
    return told(request, project_id, words, undo)


def told(request: SignedInRequest, project_id: int, words: str, undo: dict[str, Any]) -> HttpResponse:
    """The answer to a saved change wherever its form stood; a timeline on the page fetches its rows on `plan:changed`."""
    place = place_of(request, project_id)
    if place == "":
        return HttpResponseRedirect(address_of("project_plan", project_id=project_id))
    response = with_toast(_redrawn(request, project_id, place), words, closes_drawer=True, **undo)
    events = json.loads(response.headers["HX-Trigger"])
    response.headers["HX-Trigger"] = json.dumps({**events, "plan:changed": {}})
    return response


def _redrawn(request: SignedInRequest, project_id: int, place: str) -> HttpResponse:
    if place == "project":
        return project_body(request, project_id)
    if place == "else":
        return nothing()
    return plan_header(request, project_id)


def ask_why(request: SignedInRequest, project_id: int, edits: list[PlanEdit], refusal: ReasonRequired) -> HttpResponse:
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


TARGETS = {"plan": "#plan-header", "project": "#project", "else": "#drawer-body", "": ""}
