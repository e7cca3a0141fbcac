"""Projects, their tasks, dependencies and schedule."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from datetime import date as day
from typing import Annotated, Literal

import msgspec
from django.http import HttpResponse
from ninja import Query
from pydantic import BeforeValidator, Field

from wonward.domains.delivery.queries.exchange import get_project_file, list_file_losses
from wonward.domains.delivery.queries.phases import find_phase_minutes
from wonward.domains.delivery.queries.projects import get_project, list_projects
from wonward.domains.delivery.queries.tasks import list_dependencies, list_tasks
from wonward.domains.delivery.types import DependencyRow, ProjectRow, TaskRow
from wonward.edges.api.v1.answers import Page, answer, days, make_page
from wonward.edges.api.v1.field_filters import FieldFilters, FieldSort, read_field_filters, read_field_sort
from wonward.edges.api.v1.inputs import ListQuery, QueryFlag, QueryId, read_whole
from wonward.edges.api.v1.record_values import CustomOut, page_with_values, with_values
from wonward.edges.api.v1.routes import ApiRequest, route
from wonward.foundation.files.rules import delivery_headers
from wonward.journeys.handoff.queries import find_deal_of_project
from wonward.kernel.wording import heard


class ProjectOut(msgspec.Struct, frozen=True):
    """A project. `version` counts entered changes, `plan_version` schedules."""

    id: int
    number: str
    name: str
    status: str
    deal_id: int | None
    handoff_id: int | None
    company_id: int
    company_name: str
    manager_id: int | None
    manager_name: str
    start_date: date
    promised_finish_date: date | None
    forecast_finish_date: date | None
    finished_date: date | None
    task_count: int
    done_count: int
    plan_version: int
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None
    is_restricted: bool = False
    custom: CustomOut = {}


class ConstraintOut(msgspec.Struct, frozen=True):
    """What holds a task: as soon (ASAP) or as late (ALAP) as it can; or its start (S) or finish (F) no earlier (NET), no later (NLT) than a day; or it must start (MSO) or finish (MFO) on it."""

    type: str
    date: day | None


class ByHandOut(msgspec.Struct, frozen=True):
    """The days somebody put a task on; no wait and no calendar moves them."""

    start_date: date
    finish_date: date


class TaskOut(msgspec.Struct, frozen=True):
    """A phase, task, milestone or approval. Dates are working days of the project's calendar."""

    id: int
    project_id: int
    key: str
    kind: str
    name: str
    parent_id: int | None
    start_date: date | None
    finish_date: date | None
    duration_days: float
    effort_minutes: int
    status: str
    percent_complete: int
    assignee_id: int | None
    role: str
    is_critical: bool
    total_float_days: float
    is_deliverable: bool
    acceptance_criteria: list[str]
    version: int
    created_at: datetime
    updated_at: datetime
    priority: str
    blocked_reason: str
    constraint: ConstraintOut
    deadline_date: date | None
    actual_start_date: date | None
    actual_finish_date: date | None
    manual: ByHandOut | None = None
    custom: CustomOut = {}


class DependencyOut(msgspec.Struct, frozen=True):
    """`to_id` waits for `from_id`; the lag is in working days, or in days of the calendar when `lag_unit` is elapsed."""

    id: int
    project_id: int
    from_id: int
    to_id: int
    type: str
    lag_days: float
    lag_unit: str
    version: int = 1


class ScheduledTaskOut(msgspec.Struct, frozen=True):
    """When a task may lie: early and late dates, and how far it can slip."""

    id: int
    key: str
    kind: str
    name: str
    parent_id: int | None
    early_start_date: date | None
    early_finish_date: date | None
    late_start_date: date | None
    late_finish_date: date | None
    total_float_days: float
    free_float_days: float
    is_critical: bool


class ScheduleOut(msgspec.Struct, frozen=True):
    """The schedule of a project."""

    project_id: int
    plan_version: int
    start_date: date
    promised_finish_date: date | None
    forecast_finish_date: date | None
    items: list[ScheduledTaskOut]
    next: str | None


