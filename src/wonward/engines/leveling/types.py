"""The plan that goes into levelling and the plan that comes out; time is counted in whole slots from 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from wonward.engines.scheduling.types import LinkType


class Status(StrEnum):
    """What a result is worth.

    ``optimal``: value equals the lower bound. ``feasible``: valid, with a gap to the bound. ``infeasible``: no
    plan can keep everything asked, and a conflict set says why. ``unknown``: no valid plan was found in the
    time given, and none was shown to be impossible; the starts are the nearest plan known, with what it breaks.
    """

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


class Aim(StrEnum):
    """What gives way when there is more work than time.

    ``clear``: nobody is ever asked for more than there is, and dates give way. ``keep``: every due date that links, dates and
    what has begun allow is kept, and overload is as small as that permits.
    """

    CLEAR = "clear"
    KEEP = "keep"


class Binding(StrEnum):
    """What keeps a task from starting one slot earlier (or, if it moved to the front, what let it)."""

    STARTED = "started"
    FROZEN = "frozen"
    PINNED = "pinned"
    EARLIEST = "earliest"
    PREDECESSOR = "predecessor"
    CALENDAR = "calendar"
    RESOURCE = "resource"
    ABSENCE = "absence"
    SKILL = "skill"
    PLAN = "plan"
    FREED = "freed"


class ElementKind(StrEnum):
    """What can be taken out of a problem to make it solvable."""

    PIN = "pin"
    FREEZE = "freeze"
    DEADLINE = "deadline"
    EARLIEST = "earliest"
    LINK = "link"
    DEMAND = "demand"
    SKILL = "skill"


@dataclass(frozen=True, slots=True)
class LevelingTask:
    """One piece of work, done without interruption but for the pauses of its calendar.

    ``duration`` counts worked slots, 0 is a milestone, which takes nobody. ``demands`` are amounts per resource key, ``skills``
    people per skill; nobody gives a task two of its skills. A task begins at or after ``earliest``; with
    ``pinned_start`` exactly there. ``started_at`` is a fact (perhaps before slot 0): the task keeps it whatever
    its links, calendar or resources say. ``is_frozen`` keeps ``published_start``. ``due`` is the slot by
    which it should be finished (a finish equal to it is in time), each slot of lateness counting
    ``due_weight``; ``deadline`` is a due slot that must hold. ``published_start`` is where colleagues know it.
    ``calendar`` names a calendar of the problem.
    """

    key: str
    duration: int
    project: str = ""
    demands: Mapping[str, int] = field(default_factory=dict)
    skills: Mapping[str, int] = field(default_factory=dict)
    calendar: str | None = None
    earliest: int = 0
    pinned_start: int | None = None
    started_at: int | None = None
    is_frozen: bool = False
    due: int | None = None
    due_weight: int = 1
    deadline: int | None = None
    published_start: int | None = None

    @property
    def fixed_start(self) -> int | None:
        """Where the task must begin, if anything says so: facts before pins before freezes."""
        if self.started_at is not None:
            return self.started_at
        if self.pinned_start is not None:
            return self.pinned_start
        return self.published_start if self.is_frozen else None


@dataclass(frozen=True, slots=True)
class LevelingLink:
    """``to_key`` waits for ``from_key``; ``lag`` in slots, negative for a lead."""

    from_key: str
    to_key: str
    type: LinkType = LinkType.FS
    lag: int = 0


@dataclass(frozen=True, slots=True)
class LevelingResource:
    """A person or a pool. ``profile[t]`` is the capacity in slot t; from its end on it is ``capacity``.

    A resource with ``skills`` is a person who may be put on any task that asks for one of them, one task
    and one skill at a time.
    """

    key: str
    capacity: int = 1
    profile: tuple[int, ...] = ()
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ObjectiveWeights:
    """What one slot costs: of weighted lateness, of the whole plan's length, of change from the published plan.

    ``overload`` is what one unit of a resource above its capacity costs for one slot. A due date that is missed at all
    counts as ``missed`` slots more of lateness.
    """

    lateness: int = 100
    makespan: int = 1
    change: int = 1
    overload: int = 1
    missed: int = 0

    def late(self, slots: int) -> int:
        """How many slots of lateness a due date missed by so many counts as."""
        return slots + self.missed if slots > 0 else 0


@dataclass(frozen=True, slots=True)
class LevelingProblem:
    """Everything to be levelled together, over any number of projects.

    ``calendars[name][t]`` says whether slot t is worked; beyond its end every slot is. A task with a
    calendar pauses in slots not worked and takes nothing there.
    """

    tasks: tuple[LevelingTask, ...]
    links: tuple[LevelingLink, ...] = ()
    resources: tuple[LevelingResource, ...] = ()
    calendars: Mapping[str, tuple[bool, ...]] = field(default_factory=dict)
    weights: ObjectiveWeights = ObjectiveWeights()


@dataclass(frozen=True, slots=True)
class ObjectiveParts:
    """Slots of weighted lateness, of makespan, and of change from the published plan (sum over tasks).

    ``overload`` is what resources are asked above their capacity, summed over slots; 0 unless the aim allows it.
    """

    lateness: int
    makespan: int
    change: int
    overload: int = 0

    def total(self, weights: ObjectiveWeights) -> int:
        """The one number that is minimised."""
        late, over = weights.lateness * self.lateness, weights.overload * self.overload
        return late + over + weights.makespan * self.makespan + weights.change * self.change


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a task begins where it does rather than at ``from_start``, where it was expected.

    ``from_start`` is the published start, or the start that links, dates and calendar alone would allow.
    ``blockers`` are the tasks that hold ``resource`` in ``slot``, or the predecessor. ``text`` is plain English.
    """

    task: str
    binding: Binding
    from_start: int
    to_start: int
    resource: str | None = None
    blockers: tuple[str, ...] = ()
    slot: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class ConflictElement:
    """One thing asked that cannot stand beside the others of its conflict set.

    ``subject`` is the task (for a link the successor), ``other`` the predecessor, resource or skill. ``starts`` is a plan that
    keeps all else that is asked, but for what ``also`` has to go where there are further contradictions. ``is_alone``: no such
    plan was found in the time given, and this one keeps the rest of the conflict set alone.
    """

    kind: ElementKind
    subject: str
    other: str | None = None
    text: str = ""
    starts: Mapping[str, int] = field(default_factory=dict)
    assignments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    also: tuple[tuple[ElementKind, str, str | None], ...] = ()
    is_alone: bool = False


@dataclass(frozen=True, slots=True)
class LevelingResult:
    """The levelled plan and what is known of it.

    ``value`` is the objective reached and ``lower_bound`` what no plan can beat, both in the unit of the
    objective; ``makespan_bound`` bounds the length alone, ``bounds`` each part of the objective by itself.
    ``gap`` = (value - lower_bound) / value, 0 when equal.
    ``assignments[task][person]`` is the skill given. ``is_repeatable``: no clock cut the search, so the same
    problem, seconds and seed give this answer again. ``conflict`` is set when infeasible, ``notes`` hold
    one sentence each on anything else a reader must know.
    """

    status: Status
    starts: Mapping[str, int]
    finishes: Mapping[str, int]
    parts: ObjectiveParts
    value: int
    lower_bound: int
    makespan_bound: int
    gap: float
    method: str
    assignments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    conflict: tuple[ConflictElement, ...] = ()
    notes: tuple[str, ...] = ()
    is_repeatable: bool = True
    aim: Aim = Aim.CLEAR
    bounds: ObjectiveParts = ObjectiveParts(0, 0, 0)

    @property
    def makespan(self) -> int:
        """Slots from 0 to the last finish."""
        return self.parts.makespan
