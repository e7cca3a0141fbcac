"""What handoffs tell: briefs and who knows them, measures, the self-check, and the rules handoffs are run by."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import Field

from wonward.edges.api.v1.answers import after_write, answer
from wonward.edges.api.v1.inputs import Body, Count, Id, Line, ListQuery, Name, QueryId, QueryText, Short
from wonward.edges.api.v1.routes import ApiRequest, route
from wonward.journeys.handoff.operations import (
    acknowledge_brief,
    change_handoff_rules,
    drop_required_answer,
    require_answer,
)
from wonward.journeys.handoff.queries import (
    find_measured,
    get_brief_of_project,
    get_measures,
    get_rules,
    get_self_check,
    list_asked_answers,
)
from wonward.journeys.handoff.types import AskedAnswer, NewAskedAnswer


class BriefAnswerOut(msgspec.Struct, frozen=True):
    """One of the answers of the gate."""

    field: str
    label: str
    text: str


class BriefItemOut(msgspec.Struct, frozen=True):
    """One thing to know, the rule that chose it, and the digest to acknowledge it with."""

    key: str
    rule: str
    text: str
    source: str
    ref: str
    digest: str
    is_known: bool


class LeftOutOut(msgspec.Struct, frozen=True):
    """How many things a rule chose that there was no room for."""

    rule: str
    count: int


class BriefReaderOut(msgspec.Struct, frozen=True):
    """How much of it somebody on the project knows."""

    person_id: int
    name: str
    known: int
    total: int


class SiblingOut(msgspec.Struct, frozen=True):
    """Another project of the same deal that you see."""

    project_id: int
    number: str
    name: str


class ProjectBriefOut(msgspec.Struct, frozen=True):
    """What everybody on a project must know: at most 12 items and 350 words."""

    project_id: int
    handoff_id: int | None
    words: int
    answers: list[BriefAnswerOut]
    items: list[BriefItemOut]
    left_out: list[LeftOutOut]
    readers: list[BriefReaderOut]
    siblings: list[SiblingOut]


class FieldCountOut(msgspec.Struct, frozen=True):
    """Returns of one answer."""

    field: str
    count: int


class PersonCountOut(msgspec.Struct, frozen=True):
    """Returns of what one person submitted."""

    person_id: int
    name: str
    count: int


class MeasuresOut(msgspec.Struct, frozen=True):
    """How handoffs go; `handoffs` counts the rows of each `measure`, whose ids are listed for the one asked for."""

    count: int
    completeness_percent: int | None
    acceptance_minutes: int | None
    handoffs: dict[str, int]
    uncovered_promises: int
    repeated_questions: int
    errors: int
    returns_by_field: list[FieldCountOut]
    returns_by_person: list[PersonCountOut]
    handoff_ids: list[int]


class TypedTwiceOut(msgspec.Struct, frozen=True):
    """A value of a deal that somebody typed into its project again."""

    project_id: int
    field: str
    value: str
    by: str
    at: datetime


class SelfCheckOut(msgspec.Struct, frozen=True):
    """The handoff gap's symptoms, each number with its first 200 rows."""

    uncovered_count: int
    uncovered_promise_ids: list[int]
    typed_twice: list[TypedTwiceOut]
    repeated_count: int
    repeated_handoff_ids: list[int]
    loose_deal_count: int
    loose_deal_ids: list[int]
    abandoned_project_count: int
    abandoned_project_ids: list[int]


class AskedOut(msgspec.Struct, frozen=True):
    """A field the gate asks for besides the five, of one pipeline or one service."""

    id: int
    pipeline_id: int | None
    service_id: int | None
    key: str
    label: str
    kind: str
    choices: list[str]


class RulesOut(msgspec.Struct, frozen=True):
    """How handoffs are run."""

    acceptance_minutes: int
    checklist: list[str]
    asked: list[AskedOut]
    version: int


class KnownIn(Body):
    """Key of each item → the digest of the words that were read."""

    items: dict[Short, Short]


class AskedIn(Body):
    """A field to ask for at the gate, of one pipeline or one service."""

    label: Name
    kind: Literal["text", "date", "choice"] = "text"
    key: Short = ""
    choices: Annotated[list[Name], Field(max_length=100)] = []
    pipeline_id: Id | None = None
    service_id: Id | None = None


class RulesPatch(Body):
    """What to change of the rules."""

    acceptance_minutes: Count | None = None
    checklist: Annotated[list[Line], Field(max_length=60)] | None = None


class MeasuresQuery(ListQuery):
    """Which rows to name."""

    measure: Literal["all", "incomplete", "returned", "late", "uncovered", "repeated", "errors"] = "all"
    field: QueryText = ""
    person_id: QueryId | None = None


