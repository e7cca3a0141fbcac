"""What belongs to tasks besides their dates: checklists, labels, people, comments; and the register of risks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import Field

from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.queries import get_communication, list_communications
from wonward.domains.comms.types import CommunicationKind, CommunicationRow, NewCommunication
from wonward.domains.delivery.operations import (
    add_checks,
    ask_for_skills,
    change_risk,
    enter_risk,
    label_tasks,
    meet_criterion,
    put_helper,
    remove_check,
    remove_helper,
    tick_check,
)
from wonward.domains.delivery.queries.details import get_task_details, list_labels, list_similar_tasks
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.risks import get_risk, list_risks
from wonward.domains.delivery.queries.skills import get_skill_match
from wonward.domains.delivery.queries.tasks import get_task
from wonward.domains.delivery.types import LabelRow, RiskFields, RiskRow, TaskRow
from wonward.edges.api.v1.answers import Page, answer, page
from wonward.edges.api.v1.inputs import Body, Day, Id, Label, Line, ListQuery, Paragraph, Prose, Short, Whole
from wonward.edges.api.v1.plans import SimilarTaskOut
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked
from wonward.kernel.ref import Ref


class CheckOut(msgspec.Struct, frozen=True):
    """A line of a checklist."""

    id: int
    text: str
    is_done: bool
    done_by: str
    done_at: datetime | None


class LabelOut(msgspec.Struct, frozen=True):
    """A label; `tone` chooses its colour (0 to 6)."""

    id: int
    name: str
    tone: int


class HelperOut(msgspec.Struct, frozen=True):
    """Somebody beside the assignee: helps, reviews or informed."""

    person_id: int
    name: str
    part: str


class CriterionOut(msgspec.Struct, frozen=True):
    """An acceptance criterion, and who found it met."""

    text: str
    met_by: str
    met_at: datetime | None


class AskedSkillOut(msgspec.Struct, frozen=True):
    """A skill a task asks for and the level at least; `is_met` says whether its assignee has it, null while nobody has the task."""

    name: str
    level: int
    is_met: bool | None


class TaskDetailsOut(msgspec.Struct, frozen=True):
    """What belongs to a task besides its place in the plan. `priority` is the one that counts, `set_priority` what somebody set."""

    task_id: int
    priority: str
    set_priority: str
    client_tier: str
    notes: str
    blocked_reason: str
    blocked_date: date | None
    deadline_date: date | None
    repeat_every: int | None
    repeat_unit: str
    repeat_until_date: date | None
    checklist: list[CheckOut]
    labels: list[LabelOut]
    helpers: list[HelperOut]
    criteria: list[CriterionOut]
    skills: list[AskedSkillOut]


class CommentOut(msgspec.Struct, frozen=True):
    """Something said about a task."""

    id: int
    text: str
    author: str
    happened_at: datetime
    version: int
    created_at: datetime
    updated_at: datetime


class RiskOut(msgspec.Struct, frozen=True):
    """A risk or an issue; `exposure` is probability times impact, of an issue five times its impact."""

    id: int
    project_id: int
    number: int
    kind: str
    title: str
    description: str
    probability: int
    impact: int
    exposure: int
    owner_id: int | None
    due_date: date | None
    strategy: str
    response: str
    status: str
    happened_date: date | None
    version: int
    created_at: datetime
    updated_at: datetime


class CandidateOut(msgspec.Struct, frozen=True):
    """Somebody who could be put on a task, and the skills it asks for that they lack."""

    person_id: int
    name: str
    lacks: list[str]


class ChecksIn(Body):
    """Lines for the end of a checklist."""

    texts: Annotated[list[Paragraph], Field(min_length=1, max_length=200)]


class TickIn(Body):
    """Whether a line is done."""

    is_done: bool


class LabelsIn(Body):
    """Labels to put on and to take off, by name."""

    add: Annotated[list[Label], Field(max_length=50)] = []
    remove: Annotated[list[Label], Field(max_length=50)] = []


class AskedSkillIn(Body):
    """A skill, and the level it is needed at least: 1 (learning) to 5 (teaches others)."""

    name: Label
    level: Whole = 1


class AskedSkillsIn(Body):
    """Skills to ask for, and those no longer asked for, by name."""

    put: Annotated[list[AskedSkillIn], Field(max_length=50)] = []
    remove: Annotated[list[Label], Field(max_length=50)] = []


class HelperIn(Body):
    """What somebody does on a task: helps, reviews or informed."""

    part: Short = "helps"


class CriterionIn(Body):
    """An acceptance criterion in the words of the task, and whether it is met."""

    text: Paragraph
    is_met: bool = True


class CommentIn(Body):
    """A comment; @Name tells somebody."""

    text: Prose


class RiskIn(Body):
    """A risk (it may happen) or an issue (it has)."""

    title: Line
    kind: Short = "risk"
    description: Prose = ""
    probability: Whole = 3
    impact: Whole = 3
    owner_id: Id | None = None
    due_date: Day | None = None
    strategy: Short = "mitigate"
    response: Prose = ""


class RiskPatch(Body):
    """What to change. `kind` issue says that it happened, `status` closed that it is over."""

    title: Line = ""
    kind: Short = ""
    description: Prose = ""
    probability: Whole = 0
    impact: Whole = 0
    owner_id: Id | None = None
    due_date: Day | None = None
    strategy: Short = ""
    response: Prose = ""
    status: Short = ""


class RiskQuery(ListQuery):
    """What a register is narrowed to; the gravest first."""

    kind: Literal["", "risk", "issue"] = ""
    status: Literal["", "open", "closed"] = ""


def _show_risk(row: RiskRow) -> RiskOut:
    return RiskOut(
        row.id, row.project_id, row.number, row.kind, row.title, row.description, row.probability, row.impact, row.exposure,
        row.owner_id, row.due_date, row.strategy, row.response, row.status, row.happened_date, row.version, row.created_at, row.updated_at,
    )


def _show_label(row: LabelRow) -> LabelOut:
    return LabelOut(row.id, row.name, row.tone)


def _show_comment(row: CommunicationRow) -> CommentOut:
    return CommentOut(row.id, row.body, row.author, row.happened_at, row.version, row.created_at, row.updated_at)


def _asked_skills(request: ApiRequest, task: TaskRow) -> list[AskedSkillOut]:
    found = get_skill_match(actor=request.actor, task_id=task.id)
    short = found.lacking_of(task.assignee_id)
    return [AskedSkillOut(one.name, one.level, one not in short if task.assignee_id and found.candidates else None) for one in found.asked]


def _details(request: ApiRequest, task_id: int, *, status: int = 200) -> HttpResponse:
    task = get_task(actor=request.actor, task_id=task_id)
    found = get_task_details(actor=request.actor, task_id=task_id)
    document = TaskDetailsOut(
        task.id, task.priority, task.set_priority, task.client_tier, task.notes, task.blocked_reason, task.blocked_date,
        task.deadline_date, task.repeat_every, task.repeat_unit, task.repeat_until_date,
        [CheckOut(one.id, one.text, one.is_done, one.done_by, one.done_at) for one in found.checklist],
        [_show_label(one) for one in found.labels], [HelperOut(one.person_id, one.name, one.part) for one in found.helpers],
        [CriterionOut(one.text, one.met_by, one.met_at) for one in found.criteria], _asked_skills(request, task),
    )
    return answer(document, status=status, version=task.version)


@route("GET", "/tasks/{record:task_id}/details", permission="delivery.project.view", answers={200: TaskDetailsOut})
def read_task_details(request: ApiRequest, task_id: int) -> HttpResponse:
    """Checklist, labels, people, criteria, priority with its reason, blocked state, repetition."""
    return _details(request, task_id)


@route("GET", "/tasks/{record:task_id}/similar", permission="delivery.project.view", answers={200: Page[SimilarTaskOut]})
def read_similar_tasks(request: ApiRequest, task_id: int) -> HttpResponse:
    """Open work for the same client that reads like this task."""
    task = get_task(actor=request.actor, task_id=task_id)
    project = get_project(actor=request.actor, project_id=task.project_id)
    rows = list_similar_tasks(actor=request.actor, company_id=project.company_id, name=task.name, except_id=task_id)
    return answer(Page([SimilarTaskOut(one.id, one.name, one.project_id, one.project_name, one.status, one.likeness) for one in rows], None))


@route(
    "POST", "/tasks/{record:task_id}/checks", permission="delivery.plan.change", answers={201: TaskDetailsOut},
    example={"texts": ["Works on a phone"]},
)
def add_task_checks(request: ApiRequest, task_id: int, body: ChecksIn) -> HttpResponse:
    """Put lines at the end of a checklist."""
    add_checks(actor=request.actor, task_id=task_id, texts=body.texts, now=request.now)
    return _details(request, task_id, status=201)


@route(
    "PATCH", "/tasks/{record:task_id}/checks/{record:check_id}", permission="delivery.plan.change", answers={200: TaskDetailsOut},
    example={"is_done": True},
)
def edit_task_check(request: ApiRequest, task_id: int, check_id: int, body: TickIn) -> HttpResponse:
    """Tick a line off, or take the tick back."""
    tick_check(actor=request.actor, task_id=task_id, check_id=check_id, is_done=body.is_done, now=request.now)
    return _details(request, task_id)


@route("DELETE", "/tasks/{record:task_id}/checks/{record:check_id}", permission="delivery.plan.change", answers={200: TaskDetailsOut})
def remove_task_check(request: ApiRequest, task_id: int, check_id: int) -> HttpResponse:
    """Take a line off the checklist."""
    remove_check(actor=request.actor, task_id=task_id, check_id=check_id, now=request.now)
    return _details(request, task_id)


@route(
    "POST", "/tasks/{record:task_id}/labels", permission="delivery.plan.change", answers={201: TaskDetailsOut},
    example={"add": ["Content"]},
)
def put_task_labels(request: ApiRequest, task_id: int, body: LabelsIn) -> HttpResponse:
    """Put labels on a task and take others off; a name nobody used yet is added."""
    task = get_task(actor=request.actor, task_id=task_id)
    label_tasks(actor=request.actor, project_id=task.project_id, task_ids=[task_id], add=body.add, remove=body.remove, now=request.now)
    return _details(request, task_id, status=201)


@route(
    "POST", "/tasks/{record:task_id}/skills", permission="delivery.plan.change", answers={200: TaskDetailsOut},
    example={"put": [{"name": "French", "level": 3}]},
)
def put_task_skills(request: ApiRequest, task_id: int, body: AskedSkillsIn) -> HttpResponse:
    """Let a task ask for skills, and no longer for others; a name nobody used yet is added."""
    ask_for_skills(actor=request.actor, task_id=task_id, put={one.name: one.level for one in body.put}, remove=body.remove, now=request.now)
    return _details(request, task_id)


@route("GET", "/tasks/{record:task_id}/candidates", permission="delivery.project.view", answers={200: Page[CandidateOut]})
def read_task_candidates(request: ApiRequest, task_id: int) -> HttpResponse:
    """Who could be put on a task that asks for skills: those who have them first, with what each other lacks."""
    task = get_task(actor=request.actor, task_id=task_id)
    found = get_skill_match(actor=request.actor, task_id=task.id).candidates
    return answer(Page([CandidateOut(one.person_id, one.name, [skill.name for skill in one.lacks]) for one in found], None))


@route("GET", "/labels", permission="delivery.project.view", answers={200: Page[LabelOut]})
def read_labels(request: ApiRequest) -> HttpResponse:
    """Every label that tasks carry."""
    return answer(Page([_show_label(row) for row in list_labels()], None))


@route(
    "PUT", "/tasks/{record:task_id}/helpers/{record:person_id}", permission="delivery.plan.change", answers={200: TaskDetailsOut},
    example={"part": "reviews"},
)
def put_task_helper(request: ApiRequest, task_id: int, person_id: int, body: HelperIn) -> HttpResponse:
    """Put somebody on a task beside its assignee, or change what they do there."""
    put_helper(actor=request.actor, task_id=task_id, person_id=person_id, part=body.part, now=request.now)
    return _details(request, task_id)


@route("DELETE", "/tasks/{record:task_id}/helpers/{record:person_id}", permission="delivery.plan.change", answers={200: TaskDetailsOut})
def remove_task_helper(request: ApiRequest, task_id: int, person_id: int) -> HttpResponse:
    """Take somebody off a task."""
    remove_helper(actor=request.actor, task_id=task_id, person_id=person_id, now=request.now)
    return _details(request, task_id)


@route(
    "POST", "/tasks/{record:task_id}/criteria", permission="delivery.plan.change", answers={201: TaskDetailsOut},
    example={"text": "Every template in place", "is_met": True},
)
def put_task_criterion(request: ApiRequest, task_id: int, body: CriterionIn) -> HttpResponse:
    """Say that an acceptance criterion is met, or not after all."""
    meet_criterion(actor=request.actor, task_id=task_id, text=body.text, is_met=body.is_met, now=request.now)
    return _details(request, task_id, status=201)


@route("GET", "/tasks/{record:task_id}/comments", permission="delivery.project.view", answers={200: Page[CommentOut]})
def read_task_comments(request: ApiRequest, task_id: int, where: ListQuery = Query(...)) -> HttpResponse:
    """What was said about a task, newest first."""
    get_task(actor=request.actor, task_id=task_id)
    rows = list_communications(
        actor=request.actor, refs=[Ref("delivery.task", task_id)], text=where.q, updated_since=where.updated_since,
        offset=where.offset, limit=where.limit + 1,
    )
    return page(rows, where, _show_comment)


@route(
    "POST", "/tasks/{record:task_id}/comments", permission="comms.communication.log", answers={201: CommentOut},
    example={"text": "Waiting for the photos."},
)
def add_task_comment(request: ApiRequest, task_id: int, body: CommentIn) -> HttpResponse:
    """Say something about a task; whoever is named by @ is told."""
    get_task(actor=request.actor, task_id=task_id)
    entry = NewCommunication(
        kind=CommunicationKind.NOTE, refs=(Ref("delivery.task", task_id),), body=body.text, happened_at=request.now
    )
    (key,) = log_communications(actor=request.actor, now=request.now, entries=[entry])
    row = get_communication(actor=request.actor, communication_id=key)
    return answer(_show_comment(row), status=201, version=row.version, location=f"/communications/{key}")


@route("GET", "/projects/{record:project_id}/risks", permission="delivery.project.view", answers={200: Page[RiskOut]})
def read_risks(request: ApiRequest, project_id: int, where: RiskQuery = Query(...)) -> HttpResponse:
    """The register of a project, the gravest first."""
    rows = list_risks(
        actor=request.actor, project_id=project_id, kinds=[where.kind] if where.kind else (),
        statuses=[where.status] if where.status else (), offset=where.offset, limit=where.limit + 1,
    )
    return page(rows, where, _show_risk)


@route("GET", "/risks/{record:risk_id}", permission="delivery.project.view", answers={200: RiskOut})
def read_risk(request: ApiRequest, risk_id: int) -> HttpResponse:
    """One risk or issue."""
    row = get_risk(actor=request.actor, risk_id=risk_id)
    return answer(_show_risk(row), version=row.version)


@route(
    "POST", "/projects/{record:project_id}/risks", permission="delivery.plan.change", answers={201: RiskOut},
    example={"title": "The photographs come late", "probability": 4, "impact": 3},
)
def add_risk(request: ApiRequest, project_id: int, body: RiskIn) -> HttpResponse:
    """Put a risk or an issue into the register."""
    key = enter_risk(actor=request.actor, project_id=project_id, fields=RiskFields(**body.model_dump()), now=request.now)
    row = get_risk(actor=request.actor, risk_id=key)
    return answer(_show_risk(row), status=201, version=row.version, location=f"/risks/{key}")


@route("PATCH", "/risks/{record:risk_id}", permission="delivery.plan.change", answers={200: RiskOut}, example={"status": "closed"})
def edit_risk(request: ApiRequest, risk_id: int, body: RiskPatch) -> HttpResponse:
    """Change a risk, say that it happened, or close it."""
    get_risk(actor=request.actor, risk_id=risk_id)
    changes: dict[str, Any] = body.sent()
    change_risk(actor=request.actor, risk_id=risk_id, changes=changes, version=version_asked(request), now=request.now)
    row = get_risk(actor=request.actor, risk_id=risk_id)
    return answer(_show_risk(row), version=row.version)
