"""The same fields of many records: looked at, applied, taken back as one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import Field

from wonward.edges.api.v1.answers import Page, answer, page
from wonward.edges.api.v1.inputs import Body, Id, Label, ListQuery, Short
from wonward.edges.api.v1.routes import ApiRequest, route
from wonward.journeys.automation.operations import apply_bulk_change, start_bulk_change, undo_bulk_change
from wonward.journeys.automation.queries import get_bulk_change, list_bulk_changes, list_bulk_rows
from wonward.journeys.automation.types import MOST_ROWS, BulkChangeRow, BulkRowView


class BulkChangeOut(msgspec.Struct, frozen=True):
    """A bulk change. `counts` tells how many records are waiting, ready, same, refused, done, undone or kept."""

    id: int
    noun: str
    status: str
    changes: dict[str, Any]
    rows: int
    counts: dict[str, int]
    failure: str
    author: str
    created_at: datetime
    finished_at: datetime | None


class BulkValueOut(msgspec.Struct, frozen=True):
    """One field before and after."""

    field: str
    before: Any
    after: Any


class BulkRecordOut(msgspec.Struct, frozen=True):
    """What becomes of one record; `code` and `message` say why it is refused or kept."""

    id: int
    name: str
    status: str
    code: str
    message: str
    changes: list[BulkValueOut]


class NewBulkChangeIn(Body):
    """Which records get which values: owner_id, stage_id, next_action, add_tags, cf_… Alone, `trash: true` puts them into the trash."""

    noun: Literal["sales.deal", "sales.lead", "clients.company", "clients.contact"]
    ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_ROWS)]
    changes: Annotated[dict[Label, Any], Field(max_length=60)]


class BulkStepIn(Body):
    """No key at all."""


class BulkQuery(ListQuery):
    """Which bulk changes."""

    sort: Literal["-id"] = "-id"


class BulkRecordQuery(ListQuery):
    """Which records of a bulk change."""

    sort: Literal["id"] = "id"
    status: Short = ""


def _show(row: BulkChangeRow) -> BulkChangeOut:
    return BulkChangeOut(
        row.id, row.noun, row.status.value, dict(row.asked), row.row_count, dict(row.counts), row.failure, row.author_label, row.created_at, row.finished_at
    )


def _show_record(row: BulkRowView) -> BulkRecordOut:
    return BulkRecordOut(
        row.ref_id, row.name, row.status.value, row.code, row.message, [BulkValueOut(one.field, one.before, one.after) for one in row.changes]
    )


@route("GET", "/bulk-changes", permission=None, answers={200: Page[BulkChangeOut]})
def read_bulk_changes(request: ApiRequest, where: BulkQuery = Query(...)) -> HttpResponse:
    """Your own bulk changes of the last 60 days, newest first."""
    return page(list_bulk_changes(actor=request.actor, offset=where.offset, limit=where.limit + 1), where, _show)


@route(
    "POST", "/bulk-changes", permission=None, answers={201: BulkChangeOut},
    example={"noun": "sales.deal", "ids": [1], "changes": {"source": "Trade fair"}},
)
def add_bulk_change(request: ApiRequest, body: NewBulkChangeIn) -> HttpResponse:
    """Look at what a bulk change would do to every record; nothing is written yet. More than 60 are looked at in the background."""
    key = start_bulk_change(actor=request.actor, noun=body.noun, ids=body.ids, asked=body.changes, now=request.now)
    return answer(_show(get_bulk_change(actor=request.actor, bulk_id=key)), status=201, location=f"/bulk-changes/{key}")


@route("GET", "/bulk-changes/{record:bulk_id}", permission=None, answers={200: BulkChangeOut})
def read_bulk_change(request: ApiRequest, bulk_id: int) -> HttpResponse:
    """Where a bulk change stands."""
    return answer(_show(get_bulk_change(actor=request.actor, bulk_id=bulk_id)))


@route("GET", "/bulk-changes/{record:bulk_id}/rows", permission=None, answers={200: Page[BulkRecordOut]})
def read_bulk_change_rows(request: ApiRequest, bulk_id: int, where: BulkRecordQuery = Query(...)) -> HttpResponse:
    """What becomes, or became, of each record."""
    rows = list_bulk_rows(actor=request.actor, bulk_id=bulk_id, status=where.status, offset=where.offset, limit=where.limit + 1)
    return page(rows, where, _show_record)


@route("POST", "/bulk-changes/{record:bulk_id}/applying", permission=None, answers={200: BulkChangeOut})
def apply_bulk(request: ApiRequest, bulk_id: int, body: BulkStepIn | None = None) -> HttpResponse:
    """Write what was looked at; records changed since are refused."""
    del body
    apply_bulk_change(actor=request.actor, bulk_id=bulk_id, now=request.now)
    return read_bulk_change(request, bulk_id)


@route("POST", "/bulk-changes/{record:bulk_id}/undoing", permission=None, answers={200: BulkChangeOut})
def undo_bulk(request: ApiRequest, bulk_id: int, body: BulkStepIn | None = None) -> HttpResponse:
    """Give every record back what it held; those touched since are kept."""
    del body
    undo_bulk_change(actor=request.actor, bulk_id=bulk_id, now=request.now)
    return read_bulk_change(request, bulk_id)
