"""Leads: taking them in, qualifying, answering, closing and converting them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import Field

from wonward.domains.sales.operations.conversion import convert_lead
from wonward.domains.sales.operations.leads import (
    answer_lead,
    change_lead,
    close_lead,
    create_leads,
    reopen_lead,
)
from wonward.domains.sales.queries.leads import find_same, get_lead, list_leads
from wonward.domains.sales.types import NextAction
from wonward.domains.sales.types.leads import Conversion, Finding, LeadFilter, LeadRow, NewLead
from wonward.edges.api.v1.answers import Page, after_write, answer
from wonward.edges.api.v1.field_filters import FieldFilters, FieldSort, read_field_filters, read_field_sort
from wonward.edges.api.v1.inputs import (
    Body,
    Count,
    Day,
    FieldValues,
    Id,
    Label,
    Line,
    ListQuery,
    MoneyIn,
    Name,
    Prose,
    QueryId,
    QueryText,
    Short,
)
from wonward.edges.api.v1.record_values import CustomOut, page_with_values, with_values
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked
from wonward.kernel.errors import FieldError, Refused


class FindingOut(msgspec.Struct, frozen=True):
    """What is known about one criterion: unknown, partly, clear or against, with a note."""

    state: str
    note: str


class ScorePartOut(msgspec.Struct, frozen=True):
    """Points and the field that earned them."""

    field: str
    label: str
    points: int


class LeadOut(msgspec.Struct, frozen=True):
    """A lead; `score` is the sum of the points of `score_parts`."""

    id: int
    number: str
    name: str
    company: str
    title: str
    email: str
    phone: str
    website: str
    country: str
    industry: str
    employees: int | None
    message: str
    source: str
    utm: dict[str, str]
    campaign_id: int | None
    service_id: int | None
    pipeline_id: int
    owner_id: int | None
    qualification: dict[str, FindingOut]
    score: int
    score_parts: list[ScorePartOut]
    status: str
    received_at: datetime
    response_due_at: datetime | None
    responded_at: datetime | None
    closed_date: date | None
    closed_reason: str
    company_id: int | None
    contact_id: int | None
    deal_id: int | None
    is_history: bool
    external_id: str
    version: int
    created_at: datetime
    updated_at: datetime
    custom: CustomOut = {}


class LikenessOut(msgspec.Struct, frozen=True):
    """Another record that may be the same; `kind` is company, contact or lead."""

    kind: str
    id: int
    name: str
    because: str


class NewLeadOut(LeadOut, frozen=True):
    """A lead just added, and records that may be the same."""

    possible_duplicates: list[LikenessOut] = []


class ConvertedLeadOut(msgspec.Struct, frozen=True):
    """What became of a lead; `replayed` when it had been converted before and nothing changed."""

    lead: LeadOut
    company_id: int | None
    contact_id: int | None
    deal_id: int | None
    replayed: bool


class FindingIn(Body):
    """What is known about one criterion."""

    state: Literal["unknown", "partly", "clear", "against"] = "unknown"
    note: Annotated[str, Field(max_length=1000)] = ""


class LeadIn(Body):
    """A lead to add; a name, a company or an e-mail address is needed."""

    name: Name = ""
    company: Name = ""
    title: Label = ""
    email: Name = ""
    phone: Short = ""
    website: Name = ""
    country: Label = ""
    industry: Label = ""
    employees: Count | None = None
    message: Prose = ""
    source: Label = ""
    utm: Annotated[dict[str, Line], Field(max_length=12)] = {}
    campaign_id: Id | None = None
    service_id: Id | None = None
    pipeline_id: Id | None = None
    owner_id: Id | None = None
    qualification: Annotated[dict[str, FindingIn], Field(max_length=20)] = {}
    external_id: Label = ""


class LeadPatch(Body):
    """What to change of an open lead; `qualification` changes the criteria it names."""

    name: Name = ""
    company: Name = ""
    title: Label = ""
    email: Name = ""
    phone: Short = ""
    website: Name = ""
    country: Label = ""
    industry: Label = ""
    employees: Count | None = None
    message: Prose = ""
    source: Label = ""
    campaign_id: Id | None = None
    service_id: Id | None = None
    owner_id: Id | None = None
    qualification: Annotated[dict[str, FindingIn], Field(max_length=20)] = {}


class ResponseIn(Body):
    """Our answer; `is_mailed` sends it to the lead's address too."""

    kind: Literal["email", "call", "meeting", "chat"]
    body: Prose
    subject: Line = ""
    is_mailed: bool = False


