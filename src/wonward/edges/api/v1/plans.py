"""What every change of a plan takes and answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel

from wonward.domains.delivery.queries.details import list_similar_tasks
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.tasks import get_task
from wonward.domains.delivery.types import PlanEdit, PlanOutcome, ResumedWork, TaskRow
from wonward.edges.api.v1.answers import answer, days
from wonward.edges.api.v1.inputs import Body, Count, Day, Prose, QueryId, QueryText
from wonward.edges.api.v1.projects import DependencyOut, TaskOut, show_task
from wonward.edges.api.v1.routes import ApiRequest, route
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.promises.operations import ChangedPlan, change_plan
from wonward.kernel.errors import Stale


class MovedOut(msgspec.Struct, frozen=True):
    """A task whose dates changed, and why."""

    id: int
    key: str
    name: str
    start_date: date
    finish_date: date
    because: str


class BrokenPromiseOut(msgspec.Struct, frozen=True):
    """A confirmed promise the change makes late or leaves without work."""

    id: int
    number: str
    text: str
    due_date: date | None
    forecast_date: date | None
    because: str


class SimilarTaskOut(msgspec.Struct, frozen=True):
    """Open work for the same client that reads alike; `likeness` is 0 to 100."""

    id: int
    name: str
    project_id: int
    project_name: str
    status: str
    likeness: int


class FollowedPlanOut(msgspec.Struct, frozen=True):
    """A plan of another project that followed; one you may not see has no id, number or name."""

    project_id: int | None
    number: str
    name: str
    moved_count: int
    moved: list[MovedOut]


class ChangedPlanOut(msgspec.Struct, frozen=True):
    """What a plan change did; `task` is the one that was changed or added.

    `unkept_waits` says which waits of tasks with dates set by hand are not kept, `trash_id` where tasks that went lie in
    the trash.
    """

    task: TaskOut | None
    dependency: DependencyOut | None
    moved: list[MovedOut]
    forecast_finish_date: date | None
    plan_version: int
    broken_promises: list[BrokenPromiseOut]
    possible_duplicates: list[SimilarTaskOut] = []
    followed: list[FollowedPlanOut] = []
    unkept_waits: list[str] = []
    trash_id: int | None = None


class PlanBody(Body):
    """With every plan change: the reason when a promise breaks, and the plan it is meant for."""

    reason: Prose | None = None
    plan_version: Count | None = None


class PlanQuery(BaseModel):
    """The same for a DELETE, which may come without a body."""

    reason: QueryText = ""
    plan_version: QueryId | None = None


PLAN_QUERY = Query(...)


def minutes(working_days: float) -> int:
    """Working days as minutes."""
    return round(Decimal(str(working_days)) * 480)


def apply_change(
    request: ApiRequest, project_id: int, edits: Sequence[PlanEdit], *, reason: str, plan_version: int | None
) -> ChangedPlan:
    """The one way to move a date."""
    with in_words_of_the_api():
        return change_plan(
            actor=request.actor, project_id=project_id, changes=edits, reason=reason, plan_version=plan_version,
            now=request.now,
        )


@contextmanager
def in_words_of_the_api() -> Iterator[None]:
    """A stale change speaks of days, as the API does."""
    try:
        yield
    except Stale as stale:
        for values in (stale.current, stale.yours):
            if "duration_minutes" in values:
                values["duration_days"] = days(values.pop("duration_minutes"))
        raise


def answer_change(
    request: ApiRequest, changed: ChangedPlan, *, task_id: int | None, dependency: DependencyOut | None = None,
    status: int = 200, location: str = "", is_new: bool = False, trash_id: int | None = None,
) -> HttpResponse:
    """The answer to a plan change; the ETag is the task's. With `is_new` it names work that reads like the task."""
    task = get_task(actor=request.actor, task_id=task_id) if task_id is not None else None
    outcome = changed.outcome
    document = ChangedPlanOut(
        show_task(task) if task else None, dependency,
        _moved(outcome),
        outcome.finish_after, outcome.plan_version,
        [
            BrokenPromiseOut(one.id, one.number, one.text, one.due_date, one.forecast_date, one.because)
            for one in changed.all_broken
        ],
        _similar(request, task) if is_new and task is not None else [],
        [
            FollowedPlanOut(one.project_id or None, one.number, one.name, one.moved_count, _moved(one.outcome) if one.outcome else [])
            for one in changed.followed
        ],
        [str(words) for words in outcome.unkept], trash_id,
    )
    return answer(document, status=status, version=task.version if task else None, location=location)


class ResumptionIn(PlanBody):
    """From which day what is not done goes on, at most today; without one from today."""

    day: Day | None = None


@route(
    "POST", "/projects/{record:project_id}/resumption", permission="delivery.plan.change", answers={200: ChangedPlanOut},
    example={"reason": "The client's content came late."},
)
def resume_project_work(request: ApiRequest, project_id: int, body: ResumptionIn) -> HttpResponse:
    """Move unfinished work that lies in the past: nothing begins before the day, and what has begun does its rest after it."""
    day = body.day or civil_date(request.now, request.actor.time_zone)
    changed = apply_change(request, project_id, [ResumedWork(day)], reason=body.reason or "", plan_version=body.plan_version)
    return answer_change(request, changed, task_id=None)


def _moved(outcome: PlanOutcome) -> list[MovedOut]:
    return [MovedOut(one.id, one.key, one.name, one.start_date, one.finish_date, one.because) for one in outcome.moved]


def _similar(request: ApiRequest, task: TaskRow) -> list[SimilarTaskOut]:
    project = get_project(actor=request.actor, project_id=task.project_id)
    found = list_similar_tasks(actor=request.actor, company_id=project.company_id, name=task.name, except_id=task.id)
    return [SimilarTaskOut(one.id, one.name, one.project_id, one.project_name, one.status, one.likeness) for one in found]
