"""Tasks: changing a plan, and the why behind it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import Field

from wonward.domains.delivery.queries.tasks import get_task
from wonward.domains.delivery.queries.work import find_last_child
from wonward.domains.delivery.types import NewTask, PlacedTask, PlanEdit, TaskChange
from wonward.edges.api.v1.answers import answer
from wonward.edges.api.v1.inputs import (
    Body,
    Count,
    Day,
    Flag,
    Id,
    Label,
    Line,
    Number,
    Paragraph,
    Prose,
    Short,
    Whole,
)
from wonward.edges.api.v1.plans import (
    ChangedPlanOut,
    PlanBody,
    PlanQuery,
    answer_change,
    apply_change,
    in_words_of_the_api,
    minutes,
)
from wonward.edges.api.v1.projects import TaskOut, show_task
from wonward.edges.api.v1.promises import PromiseOut, show_promise
from wonward.edges.api.v1.record_values import with_values
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked
from wonward.journeys.house.operations import trash_tasks
from wonward.journeys.promises.queries import list_reasons


class WhyOut(msgspec.Struct, frozen=True):
    """The promises a task keeps, with their original words."""

    task_id: int
    name: str
    items: list[PromiseOut]
    next: str | None


class ConstraintIn(Body):
    """What holds a task; every type but ASAP and ALAP has a day."""

    type: Literal["ASAP", "ALAP", "SNET", "SNLT", "FNET", "FNLT", "MSO", "MFO"]
    date: Day | None = None


class ByHandIn(Body):
    """The days a task is put on by hand; without the last one it keeps its length."""

    start_date: Day
    finish_date: Day | None = None


class TaskIn(PlanBody):
    """A task to add to a project, waiting for the finish of `after_ids`. It keeps the promises that have its `promise_key`."""

    project_id: Id
    name: Line
    kind: Short = "task"
    parent_id: Id | None = None
    start_date: Day | None = None
    duration_days: Number | None = None
    effort_minutes: Whole = 0
    role: Label | None = None
    assignee_id: Id | None = None
    after_ids: Annotated[list[Id], Field(max_length=1000)] = []
    promise_key: Short = ""
    constraint: ConstraintIn | None = None
    deadline_date: Day | None = None
    manual: ByHandIn | None = None


class TaskPatch(PlanBody):
    """What to change. `start_date` sets a start no earlier than; null removes it. An empty `priority` is the client's.

    An empty `blocked_reason` lets the task go on; `repeat_every` null ends a series. `manual` null lets the plan date it again.
    """

    name: Line = ""
    start_date: Day | None = None
    duration_days: Number = 0
    effort_minutes: Whole = 0
    status: Short = ""
    percent_complete: Whole = 0
    assignee_id: Id | None = None
    role: Label | None = None
    priority: Short = ""
    blocked_reason: Paragraph = ""
    notes: Prose = ""
    deadline_date: Day | None = None
    repeat_every: Count | None = None
    repeat_unit: Short = ""
    repeat_until_date: Day | None = None
    is_deliverable: Flag = False
    acceptance_criteria: Annotated[list[Paragraph], Field(max_length=50)] = []
    promise_key: Short = ""
    constraint: ConstraintIn | None = None
    actual_start_date: Day | None = None
    actual_finish_date: Day | None = None
    parent_id: Id | None = None
    manual: ByHandIn | None = None


@route("GET", "/tasks/{record:task_id}", permission="delivery.project.view", answers={200: TaskOut})
def read_task(request: ApiRequest, task_id: int) -> HttpResponse:
    """One task."""
    row = get_task(actor=request.actor, task_id=task_id)
    return answer(with_values(request.actor, "delivery.task", [show_task(row)])[0], version=row.version)


@route("GET", "/tasks/{record:task_id}/why", permission="delivery.project.view", answers={200: WhyOut})
def read_why(request: ApiRequest, task_id: int) -> HttpResponse:
    """Why this task exists: the promises it keeps, in the words they were given."""
    task = get_task(actor=request.actor, task_id=task_id)
    rows = list_reasons(actor=request.actor, task_id=task_id)
    return answer(WhyOut(task.id, task.name, [show_promise(row) for row in rows], None))


@route(
    "POST", "/tasks", permission="delivery.plan.change", answers={201: ChangedPlanOut},
    example={"project_id": 1, "name": "Write the texts", "duration_days": 3},
)
def add_task(request: ApiRequest, body: TaskIn) -> HttpResponse:
    """Add a phase, task or milestone to a project."""
    length = body.duration_days if body.duration_days is not None else 0 if body.kind in ("milestone", "approval") else 1
    new = NewTask(
        name=body.name, kind=body.kind, parent_id=body.parent_id, duration_minutes=minutes(length),
        effort_minutes=body.effort_minutes, role=body.role or "", assignee_id=body.assignee_id, start_date=body.start_date,
        after_ids=tuple(dict.fromkeys(body.after_ids)), promise_key=body.promise_key,
    )
    given = (("constraint", _held(body.constraint)), ("deadline_date", body.deadline_date), ("manual", _by_hand(body.manual)))
    held = {name: value for name, value in given if value}
    edits: list[PlanEdit] = [new, TaskChange(-1, held)] if held else [new]
    changed = apply_change(
        request, body.project_id, edits, reason=body.reason or "", plan_version=body.plan_version
    )
    task_id = changed.outcome.touched_ids[-1]
    return answer_change(request, changed, task_id=task_id, status=201, location=f"/tasks/{task_id}", is_new=True)


@route(
    "PATCH", "/tasks/{record:task_id}", permission="delivery.plan.change", answers={200: ChangedPlanOut},
    example={"percent_complete": 50},
)
def edit_task(request: ApiRequest, task_id: int, body: TaskPatch) -> HttpResponse:
    """Change a task; what else moved, and which promises broke, stands in the answer."""
    task = get_task(actor=request.actor, task_id=task_id)
    edits: list[PlanEdit] = [TaskChange(task_id, _fields(body), version=version_asked(request))]
    if "parent_id" in body.sent() and body.parent_id != task.parent_id:
        last = find_last_child(project_id=task.project_id, parent_id=body.parent_id) if body.parent_id else None
        edits.append(PlacedTask(task_id, body.parent_id, last))
    changed = apply_change(
        request, task.project_id, edits, reason=body.reason or "", plan_version=body.plan_version
    )
    return answer_change(request, changed, task_id=task_id)


def _held(constraint: ConstraintIn | None) -> tuple[str, date | None] | None:
    return (constraint.type, constraint.date) if constraint else None


def _by_hand(days: ByHandIn | None) -> tuple[date, date | None] | None:
    return (days.start_date, days.finish_date) if days else None


def _fields(body: TaskPatch) -> dict[str, Any]:
    fields = {name: value for name, value in body.sent().items() if name not in PlanBody.model_fields and name != "parent_id"}
    if "constraint" in fields:
        fields["constraint"] = _held(body.constraint) or ("ASAP", None)
    if "manual" in fields:
        fields["manual"] = _by_hand(body.manual)
    if "duration_days" in fields:
        fields["duration_minutes"] = minutes(fields.pop("duration_days"))
    if "role" in fields:
        fields["role"] = fields["role"] or ""
    return fields


@route("DELETE", "/tasks/{record:task_id}", permission="delivery.plan.change", answers={200: ChangedPlanOut})
def remove_task(
    request: ApiRequest, task_id: int, where: PlanQuery = Query(...), body: PlanBody | None = None
) -> HttpResponse:
    """Put a task with everything inside it into the trash; `POST /trash/{trash_id}/return` brings it back for 30 days."""
    task = get_task(actor=request.actor, task_id=task_id)
    reason, plan_version = reason_of(where, body)
    with in_words_of_the_api():
        item_id, changed = trash_tasks(
            actor=request.actor, task_ids=[task.id], reason=reason, version=version_asked(request), plan_version=plan_version, now=request.now
        )
    return answer_change(request, changed, task_id=None, trash_id=item_id)


def reason_of(where: PlanQuery, body: PlanBody | None) -> tuple[str, int | None]:
    """Reason and plan version, from the body or the address."""
    reason = (body.reason if body else None) or where.reason
    return reason, (body.plan_version if body and body.plan_version is not None else where.plan_version)
