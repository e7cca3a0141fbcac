"""What is entered about a project itself."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from django.http import HttpResponse
from pydantic import Field

from wonward.domains.catalog.queries import get_preview_items
from wonward.domains.delivery.operations import archive_project, change_project, restore_project, set_members
from wonward.domains.delivery.queries.projects import get_project, list_project_members
from wonward.domains.delivery.types import NewProject
from wonward.edges.api.v1.answers import Page, after_write, answer
from wonward.edges.api.v1.inputs import Body, Day, Flag, Id, Name, Prose
from wonward.edges.api.v1.projects import ProjectOut, show_projects
from wonward.edges.api.v1.record_values import with_values
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.promises.operations import open_project

_EDIT = "delivery.project.edit"


class ProjectArchivingIn(Body):
    """Archive, or bring back; the reason stands in the history."""

    is_archived: Flag
    reason: Prose = ""


class ProjectIn(Body):
    """A project that no deal led to; with a template its tasks are those of the template, dated from `start_date`."""

    name: Name
    company_id: Id
    start_date: Day | None = None
    template_id: Id | None = None
    manager_id: Id | None = None
    promised_finish_date: Day | None = None
    is_restricted: Flag = False
    member_ids: Annotated[list[Id], Field(max_length=200)] = []


class ProjectPatch(Body):
    """What to change. Dates move through the plan; a promised finish is set only where there is none."""

    name: Name = ""
    manager_id: Id | None = None
    status: Literal["planned", "active", "on_hold"] = "active"
    is_restricted: Flag = False
    promised_finish_date: Day | None = None


class MemberOut(msgspec.Struct, frozen=True):
    """Somebody on a project."""

    person_id: int
    name: str


class MembersIn(Body):
    """Everybody who is on the project from now on."""

    person_ids: Annotated[list[Id], Field(max_length=200)]


def _one(request: ApiRequest, project_id: int, *, status: int = 200, location: str = "") -> HttpResponse:
    row = get_project(actor=request.actor, project_id=project_id)
    return answer(with_values(request.actor, "delivery.project", [show_projects([row])[row.id]])[0], status=status, version=row.version, location=location)


@route("POST", "/projects", permission=_EDIT, answers={201: ProjectOut}, example={"name": "Care contract", "company_id": 1})
def add_project(request: ApiRequest, body: ProjectIn) -> HttpResponse:
    """Start a project without a deal, from a template or empty."""
    items = get_preview_items(actor=request.actor, template_id=body.template_id) if body.template_id else ()
    start = body.start_date or civil_date(request.now, request.actor.time_zone)
    new = NewProject(
        body.name, body.company_id, body.manager_id, start, body.promised_finish_date, items, is_restricted=body.is_restricted,
        member_ids=tuple(dict.fromkeys(body.member_ids)),
    )
    project_id = open_project(actor=request.actor, new=new, now=request.now)
    location = f"/projects/{project_id}"
    return after_write(lambda: _one(request, project_id, status=201, location=location), status=201, location=location)


@route("PATCH", "/projects/{record:project_id}", permission=_EDIT, answers={200: ProjectOut}, example={"status": "on_hold"})
def edit_project(request: ApiRequest, project_id: int, body: ProjectPatch) -> HttpResponse:
    """Change a project's name, lead, state or restriction."""
    change_project(actor=request.actor, project_id=project_id, changes=body.sent(), version=version_asked(request), now=request.now)
    return after_write(lambda: _one(request, project_id))


@route("GET", "/projects/{record:project_id}/members", permission="delivery.project.view", answers={200: Page[MemberOut]})
def read_members(request: ApiRequest, project_id: int) -> HttpResponse:
    """Who is on a project, all of them."""
    return _members(request, project_id)


@route("PUT", "/projects/{record:project_id}/members", permission=_EDIT, answers={200: Page[MemberOut]}, example={"person_ids": [1]})
def put_members(request: ApiRequest, project_id: int, body: MembersIn) -> HttpResponse:
    """Say who is on a project; its lead always is."""
    set_members(actor=request.actor, project_id=project_id, person_ids=body.person_ids, version=version_asked(request), now=request.now)
    return after_write(lambda: _members(request, project_id))


def _members(request: ApiRequest, project_id: int) -> HttpResponse:
    row = get_project(actor=request.actor, project_id=project_id)
    return answer(Page([MemberOut(key, name) for key, name in list_project_members(project_id=project_id)], None), version=row.version)


@route(
    "POST", "/projects/{record:project_id}/archiving", permission=_EDIT, answers={200: ProjectOut},
    example={"is_archived": True, "reason": "Sold by mistake."},
)
def archive_project_now(request: ApiRequest, project_id: int, body: ProjectArchivingIn) -> HttpResponse:
    """Take a project off every list, or bring it back; nothing of it is lost."""
    put = archive_project if body.is_archived else restore_project
    put(actor=request.actor, project_id=project_id, reason=body.reason, version=version_asked(request), now=request.now)
    return after_write(lambda: _one(request, project_id))
