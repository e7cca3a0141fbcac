"""Promises: what was said, in which words, and which work keeps it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import AliasChoices, Field

from wonward.edges.api.v1.answers import Page, after_write, answer, page
from wonward.edges.api.v1.inputs import (
    Body,
    Day,
    Flag,
    Id,
    Instant,
    ListQuery,
    Name,
    Paragraph,
    Prose,
    QueryId,
    RefText,
    Short,
    Whole,
)
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked
from wonward.journeys.handoff.queries import get_handoff
from wonward.journeys.promises.operations import (
    change_promise,
    cover_promise,
    make_promises,
    replace_promise,
    settle_promise,
    uncover_promise,
)
from wonward.journeys.promises.queries import get_promise, list_promises
from wonward.journeys.promises.queries.holding import find_places
from wonward.journeys.promises.types import BasisRow, Coverage, NewPromise, PromiseKind, PromiseRow, Source
from wonward.kernel.errors import Refused
from wonward.kernel.ref import Ref


class SourceOut(msgspec.Struct, frozen=True):
    """The original words and where they stand; empty for those who may not read them."""

    ref: str | None
    quote: str
    speaker: str
    said_at: datetime | None


class CoverOut(msgspec.Struct, frozen=True):
    """A task that keeps a promise."""

    task_id: int
    name: str
    kind: str
    finish_date: date | None
    is_done: bool


class BasisOut(msgspec.Struct, frozen=True):
    """What was known when a date was promised; before P50 somebody answers for it: named, or not yet, `approved_at` null while it waits."""

    kickoff_date: date
    earliest_date: date
    p50_date: date
    p80_date: date
    p90_date: date
    chance_percent: int
    seed: int
    approver_id: int | None
    approver: str
    approved_at: datetime | None


class PlaceOut(msgspec.Struct, frozen=True):
    """A project in which a promise holds."""

    project_id: int
    number: str
    name: str


class PromiseOut(msgspec.Struct, frozen=True):
    """A promise with the words behind it and the work that keeps it.

    `column` is where it stands in the ledger and `because` why; `suggestion` is "keep" when all its work was done in time.
    `project_id` is its home, `project_ids` every project of its deal in which it holds. `hides_amounts`: you may not know what is
    paid, so a promise about a price has no words here, and amounts in others read […].
    """

    id: int
    number: str
    deal_id: int | None
    project_id: int | None
    project_ids: list[int]
    kind: str
    key: str
    text: str
    condition: str
    due_date: date | None
    weight: int
    state: str
    coverage: str
    column: str
    because: str
    suggestion: str
    forecast_date: date | None
    is_client_visible: bool
    state_reason: str
    state_by: str
    state_at: datetime | None
    replaced_by_id: int | None
    author: str
    source: SourceOut
    basis: BasisOut | None
    covers: list[CoverOut]
    hides_amounts: bool
    version: int
    created_at: datetime
    updated_at: datetime


class OnePromiseOut(PromiseOut, frozen=True):
    """A promise with the names of the projects you see in which it holds, its home first."""

    projects: list[PlaceOut]


class CoverageOut(msgspec.Struct, frozen=True):
    """The share of the weight promised that live work keeps in time, and weights and counts per column."""

    percent: int
    weights: dict[str, int]
    counts: dict[str, int]


class SourceIn(Body):
    """The original words and the record they stand in; words of a log entry must stand in it."""

    ref: RefText | None = None
    quote: Prose = ""
    speaker: Name = ""
    said_at: Instant | None = None

    def read(self) -> Source:
        """As the operations take it."""
        return Source(self.quote, Ref.parse(self.ref) if self.ref else None, self.speaker, self.said_at)


class PromiseIn(Body):
    """A promise to write down, on a deal or a project."""

    deal_id: Id | None = None
    project_id: Id | None = None
    kind: PromiseKind
    text: Paragraph
    due_date: Day | None = None
    weight: Whole = 1
    source: SourceIn | None = None
    key: Short = Field("", validation_alias=AliasChoices("key", "promise_key"))
    condition: Paragraph = ""
    is_client_visible: Flag = True
    state: Literal["draft", "confirmed"] = "confirmed"

    def read(self) -> NewPromise:
        """As the operations take it."""
        return NewPromise(
            kind=self.kind, text=self.text, deal_id=self.deal_id, project_id=self.project_id, key=self.key,
            condition=self.condition, due_date=self.due_date, weight=self.weight, is_client_visible=self.is_client_visible,
            state=self.state, source=self.source.read() if self.source else None,
        )


class ReplacementIn(Body):
    """The promise that takes the place of another, and why."""

    reason: Paragraph
    kind: PromiseKind
    text: Paragraph
    due_date: Day | None = None
    weight: Whole = 1
    source: SourceIn | None = None
    key: Short = Field("", validation_alias=AliasChoices("key", "promise_key"))
    condition: Paragraph = ""
    is_client_visible: Flag = True

    def read(self) -> NewPromise:
        """As the operations take it; deal and project are those of the promise it replaces."""
        return NewPromise(
            kind=self.kind, text=self.text, key=self.key, condition=self.condition, due_date=self.due_date, weight=self.weight,
            is_client_visible=self.is_client_visible, source=self.source.read() if self.source else None,
        )


class PromisePatch(Body):
    """The state to put a promise into (waiving and breaking need a reason), or facts to change; a draft's words too."""

    state: Short = ""
    reason: Paragraph = ""
    kind: PromiseKind = PromiseKind.DELIVERABLE
    text: Paragraph = ""
    condition: Paragraph = ""
    due_date: Day | None = None
    weight: Whole = 1
    key: Short = Field("", validation_alias=AliasChoices("key", "promise_key"))
    is_client_visible: Flag = True


