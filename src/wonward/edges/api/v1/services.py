"""Services: what is sold."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
from django.http import HttpResponse
from ninja import Query

from wonward.domains.catalog.operations import (
    archive_service,
    change_service,
    create_services,
    merge_service,
)
from wonward.domains.catalog.queries import get_service, list_services
from wonward.domains.catalog.types import BookEntry, NewService, ServiceRow
from wonward.edges.api.v1.answers import MoneyOut, Page, after_write, answer, money, page
from wonward.edges.api.v1.inputs import (
    Body,
    Count,
    CurrencyCode,
    Flag,
    Id,
    Label,
    ListQuery,
    MoneyIn,
    Name,
    Prose,
    QueryFlag,
)
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked

Placement = Literal["by_template", "main_section", "own_project"]


class BookEntryOut(msgspec.Struct, frozen=True):
    """What a service costs in one more currency; an amount is null while it is open, or without the right to see it."""

    currency: str
    price: MoneyOut | None
    cost: MoneyOut | None


class BookEntryIn(Body):
    """Price and cost of a service in one more currency."""

    currency: CurrencyCode
    price: MoneyIn | None = None
    cost: MoneyIn | None = None

    def read(self) -> BookEntry:
        """The entry in the words of the catalogue."""
        return BookEntry(self.currency, self.price.read() if self.price else None, self.cost.read() if self.cost else None)


class ServiceOut(msgspec.Struct, frozen=True):
    """A service; price and cost are null without the right to see them."""

    id: int
    name: str
    description: str
    template_id: int | None
    price: MoneyOut | None
    cost: MoneyOut | None
    effort_minutes: int
    is_to_review: bool
    placement: str
    is_archived: bool
    merged_into_id: int | None
    version: int
    created_at: datetime
    updated_at: datetime
    book: list[BookEntryOut]


class ServiceIn(Body):
    """A service to add; `book` is what it costs in other currencies than that of its price."""

    name: Name
    template_id: Id | None = None
    price: MoneyIn | None = None
    cost: MoneyIn | None = None
    description: Prose = ""
    series: Label = ""
    effort_minutes: Count = 0
    placement: Placement = "by_template"
    external_id: Label = ""
    book: list[BookEntryIn] = []


class ServicePatch(Body):
    """What to change of a service; `book` replaces all its prices in other currencies."""

    name: Name = ""
    template_id: Id | None = None
    price: MoneyIn | None = None
    cost: MoneyIn | None = None
    description: Prose = ""
    series: Label = ""
    effort_minutes: Count = 0
    placement: Placement = "by_template"
    is_to_review: Flag = False
    book: list[BookEntryIn] = []


class ServiceArchivingIn(Body):
    """Archive, or put back."""

    is_archived: Flag = True


class MergingIn(Body):
    """The service this one is another name of."""

    into_id: Id


class ServiceQuery(ListQuery):
    """What a list of services is narrowed to."""

    sort: Literal["name", "-name", "created_at", "-created_at", "updated_at", "-updated_at"] = "name"
    is_archived: QueryFlag = False


def show_service(row: ServiceRow) -> ServiceOut:
    """A service in the words of the API."""
    return ServiceOut(
        row.id, row.name, row.description, row.template_id, money(row.price), money(row.cost), row.effort_minutes,
        row.is_to_review, row.placement, row.archived_at is not None, row.merged_into_id, row.version, row.created_at, row.updated_at,
        [BookEntryOut(one.currency, money(one.price), money(one.cost)) for one in row.book],
    )


@route("GET", "/services", permission="catalog.service.view", answers={200: Page[ServiceOut]})
def read_services(request: ApiRequest, where: ServiceQuery = Query(...)) -> HttpResponse:
    """Services by name."""
    rows = list_services(
        actor=request.actor, text=where.q, updated_since=where.updated_since, is_archived=where.is_archived, sort=where.sort,
        offset=where.offset, limit=where.limit + 1,
    )
    return page(rows, where, show_service)


@route("GET", "/services/{record:service_id}", permission="catalog.service.view", answers={200: ServiceOut})
def read_service(request: ApiRequest, service_id: int) -> HttpResponse:
    """One service."""
    row = get_service(actor=request.actor, service_id=service_id)
    return answer(show_service(row), version=row.version)


@route(
    "POST", "/services", permission="catalog.service.edit", answers={201: ServiceOut},
    example={"name": "Website", "price": {"amount": "84000.00", "currency": "EUR"}},
)
def add_service(request: ApiRequest, body: ServiceIn) -> HttpResponse:
    """Add a service; a name in use is refused."""
    new = NewService(
        name=body.name, description=body.description, template_id=body.template_id, series=body.series,
        price=body.price.read() if body.price else None, cost=body.cost.read() if body.cost else None,
        effort_minutes=body.effort_minutes, placement=body.placement, external_source="api" if body.external_id else "", external_id=body.external_id,
        book=tuple(entry.read() for entry in body.book),
    )
    (service_id,) = create_services(actor=request.actor, services=[new], now=request.now)
    return after_write(lambda: _show(request, service_id, 201), status=201, location=f"/services/{service_id}")


def _show(request: ApiRequest, service_id: int, status: int = 200) -> HttpResponse:
    row = get_service(actor=request.actor, service_id=service_id)
    location = f"/services/{row.id}" if status == 201 else ""
    return answer(show_service(row), status=status, version=row.version, location=location)


@route(
    "PATCH", "/services/{record:service_id}", permission="catalog.service.edit", answers={200: ServiceOut},
    example={"effort_minutes": 9600},
)
def edit_service(request: ApiRequest, service_id: int, body: ServicePatch) -> HttpResponse:
    """Change a service; deals that sold it keep their prices."""
    changes = body.sent()
    for name in ("price", "cost"):
        if changes.get(name) is not None:
            changes[name] = changes[name].read()
    if "book" in changes:
        changes["book"] = [entry.read() for entry in changes["book"] or ()]
    change_service(actor=request.actor, service_id=service_id, changes=changes, version=version_asked(request), now=request.now)
    return after_write(lambda: _show(request, service_id), status=200)


@route(
    "POST", "/services/{record:service_id}/archiving", permission="catalog.service.edit", answers={200: ServiceOut},
    example={"is_archived": True},
)
def archive_service_now(request: ApiRequest, service_id: int, body: ServiceArchivingIn) -> HttpResponse:
    """Take a service off the price list, or put it back."""
    archive_service(
        actor=request.actor, service_id=service_id, is_archived=body.is_archived, version=version_asked(request), now=request.now
    )
    return after_write(lambda: _show(request, service_id), status=200)


@route(
    "POST", "/services/{record:service_id}/merging", permission="catalog.service.edit", answers={200: ServiceOut},
    example={"into_id": 1},
)
def merge_service_into(request: ApiRequest, service_id: int, body: MergingIn) -> HttpResponse:
    """Let a service be another name of an existing one; what sold it is delivered as that one."""
    merge_service(
        actor=request.actor, service_id=service_id, into_id=body.into_id, version=version_asked(request), now=request.now
    )
    return after_write(lambda: _show(request, service_id), status=200)
