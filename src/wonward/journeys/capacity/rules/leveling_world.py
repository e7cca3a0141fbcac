"""Everything levelling is told about plans and people, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from wonward.domains.catalog.types import MOMENTS
from wonward.domains.delivery.queries.leveling import PlanItem, PlanWait
from wonward.domains.staff.types import AskedSkill, TimeOffRow, WorkingPerson
from wonward.engines.leveling import LevelingProblem
from wonward.journeys.capacity.rules.axis import DayAxis
from wonward.kernel.work_calendar import WorkCalendar


@dataclass(frozen=True, slots=True)
class LevelingWorld:
    """Plans to level from `first` on, and who there is.

    `calendars` and `promised` (date, weight) are by project, `shares` and `skills` by task, `dues` are (task, date, weight);
    `taken` are the minutes by day that everything outside these plans asks of a person (`person:7`), or of a role and nobody
    in it by name (`role:3`). `levels` are by person and skill. `pins` are tasks to stay, and so do those that begin before
    `freeze_until`.
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
    skills: Mapping[int, Sequence[AskedSkill]] = field(default_factory=dict)
    levels: Mapping[int, Mapping[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """What levelling could not take into account: `code`, whom or what it is about, how many tasks or minutes, and the pool meant."""

    code: str
    subject: str
    count: int = 0
    other: str = ""


@dataclass(frozen=True, slots=True)
class LevelingModel:
    """The problem for the engine, and how to read its answer: slots are days of `axis`.

    `held` are tasks that do not move; `overdue` should have begun before today. `pools` are who stands behind each resource.
    """

    problem: LevelingProblem
    axis: DayAxis
    notes: tuple[Note, ...]
    overdue: frozenset[int]
    held: frozenset[int]
    pools: Mapping[str, frozenset[int]] = field(default_factory=dict)


def is_leaf_work(item: PlanItem) -> bool:
    """Whether an item without others inside it takes time."""
    return item.kind not in MOMENTS and item.duration_minutes > 0
