"""What is entered about a project itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from wonward.domains.catalog.queries import get_preview_items, list_templates
from wonward.domains.clients.queries import list_companies
from wonward.domains.delivery.operations import archive_project, change_project, restore_project
from wonward.domains.delivery.queries.projects import (
    get_project,
    list_project_members,
    require_project_edit,
)
from wonward.domains.delivery.types import NewProject, ProjectRow
from wonward.domains.staff.queries import list_people
from wonward.edges.web.delivery.project_presenting import project_status
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.promises.operations import open_project
from wonward.kernel.errors import NotFound, Refused

OFFERED = 500
EDITED_STATES = ("planned", "active", "on_hold")


@page(permission="delivery.project.edit", methods=("GET", "POST"))
def new_project(request: SignedInRequest) -> HttpResponse:
    """Start a project without a deal: for a client, from a template or empty."""
    if request.method != "POST":
        return _new_form(request, {"company_id": request.GET.get("company", "")}, {})
    try:
        project_id = _open(request)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _new_form(request, request.POST, errors_by_field(refusal.errors))
    return go_to(request, address_of("project_plan", project_id=project_id))


def _open(request: SignedInRequest) -> int:
    reader, actor = FormReader(request.POST), request.actor
    company_id, template_id, manager_id = reader.number("company_id"), reader.number("template_id"), reader.number("manager_id")
    start, promised, name = reader.day("start_date"), reader.day("promised_finish_date"), reader.text("name", limit=200)
    reader.finish()
    if company_id is None:
        raise Refused.field("company_id", _("Choose the client."), "required")
    items = _items(request, template_id)
    new = NewProject(
        name, company_id, manager_id, start or civil_date(request.now, actor.time_zone), promised, items, is_restricted=reader.flag("is_restricted"),
    )
    return open_project(actor=actor, new=new, now=request.now)


def _items(request: SignedInRequest, template_id: int | None) -> Any:
    if template_id is None:
        return ()
    try:
        return get_preview_items(actor=request.actor, template_id=template_id)
    except NotFound:
        raise Refused.field("template_id", _("Choose a template of the list."), "unknown") from None


def _new_form(request: SignedInRequest, values: Mapping[str, str], errors: Mapping[str, str]) -> HttpResponse:
    actor = request.actor
    reader = FormReader(values)
    templates = list_templates(actor=actor, limit=OFFERED) if actor.may("catalog.service.view") else []
    context = {
        "values": {"manager_id": str(actor.person_id or ""), **dict(values.items())}, "errors": errors, "start": reader.day("start_date"),
        "promised": reader.day("promised_finish_date"), "companies": [(row.id, row.name) for row in list_companies(actor=actor, limit=OFFERED)],
        "templates": [(row.id, row.name) for row in templates],
        "people": [(person.id, person.name) for person in list_people(actor=actor, with_placeholders=True)],
    }
    return render(request, "delivery/new_project.html", context, status=422 if errors else 200)


@page(permission="delivery.project.edit", methods=("GET", "POST"))
def project_editing(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Name, lead, state, restriction, and who is on the project."""
    row = get_project(actor=request.actor, project_id=project_id)
    require_project_edit(actor=request.actor, project_id=project_id, manager_id=row.manager_id)
    if request.method != "POST":
        return _edit_form(request, row, {}, {})
    try:
        _change(request, row)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _edit_form(request, row, request.POST, errors_by_field(refusal.errors))
    return go_to(request, address_of("project", project_id=project_id))


def _change(request: SignedInRequest, row: ProjectRow) -> None:
    reader = FormReader(request.POST)
    changes: dict[str, Any] = {"name": reader.text("name", limit=200)}
    if "manager_id" in request.POST:
        changes |= {"manager_id": reader.number("manager_id"), "is_restricted": reader.flag("is_restricted")}
    if request.POST.get("status"):
        changes["status"] = reader.text("status", limit=12)
    if "promised_finish_date" in request.POST:
        changes["promised_finish_date"] = reader.day("promised_finish_date")
    version, members = reader.version(), None
    if "with_members" in request.POST:
        typed = [*request.POST.getlist("member_id"), request.POST.get("add_member_id", "")]
        members = [int(text) for text in typed if text.isdecimal() and len(text) < 16]
    reader.finish()
    change_project(actor=request.actor, project_id=row.id, changes=changes, member_ids=members, version=version, now=request.now)


def _edit_form(request: SignedInRequest, row: ProjectRow, values: Mapping[str, str], errors: Mapping[str, str]) -> HttpResponse:
    members = list_project_members(project_id=row.id)
    people = list_people(actor=request.actor, with_placeholders=True)
    on_it = {key for key, _name in members}
    context = {
        "project": row, "errors": errors, "members": [(key, name) for key, name in members if key != row.manager_id],
        "values": {"name": row.name, "manager_id": str(row.manager_id or ""), "status": row.status, **dict(values.items())},
        "is_restricted": "is_restricted" in values if values else row.is_restricted, "promised": FormReader(values).day("promised_finish_date"),
        "kept_members": values.getlist("member_id") if isinstance(values, QueryDict) else [str(key) for key, _name in members],
        "people": [(person.id, person.name) for person in people], "others": [(person.id, person.name) for person in people if person.id not in on_it],
        "states_offered": [(key, project_status(key)[0]) for key in EDITED_STATES],
    }
    return render(request, "delivery/project_editing.html", context, status=422 if errors else 200)


@page(permission="delivery.project.edit", methods=("POST",))
def project_archiving(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Take the project off the lists, or bring it back."""
    reader = FormReader(request.POST)
    reason, version = reader.text("reason", limit=2000), reader.version()
    reader.finish()
    put = restore_project if request.POST.get("do") == "restore" else archive_project
    put(actor=request.actor, project_id=project_id, reason=reason, version=version, now=request.now)
    return go_to(request, address_of("project_status", project_id=project_id))
