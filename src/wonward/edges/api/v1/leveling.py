"""Levelling plans: look for dates, read what would move and why, apply, take back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel

from wonward.edges.api.v1.answers import after_write, answer
from wonward.edges.api.v1.inputs import Body, Count, Flag, Id, Prose
from wonward.edges.api.v1.routes import ApiRequest, route
from wonward.journeys.capacity.operations import (
    apply_leveling,
    search_longer,
    start_leveling,
    stop_search,
    undo_leveling,
)
from wonward.journeys.capacity.queries.leveling import get_leveling_run
from wonward.journeys.capacity.types import LevelingRules, LevelingRunRow


class LevelingIn(Body):
    """The projects to level together. Work that begins within `frozen_days` and the tasks in `pins` stay."""

    project_ids: list[Id]
    frozen_days: Count = 0
    with_tentative: Flag = False
    pins: list[Id] = []


class PlanQuery(BaseModel):
    """Which of the plans offered to read."""

    plan: Literal["keep", "clear", ""] = ""


class SearchIn(Body):
    """How long to search; 0 ends a search."""

    seconds: Count


class ApplicationIn(Body):
    """Which of the plans offered to apply (`keep` or `clear`; its first when left out), which of its moves, and why a promise may break."""

    plan: Literal["keep", "clear", ""] = ""
    task_ids: list[Id] | None = None
    reason: Prose = ""


class MoveOut(msgspec.Struct, frozen=True):
    """A task that would begin later, and what binds it; `is_set` where a date of its own is put on it."""

    task_id: int
    project_id: int
    start_before: date
    finish_before: date
    start_date: date
    finish_date: date
    because: str
    is_set: bool


class ConflictOut(msgspec.Struct, frozen=True):
    """One of the things that cannot stand together, and what taking it out does."""

    kind: str
    task_id: int
    text: str
    without: str


class LoadOut(msgspec.Struct, frozen=True):
    """Minutes by week from `first_week`: what there is, what is asked, and what after the moves."""

    name: str
    capacity: list[int]
    before: list[int]
    after: list[int]


class LateOut(msgspec.Struct, frozen=True):
    """A promise that would be late, and what at the root of it binds; `is_new` where the plan as it stands keeps it."""

    name: str
    project_id: int
    due_date: date
    finish_date: date
    because: str
    is_new: bool


class OverloadOut(msgspec.Struct, frozen=True):
    """Minutes that somebody or a role would be asked too much in a week, and the tasks that ask most."""

    name: str
    week: date
    minutes: int
    tasks: list[str]


class MeasureOut(msgspec.Struct, frozen=True):
    """One part of what is minimised (lateness, overload, change); no plan has less than `lower_bound`."""

    kind: str
    value: int
    lower_bound: int


class ChoiceOut(msgspec.Struct, frozen=True):
    """A plan the run offers: `keep` every promise or `clear` every overload. Read the run with `?plan=` for all of it."""

    plan: str
    status: str
    late: int
    overloaded_weeks: int
    moves: int


class LevelingRunOut(msgspec.Struct, frozen=True):
    """A levelling run with one of its plans: the one applied or asked for, else the first in `choices`. `value` and `lower_bound` are in the unit of the objective; `optimal` only where they are equal."""

    id: int
    state: str
    status: str
    project_ids: list[int]
    seconds: int
    progress: int
    method: str
    value: int
    lower_bound: int
    gap: float
    late_before: int
    late_after: int
    moves: list[MoveOut]
    conflict: list[ConflictOut]
    notes: list[str]
    broken_promises: list[str]
    first_date: date
    loads: list[LoadOut]
    is_stale: bool
    failure: str
    created_at: datetime
    version: int
    plan: str
    choices: list[ChoiceOut]
    late_work: list[LateOut]
    overloads: list[OverloadOut]
    measures: list[MeasureOut]


def show_run(row: LevelingRunRow) -> LevelingRunOut:
    """A run for the API."""
    return LevelingRunOut(
        row.id, row.state, row.status, sorted(row.projects), row.seconds, row.progress, row.method, row.value, row.bound, row.gap,
        row.late_before, row.late_after,
        [
            MoveOut(one.task_id, one.project_id, one.start_before, one.finish_before, one.start_date, one.finish_date, one.because, one.is_set)
            for one in row.moves
        ],
        [ConflictOut(one.kind, one.task_id, one.words, one.effect) for one in row.conflict], list(row.notes),
        [one.number for one in row.broken], row.first,
        [LoadOut(one.name, list(one.capacity), list(one.before), list(one.after)) for one in row.loads], row.is_stale, row.failure,
        row.created_at, row.version, row.plan,
        [ChoiceOut(one.plan, one.status, one.late, one.overloaded_weeks, one.moves) for one in row.choices],
        [LateOut(one.name, one.project_id, one.due_date, one.finish_date, one.because, one.is_new) for one in row.late_work],
        [OverloadOut(one.name, one.monday, one.minutes, list(one.tasks)) for one in row.overloads],
        [MeasureOut(one.kind, one.value, one.bound) for one in row.measures],
    )


def _run(request: ApiRequest, run_id: int, *, plan: str = "", status: int = 200, location: str = "") -> HttpResponse:
    row = get_leveling_run(actor=request.actor, run_id=run_id, plan=plan, now=request.now)
    return answer(show_run(row), version=row.version, status=status, location=location)


@route("POST", "/leveling-runs", permission="capacity.plan.level", answers={201: LevelingRunOut}, example={"project_ids": [1]})
def add_leveling_run(request: ApiRequest, body: LevelingIn) -> HttpResponse:
    """Level plans by rules at once; nothing moves before the run is applied."""
    rules = LevelingRules(body.frozen_days, body.with_tentative, tuple(body.pins))
    run_id = start_leveling(actor=request.actor, project_ids=body.project_ids, rules=rules, now=request.now)
    address = f"/leveling-runs/{run_id}"
    return after_write(lambda: _run(request, run_id, status=201, location=address), status=201, location=address)


@route("GET", "/leveling-runs/{record:run_id}", permission="capacity.plan.level", answers={200: LevelingRunOut})
def read_leveling_run(request: ApiRequest, run_id: int, where: PlanQuery = Query(...)) -> HttpResponse:
    """What a run of one's own found."""
    return _run(request, run_id, plan=where.plan)