class LeadClosingIn(Body):
    """Why it is not a fit."""

    reason: Line


class ConversionActionIn(Body):
    """The first next action of the deal."""

    kind: Short
    due_date: Day
    note: Line = ""
    owner_id: Id | None = None


class ConversionIn(Body):
    """An existing company and contact by id, or new ones from what the lead said; and the deal."""

    company_id: Id | None = None
    company_name: Name = ""
    contact_id: Id | None = None
    deal_name: Name = ""
    value: MoneyIn | None = None
    owner_id: Id | None = None
    pipeline_id: Id | None = None
    stage_id: Id | None = None
    service_id: Id | None = None
    expected_close_date: Day | None = None
    next_action: ConversionActionIn | None = None
    custom: FieldValues = Field(default_factory=dict)


class LeadQuery(ListQuery):
    """What a list of leads is narrowed to."""

    sort: Literal[
        "due", "-due", "received_at", "-received_at", "score", "-score", "name", "-name", "updated_at", "-updated_at", "created_at",
        "-created_at",
    ] | FieldSort = "-received_at"
    status: Literal["", "open", "converted", "closed"] = ""
    view: Literal["", "late", "to_answer", "mine", "unowned"] = ""
    owner_id: QueryId | None = None
    campaign_id: QueryId | None = None
    source: QueryText = ""
    external_id: QueryText = ""
    field: FieldFilters = []


def show_lead(row: LeadRow) -> LeadOut:
    """A lead in the words of the API."""
    return LeadOut(**_facts(row))


def _facts(row: LeadRow) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in LeadOut.__struct_fields__ if hasattr(row, name)}
    return plain | {
        "company": row.company_name, "utm": dict(row.utm),
        "qualification": {key: FindingOut(one.state, one.note) for key, one in row.qualification.items()},
        "score_parts": [ScorePartOut(part.field, part.label, part.points) for part in row.score_parts],
    }


@route("GET", "/leads", permission="sales.lead.view", answers={200: Page[LeadOut]})
def read_leads(request: ApiRequest, where: LeadQuery = Query(...)) -> HttpResponse:
    """Leads you see."""
    rows = list_leads(
        actor=request.actor, now=request.now, sort=read_field_sort(request.actor, "sales.lead", where.sort), offset=where.offset,
        limit=where.limit + 1,
        where=LeadFilter(
            view=where.view, status=where.status, owner_id=where.owner_id, campaign_id=where.campaign_id, source=where.source or None,
            external_id=where.external_id, text=where.q, updated_since=where.updated_since,
            custom=read_field_filters(request.actor, "sales.lead", where.field),
        ),
    )
    return page_with_values(request.actor, "sales.lead", rows, where, show_lead)


@route("GET", "/leads/{record:lead_id}", permission="sales.lead.view", answers={200: LeadOut})
def read_lead(request: ApiRequest, lead_id: int) -> HttpResponse:
    """One lead."""
    row = get_lead(actor=request.actor, lead_id=lead_id)
    return answer(with_values(request.actor, "sales.lead", [show_lead(row)])[0], version=row.version)


@route(
    "POST", "/leads", permission="sales.lead.create", answers={201: NewLeadOut},
    example={"name": "Signe Holt", "company": "Pellworth Ceramics", "email": "signe@pellworth.example", "message": "A second shop in May."},
)
def add_lead(request: ApiRequest, body: LeadIn) -> HttpResponse:
    """Add a lead. Records that may be the same are named, never a reason to refuse."""
    said = body.model_dump(exclude={"company", "qualification"})
    new = NewLead(
        **said, company_name=body.company, qualification=_findings(body.qualification),
        external_source="api" if body.external_id else "",
    )
    (lead_id,) = create_leads(actor=request.actor, leads=[new], now=request.now)
    return after_write(lambda: _show_new(request, lead_id), status=201, location=f"/leads/{lead_id}")


def _findings(said: dict[str, FindingIn]) -> dict[str, Finding]:
    return {key: Finding(one.state, one.note) for key, one in said.items()}


