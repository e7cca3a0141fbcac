"""What people do, can and cost: roles, skills, employment, targets, rates, and somebody to be hired."""

from __future__ import annotations

from datetime import date

import msgspec
from django.http import HttpResponse
from ninja import Query

from wonward.domains.staff.operations import (
    create_placeholder,
    put_roles,
    put_skills,
    set_employment,
    set_rate,
)
from wonward.domains.staff.queries import get_working_life, list_rates_of, list_working_lives
from wonward.domains.staff.types import RateRow, WorkingLife
from wonward.edges.api.v1.answers import MoneyOut, Page, after_write, answer, money, page
from wonward.edges.api.v1.inputs import Body, Count, Day, Id, Label, ListQuery, MoneyIn
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked
from wonward.foundation.organisation.queries import civil_date

_VIEW, _EDIT = "staff.booking.view", "staff.person.edit"


class SkillOut(msgspec.Struct, frozen=True):
    """Something a person can do, from 1 (learning) to 5 (teaches others)."""

    name: str
    level: int


class RateOut(msgspec.Struct, frozen=True):
    """What an hour costs and is billed at from a date on."""

    valid_from_date: date
    cost: MoneyOut | None
    bill: MoneyOut | None


class WorkingLifeOut(msgspec.Struct, frozen=True):
    """What somebody does, can and costs. `rate` counts today, their own or that of their first role; null without the right to see it."""

    id: int
    name: str
    job_title: str
    team: str
    is_placeholder: bool
    calendar_id: int | None
    week_percent: int
    target_percent: int
    employed_from_date: date | None
    employed_until_date: date | None
    roles: list[str]
    skills: list[SkillOut]
    rate: RateOut | None
    is_own_rate: bool
    version: int


class RateList(msgspec.Struct, frozen=True):
    """The rates of a person through time, the newest first."""

    items: list[RateOut]


class EmploymentIn(Body):
    """How much of the week somebody works, since when and until when, and how much of it is meant for clients."""

    week_percent: Count
    target_percent: Count
    employed_from_date: Day | None = None
    employed_until_date: Day | None = None
    calendar_id: Id | None = None


class RolesIn(Body):
    """The roles somebody can fill, the main one first."""

    roles: list[Label]


class SkillIn(Body):
    """One skill and its level from 1 to 5."""

    name: Label
    level: Count


class SkillsIn(Body):
    """All that somebody can do; what is not named is taken away."""

    skills: list[SkillIn]


class RateIn(Body):
    """What an hour of a person, or of a role, costs and is billed at from a day on; the same day again replaces it."""

    person_id: Id | None = None
    role: Label = ""
    valid_from_date: Day
    cost: MoneyIn | None = None
    bill: MoneyIn | None = None


class PlaceholderIn(Body):
    """Somebody to be hired: bookable from a day on."""

    name: Label
    role: Label
    from_date: Day
    week_percent: Count = 100


def show_life(row: WorkingLife) -> WorkingLifeOut:
    """A working life in the words of the API."""
    return WorkingLifeOut(
        row.id, row.name, row.job_title, row.team, row.is_placeholder, row.calendar_id, row.week_percent, row.target_percent, row.employed_from_date,
        row.employed_until_date, list(row.roles), [SkillOut(name, level) for name, level in row.skills], _rate(row.rate) if row.rate else None,
        row.is_own_rate, row.version,
    )


def _rate(row: RateRow) -> RateOut:
    return RateOut(row.valid_from_date, money(row.cost), money(row.bill))


def _today(request: ApiRequest) -> date:
    return civil_date(request.now, request.actor.time_zone)


def _life(request: ApiRequest, person_id: int, *, status: int = 200, location: str = "") -> HttpResponse:
    row = get_working_life(actor=request.actor, person_id=person_id, on=_today(request))
    return answer(show_life(row), version=row.version, status=status, location=location)


