"""Everything levelling is told about plans and people, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from wonward.domains.catalog.types import MOMENTS
from wonward.domains.delivery.queries.leveling import PlanItem, PlanWait
from wonward.domains.staff.types import TimeOffRow, WorkingPerson
from wonward.engines.leveling import LevelingProblem
from wonward.journeys.capacity.rules.axis import DayAxis
from wonward.kernel.work_calendar import WorkCalendar


@dataclass(frozen=True, slots=True)
class LevelingWorld:
    """Plans to level from `first` on, and who there is.

    `calendars` and `promised` (date, weight) are by project, `shares` by task, `dues` are (task, date, weight); `taken` are
    the minutes by resource (`person:7`, `role:3`) and day that everything outside these plans asks. `pins` are tasks to stay,
    and so do those that begin before `freeze_until`.
    """

    first: date
    items: tuple[PlanItem, ...]
    waits: tuple[PlanWait, ...]
    shares: Mapping[int, Sequence[tuple[int, int]]]
    calendars: Mapping[int, WorkCalendar]
    usual: WorkCalendar
    people: tuple[WorkingPerson, ...]
    time_off: tuple[TimeOffRow, ...] = ()
    taken: Mapping[str, Mapping[date, int]] = field(default_factory=dict)
    dues: tuple[tuple[int, date, int], ...] = ()
    promised: Mapping[int, tuple[date, int]] = field(default_factory=dict)
    tiers: Mapping[int, int] = field(default_factory=dict)
    pins: frozenset[int] = frozenset()
    freeze_until: date | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What levelling could not take into account: `code`, whom or what it is about, and how many tasks or minutes."""

    code: str
    subject: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class LevelingModel:
    """The problem for the engine, and how to read its answer: slots are days of `axis`.

    `held` are tasks that do not move; `overdue` should have begun before today; `plain` is how long a leaf takes, in slots.
    """

    problem: LevelingProblem
    axis: DayAxis
    notes: tuple[Note, ...]
    overdue: frozenset[int]
    held: frozenset[int]


def is_leaf_work(item: PlanItem) -> bool:
    """Whether an item without others inside it takes time."""
    return item.kind not in MOMENTS and item.duration_minutes > 0


def person_key(person_id: int) -> str:
    """The resource of a person."""
    return f"person:{person_id}"


def role_key(role_id: int) -> str:
    """The resource of everybody whose first role this is."""
    return f"role:{role_id}"
