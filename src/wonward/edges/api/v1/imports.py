"""Imports: a file is staged, looked at, committed, and may be undone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from ninja import Query

from wonward.edges.api.v1.answers import Page, answer, page
from wonward.edges.api.v1.documents import check_form, file_of, text_field
from wonward.edges.api.v1.inputs import Body, Flag, Id, Line, ListQuery, Short
from wonward.edges.api.v1.routes import MULTIPART, ApiRequest, once, route
from wonward.foundation.access.policy import require
from wonward.journeys.imports.operations import commit_import, stage_import, undo_import
from wonward.journeys.imports.queries import get_batch, list_batches, list_staged_rows
from wonward.journeys.imports.types import KINDS, BatchRow, StagedRow
from wonward.kernel.errors import Refused

_LONGEST_MAPPING = 200_000
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            MULTIPART: {
                "schema": {
                    "type": "object",
                    "required": ["file", "kind"],
                    "additionalProperties": False,
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "kind": {"type": "string", "description": f"One of {', '.join(KINDS)}."},
                        "mapping": {"type": "string", "description": "JSON: the field of each header, null to leave it out."},
                        "source": {"type": "string", "description": "The product the file comes from, such as hubspot."},
                    },
                }
            }
        },
    }
}


class ColumnOut(msgspec.Struct, frozen=True):
    """A column of the file with some of its values."""

    index: int
    header: str
    filled: int
    examples: list[str]


class MappedColumnOut(msgspec.Struct, frozen=True):
    """Which field a column goes to (empty: left out), how sure that is (0 to 1), and why."""

    index: int
    header: str
    field: str
    label: str
    confidence: float
    reason: str


class ValueChoiceOut(msgspec.Struct, frozen=True):
    """What a value of the file becomes; `near` offers records of a similar name."""

    about: str
    value: str
    rows: int
    target: str
    label: str
    reason: str
    near: list[tuple[int, str]]


class ImportProblemOut(msgspec.Struct, frozen=True):
    """One thing in the file that does not fit; `row` is null when it is about the whole file."""

    row: int | None
    column: str
    message: str
    code: str
    stops_row: bool


class ReconciliationOut(msgspec.Struct, frozen=True):
    """Of one status and currency: what the file says, and what has been written."""

    status: str
    currency: str
    rows_in_file: int
    value_in_file: str
    rows_written: int
    value_written: str


class KeptOut(msgspec.Struct, frozen=True):
    """A record an undo left alone, and why."""

    ref: str
    because: str


class LostColumnOut(msgspec.Struct, frozen=True):
    """A column of the file that goes nowhere, with how many of its cells hold something."""

    header: str
    filled: int
    reason: str


class ImportOut(msgspec.Struct, frozen=True):
    """One import; `mapping` is header to field, `counts` stays empty until rows are written."""

    id: int
    kind: str
    status: str
    file_name: str
    size: int
    source: str
    author: str
    columns: list[ColumnOut]
    mapping: dict[str, str | None]
    mapped_columns: list[MappedColumnOut]
    values: list[ValueChoiceOut]
    rows: int
    rows_applied: int
    problems: list[ImportProblemOut]
    counts: dict[str, int]
    expected: dict[str, int]
    losses: list[LostColumnOut]
    notes: list[str]
    reconciliation: list[ReconciliationOut]
    kept: list[KeptOut]
    failure: str
    started_at: datetime | None
    finished_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class ImportRowOut(msgspec.Struct, frozen=True):
    """A row of the file and what became of it."""

    number: int
    status: str
    values: dict[str, str]
    ref: str | None
    message: str


class CommitIn(Body):
    """What to decide instead of the proposals; nothing takes them all. Targets are ids or words of the proposals."""

    mapping: dict[str, str | None] = {}
    stages: dict[str, Any] = {}
    owners: dict[str, Any] = {}
    companies: dict[str, Any] = {}
    services: dict[str, Any] = {}
    owner_id: Id | None = None
    project_id: Id | None = None
    date_order: Short = ""
    currency: Short = ""
    create_stages: Flag = False


class NothingIn(Body):
    """No key at all."""


class ImportQuery(ListQuery):
    """What a list of imports is narrowed to."""

    sort: Literal["-id"] = "-id"
    kind: Short = ""
    status: Literal["", "staged", "running", "done", "failed", "undone"] = ""


class ImportRowQuery(ListQuery):
    """Which rows of the file."""

    sort: Literal["number"] = "number"
    status: Line = ""


def show_import(row: BatchRow) -> ImportOut:
    """An import in the words of the API."""
    return ImportOut(
        row.id, row.kind, row.status, row.file_name, row.size, row.source, row.author_label,
        [ColumnOut(one.index, one.header, one.filled, list(one.examples)) for one in row.columns],
        {one.header: one.field or None for one in row.mapping},
        [MappedColumnOut(one.index, one.header, one.field, one.label, one.confidence, one.reason) for one in row.mapping],
        [
            ValueChoiceOut(one.about, one.value, one.rows, str(one.target), one.label, one.reason, list(one.near))
            for one in row.values
        ],
        row.rows, row.rows_applied,
        [ImportProblemOut(one.row, one.column, one.message, one.code, one.stops_row) for one in row.problems],
        dict(row.counts), dict(row.expected),
        [LostColumnOut(one.header, one.filled, one.reason) for one in row.losses], list(row.notes),
        [
            ReconciliationOut(
                one.status, one.currency, one.rows_in_file, _amount(one.value_in_file), one.rows_written,
                _amount(one.value_written),
            )
            for one in row.reconciliation
        ],
        [KeptOut(str(ref), because) for ref, because in row.kept], row.failure, row.started_at, row.finished_at, row.version,
        row.created_at, row.updated_at,
    )


def _amount(value: Decimal) -> str:
    return f"{value:f}"


def _show_row(row: StagedRow) -> ImportRowOut:
    return ImportRowOut(row.number, row.status, dict(row.values), str(row.ref) if row.ref else None, row.message)


@route("GET", "/imports", permission="imports.batch.run", answers={200: Page[ImportOut]})
def read_imports(request: ApiRequest, where: ImportQuery = Query(...)) -> HttpResponse:
    """Your imports, newest first; admins see everybody's."""
    rows = list_batches(
        actor=request.actor, kind=where.kind, status=where.status, offset=where.offset, limit=where.limit + 1
    )
    return page(rows, where, show_import)


