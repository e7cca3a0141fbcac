"""The list of projects, and the overview of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.delivery.queries.projects import find_latest_baseline, list_projects
from wonward.edges.web.delivery.project_presenting import project_page, project_rows
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.custom_facts import cells_of, facts_in
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import with_toast
from wonward.edges.web.shell.saved_lists import ListColumn, SavedList, look_at, register_list
from wonward.edges.web.shell.timelines import promise_urls
from wonward.journeys.client_record.queries.drift import list_drifts
from wonward.journeys.client_record.queries.project_page import get_project_page
from wonward.kernel.errors import Refused
from wonward.kernel.ref import Ref

ROWS_PER_PAGE = 50
STATES = {"live": ("planned", "active", "on_hold"), "done": ("done",), "all": (), "archived": ()}
PROJECTS = register_list(SavedList(
    "delivery.projects", "projects", gettext_lazy("Projects"), gettext_lazy("All projects"), "delivery.project.view", ("state", "q"),
    (
        ListColumn("name", gettext_lazy("Project"), is_fixed=True), ListColumn("manager", gettext_lazy("Lead"), is_sortable=False),
        ListColumn("progress", gettext_lazy("Progress"), is_sortable=False), ListColumn("promised", gettext_lazy("Promised"), is_sortable=False),
        ListColumn("forecast_finish_date", gettext_lazy("Forecast")), ListColumn("slip", gettext_lazy("Slip"), is_sortable=False),
        ListColumn("status", gettext_lazy("State"), is_sortable=False), ListColumn("start", gettext_lazy("Start"), is_sortable=False, is_usual=False),
        ListColumn("updated_at", gettext_lazy("Changed"), is_usual=False),
    ),
    noun="delivery.project",
))


@page(permission="delivery.project.view")
def projects(request: SignedInRequest) -> HttpResponse:
    """Every project with its promise against its forecast."""
    look = look_at(request, PROJECTS)
    state, text, sort = asked_projects(look.query)
    place = look.query.get("page", "1")
    number = max(1, int(place)) if place.isdecimal() and len(place) < 7 else 1
    rows = list_projects(
        actor=request.actor, statuses=STATES[state], text=text, custom=look.custom_filters, is_archived=state == "archived", sort=sort,
        offset=(number - 1) * ROWS_PER_PAGE, limit=ROWS_PER_PAGE + 1,
    )
    shown = rows[:ROWS_PER_PAGE]
    context = {
        "rows": project_rows(list_drifts(projects=shown)), "has_next": len(rows) > ROWS_PER_PAGE, "look": look,
        "cells": cells_of(request.actor, "delivery.project", look.custom_keys, [row.id for row in shown]),
        "page_number": number, "sort": sort, "state": state, "text": text, "is_narrowed": bool(text or look.custom_filters),
        "state_links": [(key, words, f"{look.without('state', 'page')}state={key}")
                   for key, words in (("live", _("Live")), ("done", _("Done")), ("all", _("All")), ("archived", _("Archived")))],
        "base_href": look.without("sort", "page"), "page_href": look.without("page"),
        "export_href": look.without("page").replace(look.base, address_of("projects_export"), 1),
        "may_see_handoffs": request.actor.may("handoff.handoff.view"),
    }
    return render(request, "delivery/projects.html", context, block="rows")


def asked_projects(query: Mapping[str, str]) -> tuple[str, str, str]:
    """State, words and order that the list of projects is looked at with."""
    state = query.get("state", "live")
    return state if state in STATES else "live", query.get("q", "").strip()[:120], query.get("sort", "forecast_finish_date")


def _context(request: SignedInRequest, project_id: int) -> dict[str, Any]:
    actor = request.actor
    found = get_project_page(actor=actor, project_id=project_id, now=request.now)
    return {
        **project_page(found, find_latest_baseline(project_id=project_id), actor.time_zone, may_see_deal=actor.may("sales.deal.view"),
                       promise_url_of=promise_urls(actor, address_of("project_promise", project_id=project_id))),
        "custom_facts": facts_in(request, Ref("delivery.project", project_id), may_edit=actor.may("delivery.project.edit")),
        "may_log": actor.may("comms.communication.log"), "may_see_company": actor.may("clients.company.view"),
        "may_see_promises": actor.may("promises.promise.view"), "log_errors": {}, "log_text": "", "log_kind": "note",
    }


@page(permission="delivery.project.view")
def project(request: SignedInRequest, project_id: int) -> HttpResponse:
    """The overview: promise against forecast first."""
    context = _context(request, project_id)
    if request.GET.get("part") == "body":
        return render_block(request, "delivery/project.html", "sheet", context)
    return render(request, "delivery/project.html", context)


def project_body(request: SignedInRequest, project_id: int) -> HttpResponse:
    """The overview without its frame, after a write from one of its drawers."""
    return render_block(request, "delivery/project.html", "sheet", _context(request, project_id))


@page(permission="comms.communication.log", methods=("POST",))
def project_log(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Post an update or note on the project's log."""
    reader = FormReader(request.POST)
    kind, body = reader.text("kind", limit=12) or "note", reader.text("text")
    try:
        reader.finish()
        if kind not in set(CommunicationKind):
            raise Refused.field("kind", _("Choose note, call, e-mail or meeting."))
        if not body:
            raise Refused.field("text", _("Write what happened first."), "required")
        entry = NewCommunication(kind=CommunicationKind(kind), refs=(Ref("delivery.project", project_id),), body=body,
                                 happened_at=request.now)
        log_communications(actor=request.actor, now=request.now, entries=[entry])
    except Refused as refusal:
        if not refusal.errors:
            raise
        context = _context(request, project_id) | {
            "log_errors": errors_by_field(refusal.errors), "log_text": body, "log_kind": kind}
        return render(request, "delivery/project.html", context, block="sheet", status=422)
    return with_toast(project_body(request, project_id), _("Logged."))
