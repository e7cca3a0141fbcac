"""Objectives of selling and delivering: what is to be reached, how far it is, and the records behind it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import Field

from wonward.edges.api.v1.answers import Page, after_write, answer, page
from wonward.edges.api.v1.inputs import Body, Day, Flag, Id, ListQuery, Name, Prose, RefText, Short
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked
from wonward.journeys.insights.operations import archive_objective, change_objective, set_objective
from wonward.journeys.insights.queries import get_objective, list_facts, list_objectives
from wonward.journeys.insights.types import FactRow, ObjectiveFields, ObjectiveRow
from wonward.kernel.ref import Ref

_VIEW, _EDIT = "insights.objective.view", "insights.objective.edit"
Target = Annotated[int, Field(ge=1, le=10**15)]


class ProgressOut(msgspec.Struct, frozen=True):
    """`value` and `target` are in `unit`: minor units of `currency`, a count, percent or minutes. Shares are 0 to 1000."""

    value: int | None
    target: int | None
    cases: int
    share: int
    elapsed: int
    standing: str


class ObjectiveOut(msgspec.Struct, frozen=True):
    """An objective of a person, a team, or everybody together; `follows_goals`: the sales goals of its months are its target."""

    id: int
    name: str
    measure: str
    unit: str
    currency: str
    starts_date: date
    ends_date: date
    person_id: int | None
    team_id: int | None
    note: str
    links: list[str]
    follows_goals: bool
    is_archived: bool
    progress: ProgressOut
    version: int
    created_at: datetime
    updated_at: datetime


class FactOut(msgspec.Struct, frozen=True):
    """A record behind the number: the day it counts on, what it brings, and whether it did what the measure asks for."""

    ref: str
    name: str
    date: date
    value: int
    is_hit: bool


class ObjectiveIn(Body):
    """`target` in the unit of the measure: minor units, a count, percent, or minutes. Won value may go without: it takes the sales goals."""

    name: Name
    measure: Short
    starts_date: Day
    ends_date: Day
    target: Target | None = None
    person_id: Id | None = None
    team_id: Id | None = None
    note: Prose = ""
    links: Annotated[list[RefText], Field(max_length=50)] = []


class ObjectivePatch(Body):
    """What to change."""

    name: Name = ""
    measure: Short = ""
    starts_date: Day | None = None
    ends_date: Day | None = None
    target: Target | None = None
    person_id: Id | None = None
    team_id: Id | None = None
    note: Prose = ""
    links: Annotated[list[RefText], Field(max_length=50)] = []


class ObjectiveArchivingIn(Body):
    """Put away, or bring back."""

    is_archived: Flag


class ObjectiveQuery(ListQuery):
    """`state`: running today, coming, over, archived, or all; `mine`: of oneself, of one's team and of everybody together."""

    state: Literal["running", "coming", "over", "archived", "all"] = "all"
    whose: Literal["", "mine"] = ""


def _show(row: ObjectiveRow) -> ObjectiveOut:
    told = row.progress
    return ObjectiveOut(
        row.id, row.name, row.measure.key, "minutes" if row.measure.unit == "hours" else row.measure.unit.value, row.currency, row.starts_date,
        row.ends_date, row.person_id, row.team_id, row.note, [str(ref) for ref, _name in row.links], row.follows_goals, row.is_archived,
        ProgressOut(told.value, told.target, told.cases, told.share, told.elapsed, told.standing.value), row.version, row.created_at,
        row.updated_at,
    )


def _show_fact(row: FactRow) -> FactOut:
    return FactOut(str(row.ref), row.name, row.day, row.value, row.is_hit)


def _one(request: ApiRequest, objective_id: int, *, status: int = 200, location: str = "") -> HttpResponse:
    row = get_objective(actor=request.actor, objective_id=objective_id, now=request.now)
    return answer(_show(row), status=status, version=row.version, location=location)


@route("GET", "/objectives", permission=_VIEW, answers={200: Page[ObjectiveOut]})
def read_objectives(request: ApiRequest, where: ObjectiveQuery = Query(...)) -> HttpResponse:
    """Objectives you see with how far they are, those that end first before others."""
    rows = list_objectives(
        actor=request.actor, now=request.now, state=where.state, is_mine=where.whose == "mine", text=where.q,
        updated_since=where.updated_since, offset=where.offset, limit=where.limit + 1,
    )
    return page(rows, where, _show)


@route("GET", "/objectives/{record:objective_id}", permission=_VIEW, answers={200: ObjectiveOut})
def read_objective(request: ApiRequest, objective_id: int) -> HttpResponse:
    """One objective with how far it is."""
    return _one(request, objective_id)


@route("GET", "/objectives/{record:objective_id}/facts", permission=_VIEW, answers={200: Page[FactOut]})
def read_objective_facts(request: ApiRequest, objective_id: int, where: ListQuery = Query(...)) -> HttpResponse:
    """The records behind the number that you see, the latest first."""
    rows = list_facts(actor=request.actor, objective_id=objective_id, offset=where.offset, limit=where.limit + 1)
    return page(rows, where, _show_fact)


@route(
    "POST", "/objectives", permission=_EDIT, answers={201: ObjectiveOut},
    example={"name": "Win the quarter", "measure": "wins", "target": 12, "starts_date": "2026-10-01", "ends_date": "2026-12-31"},
)
def add_objective(request: ApiRequest, body: ObjectiveIn) -> HttpResponse:
    """Say what is to be reached."""
    values: dict[str, Any] = body.model_dump() | {"links": _links(body.links)}
    key = set_objective(actor=request.actor, fields=ObjectiveFields(**values), now=request.now)
    location = f"/objectives/{key}"
    return after_write(lambda: _one(request, key, status=201, location=location), status=201, location=location)


@route("PATCH", "/objectives/{record:objective_id}", permission=_EDIT, answers={200: ObjectiveOut}, example={"target": 14})
def edit_objective(request: ApiRequest, objective_id: int, body: ObjectivePatch) -> HttpResponse:
    """Change what is given of an objective."""
    changes = body.sent()
    if "links" in changes:
        changes["links"] = _links(body.links)
    changes = {name: value for name, value in changes.items() if not (name in ("starts_date", "ends_date") and value is None)}
    change_objective(
        actor=request.actor, objective_id=objective_id, changes=changes, version=version_asked(request), now=request.now
    )
    return after_write(lambda: _one(request, objective_id))


@route("POST", "/objectives/{record:objective_id}/archiving", permission=_EDIT, answers={200: ObjectiveOut}, example={"is_archived": True})
def archive_objective_now(request: ApiRequest, objective_id: int, body: ObjectiveArchivingIn) -> HttpResponse:
    """Put an objective away, or bring it back."""
    archive_objective(
        actor=request.actor, objective_id=objective_id, is_archived=body.is_archived, version=version_asked(request), now=request.now
    )
    return after_write(lambda: _one(request, objective_id))


def _links(texts: list[str]) -> tuple[Ref, ...]:
    return tuple(Ref.parse(text) for text in texts)
