"""What belongs to tasks and projects besides the plan: checklists, labels, people, risks, filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from wonward.domains.approvals.types import ApprovalRow, NewStep
from wonward.domains.catalog.types import MOMENTS


class DayRow(NamedTuple):
    """What a calendar shows of a task; hundreds are made for a page."""

    id: int
    name: str
    kind: str
    status: str
    start_date: date
    finish_date: date
    deadline_date: date | None
    blocked_reason: str

    @property
    def is_moment(self) -> bool:
        """Whether it takes no time: a milestone or an approval."""
        return self.kind in MOMENTS


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A label; `tone` chooses its colour (0 to 6)."""

    id: int
    name: str
    tone: int


@dataclass(frozen=True, slots=True)
class CheckRow:
    """A line of a checklist."""

    id: int
    text: str
    is_done: bool
    done_by: str = ""
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HelperRow:
    """Somebody beside the assignee; `part` is one of HELPER_PARTS."""

    person_id: int
    name: str
    part: str


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """An acceptance criterion, and who found it met."""

    text: str
    met_by: str = ""
    met_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TaskDetails:
    """What belongs to a task besides its place in the plan."""

    checklist: tuple[CheckRow, ...]
    labels: tuple[LabelRow, ...]
    helpers: tuple[HelperRow, ...]
    criteria: tuple[CriterionRow, ...]


@dataclass(frozen=True, slots=True)
class SimilarTask:
    """A task of the same client that reads like another; `likeness` is 0 to 100."""

    id: int
    name: str
    project_id: int
    project_name: str
    status: str
    likeness: int


@dataclass(frozen=True, slots=True)
class RiskFields:
    """What people enter about a risk or an issue; probability and impact count from 1 (low) to 5."""

    title: str
    kind: str = "risk"
    description: str = ""
    probability: int = 3
    impact: int = 3
    owner_id: int | None = None
    due_date: date | None = None
    strategy: str = "mitigate"
    response: str = ""


@dataclass(frozen=True, slots=True)
class RiskRow:
    """A risk or an issue of a project. `happened_date` is the day a risk became an issue."""

    id: int
    project_id: int
    number: int
    kind: str
    title: str
    description: str
    probability: int
    impact: int
    owner_id: int | None
    owner_name: str
    due_date: date | None
    strategy: str
    response: str
    status: str
    happened_date: date | None
    closed_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime

    @property
    def exposure(self) -> int:
        """Probability times impact, 1 to 25; an issue is certain."""
        return self.impact * (5 if self.kind == "issue" else self.probability)

    @property
    def grade(self) -> str:
        """`high`, `medium` or `low`."""
        return grade_of(self.exposure)


def grade_of(exposure: int) -> str:
    """`high` from 15, `medium` from 8, else `low`; exposure is probability times impact, 1 to 25."""
    return "high" if exposure >= 15 else "medium" if exposure >= 8 else "low"


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """What the views of a project's work are narrowed to; `today` decides what is late, `custom` are conditions on custom fields by key."""

    today: date
    statuses: tuple[str, ...] = ()
    person_id: int | None = None
    label: str = ""
    is_late: bool = False
    is_blocked: bool = False
    is_critical: bool = False
    phase_id: int | None = None
    text: str = ""
    custom: tuple[tuple[str, str], ...] = ()

    @property
    def is_on(self) -> bool:
        """Whether anything is left out."""
        return bool(
            self.statuses or self.person_id is not None or self.phase_id is not None or self.label or self.is_late or self.is_blocked
            or self.is_critical or self.text or self.custom
        )


@dataclass(frozen=True, slots=True)
class AskForApproval:
    """What to ask about a task: the words, whom, by when, and which files are shown."""

    words: str
    steps: tuple[NewStep, ...]
    document_ids: tuple[int, ...] = ()
    due_date: date | None = None


@dataclass(frozen=True, slots=True)
class GateRow:
    """Something that is approved, with its approval once somebody was asked."""

    task_id: int
    project_id: int
    name: str
    kind: str
    status: str
    finish_date: date | None
    approval: ApprovalRow | None


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note of a project, in Markdown."""

    id: int
    project_id: int
    title: str
    text: str
    author_label: str
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoteRevisionRow:
    """A note as somebody saved it; lists leave the text out."""

    number: int
    title: str
    author_label: str
    written_at: datetime
    text: str
