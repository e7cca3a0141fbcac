"""Approvals: what is put forward, who is asked, and their answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from ninja import Query
from pydantic import Field

from wonward.domains.approvals.operations import delegate_step
from wonward.domains.approvals.queries import get_approval, list_approvals
from wonward.domains.approvals.types import ApprovalRow, ApprovalView, NewStep, StepRow, Told, VersionRow
from wonward.domains.delivery.operations import open_link
from wonward.domains.delivery.queries.tasks import get_task
from wonward.domains.delivery.types import AskForApproval
from wonward.edges.api.v1.answers import Page, answer, page
from wonward.edges.api.v1.inputs import (
    Body,
    Day,
    Id,
    ListQuery,
    Name,
    Paragraph,
    Prose,
    QueryFlag,
    QueryId,
    Whole,
)
from wonward.edges.api.v1.routes import ApiRequest, route
from wonward.journeys.promises.operations import (
    answer_approval,
    ask_for_approval,
    record_approval,
    withdraw_asking,
)


class SightingOut(msgspec.Struct, frozen=True):
    """Somebody who was asked looked at it."""

    who: str
    first_at: datetime
    last_at: datetime
    times: int


class StepOut(msgspec.Struct, frozen=True):
    """Somebody who is asked. `state`: waiting, asked, approved, rejected or ended; steps of one position are asked together."""

    id: int
    kind: str
    position: int
    person_id: int | None
    contact_id: int | None
    name: str
    state: str
    asked_at: datetime | None
    delegated_by: str
    answered_at: datetime | None
    answered_by: str
    recorded_by: str
    words: str
    via: str
    sightings: list[SightingOut]


class ApprovalFileOut(msgspec.Struct, frozen=True):
    """A file as it was put forward."""

    document_id: int
    name: str
    sha256: str
    size: int


class ApprovalVersionOut(msgspec.Struct, frozen=True):
    """One version. `state`: open, approved, rejected, withdrawn or superseded."""

    number: int
    state: str
    words: str
    criteria: list[str]
    files: list[ApprovalFileOut]
    due_date: date | None
    asked_by: str
    asked_at: datetime
    settled_at: datetime | None
    reason: str
    steps: list[StepOut]


class ApprovalOut(msgspec.Struct, frozen=True):
    """An approval; `versions`, the newest first, only where it is asked for alone."""

    id: int
    ref: str
    title: str
    state: str
    number: int
    due_date: date | None
    asked_by: str
    waits_for: list[str]
    version: int
    created_at: datetime
    updated_at: datetime
    versions: list[ApprovalVersionOut]


class LinkOut(msgspec.Struct, frozen=True):
    """The address for somebody at the client; it is shown only now."""

    step_id: int
    url: str


class StepIn(Body):
    """Somebody to ask: a colleague by `person_id`, or somebody at the client by `name`, perhaps as a contact. An `email` gets the link."""

    kind: Literal["internal", "client"] = "internal"
    position: Whole = 1
    person_id: Id | None = None
    contact_id: Id | None = None
    name: Name = ""
    email: Name = ""


class ApprovalIn(Body):
    """What to put forward as the next version."""

    words: Prose = ""
    steps: Annotated[list[StepIn], Field(min_length=1, max_length=20)]
    document_ids: Annotated[list[Id], Field(max_length=30)] = []
    due_date: Day | None = None


class AnswerIn(Body):
    """An answer; `number` is the version that was read."""

    decision: Literal["approved", "rejected"]
    words: Prose = ""
    number: Id | None = None


class ToldIn(Body):
    """An answer that was given elsewhere: by whom, in which words, when."""

    name: Name
    words: Prose
    on_date: Day
    decision: Literal["approved", "rejected"] = "approved"
    contact_id: Id | None = None


class WithdrawalIn(Body):
    """Why nobody is asked any more."""

    reason: Paragraph = ""


class DelegateIn(Body):
    """The colleague who answers instead."""

    person_id: Id


class ApprovalQuery(ListQuery):
    """What the list is narrowed to; open ones first, the earliest due first."""

    state: Literal["", "open", "approved", "rejected", "withdrawn"] = ""
    task_id: QueryId | None = None
    is_mine: QueryFlag = False


@route("GET", "/approvals", permission="delivery.project.view", answers={200: Page[ApprovalOut]})
def read_approvals(request: ApiRequest, where: ApprovalQuery = Query(...)) -> HttpResponse:
    """Approvals one sees; `is_mine` keeps those waiting for one's own answer."""
    rows = list_approvals(
        actor=request.actor, state=where.state, ref_ids=[where.task_id] if where.task_id else None, is_mine=where.is_mine,
        text=where.q, updated_since=where.updated_since, offset=where.offset, limit=where.limit + 1,
    )
    return page(rows, where, lambda row: _show(row, ()))


@route("GET", "/approvals/{record:approval_id}", permission="delivery.project.view", answers={200: ApprovalOut})
def read_approval(request: ApiRequest, approval_id: int) -> HttpResponse:
    """An approval with its whole record."""
    return _answer(get_approval(actor=request.actor, approval_id=approval_id))


