"""Handoffs: what sales hands over, and delivery's answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import Field

from wonward.domains.clients.queries import list_stakeholders
from wonward.domains.comms.queries import list_communications
from wonward.edges.api.v1.answers import PREFIX, MoneyOut, Page, after_write, answer, money, page
from wonward.edges.api.v1.communications import CommunicationOut, show_communication
from wonward.edges.api.v1.documents import DocumentOut, show_document
from wonward.edges.api.v1.inputs import Body, ListQuery, Prose, Short, cursor_at
from wonward.edges.api.v1.promises import CoverageOut, PromiseOut, show_coverage, show_promise
from wonward.edges.api.v1.routes import ApiRequest, route
from wonward.foundation.files.queries import list_documents
from wonward.journeys.handoff.operations import accept_handoff, answer_handoff, return_handoff
from wonward.journeys.handoff.queries import get_handoff, list_handoffs, list_questions
from wonward.journeys.handoff.types import HandoffRow, Question
from wonward.journeys.promises.queries import get_coverages_of_deals, list_promises_of_deal
from wonward.kernel.errors import Refused
from wonward.kernel.ref import Ref

R = TypeVar("R")
T = TypeVar("T")
_MOST_LINKED = 200


class BriefOut(msgspec.Struct, frozen=True):
    """The five answers; the kickoff is the next working day from the one asked for."""

    scope_summary: str
    promised_finish_date: date
    key_constraints: str
    no_constraints: bool
    main_stakeholder_id: int
    main_stakeholder_name: str
    kickoff_date: date
    asked_kickoff_date: date


class HandoffProjectOut(msgspec.Struct, frozen=True):
    """A project the win created."""

    id: int
    number: str
    name: str
    template_name: str
    template_number: int | None
    task_count: int
    milestone_count: int


class HandoffOut(msgspec.Struct, frozen=True):
    """A handoff; `value` is null without the right to see it."""

    id: int
    number: str
    status: str
    deal_id: int
    deal_number: str
    deal_name: str
    company_id: int
    company_name: str
    value: MoneyOut | None
    brief: BriefOut
    lead_id: int | None
    lead_name: str
    submitted_by: str
    submitted_at: datetime
    accepted_by: str
    accepted_at: datetime | None
    returns_count: int
    records_created: int
    project_ids: list[int]
    projects: list[HandoffProjectOut]
    version: int
    created_at: datetime
    updated_at: datetime
    extra: dict[str, str]
    due_at: datetime | None
    escalated_at: datetime | None
    completeness_percent: int | None


class QuestionOut(msgspec.Struct, frozen=True):
    """An answer delivery returned, with its question and what sales said."""

    id: int
    round: int
    field: str
    text: str
    asked_by: str
    asked_at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None


class StakeholderOut(msgspec.Struct, frozen=True):
    """The part a contact plays."""

    contact_id: int
    name: str
    title: str
    decision_role: str
    influence: str
    preference: str
    is_main: bool


class FullHandoffOut(HandoffOut, frozen=True):
    """One handoff with everything delivery needs, so that nobody has to be asked again.

    Promises, communications and documents are the first 200 of each; `more` names those that go on, with the address of what follows.
    """

    promises: list[PromiseOut] = []
    coverage: CoverageOut | None = None
    communications: list[CommunicationOut] = []
    documents: list[DocumentOut] = []
    stakeholders: list[StakeholderOut] = []
    questions: list[QuestionOut] = []
    more: dict[str, str] = {}


class QuestionIn(Body):
    """One of the five answers to return, and what is asked."""

    field: Short
    text: Prose


class AcceptanceIn(Body):
    """Accept, or return single answers with a question each; `accepted` are those already good to work with."""

    decision: Literal["accept", "return"]
    questions: Annotated[list[QuestionIn], Field(max_length=100)] = []
    accepted: Annotated[list[Short], Field(max_length=100)] = []


class AnswersIn(Body):
    """What sales says to each open question, by the question's id."""

    answers: dict[str, Prose] = {}
    scope_summary: Prose | None = None
    key_constraints: Prose | None = None


class HandoffQuery(ListQuery):
    """What a list of handoffs is narrowed to."""

    sort: Literal["", "submitted_at", "-submitted_at", "id", "-id", "updated_at", "-updated_at"] = ""
    status: Literal["", "awaiting_acceptance", "returned", "accepted", "withdrawn"] = ""


def _facts(row: HandoffRow) -> tuple[Any, ...]:
    brief = BriefOut(
        row.scope_summary, row.promised_finish_date, row.key_constraints, row.no_constraints, row.main_stakeholder_id,
        row.main_stakeholder_name, row.kickoff_date, row.asked_kickoff_date,
    )
    projects = [
        HandoffProjectOut(
            one.project_id, one.number, one.name, one.template_name, one.template_number, one.task_count, one.milestone_count
        )
        for one in row.projects
    ]
    return (
        row.id, row.number, row.status, row.deal_id, row.deal_number, row.deal_name, row.company_id, row.company_name,
        money(row.value), brief, row.lead_id, row.lead_name, row.submitted_by, row.submitted_at, row.accepted_by,
        row.accepted_at, row.returns_count, row.records_created, [one.id for one in projects], projects, row.version,
        row.created_at, row.updated_at, {one.key: one.value for one in row.extra_answers}, row.due_at, row.escalated_at, row.completeness,
    )


