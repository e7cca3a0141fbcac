"""How projects stand: health with its rules, status updates, the portfolio."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel, BeforeValidator, Field

from wonward.domains.delivery.operations import override_health, publish_status
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.standing import find_stage, list_status_updates
from wonward.domains.delivery.types import StatusUpdateRow
from wonward.edges.api.v1.answers import Page, answer, page
from wonward.edges.api.v1.inputs import (
    Body,
    Cursor,
    ListQuery,
    Prose,
    QueryId,
    QueryText,
    Short,
    cursor_at,
    offset_of,
    read_whole,
)
from wonward.edges.api.v1.routes import ApiRequest, route
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.client_record.queries.drift import list_drifts
from wonward.journeys.client_record.queries.standing import get_portfolio, list_health
from wonward.journeys.client_record.types import Health, PortfolioRow


class SignalOut(msgspec.Struct, frozen=True):
    """What one rule says: promise (working days behind), milestones, overdue, blocked, risks (how many)."""

    rule: str
    colour: str
    count: int


class OverrideOut(msgspec.Struct, frozen=True):
    """A colour set by hand, to the end of `last_date`."""

    colour: str
    reason: str
    author: str
    last_date: date


class HealthOut(msgspec.Struct, frozen=True):
    """`colour` counts; `by_rule` is what the rules say."""

    project_id: int
    stage: str
    colour: str
    by_rule: str
    signals: list[SignalOut]
    override: OverrideOut | None


class StatusUpdateOut(msgspec.Struct, frozen=True):
    """A published status update with the dates of that moment."""

    id: int
    project_id: int
    text: str
    colour: str
    promised_finish_date: date | None
    forecast_finish_date: date | None
    author: str
    published_at: datetime


class MilestoneOut(msgspec.Struct, frozen=True):
    """The first open milestone or approval."""

    id: int
    name: str
    finish_date: date


class PortfolioRowOut(msgspec.Struct, frozen=True):
    """One project beside the others; `days_late` are working days behind the promise, negative when early."""

    project_id: int
    number: str
    name: str
    company_id: int
    company_name: str
    manager_id: int | None
    status: str
    colour: str
    days_late: int
    promised_finish_date: date | None
    forecast_finish_date: date | None
    overdue: int
    blocked: int
    next_milestone: MilestoneOut | None


class LoadOut(msgspec.Struct, frozen=True):
    """Open work of one person over the projects; `minutes` is what is left of it."""

    person_id: int
    name: str
    tasks: int
    critical: int
    overdue: int
    projects: int
    minutes: int


class RoleLoadOut(msgspec.Struct, frozen=True):
    """Open work that asks for one role over the projects; `unassigned` of its tasks are given to nobody yet."""

    name: str
    tasks: int
    critical: int
    overdue: int
    unassigned: int
    projects: int
    minutes: int


class ChainLinkOut(msgspec.Struct, frozen=True):
    """A task in a chain of work through several projects."""

    task_id: int
    name: str
    project_id: int
    project_number: str
    start_date: date
    finish_date: date


class ChainOut(msgspec.Struct, frozen=True):
    """Open work through several projects that decides when the last of them ends."""

    project_id: int
    project_number: str
    finish_date: date
    tasks: list[ChainLinkOut]


class PortfolioOut(msgspec.Struct, frozen=True):
    """Every live project you see, the worst first, who and which roles hold most of them up, and the chains through several."""

    items: list[PortfolioRowOut]
    counts: dict[str, int]
    loads: list[LoadOut]
    next: str | None
    roles: list[RoleLoadOut] = []
    chains: list[ChainOut] = []


class OverrideIn(Body):
    """A colour against the rules, for 14 days; an empty one ends it."""

    colour: Short
    reason: Prose = ""


class StatusUpdateIn(Body):
    """How the project stands: green, amber or red, in your words."""

    text: Prose
    colour: Short = "green"


class PortfolioQuery(BaseModel):
    """What the portfolio is narrowed to."""

    q: QueryText = ""
    company_id: QueryId | None = None
    manager_id: QueryId | None = None
    colour: Annotated[list[Literal["green", "amber", "red"]], Field(max_length=3)] = []
    holds: Annotated[list[Literal["overdue", "blocked"]], Field(max_length=2)] = []
    limit: Annotated[int, BeforeValidator(read_whole), Field(ge=1, le=200)] = 100
    cursor: Cursor = ""

    @property
    def offset(self) -> int:
        """Rows to leave out."""
        return offset_of(self.cursor) if self.cursor else 0


def _health(request: ApiRequest, project_id: int) -> HealthOut:
    row = get_project(actor=request.actor, project_id=project_id)
    drifts = list_drifts(projects=[row], today=civil_date(request.now, request.actor.time_zone))
    health: Health = list_health(drifts=drifts, today=civil_date(request.now, request.actor.time_zone))[project_id]
    by_hand = health.override
    return HealthOut(
        project_id, find_stage(project_id), health.colour, health.by_rule, [SignalOut(one.rule, one.colour, one.count) for one in health.signals],
        OverrideOut(by_hand.colour, by_hand.reason, by_hand.author_label, by_hand.last_date) if by_hand else None,
    )


def _show_update(row: StatusUpdateRow) -> StatusUpdateOut:
    return StatusUpdateOut(
        row.id, row.project_id, row.text, row.colour, row.promised_finish_date, row.forecast_finish_date, row.author_label, row.published_at
    )


def _show_row(row: PortfolioRow) -> PortfolioRowOut:
    project, coming = row.drift.project, row.next_milestone
    return PortfolioRowOut(
        project.id, project.number, project.name, project.company_id, project.company_name, project.manager_id, project.status,
        row.health.colour, row.drift.days_late, project.promised_finish_date, project.forecast_finish_date,
        row.count("overdue") + row.count("milestones"), row.count("blocked"),
        MilestoneOut(coming.id, coming.name, coming.finish_date) if coming else None,
    )


@route("GET", "/projects/{record:project_id}/health", permission="delivery.project.view", answers={200: HealthOut})
def read_health(request: ApiRequest, project_id: int) -> HttpResponse:
    """How a project stands, rule by rule."""
    return answer(_health(request, project_id))


@route(
    "POST", "/projects/{record:project_id}/health/overrides", permission="delivery.project.edit", answers={201: HealthOut},
    example={"colour": "amber", "reason": "The client is on holiday until Monday."},
)
def add_health_override(request: ApiRequest, project_id: int, body: OverrideIn) -> HttpResponse:
    """Give a project another colour than the rules do, with the reason."""
    override_health(actor=request.actor, project_id=project_id, colour=body.colour, reason=body.reason, now=request.now)
    return answer(_health(request, project_id), status=201)


@route("GET", "/projects/{record:project_id}/status-updates", permission="delivery.project.view", answers={200: Page[StatusUpdateOut]})
def read_status_updates(request: ApiRequest, project_id: int, where: ListQuery = Query(...)) -> HttpResponse:
    """What was published about a project, newest first."""
    rows = list_status_updates(actor=request.actor, project_id=project_id, offset=where.offset, limit=where.limit + 1)
    return page(rows, where, _show_update)


@route(
    "POST", "/projects/{record:project_id}/status-updates", permission="delivery.project.edit", answers={201: StatusUpdateOut},
    example={"text": "The templates are in place.", "colour": "green"},
)
def add_status_update(request: ApiRequest, project_id: int, body: StatusUpdateIn) -> HttpResponse:
    """Publish how a project stands; it stands in the client's record too."""
    publish_status(actor=request.actor, project_id=project_id, text=body.text, colour=body.colour, now=request.now)
    newest = list_status_updates(actor=request.actor, project_id=project_id, limit=1)[0]
    return answer(_show_update(newest), status=201)