@route("POST", "/leveling-runs/{record:run_id}/search", permission="capacity.plan.level", answers={200: LevelingRunOut}, example={"seconds": 1})
def search_leveling_run(request: ApiRequest, run_id: int, body: SearchIn) -> HttpResponse:
    """Search longer in the background, from what is known; read the run to follow it."""
    if body.seconds:
        search_longer(actor=request.actor, run_id=run_id, seconds=body.seconds, now=request.now)
    else:
        stop_search(actor=request.actor, run_id=run_id, now=request.now)
    return after_write(lambda: _run(request, run_id))


@route("POST", "/leveling-runs/{record:run_id}/application", permission="capacity.plan.level", answers={200: LevelingRunOut}, example={"reason": "Agreed"})
def apply_leveling_run(request: ApiRequest, run_id: int, body: ApplicationIn) -> HttpResponse:
    """Move everything the run would move, in one transaction over all its plans."""
    apply_leveling(actor=request.actor, run_id=run_id, plan=body.plan, task_ids=body.task_ids, reason=body.reason, now=request.now)
    return after_write(lambda: _run(request, run_id))


@route("POST", "/leveling-runs/{record:run_id}/undo", permission="capacity.plan.level", answers={200: LevelingRunOut})
def undo_leveling_run(request: ApiRequest, run_id: int) -> HttpResponse:
    """Put the plans back exactly as they were before."""
    undo_leveling(actor=request.actor, run_id=run_id, now=request.now)
    return after_write(lambda: _run(request, run_id))
