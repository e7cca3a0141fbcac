"""Custom fields: which there are, and what a record holds."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel, ConfigDict, Field

from wonward.edges.api.v1.answers import answer
from wonward.edges.api.v1.inputs import Body, Count, FieldValues, Label, Line, RefText, Short
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked
from wonward.foundation.custom_fields.operations import add_field, change_field, delete_field, set_values
from wonward.foundation.custom_fields.queries import get_field, get_values, list_fields
from wonward.foundation.custom_fields.rules import plain
from wonward.foundation.custom_fields.types import FieldKind, FieldRow, NewField
from wonward.kernel.errors import NotFound, Stale
from wonward.kernel.ref import Ref

Host = Literal["clients.company", "clients.contact", "sales.lead", "sales.deal", "delivery.project", "delivery.task"]
Kind = Literal["text", "number", "money", "date", "choice", "person", "link"]
Choices = Annotated[list[Label], Field(max_length=200)]
_EXAMPLE = {"noun": "sales.deal", "label": "Procurement contact", "kind": "text"}


class FieldOut(msgspec.Struct, frozen=True):
    """A custom field; `key` names it in values, filters and imports. `places` ask for it, such as sales.stage:4."""

    id: int
    noun: str
    key: str
    label: str
    kind: str
    choices: list[str]
    hint: str
    position: int
    places: list[str]
    version: int


class FieldsOut(msgspec.Struct, frozen=True):
    """Every custom field of a noun, in order."""

    items: list[FieldOut]


class ValuesOut(msgspec.Struct, frozen=True):
    """What a record holds by the key of each field: text, a decimal as text, money, a date, the id of a person, or tags."""

    ref: str
    values: dict[str, str | int | list[str] | dict[str, str] | None]


class FieldQuery(BaseModel):
    """Of which noun."""

    model_config = ConfigDict(extra="forbid")
    noun: Host


class ValueQuery(BaseModel):
    """Of which record."""

    model_config = ConfigDict(extra="forbid")
    ref: RefText


class FieldIn(Body):
    """A field to add."""

    noun: Host
    label: Short
    kind: Kind
    choices: Choices = Field(default_factory=list)
    hint: Line = ""


class FieldPatch(Body):
    """What of a field changes."""

    label: Short = ""
    choices: Choices = Field(default_factory=list)
    hint: Line = ""
    places: Annotated[list[RefText], Field(max_length=200)] = Field(default_factory=list)
    position: Annotated[Count, Field(ge=1, le=999)] = 1


class ValuesIn(Body):
    """Values by key; null empties a field."""

    ref: RefText
    values: FieldValues


def show_field(row: FieldRow) -> FieldOut:
    """A field in the words of the API."""
    return FieldOut(
        row.id, row.noun, row.key, row.label, row.kind.value, list(row.choices), row.hint, row.position, [str(ref) for ref in row.places], row.version
    )


@route("GET", "/custom-fields", permission=None, answers={200: FieldsOut})
def read_custom_fields(request: ApiRequest, where: FieldQuery = Query(...)) -> HttpResponse:
    """The custom fields of a noun, tags included."""
    return answer(FieldsOut([show_field(row) for row in list_fields(actor=request.actor, noun=where.noun)]))


@route("POST", "/custom-fields", permission="custom_fields.field.edit", answers={201: FieldOut}, example=_EXAMPLE)
def add_custom_field(request: ApiRequest, body: FieldIn) -> HttpResponse:
    """Add a field to a noun."""
    new = NewField(body.noun, body.label, FieldKind(body.kind), tuple(body.choices), body.hint)
    row = get_field(field_id=add_field(actor=request.actor, new=new, now=request.now))
    return answer(show_field(row), status=201, version=row.version, location=f"/custom-fields/{row.id}")


@route(
    "PATCH", "/custom-fields/{record:field_id}", permission="custom_fields.field.edit", answers={200: FieldOut},
    example={"label": "Procurement"},
)
def edit_custom_field(request: ApiRequest, field_id: int, body: FieldPatch) -> HttpResponse:
    """Rename a field, change its choices or what asks for it."""
    said = body.sent()
    version = version_asked(request)
    present = _live(field_id)
    if version is not None and version != present.version:
        raise Stale("The field was changed in the meantime.", current={"version": present.version}, yours={"version": version})
    if "places" in said:
        said["places"] = [Ref.parse(text) for text in said["places"]]
    change_field(actor=request.actor, field_id=field_id, now=request.now, **said)
    row = get_field(field_id=field_id)
    return answer(show_field(row), version=row.version)


@route("DELETE", "/custom-fields/{record:field_id}", permission="custom_fields.field.edit", answers={204: None})
def remove_custom_field(request: ApiRequest, field_id: int) -> HttpResponse:
    """Take a field off the records; 409 while a stage or the gate asks for it."""
    _live(field_id)
    delete_field(actor=request.actor, field_id=field_id, now=request.now)
    return HttpResponse(status=204)


def _live(field_id: int) -> FieldRow:
    row = get_field(field_id=field_id)
    if row.is_deleted:
        raise NotFound("field", field_id)
    return row


@route("GET", "/custom-values", permission=None, answers={200: ValuesOut})
def read_custom_values(request: ApiRequest, where: ValueQuery = Query(...)) -> HttpResponse:
    """What one record holds in its custom fields."""
    return _values(request, Ref.parse(where.ref))


@route("PUT", "/custom-values", permission=None, answers={200: ValuesOut}, example={"ref": "sales.deal:1", "values": {"tags": ["Priority"]}})
def put_custom_values(request: ApiRequest, body: ValuesIn) -> HttpResponse:
    """Fill in or empty custom fields of a record you may change; fields that are not named stay."""
    ref = Ref.parse(body.ref)
    set_values(actor=request.actor, ref=ref, values=body.values, now=request.now)
    return _values(request, ref)


def _values(request: ApiRequest, ref: Ref) -> HttpResponse:
    filled = get_values(actor=request.actor, ref=ref)
    return answer({"ref": str(ref), "values": {one.field.key: plain(one.value) for one in filled}})
