"""What crosses the border of this package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from wonward.domains.catalog.types import MOMENTS, BlueprintItem
from wonward.domains.delivery.types.exchange import TakenLink, TakenTask

TASK_FIELDS = ("name", "notes", "start_date", "duration_minutes", "effort_minutes", "status", "percent_complete",
               "assignee_id", "role", "deadline_date", "actual_start_date", "actual_finish_date", "priority", "blocked_reason",
               "repeat_every", "repeat_unit", "repeat_until_date", "is_deliverable", "acceptance_criteria", "constraint", "promise_key", "manual")
CONSTRAINTS = ("ASAP", "ALAP", "SNET", "SNLT", "FNET", "FNLT", "MSO", "MFO")
TASK_STATUSES = ("todo", "doing", "review", "done")
PRIORITIES = ("urgent", "high", "normal", "low")
TIER_PRIORITIES = {"A": "high", "B": "normal", "C": "low"}
REPEAT_UNITS = ("day", "week", "month")
HELPER_PARTS = ("helps", "reviews", "informed")
RISK_STRATEGIES = ("mitigate", "avoid", "transfer", "accept")
SHIFT_RULES = ("use_gap", "keep_gap", "none")


@dataclass(frozen=True, slots=True)
class NewProject:
    """A project to create from blueprint items, dated from `start_date`."""

    name: str
    company_id: int
    manager_id: int | None
    start_date: date
    promised_finish_date: date | None
    items: tuple[BlueprintItem, ...]
    status: str = "planned"
    external_source: str = ""
    external_id: str = ""
    is_restricted: bool = False
    member_ids: tuple[int, ...] = ()
    calendar_id: int | None = None


@dataclass(frozen=True, slots=True)
class CreatedProject:
    """What creating a project made."""

    project_id: int
    number: str
    name: str
    task_ids: Mapping[str, int]
    promise_tasks: Mapping[str, tuple[int, ...]]
    task_count: int
    milestone_count: int
    dependency_count: int
    finish_date: date
    finishes: Mapping[int, date]


@dataclass(frozen=True, slots=True)
class TaskChange:
    """Entered values of one task to change; `start_date` sets start-no-earlier-than, None lifts it.

    `constraint` is one of CONSTRAINTS and its day, None for those without one. `manual` is the start and finish set by hand (without a
    finish the task keeps its length), None lets the plan date the task again.
    """

    task_id: int
    fields: Mapping[str, Any]
    version: int | None = None


@dataclass(frozen=True, slots=True)
class MovedTasks:
    """Tasks to start `days` working days later (earlier when negative) and to take `longer_minutes` more.

    A phase stands for the tasks in it that nothing else in it comes before. `seen_starts` and `seen_minutes` are the starts and
    lengths their author saw.
    """

    task_ids: tuple[int, ...]
    days: int = 0
    longer_minutes: int = 0
    seen_starts: Mapping[int, date] = field(default_factory=dict)
    seen_minutes: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RestoredTask:
    """Entered columns of one task to put back as they were before a change."""

    task_id: int
    columns: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task to add under `parent_id`, waiting for the finish of `after_ids`, right behind the sibling `behind_id` or last.

    Negative ids name tasks added earlier in the same change: -1 is the first of them.
    """

    name: str
    kind: str = "task"
    parent_id: int | None = None
    duration_minutes: int = 480
    effort_minutes: int = 0
    role: str = ""
    assignee_id: int | None = None
    start_date: date | None = None
    after_ids: tuple[int, ...] = ()
    behind_id: int | None = None
    promise_key: str = ""


@dataclass(frozen=True, slots=True)
class NewDependency:
    """`to_id` waits for `from_id`."""

    from_id: int
    to_id: int
    type: str = "FS"
    lag_minutes: int = 0
    lag_unit: str = "working"


@dataclass(frozen=True, slots=True)
class ChangedDependency:
    """How `to_id` waits for `from_id` from now on; `version` is the one its author saw."""

    from_id: int
    to_id: int
    type: str
    lag_minutes: int = 0
    lag_unit: str = "working"
    version: int | None = None


