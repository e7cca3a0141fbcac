"""A plan on its way into another program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from wonward.kernel.work_calendar import WorkCalendar


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What a whole plan says that other programs have no word for; what is not done lies on or after `status_date`."""

    baseline_names: tuple[str, ...] = ()
    promised_finish_date: date | None = None
    status_date: date | None = None


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """What a task says that other programs have no word for; `plan` stands with the first task of a plan.

    `met` are criteria with who found them met and when, `checks` lines with whether, by whom and when they were done, `helpers` names
    with their part, `efforts` roles with minutes, `skills` names with the level asked for, `repeat` every how many of which unit until when, `repeat_day` the day of the month a
    series keeps, `blocked` the reason and since when.
    `is_priority_set` tells a normal priority that somebody set, and False one that follows the client's tier.
    """

    criteria: tuple[str, ...] = ()
    met: tuple[tuple[str, str, datetime], ...] = ()
    checks: tuple[tuple[str, bool, str, datetime | None], ...] = ()
    labels: tuple[str, ...] = ()
    helpers: tuple[tuple[str, str], ...] = ()
    efforts: tuple[tuple[str, int], ...] = ()
    skills: tuple[tuple[str, int], ...] = ()
    repeat: tuple[int, str, date | None] | None = None
    repeat_day: int | None = None
    blocked: tuple[str, date | None] | None = None
    promise_key: str = ""
    is_priority_set: bool | None = None
    plan: PlanFacts | None = None


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """A task with what was entered and what was computed; minutes are working minutes, `start_at` and `finish_at` local times.

    `own_kind` and `own_state` say what other programs have no word for: phase, approval, deliverable; in review.
    """

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
    own_kind: str = ""
    own_state: str = ""
    by_hand: tuple[date, date] | None = None
    own_facts: OwnFacts = OwnFacts()


@dataclass(frozen=True, slots=True)
class PlannedLink:
    """`to_id` waits for `from_id`; the unit of the lag is working or elapsed time."""

    from_id: int
    to_id: int
    type: str
    lag_minutes: int
    lag_unit: str


@dataclass(frozen=True, slots=True)
class PlannedOutsideLink:
    """`to_id` waits for `from_id`, a task in the plan of another project, whose own file would have the name `from_file`."""

    from_file: str
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
    outside_links: tuple[PlannedOutsideLink, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """A file to hand out."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class TakenTask:
    """A task of another program's plan: `parent` is the place of its phase in the list, phases before what lies in them."""

    name: str
    parent: int | None = None
    kind: str = "task"
    notes: str = ""
    duration_minutes: int = 480
    effort_minutes: int = 0
    status: str = "todo"
    percent_complete: int = 0
    constraint: str = "ASAP"
    constraint_date: date | None = None
    deadline_date: date | None = None
    actual_start_date: date | None = None
    actual_finish_date: date | None = None
    priority: str = ""
    person_name: str = ""
    role: str = ""
    is_deliverable: bool = False
    manual_start_date: date | None = None
    manual_finish_date: date | None = None
    own_facts: OwnFacts = OwnFacts()


@dataclass(frozen=True, slots=True)
class TakenLink:
    """A dependency between two places of the list of tasks."""

    from_place: int
    to_place: int
    type: str = "FS"
    lag_minutes: int = 0
    lag_unit: str = "working"


@dataclass(frozen=True, slots=True)
class TakenOutsideLink:
    """A task of the list waits for one of another plan, named as that plan's file and the number of the task in it."""

    from_file: str
    from_id: int
    to_place: int
    type: str = "FS"
    lag_minutes: int = 0
    lag_unit: str = "working"


@dataclass(frozen=True, slots=True)
class Loss:
    """Something a file says that a plan here does not hold, of how many things, with the names of some."""

    what: str
    count: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TakenComment:
    """What was said about the task at a place in the list, and when, if that is told."""

    place: int
    words: str
    said_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """A plan as a file of another program tells it. `baselines` give dates by place in the list of tasks, the first plan first.

    `dates` are the days on which the other program let each task begin and end, where it says so.
    """

    title: str
    start_date: date
    tasks: tuple[TakenTask, ...]
    links: tuple[TakenLink, ...]
    baselines: tuple[Mapping[int, tuple[date, date]], ...] = ()
    calendar_name: str = ""
    calendar: WorkCalendar | None = None
    losses: tuple[Loss, ...] = ()
    source: str = ""
    outside_links: tuple[TakenOutsideLink, ...] = ()
    facts: PlanFacts = PlanFacts()
    comments: tuple[TakenComment, ...] = ()
    dates: tuple[tuple[date, date] | None, ...] = ()

    @property
    def phase_count(self) -> int:
        return sum(task.kind == "phase" for task in self.tasks)

    @property
    def moment_count(self) -> int:
        return sum(task.kind in ("milestone", "approval") for task in self.tasks)
