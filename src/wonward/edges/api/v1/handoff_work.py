"""Work on handoffs besides their decision: threads, versions of the scope, kickoffs, briefs, measures and rules."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpResponse
from pydantic import BeforeValidator, Field, WithJsonSchema

from wonward.domains.sales.operations.deals import reopen_deal
from wonward.domains.sales.queries.deals import find_deal_rows
from wonward.domains.sales.types import NextAction
from wonward.edges.api.v1.answers import Page, after_write, answer
from wonward.edges.api.v1.inputs import (
    Body,
    Count,
    Day,
    Flag,
    Id,
    Line,
    MoneyIn,
    Name,
    Paragraph,
    Prose,
    Short,
)
from wonward.edges.api.v1.routes import ApiRequest, route
from wonward.journeys.handoff.operations import (
    add_question_message,
    amend_scope,
    change_kickoff_list,
    plan_kickoff,
    raise_question,
    reopen_won_deal,
    tick_kickoff_item,
    undo_win,
)
from wonward.journeys.handoff.queries import (
    get_handoff,
    get_kickoff,
    list_questions,
    list_scope_changes,
)
from wonward.journeys.handoff.types import (
    Amendment,
    KickoffPlan,
    QuestionRow,
    ScopeLine,
    Side,
)
from wonward.kernel.errors import FieldError, Refused

_VIEW = "handoff.handoff.view"


class MessageOut(msgspec.Struct, frozen=True):
    """One thing said about a question; `side` is sales or delivery."""

    id: int
    side: str
    text: str
    author: str
    created_at: datetime


class ThreadOut(msgspec.Struct, frozen=True):
    """A question with everything said about it; `is_error` when it was asked after the acceptance."""

    id: int
    round: int
    field: str
    text: str
    asked_by: str
    asked_at: datetime
    is_error: bool
    answer: str
    messages: list[MessageOut]


class ScopeChangeOut(msgspec.Struct, frozen=True):
    """One difference; an empty `before` is something new, an empty `after` something gone."""

    part: str
    what: str
    before: str
    after: str


class ScopeRoleOut(msgspec.Struct, frozen=True):
    """How much of a line's effort one role gives."""

    role: str
    minutes: int


class ScopeLineOut(msgspec.Struct, frozen=True):
    """A frozen line; amounts are null without their rights."""

    service: str
    quantity: str
    effort_minutes: int
    unit_price: str | None
    unit_cost: str | None
    roles: list[ScopeRoleOut]


class ScopeContractOut(msgspec.Struct, frozen=True):
    """What the client had signed when a scope was frozen: a version of a proposal, and the digest of the sealed document."""

    id: int
    proposal: str
    version: int
    document_sha256: str
    signed_at: datetime


class ScopeOut(msgspec.Struct, frozen=True):
    """A frozen version of what was sold, with what it changed against the one before."""

    number: int
    kind: str
    reason: str
    author: str
    digest: str
    contract: ScopeContractOut | None
    value: str | None
    lines: list[ScopeLineOut]
    changes: list[ScopeChangeOut]
    created_at: datetime


class KickoffItemOut(msgspec.Struct, frozen=True):
    """One thing to do before the kickoff."""

    id: int
    text: str
    is_done: bool
    done_by: str


class AttendeeOut(msgspec.Struct, frozen=True):
    """A colleague or a contact."""

    person_id: int | None
    contact_id: int | None
    name: str


class KickoffOut(msgspec.Struct, frozen=True):
    """The kickoff; `starts_at` is local in `time_zone`, null when it lasts all day."""

    handoff_id: int
    date: date
    starts_at: str | None
    duration_minutes: int
    time_zone: str
    place: str
    video_url: str
    attendees: list[AttendeeOut]
    items: list[KickoffItemOut]
    updated_at: datetime


class UndoneWinOut(msgspec.Struct, frozen=True):
    """What undoing a win archived; `replayed` when it had been undone before."""

    deal_id: int
    handoff_id: int | None
    project_ids: list[int]
    replayed: bool


class ReopenedOut(msgspec.Struct, frozen=True):
    """A closed deal that is open again, and the handoff of a won one, which waits; null when it was lost, or won while delivery was off."""

    deal_id: int
    handoff_id: int | None


class MessageIn(Body):
    """What to say; `side` only for those who may speak for both."""

    text: Prose
    side: Literal["sales", "delivery"] | None = None


class RaisedIn(Body):
    """A part of the handoff, and what it should have said."""

    field: Short
    text: Prose


