"""How long contracts run, and the deals that renew them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import Field

from wonward.domains.sales.operations.terms import clear_term, end_term, open_renewal, set_term
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.sales.queries.terms import find_term, list_terms
from wonward.domains.sales.types.terms import NewTerm, TermRow
from wonward.edges.api.v1.answers import MoneyOut, Page, after_write, answer, money, page
from wonward.edges.api.v1.inputs import Body, Day, ListQuery, QueryId
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked
from wonward.foundation.organisation.queries import civil_date
from wonward.kernel.errors import NotFound

Days = Annotated[int, Field(ge=0, le=730)]
Renewal = Literal["offer", "runs_on", "ends"]
State = Literal["running", "due", "offered", "renewed", "ending", "over"]


class ContractTermOut(msgspec.Struct, frozen=True):
    """How long a won deal's contract runs, both days included. `renewal_deal_id` is null without a renewal and for one you do not see."""

    deal_id: int
    deal_name: str
    company_id: int | None
    value: MoneyOut | None
    starts_date: date
    ends_date: date
    renewal: Renewal
    notice_days: int
    lead_days: int
    runs_on_months: int
    notice_date: date
    opens_date: date
    state: State
    end_reason: str
    renewal_deal_id: int | None
    version: int


class ContractTermIn(Body):
    """`renewal`: offer opens a deal `lead_days` before the last day of notice, runs_on lengthens the contract by `runs_on_months` when nobody gave notice, ends does neither."""

    starts_date: Day
    ends_date: Day
    renewal: Renewal = "offer"
    notice_days: Days = 0
    lead_days: Days = 60
    runs_on_months: Annotated[int, Field(ge=1, le=120)] = 12


class EndingIn(Body):
    """Why a contract will not go on; empty when it may."""

    reason: Annotated[str, Field(max_length=300)] = ""


class ContractTermQuery(ListQuery):
    """`state`: ends within 90 days and is not renewed (soon), its renewal is due, is open (offered), was won (renewed), it ends by decision (ending), or it is over."""

    state: Literal["", "soon", "due", "offered", "renewed", "ending", "over"] = ""
    company_id: QueryId | None = None
    sort: Literal["ends", "-ends", "notice", "-notice"] = "ends"


def _show(row: TermRow) -> ContractTermOut:
    term = row.terms
    return ContractTermOut(
        row.deal_id, row.deal_name, row.company_id, money(row.value), term.starts_date, term.ends_date, term.renewal, term.notice_days,  # type: ignore[arg-type]
        term.lead_days, term.runs_on_months, row.notice_date, row.opens_date, row.state, row.end_reason, row.renewal_id, row.version,  # type: ignore[arg-type]
    )


def _today(request: ApiRequest) -> date:
    return civil_date(request.now, request.actor.time_zone)


def _one(request: ApiRequest, deal_id: int) -> HttpResponse:
    get_deal(actor=request.actor, deal_id=deal_id)
    row = find_term(actor=request.actor, deal_id=deal_id, today=_today(request))
    if row is None:
        raise NotFound("contract term", deal_id)
    return answer(_show(row), version=row.version)


@route("GET", "/contract-terms", permission="sales.deal.view", answers={200: Page[ContractTermOut]})
def read_contract_terms(request: ApiRequest, where: ContractTermQuery = Query(...)) -> HttpResponse:
    """The contracts of won deals you see, what ends first on top."""
    rows = list_terms(
        actor=request.actor, today=_today(request), state=where.state, text=where.q, company_ids=None if where.company_id is None else [where.company_id],
        updated_since=where.updated_since, sort=where.sort, offset=where.offset, limit=where.limit + 1,
    )
    return page(rows, where, _show)


@route("GET", "/deals/{record:deal_id}/contract-term", permission="sales.deal.view", answers={200: ContractTermOut})
def read_contract_term(request: ApiRequest, deal_id: int) -> HttpResponse:
    """How long the contract of a won deal runs; 404 when nobody said so."""
    return _one(request, deal_id)


@route(
    "PUT", "/deals/{record:deal_id}/contract-term", permission="sales.deal.edit", answers={200: ContractTermOut},
    example={"starts_date": "2027-01-01", "ends_date": "2027-12-31", "notice_days": 90},
)
def put_contract_term(request: ApiRequest, deal_id: int, body: ContractTermIn) -> HttpResponse:
    """Say how long the contract of a won deal runs and what happens at its end."""
    term = NewTerm(body.starts_date, body.ends_date, body.renewal, body.notice_days, body.lead_days, body.runs_on_months)
    set_term(actor=request.actor, deal_id=deal_id, term=term, version=version_asked(request), now=request.now)
    return after_write(lambda: _one(request, deal_id), status=200)


@route("DELETE", "/deals/{record:deal_id}/contract-term", permission="sales.deal.edit", answers={204: None})
def remove_contract_term(request: ApiRequest, deal_id: int) -> HttpResponse:
    """Take back that a contract has a term; 409 while a deal renews it."""
    clear_term(actor=request.actor, deal_id=deal_id, now=request.now)
    return HttpResponse(status=204)


@route(
    "PUT", "/deals/{record:deal_id}/contract-term/ending", permission="sales.deal.edit", answers={200: ContractTermOut},
    example={"reason": "The shop is closed."},
)
def put_contract_ending(request: ApiRequest, deal_id: int, body: EndingIn) -> HttpResponse:
    """Note why a contract will not go on, or take that back; 409 while its renewal is open or won."""
    end_term(actor=request.actor, deal_id=deal_id, reason=body.reason, now=request.now)
    return after_write(lambda: _one(request, deal_id), status=200)


@route("POST", "/deals/{record:deal_id}/renewal", permission="sales.deal.create", answers={201: ContractTermOut})
def add_renewal(request: ApiRequest, deal_id: int) -> HttpResponse:
    """Open the deal that renews a contract, with the client's people and the services and prices of the former."""
    renewal_id = open_renewal(actor=request.actor, deal_id=deal_id, now=request.now)
    row = find_term(actor=request.actor, deal_id=deal_id, today=_today(request))
    if row is None:
        return HttpResponse(status=201)
    return answer(_show(row), status=201, version=row.version, location=f"/deals/{renewal_id}")