@route("GET", "/imports/{record:import_id}", permission="imports.batch.run", answers={200: ImportOut})
def read_import(request: ApiRequest, import_id: int) -> HttpResponse:
    """One import: what was found in the file, what is proposed, and what became of it."""
    row = get_batch(actor=request.actor, batch_id=import_id)
    return answer(show_import(row), version=row.version)


@route("GET", "/imports/{record:import_id}/rows", permission="imports.batch.run", answers={200: Page[ImportRowOut]})
def read_import_rows(request: ApiRequest, import_id: int, where: ImportRowQuery = Query(...)) -> HttpResponse:
    """The rows of the file, with what became of each."""
    rows = list_staged_rows(
        actor=request.actor, batch_id=import_id, status=where.status, offset=where.offset, limit=where.limit + 1
    )
    return page(rows, where, _show_row)


@route(
    "POST", "/imports", permission="imports.batch.run", answers={201: ImportOut}, takes=MULTIPART, keeps_own_replies=True,
    openapi=_FORM, example={"kind": "companies"},
)
def add_import(request: ApiRequest) -> HttpResponseBase:
    """Stage a file: read it, propose where its columns go, name what does not fit. Nothing is written yet."""
    require(request.actor, "imports.batch.run")
    check_form(request, {"kind", "mapping", "source"})
    file = file_of(request)
    kind, source, mapping = text_field(request, "kind"), text_field(request, "source"), _mapping(request)

    def stage() -> HttpResponse:
        file.seek(0)
        key = stage_import(
            actor=request.actor, kind=kind, file_name=file.name or "file", stream=file, mapping=mapping, source=source,
            now=request.now,
        )
        row = get_batch(actor=request.actor, batch_id=key)
        return answer(show_import(row), status=201, version=row.version, location=f"/imports/{key}")

    content = json.dumps([kind, source, mapping, file.name, file.size]).encode()
    if "Idempotency-Key" in request.headers:
        content += b"".join(file.chunks())
    return once(request, content, stage)


def _mapping(request: ApiRequest) -> Mapping[str, str | None] | None:
    text = request.POST.get("mapping") or ""
    if not text:
        return None
    try:
        found = json.loads(text) if len(text) <= _LONGEST_MAPPING else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(field, str | None) for field in found.values()):
        raise Refused.field("mapping", "A mapping is a JSON object: the field of each header, null to leave it out.")
    return found


@route(
    "POST", "/imports/{record:import_id}/commit", permission="imports.batch.run", answers={200: ImportOut},
    example={"create_stages": True},
)
def commit(request: ApiRequest, import_id: int, body: CommitIn | None = None) -> HttpResponse:
    """Let a staged import go ahead; `{}` takes every proposal and default. Read it again to follow its progress."""
    commit_import(actor=request.actor, batch_id=import_id, choices=body.sent() if body else {}, now=request.now)
    return read_import(request, import_id)


@route("POST", "/imports/{record:import_id}/undo", permission="imports.batch.run", answers={200: ImportOut})
def undo(request: ApiRequest, import_id: int, body: NothingIn | None = None) -> HttpResponse:
    """Take back what an import made and nobody has touched since; `kept` lists the rest."""
    del body
    undo_import(actor=request.actor, batch_id=import_id, now=request.now)
    return read_import(request, import_id)