@route("GET", "/portfolio", permission="delivery.project.view", answers={200: PortfolioOut})
def read_portfolio(request: ApiRequest, where: PortfolioQuery = Query(...)) -> HttpResponse:
    """Live projects beside each other, the worst first."""
    found = get_portfolio(
        actor=request.actor, now=request.now, text=where.q, company_id=where.company_id, manager_id=where.manager_id, colours=where.colour,
        holds=where.holds, offset=where.offset, limit=where.limit,
    )
    following = where.offset + where.limit
    loads = [LoadOut(one.person_id, one.name, one.tasks, one.critical, one.overdue, one.projects, one.minutes) for one in found.bottlenecks.people]
    roles = [RoleLoadOut(one.name, one.tasks, one.critical, one.overdue, one.unassigned, one.projects, one.minutes) for one in found.bottlenecks.roles]
    chains = [
        ChainOut(chain.project_id, chain.project_number, chain.finish_date, [
            ChainLinkOut(one.task_id, one.task_name, one.project_id, one.project_number, one.start_date, one.finish_date) for one in chain.links
        ])
        for chain in found.chains
    ]
    return answer(PortfolioOut(
        [_show_row(row) for row in found.rows], found.counts, loads, cursor_at(following) if following < found.total else None, roles, chains,
    ))
