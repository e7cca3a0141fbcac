"""Records that may be one, and making them one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import Field

from wonward.domains.clients.operations import decide_duplicate, merge_records, undo_merge
from wonward.domains.clients.queries import get_duplicate, get_merge, list_duplicates
from wonward.domains.clients.types import DuplicateRow, MergeRow
from wonward.edges.api.v1.answers import Page, after_write, answer, page
from wonward.edges.api.v1.inputs import Body, Flag, Id, Label, ListQuery, QueryId
from wonward.edges.api.v1.routes import ApiRequest, route

_MERGE = "clients.record.merge"


class DuplicateOut(msgspec.Struct, frozen=True):
    """Two records that may be one; `score` tells how sure that is, out of 100."""

    id: int
    noun: str
    first_id: int
    first_name: str
    second_id: int
    second_name: str
    score: int
    because: str


class LeftOut(msgspec.Struct, frozen=True):
    """A row that somebody changed after the merge: the undo left it as it is."""

    record: str
    id: int


class MergeOut(msgspec.Struct, frozen=True):
    """Two records that became one."""

    id: int
    noun: str
    source_id: int
    target_id: int
    source_name: str
    target_name: str
    moved_count: int
    merged_at: datetime
    merged_by: str
    undone_at: datetime | None
    left: list[LeftOut]


class RecordMergeIn(Body):
    """Which record goes, and the fields whose value it hands on although the one that stays has one."""

    source_id: Id
    take: Annotated[list[Label], Field(max_length=40)] = []


class PairDecisionIn(Body):
    """Whether the two are different records."""

    is_different: Flag


class DuplicateQuery(ListQuery):
    """Which records are compared."""

    noun: Literal["clients.company", "clients.contact"] = "clients.company"
    record_id: QueryId | None = None


def _duplicate(row: DuplicateRow) -> DuplicateOut:
    return DuplicateOut(row.id, row.noun, row.first_id, row.first[0], row.second_id, row.second[0], row.score, row.because)


def _merge(row: MergeRow) -> MergeOut:
    left = [LeftOut(label, key) for label, key in row.left]
    return MergeOut(row.id, row.noun, row.source_id, row.target_id, row.source_name, row.target_name, row.moved_count, row.merged_at,
                    row.merged_by, row.undone_at, left)


@route("GET", "/duplicates", permission=_MERGE, answers={200: Page[DuplicateOut]})
def read_duplicates(request: ApiRequest, where: DuplicateQuery = Query(...)) -> HttpResponse:
    """Pairs nobody has decided on, the surest first."""
    rows = list_duplicates(
        actor=request.actor, noun=where.noun, record_id=where.record_id, offset=where.offset, limit=where.limit + 1
    )
    return page(rows, where, _duplicate)


@route(
    "POST", "/duplicates/{record:duplicate_id}/decision", permission=_MERGE, answers={200: DuplicateOut}, example={"is_different": True}
)
def decide_pair(request: ApiRequest, duplicate_id: int, body: PairDecisionIn) -> HttpResponse:
    """Say that two records are different ones, or take that back."""
    decide_duplicate(actor=request.actor, duplicate_id=duplicate_id, is_different=body.is_different, now=request.now)
    return after_write(lambda: answer(_duplicate(get_duplicate(actor=request.actor, duplicate_id=duplicate_id))))


@route("POST", "/companies/{record:company_id}/merging", permission=_MERGE, answers={201: MergeOut}, example={"source_id": 2})
def merge_company(request: ApiRequest, company_id: int, body: RecordMergeIn) -> HttpResponse:
    """Let another company become one with this one; everything that points to it moves."""
    return _merged(request, "clients.company", company_id, body)


@route("POST", "/contacts/{record:contact_id}/merging", permission=_MERGE, answers={201: MergeOut}, example={"source_id": 2})
def merge_contact(request: ApiRequest, contact_id: int, body: RecordMergeIn) -> HttpResponse:
    """Let another contact become one with this one; everything that points to them moves."""
    return _merged(request, "clients.contact", contact_id, body)


def _merged(request: ApiRequest, noun: str, target_id: int, body: RecordMergeIn) -> HttpResponse:
    merge_id = merge_records(
        actor=request.actor, noun=noun, source_id=body.source_id, target_id=target_id, take=body.take, now=request.now
    )
    return after_write(lambda: answer(_merge(get_merge(actor=request.actor, merge_id=merge_id)), status=201), status=201)


@route("POST", "/merges/{record:merge_id}/undoing", permission=_MERGE, answers={200: MergeOut})
def undo_merging(request: ApiRequest, merge_id: int) -> HttpResponse:
    """Take a merge back. What was changed since stays as it is, and is listed in `left`."""
    undo_merge(actor=request.actor, merge_id=merge_id, now=request.now)
    return after_write(lambda: answer(_merge(get_merge(actor=request.actor, merge_id=merge_id))))
