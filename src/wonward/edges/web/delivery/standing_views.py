"""How one project stands: health by rules, status updates, its stage, and the ritual of its end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.delivery.operations import (
    close_project,
    move_stage,
    override_health,
    publish_status,
    reopen_project,
)
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.standing import (
    count_open_work,
    find_closing,
    find_stage,
    get_since,
    list_health_tasks,
    list_lessons,
    list_status_updates,
)
from wonward.domains.delivery.types import COLOURS, ProjectRow
from wonward.edges.web.delivery.plan_views import header_context
from wonward.edges.web.delivery.standing_presenting import (
    colour_words,
    draft_of,
    health_view,
    stage_views,
    update_views,
)
from wonward.edges.web.delivery.work_presenting import row_view
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.formats import moment
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.client_record.queries.drift import list_drifts
from wonward.journeys.client_record.queries.standing import list_health, list_open_promises
from wonward.kernel.errors import Refused

FIRST_STRETCH = timedelta(days=14)
LESSONS_ASKED = 3


def _context(request: SignedInRequest, row: ProjectRow, errors: dict[str, str]) -> dict[str, Any]:
    actor, project_id = request.actor, row.id
    today = civil_date(request.now, actor.time_zone)
    (drift,) = list_drifts(projects=[row], today=civil_date(request.now, request.actor.time_zone))
    health = list_health(drifts=[drift], today=today)[project_id]
    updates = list_status_updates(actor=actor, project_id=project_id)
    header = header_context(request, row)
    may_tell = header["may_change"] and actor.may("delivery.project.edit")
    draft = request.POST.get("text") or _draft(request, project_id, drift, health, updates[0].published_at if updates else None, may_tell)
    closing = find_closing(project_id) if row.status == "done" else None
    return {
        **header, "tab": "status", "may_tell": may_tell, "health": health_view(health, project_id), "behind": any(one.behind for one in health.signals), "errors": errors, "values": request.POST,
        "updates": update_views(updates, actor.time_zone), "draft": draft, "draft_colour": request.POST.get("colour", health.colour),
        "colour_options": [(key, colour_words(key)) for key in COLOURS], "stages": stage_views(find_stage(project_id)),
        "rows": [row_view(task, 0, is_parent=False, labels=[], today=today) for task in list_health_tasks(project_id=project_id, today=today)],
        "closing": closing, "closed_at": moment(closing.closed_at, actor.time_zone) if closing else "", "lessons": _lessons(project_id) if closing else [],
    }


def _draft(
    request: SignedInRequest, project_id: int, drift: Any, health: Any, last: datetime | None, may_tell: bool
) -> str:
    if not may_tell:
        return ""
    since = get_since(project_id=project_id, since=last or request.now - FIRST_STRETCH, today=civil_date(request.now, request.actor.time_zone))
    return draft_of(drift, health, since)


def _lessons(project_id: int) -> list[dict[str, str]]:
    return [{"kind": _("Keep") if kind == "keep" else _("Do otherwise"), "icon": "thumbs-up" if kind == "keep" else "rotate-ccw", "text": text, "who": who}
            for kind, text, who in list_lessons(project_id=project_id)]


@page(permission="delivery.project.view")
def project_status(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Health with its rules and rows, and what was said about it."""
    row = get_project(actor=request.actor, project_id=project_id)
    return render(request, "delivery/status.html", _context(request, row, {}), block="standing")


def _again(request: SignedInRequest, project_id: int, refusal: Refused) -> HttpResponse:
    if not refusal.errors:
        raise refusal
    row = get_project(actor=request.actor, project_id=project_id)
    return render(request, "delivery/status.html", _context(request, row, errors_by_field(refusal.errors)), block="standing", status=422)


@page(permission="delivery.project.edit", methods=("POST",))
def status_update(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Publish how the project stands, for everybody who sees it and the client's record."""
    reader = FormReader(request.POST)
    try:
        publish_status(
            actor=request.actor, project_id=project_id, text=reader.text("text"), colour=reader.text("colour", limit=6), now=request.now
        )
    except Refused as refusal:
        return _again(request, project_id, refusal)
    return go_to(request, address_of("project_status", project_id=project_id))


@page(permission="delivery.project.edit", methods=("POST",))
def health_override(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Give the project another colour for a while, with the reason, or end that."""
    reader = FormReader(request.POST)
    try:
        override_health(
            actor=request.actor, project_id=project_id, colour=reader.text("colour", limit=6), reason=reader.text("reason", limit=2000),
            now=request.now,
        )
    except Refused as refusal:
        return _again(request, project_id, refusal)
    return go_to(request, address_of("project_status", project_id=project_id))


@page(permission="delivery.project.edit", methods=("POST",))
def project_stage(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Move the project along its lifecycle."""
    move_stage(actor=request.actor, project_id=project_id, stage=request.POST.get("stage", "")[:12], now=request.now)
    return go_to(request, address_of("project_status", project_id=project_id))


@page(permission="delivery.project.edit", methods=("GET", "POST"))
def project_closing(request: SignedInRequest, project_id: int) -> HttpResponse:
    """The end of a project, step by step."""
    actor = request.actor
    row = get_project(actor=actor, project_id=project_id)
    owed = list_open_promises(actor=actor, project_id=project_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        reader = FormReader(request.POST)
        lessons = [(kind, text[:2001]) for kind in ("keep", "change") for text in request.POST.getlist(kind)]
        try:
            close_project(
                actor=actor, project_id=project_id, summary=reader.text("summary"), lessons=lessons,
                survey_place=reader.text("survey_place", limit=300), open_promises=owed, is_open_known=reader.flag("is_open_known"),
                is_archived=reader.flag("is_archived"), now=request.now,
            )
            return go_to(request, address_of("project_status", project_id=project_id))
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    context = {
        **header_context(request, row), "tab": "status", "errors": errors, "values": request.POST, "owed": owed,
        "open_count": count_open_work(project_id),
        "kept": [*request.POST.getlist("keep"), *[""] * LESSONS_ASKED][:LESSONS_ASKED],
        "changed": [*request.POST.getlist("change"), *[""] * LESSONS_ASKED][:LESSONS_ASKED],
    }
    return render(request, "delivery/closing.html", context, status=422 if errors else 200)


@page(permission="delivery.project.edit", methods=("POST",))
def project_reopening(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Take the end of a project back."""
    reopen_project(actor=request.actor, project_id=project_id, now=request.now)
    return go_to(request, address_of("project_status", project_id=project_id))
