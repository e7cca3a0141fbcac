"""The plan that goes into the scheduler and the dates that come out."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from wonward.kernel.work_calendar import WorkCalendar

Key = Hashable


class ConstraintType(StrEnum):
    """How a task's own date binds it; dates are honoured over links.

    As soon or late as possible; start or finish no earlier or no later than; must start or finish on.
    """

    ASAP = "ASAP"
    ALAP = "ALAP"
    SNET = "SNET"
    SNLT = "SNLT"
    FNET = "FNET"
    FNLT = "FNLT"
    MSO = "MSO"
    MFO = "MFO"


class LinkType(StrEnum):
    """Which end of the predecessor binds which end of the successor (finish or start)."""

    FS = "FS"
    SS = "SS"
    FF = "FF"
    SF = "SF"


class LagUnit(StrEnum):
    """Lag in working minutes of the successor's calendar, or in minutes of the wall clock."""

    WORKING = "working"
    ELAPSED = "elapsed"


@dataclass(frozen=True, slots=True)
class PlanTask:
    """One task; somebody's parent is a summary, whose duration and progress are ignored.

    ``duration_minutes`` are working minutes; 0 makes a milestone. ``percent_complete`` runs from 0 to 100.
    ``calendar`` names a calendar of the problem, None means the project's. A manual task keeps
    ``manual_start_at`` (and ``manual_finish_at``, if given) whatever its links say; without a start it is
    scheduled like any other.
    """

    key: Key
    duration_minutes: int
    parent: Key | None = None
    constraint: ConstraintType = ConstraintType.ASAP
    constraint_at: datetime | None = None
    deadline_at: datetime | None = None
    percent_complete: float = 0
    actual_start_at: datetime | None = None
    actual_finish_at: datetime | None = None
    is_manual: bool = False
    manual_start_at: datetime | None = None
    manual_finish_at: datetime | None = None
    calendar: str | None = None

    @property
    def is_milestone(self) -> bool:
        return self.duration_minutes == 0


@dataclass(frozen=True, slots=True)
class PlanLink:
    """``to_key`` waits for ``from_key``; a negative lag is a lead."""

    from_key: Key
    to_key: Key
    type: LinkType = LinkType.FS
    lag_minutes: int = 0
    lag_unit: LagUnit = LagUnit.WORKING


@dataclass(frozen=True, slots=True)
class PlanProblem:
    """A whole plan; date-times are naive local civil time, of which seconds are dropped.

    With ``status_at`` set, work not yet done is scheduled no earlier than that instant.
    """

    start_at: datetime
    calendar: WorkCalendar
    tasks: Sequence[PlanTask]
    links: Sequence[PlanLink] = ()
    calendars: Mapping[str, WorkCalendar] = field(default_factory=dict)
    status_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TaskTiming:
    """Computed dates of one task; floats are working minutes of its calendar.

    ``because`` says what set the start: ``link`` (then ``driver`` is the predecessor's key), ``constraint``,
    ``project_start``, ``calendar`` (the project start moved to working time), ``status``, ``actual``,
    ``manual``, or ``children`` for a summary (then ``driver`` is the child that starts first).
    """

    start_at: datetime
    finish_at: datetime
    late_start_at: datetime
    late_finish_at: datetime
    total_float_minutes: int
    free_float_minutes: int
    is_critical: bool
    driver: Key | None
    because: str


@dataclass(frozen=True, slots=True)
class PlanSchedule:
    """Timings by task key, worked out when read; ``finish_at`` is the last finish of all."""

    timings: Mapping[Key, TaskTiming]
    finish_at: datetime
    _solution: Any = field(default=None, repr=False, compare=False)
