"""Templates: versioned blueprints of projects."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel, Field, TypeAdapter, WrapValidator

from wonward.domains.catalog.operations import archive_template, change_template, create_template
from wonward.domains.catalog.queries import (
    get_preview_items,
    get_template,
    get_template_version,
    list_template_versions,
    list_templates,
)
from wonward.domains.catalog.types import ALL_OPTIONS, TemplateRow, TemplateVersionRow
from wonward.domains.delivery.queries.blueprints import preview_plan_dates
from wonward.edges.api.v1.answers import Page, after_write, answer, days, page
from wonward.edges.api.v1.inputs import (
    Body,
    Day,
    Flag,
    Label,
    Line,
    ListQuery,
    Name,
    Number,
    QueryFlag,
    QueryText,
    Short,
    Whole,
)
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked

Key = Annotated[Short, Field(max_length=70)]
_LONGEST_LIST = 10_000


class TemplateOut(msgspec.Struct, frozen=True):
    """A template with the items of its current `number`."""

    id: int
    name: str
    number: int
    items: list[dict[str, Any]]
    is_archived: bool
    version: int
    created_at: datetime
    updated_at: datetime


class TemplateVersionOut(msgspec.Struct, frozen=True):
    """One version of a template: who wrote it, when and why. It never changes. Lists leave the items out."""

    template_id: int
    number: int
    items: list[dict[str, Any]] | None
    note: str
    author: str
    digest: str
    created_at: datetime


class PreviewItemOut(msgspec.Struct, frozen=True):
    """One item of the plan a win would create, with its dates."""

    key: str
    kind: str
    name: str
    parent: str | None
    start_date: date
    finish_date: date
    duration_days: float | None
    effort_minutes: int
    role: str
    is_critical: bool
    deadline_date: date | None


class PreviewOut(msgspec.Struct, frozen=True):
    """The plan a project started on `start_date` would have; nothing is written."""

    start_date: date
    finish_date: date
    effort_minutes: int
    items: list[PreviewItemOut]


class PerUnitIn(Body):
    """So much, and so much more for every unit sold."""

    base: Number = 0
    per_unit: Number


def _by_shape(number: Any) -> WrapValidator:
    """Read an object as so much per unit and everything else as a number, so that what is wrong is said once, at its field."""
    read_number: TypeAdapter[Any] = TypeAdapter(number)

    def read(value: Any, _union: Any) -> Any:
        return PerUnitIn.model_validate(value) if isinstance(value, dict) else read_number.validate_python(value)

    return WrapValidator(read)


WholeOrPerUnit = Annotated[Whole | PerUnitIn, _by_shape(Whole)]
NumberOrPerUnit = Annotated[Number | PerUnitIn, _by_shape(Number)]


class AfterIn(Body):
    """The item this one waits for, how, and the lag in working days, or in days of the calendar when `lag_unit` is elapsed."""

    key: Key
    type: Short = "FS"
    lag_days: Number = 0
    lag_unit: Short = "working"


class EffortIn(Body):
    """What one role gives."""

    role: Label
    minutes: WholeOrPerUnit


class SkillNeededIn(Body):
    """A skill whoever does it must have, at least this well: 1 (learning) to 5 (teaches others)."""

    name: Label
    level: Whole = 1


class WhenIn(Body):
    """The option of the deal line without which an item is left out."""

    option: Short


class TemplateItemIn(Body):
    """A phase, task, milestone or approval. Durations are working days; without one a task takes a day.

    `start_offset_days` counts from the kickoff, `before_finish_days` back from the promised finish, or either from the
    phase or milestone `anchor`. `repeat: "quantity"` makes one per unit sold, at most `repeat_limit`.
    """

    key: Key
    kind: Short
    name: Line
    parent: Key | None = None
    duration_days: NumberOrPerUnit | None = None
    effort_minutes: WholeOrPerUnit | None = None
    role: Label | None = None
    efforts: Annotated[list[EffortIn], Field(max_length=50)] = []
    skills: Annotated[list[SkillNeededIn], Field(max_length=50)] = []
    after: Annotated[list[AfterIn], Field(max_length=_LONGEST_LIST)] = []
    promise_key: Short | None = None
    checklist: Annotated[list[Line], Field(max_length=200)] = []
    deliverable: Flag = False
    acceptance: Annotated[list[Line], Field(max_length=200)] = []
    start_offset_days: Whole | None = None
    before_finish_days: Whole | None = None
    anchor: Key | None = None
    when: WhenIn | None = None
    repeat: Short | None = None
    repeat_limit: Whole | None = None
    in_sequence: Flag = False


class TemplateIn(Body):
    """A template to add."""

    name: Name
    items: Annotated[list[TemplateItemIn], Field(max_length=_LONGEST_LIST)]
    note: Line = ""


class TemplateVersionIn(Body):
    """The next version of a template; without a name it keeps its own."""

    items: Annotated[list[TemplateItemIn], Field(max_length=_LONGEST_LIST)]
    name: Name = ""
    note: Line = ""


class ArchivingIn(Body):
    """Archive, or put back."""

    is_archived: Flag = True


class TemplateQuery(ListQuery):
    """What a list of templates is narrowed to."""

    sort: Literal["name", "-name", "created_at", "-created_at", "updated_at", "-updated_at"] = "name"
    is_archived: QueryFlag = False


class PreviewQuery(BaseModel):
    """What is sold and when it starts; without `options` every optional section is in."""

    start_date: Day
    promised_finish_date: Day | None = None
    quantity: Annotated[Decimal, Field(gt=0, le=100_000, decimal_places=2)] = Decimal(1)
    options: QueryText | None = None


def show_template(row: TemplateRow) -> TemplateOut:
    """A template in the words of the API."""
    items = [dict(item) for item in row.items]
    return TemplateOut(row.id, row.name, row.number, items, row.archived_at is not None, row.version, row.created_at, row.updated_at)


@route("GET", "/templates", permission="catalog.service.view", answers={200: Page[TemplateOut]})
def read_templates(request: ApiRequest, where: TemplateQuery = Query(...)) -> HttpResponse:
    """Templates with their current items."""
    rows = list_templates(
        actor=request.actor, text=where.q, updated_since=where.updated_since, is_archived=where.is_archived, sort=where.sort,
        offset=where.offset, limit=where.limit + 1,
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
    template_id = create_template(
        actor=request.actor, name=body.name, items=_items(body.items), note=body.note, now=request.now
    )
    return after_write(lambda: _show(request, template_id, 201), status=201, location=f"/templates/{template_id}")


def _items(items: list[TemplateItemIn]) -> list[dict[str, Any]]:
    return [item.model_dump(exclude_unset=True) for item in items]


def _show(request: ApiRequest, template_id: int, status: int = 200) -> HttpResponse:
    row = get_template(actor=request.actor, template_id=template_id)
    location = f"/templates/{row.id}" if status == 201 else ""
    return answer(show_template(row), status=status, version=row.version, location=location)


@route(
    "GET", "/templates/{record:template_id}/versions", permission="catalog.service.view", answers={200: list[TemplateVersionOut]}
)
def read_template_versions(request: ApiRequest, template_id: int) -> HttpResponse:
    """Every version of a template, newest first."""
    rows = list_template_versions(actor=request.actor, template_id=template_id)
    return answer([_show_version(row, with_items=False) for row in rows])


@route(
    "GET", "/templates/{record:template_id}/versions/{record:number}", permission="catalog.service.view",
    answers={200: TemplateVersionOut},
)
def read_template_version(request: ApiRequest, template_id: int, number: int) -> HttpResponse:
    """One version with its items, as it was and will be."""
    return answer(_show_version(get_template_version(actor=request.actor, template_id=template_id, number=number), with_items=True))


def _show_version(row: TemplateVersionRow, *, with_items: bool) -> TemplateVersionOut:
    items = [dict(item) for item in row.items] if with_items else None
    return TemplateVersionOut(row.template_id, row.number, items, row.note, row.author_label, row.digest, row.created_at)


@route(
    "POST", "/templates/{record:template_id}/versions", permission="catalog.template.edit", answers={201: TemplateOut},
    example={"items": [{"key": "build", "kind": "task", "name": "Build", "duration_days": 6}], "note": "A day more"},
)
def add_template_version(request: ApiRequest, template_id: int, body: TemplateVersionIn) -> HttpResponse:
    """Write the next version; earlier ones and projects made from them stay as they are. `If-Match` guards against a race."""
    name = body.name or get_template(actor=request.actor, template_id=template_id).name
    change_template(
        actor=request.actor, template_id=template_id, name=name, items=_items(body.items), note=body.note,
        version=version_asked(request), now=request.now,
    )
    return after_write(lambda: _show(request, template_id, 201), status=201, location=f"/templates/{template_id}")


@route(
    "POST", "/templates/{record:template_id}/archiving", permission="catalog.template.edit", answers={200: TemplateOut},
    example={"is_archived": True},
)
def archive_template_now(request: ApiRequest, template_id: int, body: ArchivingIn) -> HttpResponse:
    """Archive a template, or put it back. Services keep delivering by it."""
    archive_template(
        actor=request.actor, template_id=template_id, is_archived=body.is_archived, version=version_asked(request), now=request.now
    )
    return after_write(lambda: _show(request, template_id), status=200)


@route("GET", "/templates/{record:template_id}/preview", permission="catalog.service.view", answers={200: PreviewOut})
def read_template_preview(request: ApiRequest, template_id: int, where: PreviewQuery = Query(...)) -> HttpResponse:
    """The dates a project from this template would have, worked out as a win works them out."""
    options = ALL_OPTIONS if where.options is None else frozenset(one.strip() for one in where.options.split(",") if one.strip())
    items = get_preview_items(actor=request.actor, template_id=template_id, quantity=where.quantity, options=options)
    rows = preview_plan_dates(items=items, start_date=where.start_date, promised_finish_date=where.promised_finish_date)
    return answer(PreviewOut(
        where.start_date, max((row.finish_date for row in rows), default=where.start_date),
        sum(row.effort_minutes for row in rows if row.kind != "phase"),
        [
            PreviewItemOut(row.key, row.kind, row.name, row.parent, row.start_date, row.finish_date,
                           None if row.kind == "phase" else days(row.duration_minutes),
                           row.effort_minutes, row.role, row.is_critical, row.deadline_date)
            for row in rows
        ],
    ))
