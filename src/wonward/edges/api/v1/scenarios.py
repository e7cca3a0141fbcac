"""Saved what-ifs of the outlook, and what a win of one deal would ask of whom."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import Field

from wonward.domains.sales.queries.deals import get_deal
from wonward.edges.api.v1.answers import Page, answer, page
from wonward.edges.api.v1.inputs import Body, Day, Flag, Id, ListQuery, Name
from wonward.edges.api.v1.routes import ApiRequest, route
from wonward.foundation.access.policy import require
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.capacity.operations import delete_scenario, save_scenario
from wonward.journeys.capacity.queries import get_deal_fit, list_reserved_time, list_scenarios
from wonward.journeys.capacity.queries.dates import usual_kickoff
from wonward.journeys.capacity.types import DealFit, RoleFit, ScenarioRow, WhatIf
from wonward.kernel.errors import NotFound


class MovedDealOut(msgspec.Struct, frozen=True):
    """A deal taken as starting on another day."""

    deal_id: int
    start_date: date


class ScenarioOut(msgspec.Struct, frozen=True):
    """Deals taken as won, as lost or as moved, as far as the reader may open them; `hidden` counts the others."""

    id: int
    name: str
    author: str
    is_mine: bool
    won: list[int]
    lost: list[int]
    moved: list[MovedDealOut]
    hidden: int
    version: int


class MovedDealIn(Body):
    """A deal and the day its work would begin."""

    deal_id: Id
    start_date: Day


class ScenarioIn(Body):
    """A what-if to keep; `is_shared` lets everybody who sees the outlook use it."""

    name: Name
    won: Annotated[list[Id], Field(max_length=200)] = []
    lost: Annotated[list[Id], Field(max_length=200)] = []
    moved: Annotated[list[MovedDealIn], Field(max_length=200)] = []
    is_shared: Flag = False


class RoleFitOut(msgspec.Struct, frozen=True):
    """Hours a win would ask of a role beside what is booked and planned, how many of them nobody has, and in which weeks.

    `tentative_hours` are booked tentatively for others in the same weeks; `short_with_tentative` is what lacks if all of it comes.
    """

    role: str
    hours: float
    short_hours: float
    first_short: date | None
    last_short: date | None
    tentative_hours: float
    short_with_tentative: float
    effort_factor: float
    sales: int


class ReservedOut(msgspec.Struct, frozen=True):
    """Time of a role reserved for the deal; `person` is empty while nobody was put on it."""

    role: str
    person: str
    minutes: int
    start_date: date
    finish_date: date


class DealCapacityOut(msgspec.Struct, frozen=True):
    """A deal against the time there is if its work begins on `kickoff_date`; `safe_kickoff` is the next start at which no role is short.

    `is_known` is false where the services name nobody who works for them.
    """

    deal_id: int
    kickoff_date: date
    is_known: bool
    roles: list[RoleFitOut]
    safe_kickoff: date | None
    reserved: list[ReservedOut]


class KickoffQuery(Body):
    """When the work would begin; two weeks after the expected signature when left out."""

    kickoff_date: Day | None = None


class ScenarioQuery(ListQuery):
    """What the list of scenarios is narrowed to."""

    sort: Literal["-updated_at", "updated_at", "name", "-name", "id", "-id"] = "-updated_at"


@route("GET", "/capacity/scenarios", permission="capacity.outlook.view", answers={200: Page[ScenarioOut]})
def read_scenarios(request: ApiRequest, where: ScenarioQuery = Query(...)) -> HttpResponse:
    """One's own what-ifs and the shared ones, newest first."""
    rows = list_scenarios(
        actor=request.actor, text=where.q, updated_since=where.updated_since, sort=where.sort, offset=where.offset,
        limit=where.limit + 1,
    )
    return page(rows, where, _show)


@route(
    "POST", "/capacity/scenarios", permission="capacity.scenario.save", answers={201: ScenarioOut}, example={"name": "Both won", "won": [1]},
)
def add_scenario(request: ApiRequest, body: ScenarioIn) -> HttpResponse:
    """Keep a what-if under a name."""
    what_if = WhatIf(frozenset(body.won), frozenset(body.lost), {one.deal_id: one.start_date for one in body.moved})
    key = save_scenario(actor=request.actor, name=body.name, what_if=what_if, is_shared=body.is_shared, now=request.now)
    row = next((one for one in list_scenarios(actor=request.actor) if one.id == key), None)
    if row is None:
        raise NotFound("scenario", key)
    return answer(_show(row), status=201, version=row.version)


@route("DELETE", "/capacity/scenarios/{record:scenario_id}", permission="capacity.scenario.save", answers={200: Page[ScenarioOut]})
def remove_scenario(request: ApiRequest, scenario_id: int) -> HttpResponse:
    """Throw away a scenario of one's own; the answer holds those that are left."""
    delete_scenario(actor=request.actor, scenario_id=scenario_id, now=request.now)
    return answer(Page([_show(row) for row in list_scenarios(actor=request.actor)], None))


@route("GET", "/deals/{record:deal_id}/capacity", permission="capacity.date.ask", answers={200: DealCapacityOut})
def read_deal_capacity(request: ApiRequest, deal_id: int, where: KickoffQuery = Query(...)) -> HttpResponse:
    """What a win of a deal would ask of whom, and whether they have the time."""
    deal = get_deal(actor=request.actor, deal_id=deal_id)
    require(request.actor, "capacity.date.ask")
    kickoff = where.kickoff_date or usual_kickoff(deal, civil_date(request.now, request.actor.time_zone))
    fit = get_deal_fit(actor=request.actor, deal_id=deal_id, kickoff=kickoff)
    reserved = [
        ReservedOut(one.role, one.person_name, one.minutes, one.start_date, one.finish_date)
        for one in list_reserved_time(actor=request.actor, deal_id=deal_id)
    ]
    return answer(DealCapacityOut(deal_id, kickoff, fit is not None, _roles(fit), fit.safe_kickoff if fit else None, reserved))


def _roles(fit: DealFit | None) -> list[RoleFitOut]:
    return [_role(role) for role in fit.roles] if fit else []


def _role(role: RoleFit) -> RoleFitOut:
    return RoleFitOut(
        role.name, round(role.hours, 2), round(role.short_hours, 2), role.first_short, role.last_short, round(role.tentative_hours, 2),
        round(role.short_with_tentative, 2), role.factor, role.sales,
    )


def _show(row: ScenarioRow) -> ScenarioOut:
    moved = [MovedDealOut(key, day) for key, day in sorted(row.what_if.moved.items())]
    return ScenarioOut(
        row.id, row.name, row.author, row.is_mine, sorted(row.what_if.won), sorted(row.what_if.lost), moved, row.hidden, row.version
    )
