"""Before a win what it would make and what is missing; after it what the sales side sees of a project and tells the client."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel

from wonward.domains.comms.types import CommunicationKind
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.sales.queries.deals import get_brief, get_deal
from wonward.edges.api.v1.answers import MoneyOut, after_write, answer, money
from wonward.edges.api.v1.inputs import Body, Day, Flag, Id, Prose
from wonward.edges.api.v1.routes import ApiRequest, route
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.journeys.client_record.queries.drift import list_drifts_for
from wonward.journeys.handoff.operations import tell_client
from wonward.journeys.handoff.queries import fill_from_offer, list_missing_answers, preview_win
from wonward.journeys.handoff.types.previews import ProjectPreview


class PreviewPartOut(msgspec.Struct, frozen=True):
    """A phase or milestone with its days."""

    name: str
    kind: str
    start_date: date
    finish_date: date


class ProjectPreviewOut(msgspec.Struct, frozen=True):
    """A project that would be created, or with `joins` the sections that would join the project of that name."""

    name: str
    template: str
    task_count: int
    milestone_count: int
    dependency_count: int
    effort_minutes: int
    budget: MoneyOut | None
    forecast_finish_date: date | None
    joins: str
    parts: list[PreviewPartOut]


class MissingAnswerOut(msgspec.Struct, frozen=True):
    """An answer of the gate that is missing or impossible."""

    field: str
    code: str
    message: str


class WinPreviewOut(msgspec.Struct, frozen=True):
    """What closing the deal as won would make, and which answers are `missing` among those saved so far."""

    deal_id: int
    is_ready: bool
    missing: list[MissingAnswerOut]
    is_again: bool
    lead_name: str
    kickoff_date: date | None
    forecast_finish_date: date | None
    effort_minutes: int
    budget: MoneyOut | None
    promise_count: int
    covered_count: int
    communication_count: int
    document_count: int
    stakeholder_count: int
    projects: list[ProjectPreviewOut]


class PreviewWhere(BaseModel):
    """The kickoff to count from; without one the day that was saved, or that the offer says."""

    kickoff_date: Day | None = None


class DriftOut(msgspec.Struct, frozen=True):
    """Promise against forecast, in working days, and what the client was told last.

    `last_reason` is what an author of a change said last; `moved_again_at` is when the plan moved since without a word.
    """

    project_id: int
    promised_finish_date: date | None
    forecast_finish_date: date | None
    days_late: int
    days_since_seen: int | None
    last_reason: str
    moved_again_at: datetime | None
    told_finish_date: date | None
    told_by: str
    told_at: datetime | None
    is_worth_telling: bool


class ClientUpdateIn(Body):
    """What the client is told. `finish_date` is the forecast the words speak of; with `is_sent` they go out by mail."""

    words: Prose
    finish_date: Day
    contact_id: Id
    kind: Literal["email", "call", "chat", "meeting"] = "email"
    is_sent: Flag = False


@route("GET", "/deals/{record:deal_id}/win-preview", permission="sales.deal.view", answers={200: WinPreviewOut})
def read_win_preview(request: ApiRequest, deal_id: int, where: PreviewWhere = Query(...)) -> HttpResponse:
    """What winning the deal would make, by the rules that make it, and what its gate still misses."""
    actor = request.actor
    get_deal(actor=actor, deal_id=deal_id)
    brief, _ = fill_from_offer(actor=actor, deal_id=deal_id, brief=get_brief(deal_id=deal_id))
    found = preview_win(actor=actor, deal_id=deal_id, kickoff_date=where.kickoff_date or brief.kickoff_date, brief=brief)
    missing = list_missing_answers(actor=actor, deal_id=deal_id, today=civil_date(request.now, get_organisation().time_zone))
    return answer(WinPreviewOut(
        deal_id, not missing, [MissingAnswerOut(one.field, one.code, one.message) for one in missing], found.is_again, found.lead_name,
        found.kickoff_date, found.forecast_finish_date, found.effort_minutes, money(found.budget), found.promise_count, found.covered_count,
        found.communication_count, found.document_count, found.stakeholder_count, [_project(one) for one in found.projects],
    ))


def _project(one: ProjectPreview) -> ProjectPreviewOut:
    return ProjectPreviewOut(
        one.name, one.template_name, one.task_count, one.milestone_count, one.dependency_count, one.effort_minutes, money(one.budget),
        one.forecast_finish_date, one.joins, [PreviewPartOut(*part) for part in one.parts],
    )


@route("GET", "/projects/{record:project_id}/drift", permission="delivery.project.view", answers={200: DriftOut})
def read_drift(request: ApiRequest, project_id: int) -> HttpResponse:
    """How a project stands against its promise, as the card on the sales side says it."""
    project = get_project(actor=request.actor, project_id=project_id)
    (drift,) = list_drifts_for(actor=request.actor, projects=[project], now=request.now)
    told = drift.memory.told if drift.memory else None
    return answer(DriftOut(
        project_id, project.promised_finish_date, drift.forecast_date, drift.days_late, drift.days_since_seen,
        drift.last_said.reason if drift.last_said else "", drift.moved_again.happened_at if drift.moved_again else None, told.finish_date if told else None, told.told_by if told else "",
        told.told_at if told else None, drift.is_worth_telling,
    ))


@route(
    "POST", "/projects/{record:project_id}/client-updates", permission="handoff.client.tell", answers={201: DriftOut},
    example={"words": "We finish on 19 March as promised.", "finish_date": "2027-03-19", "contact_id": 1, "kind": "call"},
)
def add_client_update(request: ApiRequest, project_id: int, body: ClientUpdateIn) -> HttpResponse:
    """Tell the client when the project finishes: logged on everything it concerns, and mailed if asked. A plan that moved since is 412."""
    get_project(actor=request.actor, project_id=project_id)
    tell_client(
        actor=request.actor, project_id=project_id, kind=CommunicationKind(body.kind), words=body.words, finish_date=body.finish_date,
        contact_id=body.contact_id, is_sent=body.is_sent, now=request.now,
    )
    return after_write(lambda: _as_created(read_drift(request, project_id)), status=201)


def _as_created(shown: HttpResponse) -> HttpResponse:
    shown.status_code = 201
    return shown
