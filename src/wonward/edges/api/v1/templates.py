"""Templates: versioned blueprints of projects."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import Field

from wonward.domains.catalog.operations import create_template
from wonward.domains.catalog.queries import get_template, list_templates
from wonward.domains.catalog.types import TemplateRow
from wonward.edges.api.v1.answers import Page, after_write, answer, page
from wonward.edges.api.v1.inputs import Body, Label, Line, ListQuery, Name, Number, Short, Whole
from wonward.edges.api.v1.routes import ApiRequest, route

Key = Annotated[Short, Field(max_length=70)]
_LONGEST_LIST = 10_000


class TemplateOut(msgspec.Struct, frozen=True):
    """A template with the items of its current `number`."""

    id: int
    name: str
    number: int
    items: list[dict[str, Any]]
    version: int
    created_at: datetime
    updated_at: datetime


class AfterIn(Body):
    """The item this one waits for, how, and the lag in working days."""

    key: Key
    type: Short = "FS"
    lag_days: Number = 0


class TemplateItemIn(Body):
    """A phase, task or milestone. Durations are working days; without one a task takes a day."""

    key: Key
    kind: Short
    name: Line
    parent: Key | None = None
    duration_days: Number | None = None
    effort_minutes: Whole | None = None
    role: Label | None = None
    after: Annotated[list[AfterIn], Field(max_length=_LONGEST_LIST)] = []
    promise_key: Short | None = None
    checklist: Annotated[list[Line], Field(max_length=200)] = []


class TemplateIn(Body):
    """A template to add."""

    name: Name
    items: Annotated[list[TemplateItemIn], Field(max_length=_LONGEST_LIST)]


class TemplateQuery(ListQuery):
    """What a list of templates is narrowed to."""

    sort: Literal["name", "-name", "created_at", "-created_at", "updated_at", "-updated_at"] = "name"


def show_template(row: TemplateRow) -> TemplateOut:
    """A template in the words of the API."""
    items = [dict(item) for item in row.items]
    return TemplateOut(row.id, row.name, row.number, items, row.version, row.created_at, row.updated_at)


@route("GET", "/templates", permission="catalog.service.view", answers={200: Page[TemplateOut]})
def read_templates(request: ApiRequest, where: TemplateQuery = Query(...)) -> HttpResponse:
    """Templates with their current items."""
    rows = list_templates(
        actor=request.actor, text=where.q, updated_since=where.updated_since, sort=where.sort, offset=where.offset,
        limit=where.limit + 1,
    )
    return page(rows, where, show_template)


@route("GET", "/templates/{record:template_id}", permission="catalog.service.view", answers={200: TemplateOut})
def read_template(request: ApiRequest, template_id: int) -> HttpResponse:
    """One template."""
    row = get_template(actor=request.actor, template_id=template_id)
    return answer(show_template(row), version=row.version)


@route(
    "POST", "/templates", permission="catalog.template.edit", answers={201: TemplateOut},
    example={"name": "Website", "items": [{"key": "build", "kind": "task", "name": "Build", "duration_days": 5}]},
)
def add_template(request: ApiRequest, body: TemplateIn) -> HttpResponse:
    """Add a template. A cycle, an unknown key or a negative duration is refused naming the item."""
    items = [item.model_dump(exclude_unset=True) for item in body.items]
    template_id = create_template(actor=request.actor, name=body.name, items=items, now=request.now)
    return after_write(lambda: _show_new(request, template_id), status=201, location=f"/templates/{template_id}")


def _show_new(request: ApiRequest, template_id: int) -> HttpResponse:
    row = get_template(actor=request.actor, template_id=template_id)
    return answer(show_template(row), status=201, version=row.version, location=f"/templates/{row.id}")