@route(
    "POST", "/tasks/{record:task_id}/approval", permission="delivery.plan.change", answers={201: ApprovalOut},
    example={"words": "The look of every page.", "steps": [{"kind": "client", "name": "Hanne Dahl"}]},
)
def add_approval(request: ApiRequest, task_id: int, body: ApprovalIn) -> HttpResponse:
    """Put a task, milestone or deliverable forward. A version that is still open is replaced."""
    get_task(actor=request.actor, task_id=task_id)
    steps = tuple(NewStep(**step.model_dump()) for step in body.steps)
    ask = AskForApproval(body.words, steps, tuple(body.document_ids), body.due_date)
    key = ask_for_approval(actor=request.actor, task_id=task_id, ask=ask, now=request.now)
    return _answer(get_approval(actor=request.actor, approval_id=key), status=201, location=f"/approvals/{key}")


@route(
    "POST", "/tasks/{record:task_id}/approval/told", permission="delivery.plan.change", answers={201: ApprovalOut},
    example={"name": "Hanne Dahl", "words": "Yes, on the phone.", "on_date": "2026-11-18"},
)
def add_told_answer(request: ApiRequest, task_id: int, body: ToldIn) -> HttpResponse:
    """Write down an answer of the client that was given elsewhere."""
    get_task(actor=request.actor, task_id=task_id)
    told = Told(body.name, body.words, body.on_date, body.contact_id, body.decision)
    answered = record_approval(actor=request.actor, task_id=task_id, told=told, now=request.now)
    return _answer(get_approval(actor=request.actor, approval_id=answered.approval_id), status=201)


@route(
    "POST", "/approvals/{record:approval_id}/answers", permission="delivery.project.view", answers={201: ApprovalOut},
    example={"decision": "approved"},
)
def add_approval_answer(request: ApiRequest, approval_id: int, body: AnswerIn) -> HttpResponse:
    """Answer as the colleague who is asked; the same answer again changes nothing."""
    answer_approval(
        actor=request.actor, approval_id=approval_id, decision=body.decision, words=body.words, number=body.number, now=request.now
    )
    return _answer(get_approval(actor=request.actor, approval_id=approval_id), status=201)


@route(
    "POST", "/approvals/{record:approval_id}/withdrawal", permission="delivery.plan.change", answers={201: ApprovalOut},
    example={"reason": "Asked too early."},
)
def withdraw_approval_now(request: ApiRequest, approval_id: int, body: WithdrawalIn) -> HttpResponse:
    """Ask nobody any more; links say so."""
    withdraw_asking(actor=request.actor, approval_id=approval_id, reason=body.reason, now=request.now)
    return _answer(get_approval(actor=request.actor, approval_id=approval_id), status=201)


@route(
    "POST", "/approvals/{record:approval_id}/steps/{record:step_id}/link", permission="delivery.plan.change", answers={201: LinkOut}, example={}
)
def add_approval_link(request: ApiRequest, approval_id: int, step_id: int) -> HttpResponse:
    """A new link for somebody at the client; those made before stop working."""
    token = open_link(actor=request.actor, approval_id=approval_id, step_id=step_id, now=request.now)
    url = settings.BASE_URL.rstrip("/") + reverse("public_approval", kwargs={"token": token})
    return answer(LinkOut(step_id, url), status=201)


@route(
    "POST", "/approvals/{record:approval_id}/steps/{record:step_id}/delegate", permission="delivery.project.view", answers={201: ApprovalOut},
    example={"person_id": 1},
)
def delegate_approval_step(request: ApiRequest, approval_id: int, step_id: int, body: DelegateIn) -> HttpResponse:
    """Let a colleague answer in one's own place."""
    get_approval(actor=request.actor, approval_id=approval_id)
    delegate_step(actor=request.actor, approval_id=approval_id, step_id=step_id, person_id=body.person_id, now=request.now)
    return _answer(get_approval(actor=request.actor, approval_id=approval_id), status=201)


def _answer(view: ApprovalView, *, status: int = 200, location: str = "") -> HttpResponse:
    return answer(_show(view.row, view.versions), status=status, version=view.row.version, location=location)


def _show(row: ApprovalRow, versions: tuple[VersionRow, ...]) -> ApprovalOut:
    return ApprovalOut(
        row.id, str(row.ref), row.title, row.state, row.number, row.due_date, row.asked_by, list(row.waits_for), row.version,
        row.created_at, row.updated_at, [_show_version(one) for one in versions],
    )


def _show_version(one: VersionRow) -> ApprovalVersionOut:
    files = [ApprovalFileOut(file.document_id, file.name, file.sha256, file.size) for file in one.files]
    return ApprovalVersionOut(
        one.number, one.state, one.words, list(one.criteria), files, one.due_date, one.asked_by, one.asked_at, one.settled_at, one.reason,
        [_show_step(step) for step in one.steps],
    )


def _show_step(step: StepRow) -> StepOut:
    return StepOut(
        step.id, step.kind, step.position, step.person_id, step.contact_id, step.name, step.state, step.asked_at, step.delegated_by,
        step.answered_at, step.answered_by, step.recorded_by, step.words, step.via,
        [SightingOut(one.label, one.first_at, one.last_at, one.times) for one in step.sightings],
    )