@dataclass(frozen=True, slots=True)
class RemovedTask:
    """A task to delete, with everything inside it; only taking back may leave a plan empty, as it was before its first task."""

    task_id: int
    version: int | None = None
    may_empty: bool = False


@dataclass(frozen=True, slots=True)
class RemovedDependency:
    """A dependency to delete."""

    from_id: int
    to_id: int
    version: int | None = None


@dataclass(frozen=True, slots=True)
class ResumedWork:
    """What is not done goes on from `day`: no work begins before it, and what has begun does its rest after it.

    None lets it lie where it was planned; `is_undo` puts back what was before.
    """

    day: date | None
    is_undo: bool = False


@dataclass(frozen=True, slots=True)
class MovedStart:
    """The plan begins on `day`; `is_undo` puts back what was before."""

    day: date
    is_undo: bool = False


@dataclass(frozen=True, slots=True)
class PlacedTask:
    """A task to lie under `parent_id` (None: at the top), right behind the sibling `after_id` (None: first)."""

    task_id: int
    parent_id: int | None
    after_id: int | None = None


@dataclass(frozen=True, slots=True)
class TakenTasks:
    """Tasks and dependencies of another program's plan, with everything entered there; they follow what is in the plan already."""

    tasks: tuple[TakenTask, ...]
    links: tuple[TakenLink, ...] = ()
    status_date: date | None = None


@dataclass(frozen=True, slots=True)
class NewSections:
    """Blueprint items that follow what is in the plan already and start no earlier than `start_date`."""

    items: tuple[BlueprintItem, ...]
    start_date: date
    promised_finish_date: date | None = None


PlanEdit = (
    TakenTasks | NewSections | TaskChange | NewTask | NewDependency | ChangedDependency | RemovedTask | RemovedDependency | RestoredTask | MovedTasks
    | PlacedTask | ResumedWork | MovedStart
)


@dataclass(frozen=True, slots=True)
class MovedTask:
    """A task whose dates changed, and why; `is_around` marks a phase, which only follows what lies in it.

    `released` says what held it until it was moved by hand, in a sentence.
    """

    id: int
    key: str
    name: str
    start_date: date
    finish_date: date
    start_before: date | None
    finish_before: date | None
    because: str
    is_around: bool = False
    released: str = ""


@dataclass(frozen=True, slots=True)
class PlanOutcome:
    """What a plan change did. `asked_ids` were named in it, `changed_ids` have other dates or floats than before.

    `unkept` says in sentences which waits of tasks with dates set by hand it left or made broken.
    """

    project_id: int
    plan_version: int
    touched_ids: tuple[int, ...]
    moved: tuple[MovedTask, ...]
    finish_before: date | None
    finish_after: date | None
    asked_ids: tuple[int, ...] = ()
    changed_ids: tuple[int, ...] = ()
    unkept: tuple[str, ...] = ()

    @property
    def others(self) -> tuple[MovedTask, ...]:
        """What moved without having been named in the change: neither those tasks nor the phases around them."""
        return tuple(row for row in self.moved if row.id not in self.asked_ids and not row.is_around)


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A phase, task, milestone or approval as shown to a viewer."""

    id: int
    project_id: int
    key: str
    kind: str
    name: str
    parent_id: int | None
    level: int
    start_date: date | None
    finish_date: date | None
    start_minute: int
    finish_minute: int
    late_start_date: date | None
    late_finish_date: date | None
    duration_minutes: int
    effort_minutes: int
    status: str
    percent_complete: int
    assignee_id: int | None
    assignee_name: str
    role: str
    is_critical: bool
    total_float_minutes: int
    free_float_minutes: int
    deadline_date: date | None
    constraint_date: date | None
    promise_key: str
    version: int
    created_at: datetime
    updated_at: datetime
    is_deliverable: bool = False
    acceptance_criteria: tuple[str, ...] = ()
    set_priority: str = ""
    client_tier: str = ""
    blocked_reason: str = ""
    blocked_date: date | None = None
    repeat_every: int | None = None
    repeat_unit: str = ""
    repeat_until_date: date | None = None
    notes: str = ""
    constraint: str = "ASAP"
    actual_start_date: date | None = None
    actual_finish_date: date | None = None
    is_manual: bool = False
    manual_start_date: date | None = None
    manual_finish_date: date | None = None

    @property
    def is_moment(self) -> bool:
        """Whether it takes no time: a milestone or an approval."""
        return self.kind in MOMENTS

    @property
    def priority(self) -> str:
        """One of PRIORITIES: what somebody set, else what the client's tier asks for."""
        return self.set_priority or TIER_PRIORITIES.get(self.client_tier, "normal")


