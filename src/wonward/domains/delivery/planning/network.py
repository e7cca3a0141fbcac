"""Between rows and the scheduling engine: building the problem, reading the answer."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Protocol

from wonward.domains.catalog.types import MOMENTS
from wonward.domains.delivery.models import Dependency, OutsideDependency, Task
from wonward.domains.delivery.rules.by_hand import closing, opening
from wonward.engines.scheduling import (
    ConstraintType,
    CycleFound,
    LagUnit,
    LinkType,
    LinkWithinSummary,
    PlanLink,
    PlanProblem,
    PlanSchedule,
    PlanTask,
    ScheduleError,
    TaskTiming,
    schedule_plan,
)
from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded
from wonward.kernel.work_calendar import WorkCalendar

COMPUTED = ("start_date", "start_minute", "finish_date", "finish_minute", "late_start_date", "late_finish_date",
            "total_float_minutes", "free_float_minutes", "is_critical")


_FIRST_OUTSIDE = -1_000_000_000


@dataclass(slots=True)
class OutsideWait:
    """A task of another project that a task here waits for, and when it starts and finishes."""

    link: OutsideDependency
    task: Task
    label: str
    start_at: datetime
    finish_at: datetime

    @property
    def waits_until(self) -> datetime:
        """The end of the task outside that the dependency is about."""
        return self.finish_at if self.link.type in ("FS", "FF") else self.start_at


@dataclass(slots=True)
class Network:
    """A project's tasks and dependencies in memory, in order; `outside` is what its tasks wait for in other projects.

    What is not done lies on or after `status_date`.
    """

    start_date: date
    calendar: WorkCalendar
    tasks: list[Task]
    links: list[Dependency] = field(default_factory=list)
    outside: list[OutsideWait] = field(default_factory=list)
    status_date: date | None = None

    def names(self) -> dict[Hashable, str]:
        """What the tasks are called in a schedule of the network, quoted; those outside with their project."""
        names: dict[Hashable, str] = {task.pk: f"“{task.name}”" for task in self.tasks}
        return names | {_FIRST_OUTSIDE - place: wait.label for place, wait in enumerate(self.outside)}


def solve(network: Network) -> PlanSchedule:
    """Date the network; a cycle is refused naming its path, other impossibilities in the engine's words."""
    try:
        return schedule_plan(
            PlanProblem(
                start_at=datetime.combine(network.start_date, time(0)),
                calendar=network.calendar,
                tasks=[*(_task(task, network.calendar) for task in network.tasks), *_moments_outside(network)],
                links=[
                    *(PlanLink(link.predecessor_id, link.successor_id, LinkType(link.type), link.lag_minutes, LagUnit(link.lag_unit))
                      for link in network.links),
                    *_links_outside(network),
                ],
                status_at=datetime.combine(network.status_date, time(0)) if network.status_date else None,
            )
        )
    except CycleFound as cycle:
        names = {task.pk: task.name for task in network.tasks}
        path = " → ".join(str(names.get(key, key)) for key in cycle.path)  # type: ignore[call-overload]
        raise Refused.field("dependencies", worded("These tasks would wait for each other: {path}.", path=path), "cycle") from None
    except LinkWithinSummary as error:
        known = network.names()
        before, after = (known.get(key, str(key)) for key in error.keys)
        raise Refused.field(
            "dependencies", worded("{after} cannot wait for {before}: one of them lies in the other.", after=after, before=before), "contained"
        ) from None
    except ScheduleError as error:
        raise Refused.field("plan", error.args[0], "impossible") from None


def _moments_outside(network: Network) -> list[PlanTask]:
    """Each task outside is the moment waited for: what else it takes does not lengthen this plan."""
    return [
        PlanTask(key=_FIRST_OUTSIDE - place, duration_minutes=0, is_manual=True, manual_start_at=wait.waits_until)
        for place, wait in enumerate(network.outside)
    ]


def _links_outside(network: Network) -> list[PlanLink]:
    ends = {"FS": LinkType.FS, "SS": LinkType.FS, "FF": LinkType.FF, "SF": LinkType.FF}
    return [
        PlanLink(
            _FIRST_OUTSIDE - place, wait.link.successor_id, ends[wait.link.type], wait.link.lag_minutes, LagUnit(wait.link.lag_unit)
        )
        for place, wait in enumerate(network.outside)
    ]


def moment(day: date, minute: int) -> datetime:
    """A civil date and a minute of it as one instant of the plan's calendar."""
    return datetime.combine(day, time(minute // 60, minute % 60)) if minute < 1440 else datetime.combine(day, time(23, 59))


def _task(task: Task, calendar: WorkCalendar) -> PlanTask:
    constraint_at = None
    if task.constraint_date is not None:
        constraint_at = _held_at(task.constraint, task.constraint_date, calendar)
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
        **_by_hand(task, calendar),
    )


def _by_hand(task: Task, calendar: WorkCalendar) -> dict[str, Any]:
    """Dates set by hand hold from the first minute of work to the last; what takes no time stands at the end of its day."""
    if not task.is_manual or task.manual_start_date is None or task.manual_finish_date is None:
        return {}
    finish = closing(task.manual_finish_date, calendar)
    start = finish if task.kind in MOMENTS else opening(task.manual_start_date, calendar)
    return {"is_manual": True, "manual_start_at": start, "manual_finish_at": finish}


def _held_at(constraint: str, day: date, calendar: WorkCalendar) -> datetime:
    """A constraint is kept to the day: what finishes is held against its last working minute, what starts against its first."""
    return _last_minute(day, calendar) if constraint in ("FNET", "FNLT", "MFO") else _first_minute(day, calendar)


def _first_minute(day: date, calendar: WorkCalendar) -> datetime:
    spans = calendar.spans_on(day)
    minute = spans[0][0] if spans else 0
    return datetime.combine(day, time(minute // 60, minute % 60))


def _last_minute(day: date, calendar: WorkCalendar) -> datetime:
    spans = calendar.spans_on(day) or calendar.spans_on(calendar.previous_working_day(day))
    minute = min(spans[-1][1], 1439)
    at = day if calendar.is_working_day(day) else calendar.previous_working_day(day)
    return datetime.combine(at, time(minute // 60, minute % 60))


class HasFinish(Protocol):
    """Anything that ends on a day, or is not dated yet."""

    @property
    def finish_date(self) -> date | None: ...


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


def finish_date_of(tasks: Iterable[HasFinish]) -> date | None:
    """The last finish of all tasks."""
    return max((task.finish_date for task in tasks if task.finish_date), default=None)