def _show_new(request: ApiRequest, lead_id: int) -> HttpResponse:
    row = get_lead(actor=request.actor, lead_id=lead_id)
    same = [
        LikenessOut(kind, one.id, one.name, one.because)
        for kind, found in zip(("company", "contact", "lead"), find_same(actor=request.actor, lead=row), strict=True)
        for one in found
    ]
    return answer(
        NewLeadOut(**_facts(row), possible_duplicates=same), status=201, version=row.version, location=f"/leads/{row.id}"
    )


@route(
    "PATCH", "/leads/{record:lead_id}", permission="sales.lead.edit", answers={200: LeadOut},
    example={"qualification": {"budget": {"state": "clear", "note": "60k, approved"}}},
)
def edit_lead(request: ApiRequest, lead_id: int, body: LeadPatch) -> HttpResponse:
    """Change an open lead."""
    changes = body.sent()
    if "company" in changes:
        changes["company_name"] = changes.pop("company")
    if "qualification" in changes:
        changes["qualification"] = _findings(body.qualification)
    change_lead(actor=request.actor, lead_id=lead_id, changes=changes, version=version_asked(request), now=request.now)
    return after_write(lambda: read_lead(request, lead_id))


@route(
    "POST", "/leads/{record:lead_id}/response", permission="sales.lead.edit", answers={201: LeadOut},
    example={"kind": "call", "body": "Called back, wants a proposal."},
)
def respond_to_lead(request: ApiRequest, lead_id: int, body: ResponseIn) -> HttpResponse:
    """Log our answer; the first one stops the clock."""
    answer_lead(
        actor=request.actor, lead_id=lead_id, kind=body.kind, body=body.body, subject=body.subject, is_mailed=body.is_mailed,
        now=request.now,
    )
    row = get_lead(actor=request.actor, lead_id=lead_id)
    return answer(show_lead(row), status=201, version=row.version, location=f"/leads/{lead_id}")


@route(
    "POST", "/leads/{record:lead_id}/closing", permission="sales.lead.edit", answers={201: LeadOut, 200: LeadOut},
    example={"reason": "Looks for a supplier of printers."},
)
def close_lead_now(request: ApiRequest, lead_id: int, body: LeadClosingIn) -> HttpResponse:
    """Put a lead away as not a fit; again, nothing changes."""
    is_new = close_lead(actor=request.actor, lead_id=lead_id, reason=body.reason, version=version_asked(request), now=request.now)
    row = get_lead(actor=request.actor, lead_id=lead_id)
    return answer(show_lead(row), status=201 if is_new else 200, version=row.version)


@route("POST", "/leads/{record:lead_id}/reopening", permission="sales.lead.edit", answers={200: LeadOut})
def reopen_lead_now(request: ApiRequest, lead_id: int) -> HttpResponse:
    """Take a lead up again that was put away; one that was never answered gets a new clock."""
    reopen_lead(actor=request.actor, lead_id=lead_id, now=request.now)
    return after_write(lambda: read_lead(request, lead_id))


@route(
    "POST", "/leads/{record:lead_id}/conversion", permission="sales.lead.convert", answers={201: ConvertedLeadOut, 200: ConvertedLeadOut},
    example={"deal_name": "Shop with room planner", "next_action": {"kind": "meeting", "due_date": "2026-12-01"}},
)
def convert_lead_now(request: ApiRequest, lead_id: int, body: ConversionIn) -> HttpResponse:
    """Company, contact and deal in one step, with everything the lead knew; again, the same ids."""
    action = body.next_action
    wanted = Conversion(
        **body.model_dump(exclude={"value", "next_action"}), value=body.value.read() if body.value else None,
        next_action=NextAction(action.kind, action.due_date, action.note, action.owner_id) if action else None,
    )
    try:
        done = convert_lead(actor=request.actor, lead_id=lead_id, conversion=wanted, version=version_asked(request), now=request.now)
    except Refused as refusal:
        if type(refusal) is not Refused:
            raise
        raise Refused(refusal.words, [_named(error) for error in refusal.errors]) from None
    lead = show_lead(get_lead(actor=request.actor, lead_id=lead_id))
    shown = ConvertedLeadOut(lead, done.company_id, done.contact_id, done.deal_id, done.is_replayed)
    return answer(shown, status=200 if done.is_replayed else 201, location=f"/deals/{done.deal_id}" if done.deal_id else "")


def _named(error: FieldError) -> FieldError:
    """What the deal calls its name is here the name of the deal."""
    field = {"name": "deal_name", "lines[0].service_id": "service_id"}.get(error.field, error.field)
    return FieldError(field, error.words, error.code)