class OutlineRow(NamedTuple):
    """What the shape of a plan needs of an item, wherever it is drawn; thousands are made for a page."""

    id: int
    parent_id: int | None
    level: int
    kind: str
    start_date: date | None
    finish_date: date | None
    is_critical: bool

    @property
    def is_moment(self) -> bool:
        """Whether it takes no time: a milestone or an approval."""
        return self.kind in MOMENTS


@dataclass(frozen=True, slots=True)
class TopRow:
    """A task at the top of an outline, and of how many items directly inside it (itself when empty) how many are in which state."""

    task: TaskRow
    total: int
    done: int
    waiting: int


@dataclass(frozen=True, slots=True)
class WorkInSight:
    """A plan seen from far: its landmarks, and minutes over all tasks."""

    milestones: tuple[TaskRow, ...]
    tops: tuple[TopRow, ...]
    planned_minutes: int
    done_minutes: int


@dataclass(frozen=True, slots=True)
class DependencyRow:
    """A dependency between two tasks of a project."""

    from_id: int
    to_id: int
    type: str
    lag_minutes: int
    lag_unit: str
    id: int = 0
    project_id: int = 0
    version: int = 1


@dataclass(frozen=True, slots=True)
class OutsideLinkRow:
    """A task that waits for one of another project; an end the viewer may not see has no name, number or dates."""

    id: int
    from_id: int
    from_name: str
    from_project_id: int
    from_number: str
    from_project_name: str
    from_start_date: date | None
    from_finish_date: date | None
    to_id: int
    to_name: str
    to_project_id: int
    to_number: str
    to_project_name: str
    to_start_date: date | None
    to_finish_date: date | None
    type: str
    lag_minutes: int
    lag_unit: str
    author_label: str
    created_at: datetime
    version: int = 1
    is_from_seen: bool = True
    is_to_seen: bool = True


@dataclass(frozen=True, slots=True)
class LinkableTask:
    """A task of another project for the same client that one could wait for."""

    id: int
    name: str
    project_id: int
    project_number: str
    project_name: str
    start_date: date | None
    finish_date: date | None


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project as shown to a viewer; `open_work_date` is the first day on which work that is not done should end."""

    id: int
    number: str
    name: str
    company_id: int
    company_name: str
    manager_id: int | None
    manager_name: str
    status: str
    start_date: date
    promised_finish_date: date | None
    forecast_finish_date: date | None
    finished_date: date | None
    task_count: int
    done_count: int
    calendar_id: int
    version: int
    plan_version: int
    created_at: datetime
    updated_at: datetime
    is_restricted: bool = False
    archived_at: datetime | None = None
    open_work_date: date | None = None

    @property
    def percent_done(self) -> int:
        return round(100 * self.done_count / self.task_count) if self.task_count else 0


@dataclass(frozen=True, slots=True)
class BaselineRow:
    """A frozen plan: dates by task id as (start, finish)."""

    number: int
    name: str
    finish_date: date | None
    created_at: datetime
    dates: Mapping[int, tuple[date, date]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TaskCause:
    """The task of another project whose move a plan followed; without a name to those who do not see that project."""

    task_id: int
    task_name: str
    project_id: int
    project_number: str


@dataclass(frozen=True, slots=True)
class PlanChangeRow:
    """One change of a plan in its author's words."""

    plan_version: int
    author_label: str
    reason: str
    finish_before_date: date | None
    finish_after_date: date | None
    moved_count: int
    happened_at: datetime
    cause: TaskCause | None = None