class CoverIn(Body):
    """The task that keeps the promise."""

    task_id: Id


class PromiseQuery(ListQuery):
    """What a list of promises is narrowed to."""

    sort: Literal["-weight", "weight", "due_date", "-due_date", "id", "-id", "updated_at", "-updated_at"] = "-weight"
    deal_id: QueryId | None = None
    project_id: QueryId | None = None
    handoff_id: QueryId | None = None
    state: Literal["", "draft", "confirmed", "kept", "broken", "waived", "replaced"] = ""
    column: Literal["", "uncovered", "planned", "at_risk", "kept", "waived", "apart", "draft"] = ""
    kind: PromiseKind | None = None


def show_promise(row: PromiseRow) -> PromiseOut:
    """A promise in the words of the API."""
    return PromiseOut(
        row.id, row.number, row.deal_id, row.project_id, list(row.project_ids), row.kind, row.key, row.text, row.condition, row.due_date,
        row.weight, row.state, row.coverage, "draft" if row.state == "draft" else row.column, row.because, row.suggestion,
        row.forecast_date, row.is_client_visible, row.state_reason, row.state_by, row.state_at, row.replaced_by_id, row.author_label,
        SourceOut(str(row.source_ref) if row.source_ref else None, row.quote, row.speaker, row.said_at),
        _basis(row.basis),
        [CoverOut(cover.task_id, cover.name, cover.kind, cover.finish_date, cover.is_done) for cover in row.covers],
        row.hides_amounts, row.version, row.created_at, row.updated_at,
    )


def _basis(basis: BasisRow | None) -> BasisOut | None:
    if basis is None:
        return None
    return BasisOut(
        basis.kickoff_date, basis.earliest_date, basis.p50_date, basis.p80_date, basis.p90_date, basis.chance, basis.seed, basis.approver_id,
        basis.approver, basis.approved_at,
    )


def show_coverage(coverage: Coverage) -> CoverageOut:
    """Coverage in the words of the API."""
    return CoverageOut(coverage.percent, dict(coverage.weights), dict(coverage.counts))


def _answer(request: ApiRequest, promise_id: int, **more: Any) -> HttpResponse:
    row = get_promise(actor=request.actor, promise_id=promise_id)
    found = find_places(actor=request.actor, promises=[row])
    places = [PlaceOut(key, found[key].number, found[key].name) for key in row.project_ids if key in found]
    return answer(OnePromiseOut(*(*msgspec.structs.astuple(show_promise(row)), places)), version=row.version, **more)