def _as_text(value: Any) -> Any:
    """A quantity is a number as everywhere; a text, as the scope's versions show it, is taken too."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{Decimal(str(value)):f}" if is_number and math.isfinite(value) else value


class ScopeLineIn(Body):
    """A line of the amended scope."""

    service: Name
    quantity: Annotated[Short, BeforeValidator(_as_text), WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "maxLength": 80}]})] = "1"
    effort_minutes: Count = 0
    unit_price: MoneyIn | None = None


class AmendmentIn(Body):
    """Why, and what is different from now on; `lines` replaces them all."""

    reason: Paragraph
    scope_summary: Prose | None = None
    promised_finish_date: Day | None = None
    key_constraints: Prose | None = None
    lines: Annotated[list[ScopeLineIn], Field(max_length=500)] | None = None


class KickoffIn(Body):
    """When and where the kickoff is held and who comes; `starts_at` as HH:MM."""

    date: Day
    starts_at: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] | None = None
    duration_minutes: Count = 60
    place: Name = ""
    video_url: Paragraph = ""
    person_ids: Annotated[list[Id], Field(max_length=200)] = []
    contact_ids: Annotated[list[Id], Field(max_length=200)] = []


class KickoffTickIn(Body):
    """Done, or not after all."""

    is_done: Flag


class KickoffListIn(Body):
    """The whole list, one line each."""

    items: Annotated[list[Line], Field(max_length=60)]


class ReopeningIn(Body):
    """Why the win is taken back, and what happens next."""

    reason: Paragraph
    kind: Short
    due_date: Day
    note: Line = ""
    owner_id: Id | None = None


def _thread(row: QuestionRow) -> ThreadOut:
    said = [MessageOut(one.id, one.side, one.text, one.author, one.created_at) for one in row.messages]
    return ThreadOut(row.id, row.round, row.field, row.text, row.asked_by, row.asked_at, row.is_error, row.answer, said)


@route("GET", "/handoffs/{record:handoff_id}/questions", permission=_VIEW, answers={200: Page[ThreadOut]})
def read_threads(request: ApiRequest, handoff_id: int) -> HttpResponse:
    """Every question about a handoff with its thread, oldest first."""
    row = get_handoff(actor=request.actor, handoff_id=handoff_id)
    return answer(Page([_thread(one) for one in list_questions(handoff_id=row.id)], None))


@route(
    "POST", "/handoffs/{record:handoff_id}/questions", permission="handoff.question.ask", answers={201: Page[ThreadOut]},
    example={"field": "promises", "text": "Who is Jonas?"},
)
def add_question(request: ApiRequest, handoff_id: int, body: RaisedIn) -> HttpResponse:
    """Ask sales about something an accepted handoff did not say; it counts as an error of the handoff."""
    raise_question(actor=request.actor, handoff_id=handoff_id, field=body.field, text=body.text, now=request.now)
    return after_write(lambda: _created(read_threads(request, handoff_id)), status=201)


def _created(response: HttpResponse) -> HttpResponse:
    response.status_code = 201
    return response


@route(
    "POST", "/handoffs/{record:handoff_id}/questions/{record:question_id}/messages", permission="handoff.question.discuss",
    answers={201: Page[ThreadOut]},
    example={"text": "The one in Hannover."},
)
def add_message(request: ApiRequest, handoff_id: int, question_id: int, body: MessageIn) -> HttpResponse:
    """Say something to a question; sales saying something answers it."""
    get_handoff(actor=request.actor, handoff_id=handoff_id)
    add_question_message(
        actor=request.actor, question_id=question_id, handoff_id=handoff_id, text=body.text,
        side=Side(body.side) if body.side else None, now=request.now,
    )
    return after_write(lambda: _created(read_threads(request, handoff_id)), status=201)


def _contract_of(document: Mapping[str, Any]) -> ScopeContractOut | None:
    signed = document.get("contract")
    if signed is None:
        return None
    at = datetime.fromisoformat(signed["signed_at"])
    return ScopeContractOut(signed["id"], signed["proposal"], signed["version"], signed["document_sha256"], at)


@route("GET", "/handoffs/{record:handoff_id}/scope", permission=_VIEW, answers={200: Page[ScopeOut]})
def read_scope(request: ApiRequest, handoff_id: int) -> HttpResponse:
    """What was sold, version by version, oldest first, with what each changed."""
    rows = []
    for one, changes in list_scope_changes(actor=request.actor, handoff_id=handoff_id):
        lines = [
            ScopeLineOut(
                line["service"], line["quantity"], line.get("effort_minutes", 0), line.get("unit_price"), line.get("unit_cost"),
                [ScopeRoleOut(role["role"], role["minutes"]) for role in line.get("roles", ())],
            )
            for line in one.document.get("lines", ())
        ]
        told = [ScopeChangeOut(change.part, change.what, change.before, change.after) for change in changes]
        rows.append(ScopeOut(
            one.number, one.kind, one.reason, one.author, one.digest, _contract_of(one.document), one.document.get("value"), lines, told, one.created_at
        ))
    return answer(Page(rows, None))


@route(
    "POST", "/handoffs/{record:handoff_id}/amendments", permission="handoff.scope.amend", answers={201: Page[ScopeOut]},
    example={"reason": "Six more templates were ordered.", "scope_summary": "48 templates."},
)
def add_amendment(request: ApiRequest, handoff_id: int, body: AmendmentIn) -> HttpResponse:
    """Freeze the scope anew with what was agreed since."""
    lines = None if body.lines is None else tuple(
        ScopeLine(one.service, one.quantity, one.effort_minutes, one.unit_price.read() if one.unit_price else None) for one in body.lines
    )
    amendment = Amendment(body.reason, body.scope_summary, body.promised_finish_date, body.key_constraints, lines)
    amend_scope(actor=request.actor, handoff_id=handoff_id, amendment=amendment, now=request.now)
    return after_write(lambda: _created(read_scope(request, handoff_id)), status=201)


@route("GET", "/handoffs/{record:handoff_id}/kickoff", permission=_VIEW, answers={200: KickoffOut})
def read_kickoff(request: ApiRequest, handoff_id: int) -> HttpResponse:
    """The kickoff: what is to be prepared, when it is and who comes."""
    row = get_kickoff(actor=request.actor, handoff_id=handoff_id)
    return answer(KickoffOut(
        row.handoff_id, row.date, f"{row.starts_at:%H:%M}" if row.starts_at else None, row.duration_minutes, row.time_zone, row.place,
        row.video_url, [AttendeeOut(*one) for one in row.attendees],
        [KickoffItemOut(item.id, item.text, item.is_done, item.done_by) for item in row.items], row.updated_at,
    ))


@route(
    "PUT", "/handoffs/{record:handoff_id}/kickoff", permission="handoff.kickoff.edit", answers={200: KickoffOut},
    example={"date": "2026-12-02", "starts_at": "10:00"},
)
def put_kickoff(request: ApiRequest, handoff_id: int, body: KickoffIn) -> HttpResponse:
    """Set when and where the kickoff is held and who comes."""
    plan = KickoffPlan(
        body.date, time.fromisoformat(body.starts_at) if body.starts_at else None, body.duration_minutes, body.place, body.video_url,
        tuple(body.person_ids), tuple(body.contact_ids),
    )
    plan_kickoff(actor=request.actor, handoff_id=handoff_id, plan=plan, now=request.now)
    return after_write(lambda: read_kickoff(request, handoff_id))


@route(
    "PUT", "/handoffs/{record:handoff_id}/kickoff/items", permission="handoff.kickoff.edit", answers={200: KickoffOut},
    example={"items": ["Read the brief", "Order the cake"]},
)
def put_kickoff_list(request: ApiRequest, handoff_id: int, body: KickoffListIn) -> HttpResponse:
    """Give the kickoff another list; what keeps its words keeps its tick."""
    change_kickoff_list(actor=request.actor, handoff_id=handoff_id, texts=body.items, now=request.now)
    return after_write(lambda: read_kickoff(request, handoff_id))


@route(
    "PATCH", "/handoffs/{record:handoff_id}/kickoff/items/{record:item_id}", permission="handoff.kickoff.edit",
    answers={200: KickoffOut}, example={"is_done": True},
)
def tick_item(request: ApiRequest, handoff_id: int, item_id: int, body: KickoffTickIn) -> HttpResponse:
    """Something on the list is done, or is not after all."""
    tick_kickoff_item(actor=request.actor, handoff_id=handoff_id, item_id=item_id, is_done=body.is_done, now=request.now)
    return after_write(lambda: read_kickoff(request, handoff_id))


@route("POST", "/deals/{record:deal_id}/win-undo", permission="sales.deal.win", answers={200: UndoneWinOut})
def undo_deal_win(request: ApiRequest, deal_id: int) -> HttpResponse:
    """Put everything back to before the win: within 24 hours, and before work, an approval or a talk with the client (409).

    The projects are archived, bookings tentative and promises as they were; winning again takes up the same handoff and projects.
    """
    undone = undo_win(actor=request.actor, deal_id=deal_id, now=request.now)
    return after_write(lambda: answer(UndoneWinOut(deal_id, undone.handoff_id, list(undone.project_ids), undone.is_replayed)))


@route(
    "POST", "/deals/{record:deal_id}/reopening", permission="sales.deal.win", answers={200: ReopenedOut},
    example={"reason": "The date moved.", "kind": "call", "due_date": "2026-12-01"},
)
def reopen_deal_won(request: ApiRequest, deal_id: int, body: ReopeningIn) -> HttpResponse:
    """Open a won deal again, or a lost one; the handoff of a won one waits and goes on with its projects when it is won again.

    Projects, bookings and promises stay as they are; `win-undo` takes them back as well, for a day.
    """
    action = NextAction(body.kind, body.due_date, body.note, body.owner_id)
    known = find_deal_rows(actor=request.actor, deal_ids=[deal_id]).get(deal_id)
    handoff_id = None
    try:
        if known is not None and known.status == "lost":
            reopen_deal(actor=request.actor, deal_id=deal_id, next_action=action, now=request.now)
        else:
            handoff_id = reopen_won_deal(actor=request.actor, deal_id=deal_id, next_action=action, reason=body.reason, now=request.now)
    except Refused as refusal:
        # Here the next action lies at the root of the body.
        refusal.errors = tuple(
            FieldError(error.field.removeprefix("next_action."), error.words, error.code) for error in refusal.errors
        )
        raise
    return after_write(lambda: answer(ReopenedOut(deal_id, handoff_id)))