def show_handoff(row: HandoffRow) -> HandoffOut:
    """A handoff in the words of the API."""
    return HandoffOut(*_facts(row))


def _first(name: str, rows: Sequence[R], show: Callable[[R], T], rest: str, more: dict[str, str]) -> list[T]:
    """The first rows of a list that was asked for with one more; `more` learns where the others are."""
    if len(rows) > _MOST_LINKED:
        more[name] = f"{PREFIX}{rest}&limit={_MOST_LINKED}&cursor={cursor_at(_MOST_LINKED)}"
    return [show(row) for row in rows[:_MOST_LINKED]]


@route("GET", "/handoffs", permission="handoff.handoff.view", answers={200: Page[HandoffOut]})
def read_handoffs(request: ApiRequest, where: HandoffQuery = Query(...)) -> HttpResponse:
    """Handoffs you see; waiting ones oldest first."""
    rows = list_handoffs(
        actor=request.actor, status=where.status, text=where.q, updated_since=where.updated_since, sort=where.sort,
        offset=where.offset, limit=where.limit + 1,
    )
    return page(rows, where, show_handoff)


@route("GET", "/handoffs/{record:handoff_id}", permission="handoff.handoff.view", answers={200: FullHandoffOut})
def read_handoff(request: ApiRequest, handoff_id: int) -> HttpResponse:
    """One handoff: brief, promises and coverage, communications, documents, stakeholders, questions."""
    row = get_handoff(actor=request.actor, handoff_id=handoff_id)
    deal_ref = Ref("sales.deal", row.deal_id)
    homes = [deal_ref, *(Ref("delivery.project", one.project_id) for one in row.projects)]
    on_homes = "&".join(f"ref={ref}" for ref in homes)
    found = _MOST_LINKED + 1
    promises = list_promises_of_deal(actor=request.actor, deal_id=row.deal_id, limit=found)
    entries = list_communications(actor=request.actor, refs=homes, limit=found)
    documents = list_documents(request.actor, homes, limit=found)
    more: dict[str, str] = {}
    linked: tuple[Any, ...] = (
        _first("promises", promises, show_promise, f"/promises?handoff_id={handoff_id}", more),
        show_coverage(get_coverages_of_deals(actor=request.actor, deal_ids=[row.deal_id])[row.deal_id]),
        _first("communications", entries, show_communication, f"/communications?{on_homes}", more),
        _first("documents", documents, show_document, f"/documents?{on_homes}", more),
        [
            StakeholderOut(
                one.contact_id, one.name, one.title, one.decision_role, one.influence, one.preference, one.is_main
            )
            for one in list_stakeholders(ref=deal_ref)
        ],
        [
            QuestionOut(
                one.id, one.round, one.field, one.text, one.asked_by, one.asked_at, one.answer, one.answered_by,
                one.answered_at,
            )
            for one in list_questions(handoff_id=handoff_id)
        ],
        more,
    )
    return answer(FullHandoffOut(*(*_facts(row), *linked)), version=row.version)


@route(
    "POST", "/handoffs/{record:handoff_id}/acceptance", permission="handoff.handoff.accept", answers={200: FullHandoffOut},
    example={"decision": "accept"},
)
def decide_handoff(request: ApiRequest, handoff_id: int, body: AcceptanceIn) -> HttpResponse:
    """Accept a handoff, or return single answers to sales."""
    if body.decision == "accept" and body.questions:
        raise Refused.field("questions", "Who accepts asks nothing: return it with these questions, or ask after the acceptance.", "contradiction")
    if body.decision == "accept":
        accept_handoff(actor=request.actor, handoff_id=handoff_id, now=request.now)
    else:
        questions = [Question(one.field, one.text) for one in body.questions]
        return_handoff(actor=request.actor, handoff_id=handoff_id, questions=questions, accepted=body.accepted, now=request.now)
    return after_write(lambda: read_handoff(request, handoff_id))


@route(
    "POST", "/handoffs/{record:handoff_id}/answers", permission="handoff.handoff.answer", answers={200: FullHandoffOut},
    example={"answers": {"1": "42 templates, 3 of them new."}},
)
def add_handoff_answers(request: ApiRequest, handoff_id: int, body: AnswersIn) -> HttpResponse:
    """Answer every open question and submit the handoff again."""
    answers: dict[int, str] = {}
    for key, text in body.answers.items():
        if not key.isascii() or not key.isdigit() or len(key) > 18:
            raise Refused.field(f"answers.{key}", "Name each question by its id.", "unknown")
        answers[int(key)] = text
    answer_handoff(
        actor=request.actor, handoff_id=handoff_id, answers=answers, scope_summary=body.scope_summary,
        key_constraints=body.key_constraints, now=request.now,
    )
    return after_write(lambda: read_handoff(request, handoff_id))