@route("GET", "/team", permission=_VIEW, answers={200: Page[WorkingLifeOut]})
def read_team(request: ApiRequest, where: ListQuery = Query(...)) -> HttpResponse:
    """Everybody who works; `q` finds names, roles and skills. Who sees only their own bookings finds themselves."""
    rows = list_working_lives(actor=request.actor, on=_today(request), text=where.q, offset=where.offset, limit=where.limit + 1)
    return page(rows, where, show_life)


@route("GET", "/team/{record:person_id}", permission=_VIEW, answers={200: WorkingLifeOut})
def read_team_member(request: ApiRequest, person_id: int) -> HttpResponse:
    """One person's working life."""
    return _life(request, person_id)


@route(
    "PUT", "/team/{record:person_id}/employment", permission=_EDIT, answers={200: WorkingLifeOut},
    example={"week_percent": 80, "target_percent": 75, "employed_from_date": "2027-01-01"},
)
def put_employment(request: ApiRequest, person_id: int, body: EmploymentIn) -> HttpResponse:
    """Say how much somebody works."""
    set_employment(
        actor=request.actor, person_id=person_id, week_percent=body.week_percent, target_percent=body.target_percent,
        employed_from_date=body.employed_from_date, employed_until_date=body.employed_until_date, calendar_id=body.calendar_id,
        version=version_asked(request), now=request.now,
    )
    return after_write(lambda: _life(request, person_id))


@route("PUT", "/team/{record:person_id}/roles", permission=_EDIT, answers={200: WorkingLifeOut}, example={"roles": ["Designer"]})
def put_team_roles(request: ApiRequest, person_id: int, body: RolesIn) -> HttpResponse:
    """Say which roles somebody can fill."""
    put_roles(actor=request.actor, roles={person_id: body.roles}, now=request.now)
    return after_write(lambda: _life(request, person_id))


@route("PUT", "/team/{record:person_id}/skills", permission=_VIEW, answers={200: WorkingLifeOut}, example={"skills": [{"name": "French", "level": 4}]})
def put_team_skills(request: ApiRequest, person_id: int, body: SkillsIn) -> HttpResponse:
    """Say what somebody can do; everybody may say it of themselves."""
    get_working_life(actor=request.actor, person_id=person_id, on=_today(request))
    put_skills(actor=request.actor, person_id=person_id, skills={one.name: one.level for one in body.skills}, now=request.now)
    return after_write(lambda: _life(request, person_id))


@route("GET", "/team/{record:person_id}/rates", permission="staff.rate.view", answers={200: RateList})
def read_rates(request: ApiRequest, person_id: int) -> HttpResponse:
    """The rates of a person through time."""
    return answer(RateList([_rate(row) for row in list_rates_of(actor=request.actor, person_id=person_id)]))


@route(
    "POST", "/rates", permission="staff.rate.edit", answers={201: RateOut},
    example={"role": "Designer", "valid_from_date": "2027-01-01", "cost": {"amount": "58.00", "currency": "EUR"}},
)
def add_rate(request: ApiRequest, body: RateIn) -> HttpResponse:
    """Set a rate from a day on."""
    cost, bill = body.cost.read() if body.cost else None, body.bill.read() if body.bill else None
    set_rate(
        actor=request.actor, person_id=body.person_id, role=body.role, valid_from_date=body.valid_from_date, cost=cost, bill=bill, now=request.now
    )
    return answer(RateOut(body.valid_from_date, money(cost), money(bill)), status=201)


@route(
    "POST", "/placeholders", permission="staff.booking.edit", answers={201: WorkingLifeOut},
    example={"name": "Designer, spring", "role": "Designer", "from_date": "2027-03-01"},
)
def add_placeholder(request: ApiRequest, body: PlaceholderIn) -> HttpResponse:
    """Add somebody to be hired."""
    key = create_placeholder(
        actor=request.actor, name=body.name, role=body.role, from_date=body.from_date, week_percent=body.week_percent, now=request.now
    )
    address = f"/team/{key}"
    return after_write(lambda: _life(request, key, status=201, location=address), status=201, location=address)
