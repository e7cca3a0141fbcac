"""Companies."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

import msgspec
from django.http import HttpResponse
from ninja import Query

from wonward.domains.clients.operations import (
    archive_company,
    change_company,
    create_companies,
    restore_company,
)
from wonward.domains.clients.queries import find_duplicate_companies, get_company, list_companies
from wonward.domains.clients.queries.segments import homes_in
from wonward.domains.clients.types import CompanyFilter, CompanyRow, NewCompany, PossibleDuplicate
from wonward.edges.api.v1.answers import Page, after_write, answer
from wonward.edges.api.v1.field_filters import FieldFilters, FieldSort, read_field_filters, read_field_sort
from wonward.edges.api.v1.inputs import (
    Body,
    Count,
    Flag,
    Id,
    Label,
    ListQuery,
    Name,
    Prose,
    QueryFlag,
    QueryId,
    QueryText,
    Tags,
)
from wonward.edges.api.v1.record_values import CustomOut, page_with_values, with_values
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked


class CompanyOut(msgspec.Struct, frozen=True):
    """A company; a client once `client_since_date` is there."""

    id: int
    number: str
    name: str
    domain: str
    industry: str
    country: str
    tier: str
    employees: int | None
    owner_id: int | None
    parent_id: int | None
    client_since_date: date | None
    pain_points: str
    preferences: str
    version: int
    created_at: datetime
    updated_at: datetime
    phone: str
    address: str
    source: str
    tags: list[str]
    referred_by_id: int | None
    merged_into_id: int | None
    is_restricted: bool
    archived_at: datetime | None
    custom: CustomOut = {}


class PossibleDuplicateOut(msgspec.Struct, frozen=True):
    """Another record that may be the same, why, and how sure that is out of 100."""

    id: int
    name: str
    because: str
    score: int


class NewCompanyOut(CompanyOut, frozen=True):
    """A company just added, and records that may be the same."""

    possible_duplicates: list[PossibleDuplicateOut] = []


class CompanyIn(Body):
    """A company to add."""

    name: Name
    domain: Name = ""
    industry: Label = ""
    country: Label = ""
    tier: Label = ""
    employees: Count | None = None
    owner_id: Id | None = None
    parent_id: Id | None = None
    external_id: Label = ""
    phone: Label = ""
    address: Prose = ""
    source: Label = ""
    tags: Tags = []
    referred_by_id: Id | None = None


class CompanyPatch(Body):
    """What to change of a company."""

    name: Name = ""
    domain: Name = ""
    industry: Label = ""
    country: Label = ""
    tier: Label = ""
    employees: Count | None = None
    owner_id: Id | None = None
    parent_id: Id | None = None
    pain_points: Prose = ""
    preferences: Prose = ""
    phone: Label = ""
    address: Prose = ""
    source: Label = ""
    tags: Tags = []
    referred_by_id: Id | None = None
    is_restricted: Flag = False


class RecordArchivingIn(Body):
    """Off the lists or back on them, and why."""

    is_archived: Flag
    reason: Prose = ""


class CompanyQuery(ListQuery):
    """What a list of companies is narrowed to; `segment_id` is a saved view of companies that you find."""

    sort: Literal["name", "-name", "created_at", "-created_at", "updated_at", "-updated_at"] | FieldSort = "name"
    is_client: QueryFlag = False
    external_id: QueryText = ""
    segment_id: QueryId | None = None
    is_archived: QueryFlag = False
    field: FieldFilters = []


def show_company(row: CompanyRow) -> CompanyOut:
    """A company in the words of the API."""
    return CompanyOut(*_facts(row))


def _facts(row: CompanyRow) -> tuple[Any, ...]:
    return (
        row.id, row.number, row.name, row.domain, row.industry, row.country, row.tier, row.employees, row.owner_id,
        row.parent_id, row.client_since_date, row.pain_points, row.preferences, row.version, row.created_at, row.updated_at,
        row.phone, row.address, row.source, list(row.tags), row.referred_by_id, row.merged_into_id, row.is_restricted, row.archived_at,
    )


def show_duplicates(rows: list[PossibleDuplicate]) -> list[PossibleDuplicateOut]:
    """Possible duplicates in the words of the API."""
    return [PossibleDuplicateOut(row.id, row.name, row.because, row.score) for row in rows]


@route("GET", "/companies", permission="clients.company.view", answers={200: Page[CompanyOut]})
def read_companies(request: ApiRequest, where: CompanyQuery = Query(...)) -> HttpResponse:
    """Companies you see."""
    rows = list_companies(
        actor=request.actor, where=CompanyFilter(
            where.q, where.is_client, custom=read_field_filters(request.actor, "clients.company", where.field),
            within=homes_in(request.actor, where.segment_id), is_archived=where.is_archived,
        ),
        external_id=where.external_id,
        updated_since=where.updated_since, sort=read_field_sort(request.actor, "clients.company", where.sort), offset=where.offset, limit=where.limit + 1,
    )
    return page_with_values(request.actor, "clients.company", rows, where, show_company)


@route("GET", "/companies/{record:company_id}", permission="clients.company.view", answers={200: CompanyOut})
def read_company(request: ApiRequest, company_id: int) -> HttpResponse:
    """One company."""
    row = get_company(actor=request.actor, company_id=company_id)
    return answer(with_values(request.actor, "clients.company", [show_company(row)])[0], version=row.version)


@route(
    "POST", "/companies", permission="clients.company.edit", answers={201: NewCompanyOut},
    example={"name": "Northwind Robotics", "domain": "northwind.example"},
)
def add_company(request: ApiRequest, body: CompanyIn) -> HttpResponse:
    """Add a company. Others that may be the same are named, never a reason to refuse."""
    (company_id,) = create_companies(
        actor=request.actor, companies=[NewCompany(**body.model_dump(), external_source="api" if body.external_id else "")],
        now=request.now,
    )
    return after_write(lambda: _show_new(request, company_id), status=201, location=f"/companies/{company_id}")


def _show_new(request: ApiRequest, company_id: int) -> HttpResponse:
    row = get_company(actor=request.actor, company_id=company_id)
    same = find_duplicate_companies(actor=request.actor, name=row.name, domain=row.domain, country=row.country, phone=row.phone, except_id=company_id)
    shown = msgspec.structs.replace(NewCompanyOut(*_facts(row)), possible_duplicates=show_duplicates(same))
    return answer(
        shown, status=201, version=row.version, location=f"/companies/{row.id}"
    )


@route(
    "PATCH", "/companies/{record:company_id}", permission="clients.company.edit", answers={200: CompanyOut},
    example={"country": "Norway"},
)
def edit_company(request: ApiRequest, company_id: int, body: CompanyPatch) -> HttpResponse:
    """Change a company."""
    change_company(
        actor=request.actor, company_id=company_id, changes=body.sent(), version=version_asked(request), now=request.now
    )
    return after_write(lambda: read_company(request, company_id))


@route(
    "POST", "/companies/{record:company_id}/archiving", permission="clients.company.edit", answers={200: CompanyOut},
    example={"is_archived": True, "reason": "Closed down."},
)
def archive_company_now(request: ApiRequest, company_id: int, body: RecordArchivingIn) -> HttpResponse:
    """Take a company off every list, or bring it back; refused while deals are open or projects run there."""
    put = archive_company if body.is_archived else restore_company
    put(actor=request.actor, company_id=company_id, reason=body.reason, version=version_asked(request), now=request.now)
    return after_write(lambda: read_company(request, company_id))
