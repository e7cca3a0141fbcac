"""Services: what is sold."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
from django.http import HttpResponse
from ninja import Query

from wonward.domains.catalog.operations import create_services
from wonward.domains.catalog.queries import get_service, list_services
from wonward.domains.catalog.types import NewService, ServiceRow
from wonward.edges.api.v1.answers import MoneyOut, Page, after_write, answer, money, page
from wonward.edges.api.v1.inputs import Body, Count, Id, Label, ListQuery, MoneyIn, Name, Prose
from wonward.edges.api.v1.routes import ApiRequest, route


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
    version: int
    created_at: datetime
    updated_at: datetime


class ServiceIn(Body):
    """A service to add."""

    name: Name
    template_id: Id | None = None
    price: MoneyIn | None = None
    cost: MoneyIn | None = None
    description: Prose = ""
    series: Label = ""
    effort_minutes: Count = 0
    external_id: Label = ""


class ServiceQuery(ListQuery):
    """What a list of services is narrowed to."""

    sort: Literal["name", "-name", "created_at", "-created_at", "updated_at", "-updated_at"] = "name"


def show_service(row: ServiceRow) -> ServiceOut:
    """A service in the words of the API."""
    return ServiceOut(
        row.id, row.name, row.description, row.template_id, money(row.price), money(row.cost), row.effort_minutes,
        row.is_to_review, row.version, row.created_at, row.updated_at,
    )


@route("GET", "/services", permission="catalog.service.view", answers={200: Page[ServiceOut]})
def read_services(request: ApiRequest, where: ServiceQuery = Query(...)) -> HttpResponse:
    """Services by name."""
    rows = list_services(
        actor=request.actor, text=where.q, updated_since=where.updated_since, sort=where.sort, offset=where.offset,
        limit=where.limit + 1,
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
        effort_minutes=body.effort_minutes, external_source="api" if body.external_id else "", external_id=body.external_id,
    )
    (service_id,) = create_services(actor=request.actor, services=[new], now=request.now)
    return after_write(lambda: _show_new(request, service_id), status=201, location=f"/services/{service_id}")


def _show_new(request: ApiRequest, service_id: int) -> HttpResponse:
    row = get_service(actor=request.actor, service_id=service_id)
    return answer(show_service(row), status=201, version=row.version, location=f"/services/{row.id}")
