"""A plan on its way into another program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from wonward.kernel.work_calendar import WorkCalendar


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """A task with what was entered and what was computed; minutes are working minutes, `start_at` and `finish_at` local times."""

    id: int
    parent_id: int | None
    level: int
    name: str
    notes: str
    is_moment: bool
    duration_minutes: int
    effort_minutes: int
    percent_complete: int
    priority: str
    start_at: datetime | None
    finish_at: datetime | None
    constraint: str
    constraint_date: date | None
    deadline_date: date | None
    actual_start_date: date | None
    actual_finish_date: date | None
    is_critical: bool
    total_float_minutes: int
    free_float_minutes: int
    person_id: int | None
    person_name: str
    role: str


@dataclass(frozen=True, slots=True)
class PlannedLink:
    """`to_id` waits for `from_id`; the unit of the lag is working or elapsed time."""

    from_id: int
    to_id: int
    type: str
    lag_minutes: int
    lag_unit: str


@dataclass(frozen=True, slots=True)
class WholePlan:
    """All of a plan: tasks parents first, and the dates of the frozen plans by task, the first of them first."""

    name: str
    company_name: str
    manager_name: str
    start_date: date
    created_at: datetime
    updated_at: datetime
    calendar_name: str
    calendar: WorkCalendar
    tasks: tuple[PlannedTask, ...]
    links: tuple[PlannedLink, ...]
    baselines: tuple[Mapping[int, tuple[date, date]], ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """A file to hand out."""

    name: str
    content: bytes
