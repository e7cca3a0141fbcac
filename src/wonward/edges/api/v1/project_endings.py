"""Where a project stands in its lifecycle, how it ends and begins again, and its calendar elsewhere."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from pydantic import Field

from wonward.domains.delivery.operations import (
    close_project,
    make_calendar_link,
    move_stage,
    reopen_project,
    revoke_calendar_link,
)
from wonward.domains.delivery.queries.feeds import find_link_date
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.standing import find_closing, find_stage, list_lessons
from wonward.edges.api.v1.answers import after_write, answer
from wonward.edges.api.v1.inputs import Body, Flag, Line, Prose
from wonward.edges.api.v1.projects import ProjectOut, show_projects
from wonward.edges.api.v1.routes import ApiRequest, route
from wonward.journeys.client_record.queries.standing import list_open_promises

_EDIT, _VIEW = "delivery.project.edit", "delivery.project.view"


class ProjectStageIn(Body):
    """The stage of the lifecycle a project is in from now on."""

    stage: Literal["initiation", "planning", "execution", "monitoring", "closure"]


class ProjectStageOut(msgspec.Struct, frozen=True):
    """The stage of a project."""

    project_id: int
    stage: str


class ProjectClosingIn(Body):
    """What the project came to, and what it taught: at least one thing to keep or to do otherwise.

    `is_open_known` says that open work and open promises are known of.
    """

    summary: Prose
    keep: Annotated[list[Prose], Field(max_length=50)] = []
    change: Annotated[list[Prose], Field(max_length=50)] = []
    survey_place: Line = ""
    is_open_known: Flag = False
    is_archived: Flag = False


class ProjectLessonOut(msgspec.Struct, frozen=True):
    """Something a project taught, to keep or to change."""

    kind: str
    text: str
    author: str


class ProjectClosingOut(msgspec.Struct, frozen=True):
    """The end of a project, without a day while it has none; `open_promises` are the words of what was still owed."""

    project_id: int
    closed_at: datetime | None
    closed_by: str
    summary: str
    survey_place: str
    open_promises: list[str]
    lessons: list[ProjectLessonOut]


class ProjectCalendarLinkOut(msgspec.Struct, frozen=True):
    """Your own calendar link to a project; its address is told once, when it is made."""

    project_id: int
    made_at: datetime | None
    address: str | None


def _one(request: ApiRequest, project_id: int) -> HttpResponse:
    row = get_project(actor=request.actor, project_id=project_id)
    return answer(show_projects([row])[row.id], version=row.version)


@route("PUT", "/projects/{record:project_id}/stage", permission=_EDIT, answers={200: ProjectStageOut}, example={"stage": "execution"})
def put_stage(request: ApiRequest, project_id: int, body: ProjectStageIn) -> HttpResponse:
    """Move a project along its lifecycle, or back; it ends by its closing alone."""
    move_stage(actor=request.actor, project_id=project_id, stage=body.stage, now=request.now)
    return after_write(lambda: answer(ProjectStageOut(project_id, find_stage(project_id))))


@route("GET", "/projects/{record:project_id}/closing", permission=_VIEW, answers={200: ProjectClosingOut})
def read_closing(request: ApiRequest, project_id: int) -> HttpResponse:
    """How a project ended, and what it taught."""
    get_project(actor=request.actor, project_id=project_id)
    return _closing(project_id, 200)


def _closing(project_id: int, status: int) -> HttpResponse:
    row, lessons = find_closing(project_id), [ProjectLessonOut(*lesson) for lesson in list_lessons(project_id=project_id)]
    if row is None:
        return answer(ProjectClosingOut(project_id, None, "", "", "", [], lessons), status=status)
    closing = ProjectClosingOut(project_id, row.closed_at, row.closed_by, row.summary, row.survey_place, list(row.open_promises), lessons)
    return answer(closing, status=status)


@route(
    "POST", "/projects/{record:project_id}/closing", permission=_EDIT, answers={201: ProjectClosingOut},
    example={"summary": "Live on the day we promised.", "keep": ["Weekly calls"], "is_open_known": True},
)
def add_closing(request: ApiRequest, project_id: int, body: ProjectClosingIn) -> HttpResponse:
    """End a project; open work or promises are refused unless they are known of, and are kept with the closing."""
    actor = request.actor
    get_project(actor=actor, project_id=project_id)
    lessons = [("keep", text) for text in body.keep] + [("change", text) for text in body.change]
    close_project(
        actor=actor, project_id=project_id, summary=body.summary, lessons=lessons, survey_place=body.survey_place,
        open_promises=list_open_promises(actor=actor, project_id=project_id), is_open_known=body.is_open_known, is_archived=body.is_archived,
        now=request.now,
    )
    return after_write(lambda: _closing(project_id, 201))


@route("POST", "/projects/{record:project_id}/reopening", permission=_EDIT, answers={200: ProjectOut})
def add_reopening(request: ApiRequest, project_id: int) -> HttpResponse:
    """Take the end of a project back; what it taught stays."""
    reopen_project(actor=request.actor, project_id=project_id, now=request.now)
    return after_write(lambda: _one(request, project_id))


@route("GET", "/projects/{record:project_id}/calendar-link", permission=_VIEW, answers={200: ProjectCalendarLinkOut})
def read_calendar_link(request: ApiRequest, project_id: int) -> HttpResponse:
    """Whether you have a calendar link to a project, and since when."""
    get_project(actor=request.actor, project_id=project_id)
    return answer(ProjectCalendarLinkOut(project_id, find_link_date(actor=request.actor, project_id=project_id), None))


@route("POST", "/projects/{record:project_id}/calendar-link", permission=_VIEW, answers={201: ProjectCalendarLinkOut})
def add_calendar_link(request: ApiRequest, project_id: int) -> HttpResponse:
    """A new calendar link to a project, which ends the one you had; the address is a secret and told this once."""
    get_project(actor=request.actor, project_id=project_id)
    token = make_calendar_link(actor=request.actor, project_id=project_id, now=request.now)
    address = settings.BASE_URL.rstrip("/") + reverse("project_calendar_feed", args=[token])
    return answer(ProjectCalendarLinkOut(project_id, request.now, address), status=201)


@route("DELETE", "/projects/{record:project_id}/calendar-link", permission=_VIEW, answers={200: ProjectCalendarLinkOut})
def remove_calendar_link(request: ApiRequest, project_id: int) -> HttpResponse:
    """End your calendar link to a project, also of one you no longer see; without one nothing changes."""
    if find_link_date(actor=request.actor, project_id=project_id) is not None:
        revoke_calendar_link(actor=request.actor, project_id=project_id, now=request.now)
    else:
        get_project(actor=request.actor, project_id=project_id)
    return answer(ProjectCalendarLinkOut(project_id, None, None))
