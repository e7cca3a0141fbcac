"""How projects stand: health and status updates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

COLOURS = ("green", "amber", "red")
STAGES = ("initiation", "planning", "execution", "monitoring", "closure")
STAGE_OF_STATUS = {"planned": "planning", "active": "execution", "on_hold": "execution", "done": "closure"}


@dataclass(frozen=True, slots=True)
class HealthFacts:
    """What the rules of health count; `days_late` working days of the forecast behind the promise, `blocked_days` of the longest one.

    `behind` is unfinished work planned before today: until it is dated anew no forecast counts.
    """

    days_late: int = 0
    late_milestones: int = 0
    overdue: int = 0
    blocked: int = 0
    blocked_days: int = 0
    high_risks: int = 0
    high_issues: int = 0
    behind: int = 0


@dataclass(frozen=True, slots=True)
class HealthSignal:
    """What one rule says: `rule` is promise, milestones, overdue, blocked or risks; `count` what it counted."""

    rule: str
    colour: str
    count: int
    behind: int = 0


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """A colour set by hand with its reason, valid to the end of `last_date`."""

    project_id: int
    colour: str
    reason: str
    author_label: str
    set_at: datetime
    last_date: date


@dataclass(frozen=True, slots=True)
class StatusUpdateRow:
    """A published status update."""

    id: int
    project_id: int
    text: str
    colour: str
    promised_finish_date: date | None
    forecast_finish_date: date | None
    author_label: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class NextMilestone:
    """The first open milestone or approval of a project."""

    id: int
    name: str
    finish_date: date


@dataclass(frozen=True, slots=True)
class PersonLoad:
    """Open work of one person over several projects; `minutes` is what is left of it."""

    person_id: int
    name: str
    tasks: int
    critical: int
    overdue: int
    projects: int
    minutes: int


@dataclass(frozen=True, slots=True)
class RoleLoad:
    """Open work that asks for one role over several projects; `unassigned` of its tasks are given to nobody yet."""

    name: str
    tasks: int
    critical: int
    overdue: int
    unassigned: int
    projects: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Bottlenecks:
    """Who, and which roles, carry most of what holds several projects up, the most critical and overdue work first."""

    people: tuple[PersonLoad, ...]
    roles: tuple[RoleLoad, ...]


@dataclass(frozen=True, slots=True)
class ChainLink:
    """A task in a chain of work through several projects."""

    task_id: int
    task_name: str
    project_id: int
    project_number: str
    project_name: str
    start_date: date
    finish_date: date


@dataclass(frozen=True, slots=True)
class CriticalChain:
    """Open work through several projects that decides when the last of them ends: a day lost in it is a day lost there."""

    project_id: int
    project_number: str
    project_name: str
    finish_date: date
    links: tuple[ChainLink, ...]


@dataclass(frozen=True, slots=True)
class ClosingRow:
    """The end of a project; `open_promises` are the words of what was still owed then."""

    summary: str
    survey_place: str
    open_promises: tuple[str, ...]
    closed_by: str
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class SinceThen:
    """What happened in a project after a moment, and what stands out now."""

    moved: tuple[tuple[str, str, date | None, date | None], ...]
    done: tuple[str, ...]
    reached: tuple[str, ...]
    blocked: tuple[tuple[str, str], ...]
    risks: tuple[str, ...]
    coming: tuple[tuple[str, date], ...]


@dataclass(frozen=True, slots=True)
class ProjectStanding:
    """A project as far as putting many in order needs it."""

    id: int
    company_name: str
    manager_name: str | None
    calendar_id: int
    promised_finish_date: date | None
    forecast_finish_date: date | None
    finished_date: date | None
    plan_version: int
    updated_at: datetime

    @property
    def end_date(self) -> date | None:
        """When it is finished, or was."""
        return self.finished_date or self.forecast_finish_date
