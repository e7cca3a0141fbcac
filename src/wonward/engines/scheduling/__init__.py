"""Critical path scheduling over working calendars, with the semantics of Microsoft Project."""

from wonward.engines.scheduling.amending import amend_schedule
from wonward.engines.scheduling.document import solve_document
from wonward.engines.scheduling.errors import (
    AbsurdValue,
    CycleFound,
    DuplicateTask,
    InvalidDocument,
    LinkWithinSummary,
    MissingDate,
    NegativeDuration,
    ScheduleError,
    SelfLink,
    UnknownCalendar,
    UnknownTask,
)
from wonward.engines.scheduling.scheduler import reschedule_plan, schedule_plan
from wonward.engines.scheduling.types import (
    ConstraintType,
    LagUnit,
    LinkType,
    PlanLink,
    PlanProblem,
    PlanSchedule,
    PlanTask,
    TaskTiming,
)
from wonward.engines.scheduling.verification import verify_schedule

__all__ = [
    "AbsurdValue",
    "ConstraintType",
    "CycleFound",
    "DuplicateTask",
    "InvalidDocument",
    "LagUnit",
    "LinkType",
    "LinkWithinSummary",
    "MissingDate",
    "NegativeDuration",
    "PlanLink",
    "PlanProblem",
    "PlanSchedule",
    "PlanTask",
    "ScheduleError",
    "SelfLink",
    "TaskTiming",
    "UnknownCalendar",
    "UnknownTask",
    "amend_schedule",
    "reschedule_plan",
    "schedule_plan",
    "solve_document",
    "verify_schedule",
]