class ProjectQuery(ListQuery):
    """What a list of projects is narrowed to."""

    sort: Literal[
        "forecast_finish_date", "-forecast_finish_date", "id", "-id", "name", "-name", "updated_at", "-updated_at"
    ] | FieldSort = "forecast_finish_date"
    company_id: QueryId | None = None
    manager_id: QueryId | None = None
    status: Literal["", "planned", "active", "on_hold", "done"] = ""
    is_archived: QueryFlag = False
    field: FieldFilters = []


class TaskQuery(ListQuery):
    """What the tasks of a project are narrowed to; without `sort` parents stand before their children."""

    limit: Annotated[int, BeforeValidator(read_whole), Field(ge=1, le=200)] = 200
    sort: Literal[
        "", "id", "-id", "name", "-name", "start_date", "-start_date", "finish_date", "-finish_date", "updated_at", "-updated_at"
    ] | FieldSort = ""
    field: FieldFilters = []


def show_tasks(rows: Iterable[TaskRow]) -> dict[int, TaskOut]:
    """Tasks in the words of the API, by id; a phase takes as long as from its first to its last day."""
    rows = list(rows)
    lengths = find_phase_minutes(rows)
    return {row.id: _show_task(row, lengths.get(row.id, row.duration_minutes)) for row in rows}


def show_task(row: TaskRow) -> TaskOut:
    """A task in the words of the API."""
    return show_tasks([row])[row.id]


def _show_task(row: TaskRow, minutes: int) -> TaskOut:
    return TaskOut(
        row.id, row.project_id, row.key, row.kind, row.name, row.parent_id, row.start_date, row.finish_date,
        0.0 if row.is_moment else days(minutes), row.effort_minutes, row.status, row.percent_complete,
        row.assignee_id, row.role, row.is_critical, days(row.total_float_minutes), row.is_deliverable,
        list(row.acceptance_criteria), row.version, row.created_at, row.updated_at, row.priority, row.blocked_reason,
        ConstraintOut(row.constraint, row.constraint_date), row.deadline_date, row.actual_start_date, row.actual_finish_date,
        ByHandOut(row.manual_start_date, row.manual_finish_date) if row.manual_start_date and row.manual_finish_date else None,
    )


def show_dependency(row: DependencyRow) -> DependencyOut:
    """A dependency in the words of the API."""
    per_day = 1440 if row.lag_unit == "elapsed" else 480
    return DependencyOut(row.id, row.project_id, row.from_id, row.to_id, row.type, row.lag_minutes / per_day, row.lag_unit, row.version)


def _show_schedule(row: TaskRow) -> ScheduledTaskOut:
    return ScheduledTaskOut(
        row.id, row.key, row.kind, row.name, row.parent_id, row.start_date, row.finish_date, row.late_start_date,
        row.late_finish_date, days(row.total_float_minutes), days(row.free_float_minutes), row.is_critical,
    )


def show_projects(rows: list[ProjectRow]) -> dict[int, ProjectOut]:
    """Projects in the words of the API, by id."""
    sold = find_deal_of_project(project_ids=[row.id for row in rows])
    nothing: tuple[None, None] = (None, None)
    return {
        row.id: ProjectOut(
            row.id, row.number, row.name, row.status, sold.get(row.id, nothing)[0], sold.get(row.id, nothing)[1], row.company_id, row.company_name,
            row.manager_id, row.manager_name, row.start_date, row.promised_finish_date, row.forecast_finish_date,
            row.finished_date, row.task_count, row.done_count, row.plan_version, row.version, row.created_at, row.updated_at, row.archived_at,
            row.is_restricted,
        )
        for row in rows
    }


