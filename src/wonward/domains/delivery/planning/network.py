"""Between rows and the scheduling engine: building the problem, reading the answer."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from wonward.domains.catalog.types import MOMENTS
from wonward.domains.delivery.models import Dependency, Task
from wonward.engines.scheduling import (
    ConstraintType,
    CycleFound,
    LagUnit,
    LinkType,
    PlanLink,
    PlanProblem,
    PlanSchedule,
    PlanTask,
    ScheduleError,
    TaskTiming,
    schedule_plan,
)
from wonward.kernel.errors import Refused
from wonward.kernel.work_calendar import WorkCalendar

COMPUTED = ("start_date", "start_minute", "finish_date", "finish_minute", "late_start_date", "late_finish_date",
            "total_float_minutes", "free_float_minutes", "is_critical")


@dataclass(slots=True)
class Network:
    """A project's tasks and dependencies in memory, in order."""

    start_date: date
    calendar: WorkCalendar
    tasks: list[Task]
    links: list[Dependency] = field(default_factory=list)


def solve(network: Network) -> PlanSchedule:
    """Date the network; a cycle is refused naming its path, other impossibilities in the engine's words."""
    names: dict[Hashable, str] = {task.pk: task.name for task in network.tasks}
    try:
        return schedule_plan(
            PlanProblem(
                start_at=datetime.combine(network.start_date, time(0)),
                calendar=network.calendar,
                tasks=[_task(task, network.calendar) for task in network.tasks],
                links=[
                    PlanLink(link.predecessor_id, link.successor_id, LinkType(link.type), link.lag_minutes, LagUnit(link.lag_unit))
                    for link in network.links
                ],
            )
        )
    except CycleFound as cycle:
        path = " → ".join(str(names.get(key, key)) for key in cycle.path)
        raise Refused.field("dependencies", f"These tasks would wait for each other: {path}.", "cycle") from None
    except ScheduleError as error:
        raise Refused.field("plan", str(error), "impossible") from None


def _task(task: Task, calendar: WorkCalendar) -> PlanTask:
    constraint_at = None
    if task.constraint_date is not None:
        constraint_at = datetime.combine(task.constraint_date, time(0))
    actual_start = _first_minute(task.actual_start_date, calendar) if task.actual_start_date else None
    actual_finish = None
    if task.status == "done" and task.actual_finish_date is not None:
        actual_finish = _last_minute(task.actual_finish_date, calendar)
        if actual_start is not None and actual_finish < actual_start:
            actual_finish = actual_start
    return PlanTask(
        key=task.pk,
        duration_minutes=0 if task.kind in MOMENTS else task.duration_minutes,
        parent=task.parent_id,
        constraint=ConstraintType(task.constraint),
        constraint_at=constraint_at,
        deadline_at=_last_minute(task.deadline_date, calendar) if task.deadline_date else None,
        percent_complete=task.percent_complete,
        actual_start_at=actual_start,
        actual_finish_at=actual_finish,
    )


def _first_minute(day: date, calendar: WorkCalendar) -> datetime:
    spans = calendar.spans_on(day)
    minute = spans[0][0] if spans else 0
    return datetime.combine(day, time(minute // 60, minute % 60))


def _last_minute(day: date, calendar: WorkCalendar) -> datetime:
    spans = calendar.spans_on(day) or calendar.spans_on(calendar.previous_working_day(day))
    minute = min(spans[-1][1], 1439)
    at = day if calendar.is_working_day(day) else calendar.previous_working_day(day)
    return datetime.combine(at, time(minute // 60, minute % 60))


def computed_values(timing: TaskTiming) -> dict[str, Any]:
    """The computed columns of one task."""
    start, finish = timing.start_at, timing.finish_at
    return {
        "start_date": start.date(), "start_minute": start.hour * 60 + start.minute,
        "finish_date": finish.date(), "finish_minute": finish.hour * 60 + finish.minute,
        "late_start_date": timing.late_start_at.date(), "late_finish_date": timing.late_finish_at.date(),
        "total_float_minutes": timing.total_float_minutes, "free_float_minutes": timing.free_float_minutes,
        "is_critical": timing.is_critical,
    }


def apply_schedule(tasks: Iterable[Task], schedule: PlanSchedule) -> list[Task]:
    """Write the computed columns into the instances; returns those in which anything changed."""
    changed = []
    for task in tasks:
        values = computed_values(schedule.timings[task.pk])
        if any(getattr(task, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(task, name, value)
            changed.append(task)
    return changed


def finish_date_of(tasks: Sequence[Task]) -> date | None:
    """The last finish of all tasks."""
    return max((task.finish_date for task in tasks if task.finish_date), default=None)
