"""Deals: opening, changing, moving, and closing them as won or lost."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpResponse
from ninja import Query
from ninja.errors import ValidationError as InvalidBody
from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from wonward.domains.clients.queries.segments import homes_in, people_in
from wonward.domains.sales.operations.deals import create_deals, lose_deal
from wonward.domains.sales.operations.lines import revise_deal
from wonward.domains.sales.operations.next_actions import set_next_action
from wonward.domains.sales.queries.deals import find_deal_rows, get_deal, list_deals, list_lines, sum_of
from wonward.domains.sales.queries.likeness import find_like_deals
from wonward.domains.sales.types import (
    ClosingBrief,
    DealFilter,
    DealRow,
    NewDeal,
    NewLine,
    NextAction,
    NextActionRow,
)
from wonward.edges.api.v1.answers import MoneyOut, Page, after_write, answer, money
from wonward.edges.api.v1.companies import PossibleDuplicateOut, show_duplicates
from wonward.edges.api.v1.field_filters import FieldFilters, FieldSort, read_field_filters, read_field_sort
from wonward.edges.api.v1.inputs import (
    Body,
    Count,
    Day,
    FieldValues,
    Flag,
    Id,
    Label,
    Line,
    ListQuery,
    MoneyIn,
    Name,
    Prose,
    Quantity,
    QueryFlag,
    QueryId,
    QueryText,
    Short,
    Whole,
)
from wonward.edges.api.v1.record_values import CustomOut, page_with_values, with_values
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked
from wonward.foundation.organisation.types import Conversion
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.errors import FieldError, Refused

_ACTION = {"kind": "call", "due_date": "2026-12-01", "note": "Call Hanne"}
_BRIEF = {
    "scope_summary": "Move 42 templates.", "promised_finish_date": "2027-03-19", "no_constraints": True,
    "main_stakeholder_id": 1, "kickoff_date": "2026-12-01",
}


class NextActionOut(msgspec.Struct, frozen=True):
    """What happens next, when and by whom."""

    kind: str
    note: str
    due_date: date
    owner_id: int | None
    owner_name: str


class DealOut(msgspec.Struct, frozen=True):
    """A deal; `value` is null without the right to see it."""

    id: int
    number: str
    name: str
    status: str
    company_id: int | None
    company_name: str
    owner_id: int | None
    owner_name: str
    pipeline_id: int
    stage_id: int
    stage_name: str
    probability: int
    value: MoneyOut | None
    source: str
    opened_date: date
    expected_close_date: date | None
    closed_date: date | None
    lost_reason: str
    is_history: bool
    is_restricted: bool
    stage_entered_at: datetime
    next_action: NextActionOut | None
    external_id: str
    version: int
    created_at: datetime
    updated_at: datetime
    custom: CustomOut = {}


class ConversionOut(msgspec.Struct, frozen=True):
    """Where a price came from that the book does not have in this currency: one unit of `currency` made `rate` of it."""

    currency: str
    rate: str
    rate_date: date


class RoleHoursOut(msgspec.Struct, frozen=True):
    """How long a role works on one unit."""

    role: str
    minutes: int


class LineOut(msgspec.Struct, frozen=True):
    """A service on a deal; `options` are the optional sections sold, null while all of them come along.

    `role_hours` is null while the hours are those of the service's template.
    """

    service_id: int
    service_name: str
    quantity: float
    unit_price: MoneyOut | None
    options: list[str] | None
    conversion: ConversionOut | None = None
    role_hours: list[RoleHoursOut] | None = None


class DealWithLinesOut(DealOut, frozen=True):
    """One deal with the services on it. `lines_total` is what they come to; a `value` that differs was entered by hand."""

    lines: list[LineOut] = []
    lines_total: MoneyOut | None = None


class NewDealOut(DealWithLinesOut, frozen=True):
    """A deal just opened, and open ones of the company that may be the same chance."""

    possible_duplicates: list[PossibleDuplicateOut] = []


class HandoffRefOut(msgspec.Struct, frozen=True):
    """The handoff a win made."""

    id: int
    status: str


class ClosedDealOut(msgspec.Struct, frozen=True):
    """A closed deal; `replayed` when it had been closed before and nothing changed."""

    deal: DealWithLinesOut
    handoff: HandoffRefOut | None
    project_ids: list[int]
    replayed: bool


class NextActionIn(Body):
    """What happens next. Kind `parked` waits until `due_date` for the reason in `note`."""

    kind: Short
    due_date: Day
    owner_id: Id | None = None
    note: Line = ""

    def read(self) -> NextAction:
        """As the operations take it."""
        return NextAction(self.kind, self.due_date, self.note, self.owner_id)


class RoleHoursIn(Body):
    """How long a role works on one unit."""

    role: Label
    minutes: Count


class LineIn(Body):
    """A service to sell; without a price the list price is taken.

    `options` names the optional sections of its template that are sold, possibly none; without it all of them are.
    `role_hours` puts the minutes of each role in one unit in the place of the template's; none goes by the template again, and
    without the key the service keeps those it had on this deal.
    """

    service_id: Id
    quantity: Quantity = Decimal(1)
    unit_price: MoneyIn | None = None
    options: Annotated[list[Label], Field(max_length=200)] | None = None
    role_hours: Annotated[list[RoleHoursIn], Field(max_length=40)] | None = None

    def read(self) -> NewLine:
        """As the operations take it."""
        return NewLine(
            self.service_id, self.quantity, self.unit_price.read() if self.unit_price else None,
            None if self.options is None else tuple(self.options),
            None if self.role_hours is None else tuple((one.role.strip(), one.minutes) for one in self.role_hours),
        )


class DealIn(Body):
    """A deal to open. Without owner it is yours; without pipeline or stage it starts in the first open one."""

    name: Name
    company_id: Id
    owner_id: Id | None = None
    pipeline_id: Id | None = None
    stage_id: Id | None = None
    value: MoneyIn | None = None
    expected_close_date: Day | None = None
    lines: Annotated[list[LineIn], Field(max_length=500)] = []
    next_action: NextActionIn | None = None
    source: Label = ""
    external_id: Label = ""
    custom: FieldValues = Field(default_factory=dict)

    def read(self) -> NewDeal:
        """As the operations take it."""
        return NewDeal(
            name=self.name, company_id=self.company_id, owner_id=self.owner_id, pipeline_id=self.pipeline_id,
            stage_id=self.stage_id, value=self.value.read() if self.value else None,
            expected_close_date=self.expected_close_date,
            lines=tuple(line.read() for line in self.lines),
            next_action=self.next_action.read() if self.next_action else None, source=self.source,
            external_source="api" if self.external_id else "", external_id=self.external_id,
            custom=self.custom,
        )


class DealPatch(Body):
    """What to change of a deal; `stage_id` moves it between open stages, `lines` replaces the services as a whole.

    The value follows new lines while it is empty or what the former ones came to; one entered by hand stays.
    """

    name: Name = ""
    company_id: Id | None = None
    owner_id: Id | None = None
    stage_id: Id = 0
    value: MoneyIn | None = None
    expected_close_date: Day | None = None
    source: Label = ""
    probability: Whole | None = None
    lines: Annotated[list[LineIn], Field(max_length=500)] = []
    is_restricted: Flag = False


class BriefIn(Body):
    """The five answers a win needs, and in `extra` what the pipeline and the services ask; the gate names what is missing."""

    scope_summary: Prose | None = None
    promised_finish_date: Day | None = None
    key_constraints: Prose | None = None
    no_constraints: Flag | None = None
    main_stakeholder_id: Id | None = None
    kickoff_date: Day | None = None
    extra: dict[Short, Prose] = {}

    def read(self) -> ClosingBrief:
        """As the gate takes it."""
        return ClosingBrief(
            self.scope_summary or "", self.promised_finish_date, self.key_constraints or "", bool(self.no_constraints),
            self.main_stakeholder_id, self.kickoff_date,
        )


class _Unread(msgspec.Struct, frozen=True):
    """A brief that is not one. Only a deal that is still to be closed minds."""

    error: ValidationError

    def refusal(self) -> InvalidBody:
        """The mistakes at their places in the body."""
        return InvalidBody([{**one, "loc": ("body", "body", "brief", *one["loc"])} for one in self.error.errors(include_url=False)])


def _read_or_keep(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError as error:
        return _Unread(error)


class ClosingIn(Body):
    """`won` with its brief, or `lost` with its reason."""

    outcome: Literal["won", "lost"]
    brief: Annotated[BriefIn | None, WrapValidator(_read_or_keep)] = None
    reason: Prose | None = None


class DealQuery(ListQuery):
    """What a list of deals is narrowed to; `segment_id` and `people_segment_id` are saved views of companies and of contacts."""

    sort: Literal[
        "-updated_at", "updated_at", "id", "-id", "name", "-name", "value", "-value", "next_action", "-next_action",
        "expected_close_date", "-expected_close_date", "created_at", "-created_at",
    ] | FieldSort = "-updated_at"
    status: Literal["", "open", "won", "lost"] = ""
    owner_id: QueryId | None = None
    pipeline_id: QueryId | None = None
    stage_id: QueryId | None = None
    company_id: QueryId | None = None
    external_id: QueryText = ""
    is_history: QueryFlag | None = None
    is_unanswered: QueryFlag = False
    segment_id: QueryId | None = None
    people_segment_id: QueryId | None = None
    field: FieldFilters = []


def _facts(row: DealRow) -> tuple[Any, ...]:
    return (
        row.id, row.number, row.name, row.status, row.company_id, row.company_name, row.owner_id, row.owner_name,
        row.pipeline_id, row.stage_id, row.stage_name, row.probability, money(row.value), row.source, row.opened_date,
        row.expected_close_date, row.closed_date, row.lost_reason, row.is_history, row.is_restricted, row.stage_entered_at,
        _next(row.next_action), row.external_id, row.version, row.created_at, row.updated_at,
    )


def _next(row: NextActionRow | None) -> NextActionOut | None:
    return NextActionOut(row.kind, row.note, row.due_date, row.owner_id, row.owner_name) if row else None


def show_deal(row: DealRow) -> DealOut:
    """A deal in the words of the API."""
    return DealOut(*_facts(row))


def _conversion(found: Conversion | None) -> ConversionOut | None:
    return ConversionOut(found.currency, f"{found.rate:f}", found.rate_date) if found else None


def _one(request: ApiRequest, deal_id: int) -> DealWithLinesOut:
    row = get_deal(actor=request.actor, deal_id=deal_id)
    lines = list_lines(deal=row)
    shown = [
        LineOut(
            line.service_id, line.service_name, float(line.quantity), money(line.unit_price),
            None if line.options is None else list(line.options), _conversion(line.conversion),
            [RoleHoursOut(*one) for one in line.hours] if line.hours else None,
        )
        for line in lines
    ]
    deal = msgspec.structs.replace(DealWithLinesOut(*_facts(row)), lines=shown, lines_total=money(sum_of(lines)))
    return with_values(request.actor, "sales.deal", [deal])[0]


@route("GET", "/deals", permission="sales.deal.view", answers={200: Page[DealOut]})
def read_deals(request: ApiRequest, where: DealQuery = Query(...)) -> HttpResponse:
    """Deals you see."""
    wanted = DealFilter(
        status=where.status, owner_id=where.owner_id, pipeline_id=where.pipeline_id, stage_id=where.stage_id,
        company_id=where.company_id, external_id=where.external_id, is_history=where.is_history, text=where.q,
        updated_since=where.updated_since, urgency="unanswered" if where.is_unanswered else "", custom=read_field_filters(request.actor, "sales.deal", where.field),
        segment=homes_in(request.actor, where.segment_id), people=people_in(request.actor, where.people_segment_id),
    )
    rows = list_deals(
        actor=request.actor, where=wanted, now=request.now, sort=read_field_sort(request.actor, "sales.deal", where.sort),
        offset=where.offset, limit=where.limit + 1,
    )
    return page_with_values(request.actor, "sales.deal", rows, where, show_deal)


@route("GET", "/deals/{record:deal_id}", permission="sales.deal.view", answers={200: DealWithLinesOut})
def read_deal(request: ApiRequest, deal_id: int) -> HttpResponse:
    """One deal with its lines."""
    deal = _one(request, deal_id)
    return answer(deal, version=deal.version)


@route(
    "POST", "/deals", permission="sales.deal.create", answers={201: NewDealOut},
    example={"name": "Website", "company_id": 1, "lines": [{"service_id": 1, "quantity": 1}], "next_action": _ACTION},
)
def add_deal(request: ApiRequest, body: DealIn) -> HttpResponse:
    """Open a deal, with its owner and a dated next action. Open deals that may be the same are named, never a reason to refuse."""
    (deal_id,) = create_deals(actor=request.actor, deals=[body.read()], now=request.now)
    return after_write(lambda: _show_new(request, deal_id), status=201, location=f"/deals/{deal_id}")


def _show_new(request: ApiRequest, deal_id: int) -> HttpResponse:
    deal = _one(request, deal_id)
    same = find_like_deals(actor=request.actor, name=deal.name, company_id=deal.company_id, except_id=deal_id)
    shown = NewDealOut(**{name: getattr(deal, name) for name in deal.__struct_fields__}, possible_duplicates=show_duplicates(same))
    return answer(shown, status=201, version=deal.version, location=f"/deals/{deal_id}")


@route(
    "PATCH", "/deals/{record:deal_id}", permission="sales.deal.edit", answers={200: DealWithLinesOut},
    example={"expected_close_date": "2026-12-18"},
)
def edit_deal(request: ApiRequest, deal_id: int, body: DealPatch) -> HttpResponse:
    """Change a deal, or move it to another open stage. Won and lost stages are reached by closing it."""
    changes = body.sent()
    stage_id, lines = changes.pop("stage_id", None), changes.pop("lines", None)
    if changes.get("value") is not None:
        changes["value"] = changes["value"].read()
    revise_deal(
        actor=request.actor, deal_id=deal_id, changes=changes, stage_id=stage_id,
        lines=None if lines is None else [line.read() for line in lines], version=version_asked(request), now=request.now,
    )
    return after_write(lambda: read_deal(request, deal_id))


@route(
    "PUT", "/deals/{record:deal_id}/next-action", permission="sales.deal.edit", answers={200: DealWithLinesOut},
    example=_ACTION,
)
def set_deal_next_action(request: ApiRequest, deal_id: int, body: NextActionIn) -> HttpResponse:
    """Replace the next action of an open deal."""
    try:
        set_next_action(
            actor=request.actor, deal_id=deal_id, action=body.read(), version=version_asked(request), now=request.now
        )
    except Refused as refusal:
        # Here the next action is the whole body.
        refusal.errors = tuple(
            FieldError(error.field.removeprefix("next_action."), error.words, error.code) for error in refusal.errors
        )
        raise
    return after_write(lambda: read_deal(request, deal_id))


@route(
    "POST", "/deals/{record:deal_id}/closing", permission="sales.deal.win", answers={200: ClosedDealOut, 201: ClosedDealOut},
    example={"outcome": "won", "brief": _BRIEF},
)
def close_deal(request: ApiRequest, deal_id: int, body: ClosingIn) -> HttpResponse:
    """Close a deal. A win makes the handoff and its projects; closing the same way again changes nothing (200), whatever the brief.

    While delivery is switched off a win needs no brief, and `handoff` is null. Once it is on, the same call makes its handoff.
    """
    if isinstance(body.brief, _Unread):
        known = find_deal_rows(actor=request.actor, deal_ids=[deal_id]).get(deal_id)
        if known is None or known.status != body.outcome:
            raise body.brief.refusal()
        body.brief = None
    if body.outcome == "lost":
        is_first = lose_deal(actor=request.actor, deal_id=deal_id, reason=body.reason or "", now=request.now)
        document = ClosedDealOut(_one(request, deal_id), None, [], not is_first)
        return answer(document, status=201 if is_first else 200)
    brief = body.brief.read() if body.brief else ClosingBrief()
    extra = dict(body.brief.extra) if body.brief else {}
    closed = close_deal_as_won(actor=request.actor, deal_id=deal_id, brief=brief, extra=extra, now=request.now)
    document = ClosedDealOut(
        _one(request, deal_id), HandoffRefOut(closed.handoff_id, closed.handoff_status) if closed.handoff_id else None,
        list(closed.project_ids), closed.is_replayed,
    )
    made = f"/handoffs/{closed.handoff_id}" if closed.handoff_id else f"/deals/{deal_id}"
    return answer(document, status=200 if closed.is_replayed else 201, location=made)
