"""Privacy: how long personal records are kept, legal holds, who opened what, and what is known of a person."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import BeforeValidator, Field

from wonward.edges.api.v1.answers import Page, answer, page
from wonward.edges.api.v1.inputs import Body, Flag, Line, ListQuery, RefText, read_whole
from wonward.edges.api.v1.routes import ApiRequest, route
from wonward.foundation.access.policy import can_see, require
from wonward.foundation.audit.queries import OpeningRow, list_openings
from wonward.foundation.files.rules import delivery_headers
from wonward.journeys.house.operations import (
    ask_for_retention,
    ask_to_erase_colleague,
    ask_to_erase_person,
    ask_where_colleague_is,
    ask_where_person_is,
    export_person,
    release_hold,
    set_hold,
    set_retention,
)
from wonward.journeys.house.queries.colleague import get_former
from wonward.journeys.house.queries.errands import list_errands
from wonward.journeys.house.queries.person import require_person
from wonward.journeys.house.queries.retention import list_holds, list_rules, preview, read_key
from wonward.journeys.house.types import DueRow, ErrandKind, ErrandRow, HoldRow, RetentionRow
from wonward.kernel.errors import NotFound
from wonward.kernel.ref import Ref

_EDIT, _PERSON = "house.retention.edit", "house.person.erase"


class RetentionOut(msgspec.Struct, frozen=True):
    """A rule: what is older than `months` is cleared every night while `is_on`. Counts are of the last run."""

    key: str
    is_on: bool
    months: int
    shortest: int
    version: int
    ran_at: datetime | None
    done_count: int
    kept_count: int


class RetentionsOut(msgspec.Struct, frozen=True):
    """Every rule."""

    items: list[RetentionOut]


class DueOut(msgspec.Struct, frozen=True):
    """A row that is old enough. `why_kept` is empty when it would go, else held, open_work or consent; hidden names are empty."""

    id: int
    ref: str
    name: str
    since: datetime
    why_kept: str


class HoldOut(msgspec.Struct, frozen=True):
    """A legal hold; live while `released_at` is empty."""

    id: int
    ref: str
    reason: str
    set_by: str
    set_at: datetime
    released_by: str
    released_at: datetime | None


class HeldOut(msgspec.Struct, frozen=True):
    """The hold that was set."""

    id: int


class OpeningOut(msgspec.Struct, frozen=True):
    """Who `opened` or `exported` a record, or a list named by `detail`, how often on one day."""

    id: int
    who: str
    what: str
    ref: str
    detail: str
    via: str
    times: int
    first_at: datetime
    last_at: datetime


class PersonErrandOut(msgspec.Struct, frozen=True):
    """Looking for a person everywhere, or erasing them: `places` counts rows by table, `kept` what stays with why."""

    id: int
    kind: str
    state: str
    failure: str
    places: dict[str, int]
    kept: dict[str, int]


class PersonErrandsOut(msgspec.Struct, frozen=True):
    """The latest of a person, the newest first."""

    items: list[PersonErrandOut]


class RetentionIn(Body):
    """What a rule shall be."""

    key: Line
    is_on: Flag
    months: Annotated[int, Field(strict=True, ge=-1000, le=100_000)]
    version: Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)] | None = None


class HoldIn(Body):
    """A company, contact, lead, deal or project to hold, and why."""

    ref: RefText
    reason: Line


class ErasureIn(Body):
    """Why a person is erased."""

    reason: Line


class DueQuery(ListQuery):
    """Which rule, and for how many months if not those it has."""

    key: str = "leads"
    months: Annotated[int, BeforeValidator(read_whole), Field(ge=1, le=240)] | None = None


def _rule(row: RetentionRow) -> RetentionOut:
    return RetentionOut(row.key.value, row.is_on, row.months, row.shortest, row.version, row.ran_at, row.done_count, row.kept_count)


def _due(row: DueRow) -> DueOut:
    return DueOut(row.key, f"{row.noun}:{row.key}" if row.noun else "", row.name, row.since, row.why_kept.value)


def _hold(row: HoldRow) -> HoldOut:
    return HoldOut(row.id, str(row.ref), row.reason, row.set_by, row.set_at, row.released_by, row.released_at)


def _opening(row: OpeningRow) -> OpeningOut:
    return OpeningOut(row.id, row.user_label, row.what, str(row.ref or ""), row.detail, row.via, row.times, row.first_at, row.last_at)


def _errand(row: ErrandRow) -> PersonErrandOut:
    kind = "erasure" if row.kind in (ErrandKind.PERSON, ErrandKind.FORMER) else "search"
    return PersonErrandOut(row.id, kind, row.state.value, row.failure, dict(row.report.get("places", {})), dict(row.report.get("kept", {})))


@route("GET", "/retention", permission=_EDIT, answers={200: RetentionsOut})
def read_retention(request: ApiRequest) -> HttpResponse:
    """Every rule of how long personal records are kept."""
    return answer(RetentionsOut([_rule(row) for row in list_rules(actor=request.actor)]))


@route("PUT", "/retention", permission=_EDIT, answers={200: RetentionsOut}, example={"key": "leads", "is_on": True, "months": 24})
def put_retention(request: ApiRequest, body: RetentionIn) -> HttpResponse:
    """Turn a rule on or off and say for how many months rows are kept; nothing goes before tonight."""
    set_retention(
        actor=request.actor, key=read_key(body.key), is_on=body.is_on, months=body.months, version=body.version, now=request.now
    )
    return answer(RetentionsOut([_rule(row) for row in list_rules(actor=request.actor)]))


@route("GET", "/retention/due", permission=_EDIT, answers={200: Page[DueOut]})
def read_due(request: ApiRequest, where: DueQuery = Query(...)) -> HttpResponse:
    """A dry run: the rows a rule would touch now, and those that stay with why. Nothing changes."""
    require(request.actor, _EDIT)
    key = read_key(where.key)
    months = where.months or next(row.months for row in list_rules(actor=request.actor) if row.key is key)
    due = preview(actor=request.actor, key=key, months=months, now=request.now, offset=where.offset, limit=where.limit + 1)
    return page(due.rows, where, _due)


@route("POST", "/retention/runs", permission=_EDIT, answers={202: RetentionsOut})
def add_retention_run(request: ApiRequest) -> HttpResponse:
    """Let the rules that are on work now."""
    ask_for_retention(actor=request.actor, now=request.now)
    return answer(RetentionsOut([_rule(row) for row in list_rules(actor=request.actor)]), status=202)


@route("GET", "/holds", permission=_EDIT, answers={200: Page[HoldOut]})
def read_holds(request: ApiRequest, where: ListQuery = Query(...)) -> HttpResponse:
    """Legal holds, the live ones first."""
    return page(list_holds(actor=request.actor, offset=where.offset, limit=where.limit + 1), where, _hold)


@route("POST", "/holds", permission=_EDIT, answers={201: HeldOut}, example={"ref": "clients.company:12", "reason": "A dispute"})
def add_hold(request: ApiRequest, body: HoldIn) -> HttpResponse:
    """Let nothing of a record, and of what belongs to a company, be erased or thrown away."""
    return answer(HeldOut(set_hold(actor=request.actor, ref=Ref.parse(body.ref), reason=body.reason, now=request.now)), status=201)


@route("POST", "/holds/{record:hold_id}/release", permission=_EDIT, answers={204: None})
def release_hold_now(request: ApiRequest, hold_id: int) -> HttpResponse:
    """Let the rules apply again."""
    release_hold(actor=request.actor, hold_id=hold_id, now=request.now)
    return HttpResponse(status=204)


@route("GET", "/openings", permission="audit.openings.view", answers={200: Page[OpeningOut]})
def read_openings(request: ApiRequest, where: ListQuery = Query(...)) -> HttpResponse:
    """Who opened restricted records and took personal data out, the latest first."""
    return page(list_openings(actor=request.actor, offset=where.offset, limit=where.limit + 1), where, _opening)


@route("POST", "/contacts/{record:contact_id}/personal-data", permission=_PERSON, answers={200: bytes})
def take_personal_data(request: ApiRequest, contact_id: int) -> HttpResponse:
    """What is known of a person, as a text to be read; who took it is noted."""
    _find(request, contact_id)
    response = HttpResponse(export_person(actor=request.actor, contact_id=contact_id, now=request.now))
    for header, value in delivery_headers(f"contact-{contact_id}.txt", "text/plain").items():
        response.headers[header] = value
    return response


@route("GET", "/contacts/{record:contact_id}/erasure", permission=_PERSON, answers={200: PersonErrandsOut})
def read_erasure(request: ApiRequest, contact_id: int) -> HttpResponse:
    """How far looking for a person, and erasing them, is."""
    _find(request, contact_id)
    return _errands(request, contact_id, status=200)


@route("POST", "/contacts/{record:contact_id}/search", permission=_PERSON, answers={202: PersonErrandsOut})
def add_person_search(request: ApiRequest, contact_id: int) -> HttpResponse:
    """Let every place be looked for where something of a person lies; nothing changes."""
    _find(request, contact_id)
    ask_where_person_is(actor=request.actor, contact_id=contact_id, now=request.now)
    return _errands(request, contact_id, status=202)


@route("POST", "/contacts/{record:contact_id}/erasure", permission=_PERSON, answers={202: PersonErrandsOut}, example={"reason": "Asked on 3 May"})
def add_erasure(request: ApiRequest, contact_id: int, body: ErasureIn) -> HttpResponse:
    """Let everything known of a person be erased, for good. 409 under a legal hold."""
    _find(request, contact_id)
    ask_to_erase_person(actor=request.actor, contact_id=contact_id, reason=body.reason, now=request.now)
    return _errands(request, contact_id, status=202)


@route("GET", "/people/{record:person_id}/erasure", permission=_PERSON, answers={200: PersonErrandsOut})
def read_colleague_erasure(request: ApiRequest, person_id: int) -> HttpResponse:
    """How far looking for a former colleague, and erasing them, is."""
    return _colleague_errands(request, person_id, status=200)


@route("POST", "/people/{record:person_id}/search", permission=_PERSON, answers={202: PersonErrandsOut})
def add_colleague_search(request: ApiRequest, person_id: int) -> HttpResponse:
    """Let every place be looked for where something of a former colleague lies; nothing changes."""
    ask_where_colleague_is(actor=request.actor, person_id=person_id, now=request.now)
    return _colleague_errands(request, person_id, status=202)


@route("POST", "/people/{record:person_id}/erasure", permission=_PERSON, answers={202: PersonErrandsOut}, example={"reason": "Asked on 3 May"})
def add_colleague_erasure(request: ApiRequest, person_id: int, body: ErasureIn) -> HttpResponse:
    """Let everything known of a former colleague be erased, for good; what they did stays. 422 while they work here."""
    ask_to_erase_colleague(actor=request.actor, person_id=person_id, reason=body.reason, now=request.now)
    return _colleague_errands(request, person_id, status=202)


def _colleague_errands(request: ApiRequest, person_id: int, *, status: int) -> HttpResponse:
    get_former(actor=request.actor, person_id=person_id)
    found = [
        row for kind in (ErrandKind.FORMER, ErrandKind.FORMER_PLAN) for row in list_errands(actor=request.actor, kind=kind, limit=50)
        if row.given.get("person_id") == person_id
    ]
    return answer(PersonErrandsOut([_errand(row) for row in sorted(found, key=lambda row: -row.id)]), status=status)


def _find(request: ApiRequest, contact_id: int) -> None:
    """A contact that is hidden looks missing, whatever the right."""
    if not can_see(request.actor, Ref("clients.contact", contact_id)):
        raise NotFound("contact", contact_id)


def _errands(request: ApiRequest, contact_id: int, *, status: int) -> HttpResponse:
    require_person(actor=request.actor, contact_id=contact_id)
    found = [
        row for kind in (ErrandKind.PERSON, ErrandKind.PERSON_PLAN) for row in list_errands(actor=request.actor, kind=kind, limit=50)
        if row.given.get("contact_id") == contact_id
    ]
    return answer(PersonErrandsOut([_errand(row) for row in sorted(found, key=lambda row: -row.id)]), status=status)