@route("GET", "/projects/{record:project_id}/brief", permission="delivery.project.view", answers={200: ProjectBriefOut})
def read_brief(request: ApiRequest, project_id: int) -> HttpResponse:
    """What you must know of a project."""
    row = get_brief_of_project(actor=request.actor, project_id=project_id)
    return answer(ProjectBriefOut(
        row.project_id, row.handoff_id, row.brief.words,
        [BriefAnswerOut(one.field, one.label, one.text) for one in row.brief.answers],
        [
            BriefItemOut(one.key, one.rule, one.text, one.source, one.ref, one.digest, one.key in row.known)
            for one in row.brief.items
        ],
        [LeftOutOut(one.rule, one.count) for one in row.brief.left_out],
        [BriefReaderOut(one.person_id, one.name, one.known, one.total) for one in row.readers],
        [SiblingOut(*one) for one in row.siblings],
    ))


@route(
    "POST", "/projects/{record:project_id}/brief/acknowledgements", permission="delivery.project.view",
    answers={200: ProjectBriefOut}, example={"items": {"promise:1": "the digest of its words"}},
)
def add_acknowledgement(request: ApiRequest, project_id: int, body: KnownIn) -> HttpResponse:
    """You know these items as they read now; words that have changed since are refused."""
    acknowledge_brief(actor=request.actor, project_id=project_id, items=body.items, now=request.now)
    return after_write(lambda: read_brief(request, project_id))


@route("GET", "/handoff-measures", permission="handoff.measure.view", answers={200: MeasuresOut})
def read_measures(request: ApiRequest, where: MeasuresQuery = Query(...)) -> HttpResponse:
    """How the handoffs you see go, and the ids behind one of the numbers."""
    row = get_measures(actor=request.actor, now=request.now)
    ids = find_measured(
        actor=request.actor, measure=where.measure, field=where.field, person_id=where.person_id, now=request.now
    )
    return answer(MeasuresOut(
        row.count, row.completeness, row.minutes_to_acceptance, dict(row.handoffs), row.uncovered_promises, row.repeated_questions,
        row.errors, [FieldCountOut(*one) for one in row.returns_by_field], [PersonCountOut(*one) for one in row.returns_by_person],
        sorted(ids)[where.offset : where.offset + where.limit],
    ))


@route("GET", "/self-check", permission="handoff.check.view", answers={200: SelfCheckOut})
def read_self_check(request: ApiRequest) -> HttpResponse:
    """Does the gap between sales and delivery show its symptoms?"""
    row = get_self_check(actor=request.actor, now=request.now)
    return answer(SelfCheckOut(
        row.uncovered_count, [one.id for one in row.uncovered],
        [TypedTwiceOut(one.project_id, one.field, one.value, one.by, one.at) for one in row.typed_twice],
        row.repeated_count, [one.id for one in row.repeated], row.loose_count, [one.id for one in row.loose_deals],
        row.abandoned_count, [one.id for one in row.abandoned],
    ))


def _asked(row: AskedAnswer) -> AskedOut:
    return AskedOut(row.id, row.pipeline_id, row.service_id, row.key, row.label, row.kind, list(row.choices))


def _rules(status: int = 200) -> HttpResponse:
    row = get_rules()
    asked = [_asked(one) for one in list_asked_answers()]
    return answer(RulesOut(row.acceptance_minutes, list(row.checklist), asked, row.version), status=status)


@route("GET", "/handoff-rules", permission=None, answers={200: RulesOut})
def read_handoff_rules(request: ApiRequest) -> HttpResponse:
    """How handoffs are run, and what the gate asks for besides the five answers."""
    del request
    return _rules()


@route(
    "PATCH", "/handoff-rules", permission="handoff.rules.edit", answers={200: RulesOut}, example={"acceptance_minutes": 960},
)
def edit_handoff_rules(request: ApiRequest, body: RulesPatch) -> HttpResponse:
    """Change the acceptance limit or the list kickoffs start with; handoffs that exist keep theirs."""
    change_handoff_rules(
        actor=request.actor, acceptance_minutes=body.acceptance_minutes, checklist=body.checklist, now=request.now
    )
    return after_write(lambda: read_handoff_rules(request))


@route(
    "POST", "/handoff-rules/answers", permission="handoff.rules.edit", answers={201: RulesOut},
    example={"label": "Who hosts?", "kind": "choice", "choices": ["We", "They"], "service_id": 1},
)
def add_required_answer(request: ApiRequest, body: AskedIn) -> HttpResponse:
    """Ask for a field at every gate of a pipeline, or of deals with a service."""
    new = NewAskedAnswer(body.label, body.kind, body.key, tuple(body.choices), body.pipeline_id, body.service_id)
    require_answer(actor=request.actor, new=new, now=request.now)
    return after_write(lambda: _rules(status=201), status=201)


@route("DELETE", "/handoff-rules/answers/{record:answer_id}", permission="handoff.rules.edit", answers={200: RulesOut})
def remove_required_answer(request: ApiRequest, answer_id: int) -> HttpResponse:
    """Ask for a field no more."""
    drop_required_answer(actor=request.actor, answer_id=answer_id, now=request.now)
    return after_write(lambda: read_handoff_rules(request))