@route("GET", "/projects", permission="delivery.project.view", answers={200: Page[ProjectOut]})
def read_projects(request: ApiRequest, where: ProjectQuery = Query(...)) -> HttpResponse:
    """Projects you see."""
    rows = list_projects(
        actor=request.actor, company_id=where.company_id, statuses=[where.status] if where.status else (), text=where.q,
        updated_since=where.updated_since, manager_id=where.manager_id,
        custom=read_field_filters(request.actor, "delivery.project", where.field), is_archived=where.is_archived,
        sort=read_field_sort(request.actor, "delivery.project", where.sort), offset=where.offset, limit=where.limit + 1,
    )
    shown = show_projects(rows)
    return page_with_values(request.actor, "delivery.project", rows, where, lambda row: shown[row.id])


@route("GET", "/projects/{record:project_id}", permission="delivery.project.view", answers={200: ProjectOut})
def read_project(request: ApiRequest, project_id: int) -> HttpResponse:
    """One project."""
    row = get_project(actor=request.actor, project_id=project_id)
    return answer(with_values(request.actor, "delivery.project", [show_projects([row])[row.id]])[0], version=row.version)


@route("GET", "/projects/{record:project_id}/tasks", permission="delivery.project.view", answers={200: Page[TaskOut]})
def read_project_tasks(request: ApiRequest, project_id: int, where: TaskQuery = Query(...)) -> HttpResponse:
    """The tasks of a project, parents before children."""
    rows = _tasks(request, project_id, where)
    shown = show_tasks(rows)
    return page_with_values(request.actor, "delivery.task", rows, where, lambda row: shown[row.id])


@route("GET", "/projects/{record:project_id}/schedule", permission="delivery.project.view", answers={200: ScheduleOut})
def read_schedule(request: ApiRequest, project_id: int, where: TaskQuery = Query(...)) -> HttpResponse:
    """Early and late dates, floats and the critical path."""
    row = get_project(actor=request.actor, project_id=project_id)
    part = make_page(_tasks(request, project_id, where), where, _show_schedule)
    return answer(
        ScheduleOut(
            row.id, row.plan_version, row.start_date, row.promised_finish_date, row.forecast_finish_date, part.items, part.next
        ),
        version=row.version,
    )


@route(
    "GET", "/projects/{record:project_id}/dependencies", permission="delivery.project.view",
    answers={200: Page[DependencyOut]},
)
def read_dependencies(request: ApiRequest, project_id: int) -> HttpResponse:
    """The dependencies of a project, all of them."""
    get_project(actor=request.actor, project_id=project_id)
    return answer(Page([show_dependency(row) for row in list_dependencies(project_id=project_id)], None))


@route("GET", "/projects/{record:project_id}/project-file", permission="delivery.project.view", answers={200: bytes})
def read_project_file(request: ApiRequest, project_id: int) -> HttpResponse:
    """The plan as XML of MS Project: outline, links with lag, constraints, calendar, progress, baselines, assignments."""
    found = get_project_file(actor=request.actor, project_id=project_id)
    response = HttpResponse(found.content)
    for header, value in delivery_headers(found.name, "application/octet-stream").items():
        response.headers[header] = value
    return response


class FileLossOut(msgspec.Struct, frozen=True):
    """What the file will not hold, of how many things, with the names of some."""

    what: str
    count: int
    examples: list[str]


@route(
    "GET", "/projects/{record:project_id}/project-file/losses", permission="delivery.project.view", answers={200: Page[FileLossOut]},
)
def read_project_file_losses(request: ApiRequest, project_id: int) -> HttpResponse:
    """What of a plan its file for MS Project will not hold, all of it."""
    get_project(actor=request.actor, project_id=project_id)
    found = list_file_losses(actor=request.actor, project_id=project_id)
    return answer(Page([FileLossOut(heard(one.what), one.count, list(one.examples)) for one in found], None))


def _tasks(request: ApiRequest, project_id: int, where: TaskQuery) -> list[TaskRow]:
    return list_tasks(
        actor=request.actor, project_id=project_id, text=where.q, updated_since=where.updated_since,
        custom=read_field_filters(request.actor, "delivery.task", where.field),
        sort=read_field_sort(request.actor, "delivery.task", where.sort), offset=where.offset, limit=where.limit + 1,
    )