@route("GET", "/promises", permission="promises.promise.view", answers={200: Page[PromiseOut]})
def read_promises(request: ApiRequest, where: PromiseQuery = Query(...)) -> HttpResponse:
    """The promise ledger of a deal, a project or a handoff, or of everything you see."""
    sold_on = get_handoff(actor=request.actor, handoff_id=where.handoff_id).deal_id if where.handoff_id is not None else None
    rows = list_promises(
        actor=request.actor, deal_id=where.deal_id, project_id=where.project_id, sold_on_deal_id=sold_on, text=where.q,
        state=where.state, column=where.column, kind=where.kind or "", updated_since=where.updated_since, sort=where.sort,
        offset=where.offset, limit=where.limit + 1,
    )
    return page(rows, where, show_promise)


@route("GET", "/promises/{record:promise_id}", permission="promises.promise.view", answers={200: OnePromiseOut})
def read_promise(request: ApiRequest, promise_id: int) -> HttpResponse:
    """One promise."""
    return _answer(request, promise_id)


@route(
    "POST", "/promises", permission="promises.promise.make", answers={201: OnePromiseOut},
    example={"deal_id": 1, "kind": "deliverable", "text": "42 templates", "source": {"quote": "All 42, please."}},
)
def add_promise(request: ApiRequest, body: PromiseIn) -> HttpResponse:
    """Write a promise down."""
    (promise_id,) = make_promises(actor=request.actor, promises=[body.read()], now=request.now)
    address = f"/promises/{promise_id}"
    return after_write(lambda: _answer(request, promise_id, status=201, location=address), status=201, location=address)


@route(
    "PATCH", "/promises/{record:promise_id}", permission="promises.promise.make", answers={200: OnePromiseOut},
    example={"state": "kept"},
)
def edit_promise(request: ApiRequest, promise_id: int, body: PromisePatch) -> HttpResponse:
    """Confirm, keep, break or waive a promise; or change its weight, key or visibility, and a draft's words."""
    fields = {name: value for name, value in body.sent().items() if name not in ("state", "reason")}
    version = version_asked(request)
    if "state" not in body.sent():
        changes = fields | ({"kind": body.kind.value} if "kind" in fields else {})
        change_promise(actor=request.actor, promise_id=promise_id, changes=changes, version=version, now=request.now)
    elif fields:
        raise Refused.field("state", "Change the facts of a promise first, then its state.", "one_at_a_time")
    else:
        settle_promise(
            actor=request.actor, promise_id=promise_id, state=body.state, reason=body.reason, version=version, now=request.now
        )
    return after_write(lambda: _answer(request, promise_id))


@route(
    "POST", "/promises/{record:promise_id}/replacement", permission="promises.promise.make", answers={201: OnePromiseOut},
    example={"kind": "deliverable", "text": "48 templates", "reason": "Six more after the audit."},
)
def add_replacement(request: ApiRequest, promise_id: int, body: ReplacementIn) -> HttpResponse:
    """Put another promise in the place of one; the old one stays, points to the new one and leaves it its work."""
    new_id = replace_promise(
        actor=request.actor, promise_id=promise_id, by=body.read(), reason=body.reason, version=version_asked(request),
        now=request.now,
    )
    address = f"/promises/{new_id}"
    return after_write(lambda: _answer(request, new_id, status=201, location=address), status=201, location=address)


@route(
    "POST", "/promises/{record:promise_id}/covers", permission="promises.promise.make", answers={201: OnePromiseOut},
    example={"task_id": 1},
)
def add_cover(request: ApiRequest, promise_id: int, body: CoverIn) -> HttpResponse:
    """Say which task keeps a promise; saying it twice changes nothing."""
    cover_promise(actor=request.actor, promise_id=promise_id, task_id=body.task_id, now=request.now)
    address = f"/promises/{promise_id}"
    return after_write(lambda: _answer(request, promise_id, status=201, location=address), status=201, location=address)


@route(
    "DELETE", "/promises/{record:promise_id}/covers/{record:task_id}", permission="promises.promise.make",
    answers={200: OnePromiseOut},
)
def remove_cover(request: ApiRequest, promise_id: int, task_id: int) -> HttpResponse:
    """Take a task off a promise; the promise stays."""
    uncover_promise(
        actor=request.actor, promise_id=promise_id, task_id=task_id, version=version_asked(request), now=request.now
    )
    return after_write(lambda: _answer(request, promise_id))
