"""What crosses the border of this package."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from wonward.kernel.money import Money

STATUSES = ("awaiting_acceptance", "returned", "accepted")
ACCEPTANCE_HOURS = 48


@dataclass(frozen=True, slots=True)
class ClosedDeal:
    """What closing a deal made; `is_replayed` when it had been closed before and nothing changed."""

    deal_id: int
    handoff_id: int
    handoff_status: str
    project_ids: tuple[int, ...]
    is_replayed: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A field to return, and what is asked."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A returned field with its question and, later, the answer."""

    id: int
    round: int
    field: str
    text: str
    asked_by: str
    asked_at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class CreatedProjectRow:
    """A project the win created."""

    project_id: int
    number: str
    name: str
    template_name: str
    template_number: int | None
    task_count: int
    milestone_count: int


@dataclass(frozen=True, slots=True)
class HandoffRow:
    """A handoff as shown to a viewer."""

    id: int
    number: str
    deal_id: int
    deal_number: str
    deal_name: str
    company_id: int
    company_name: str
    value: Money | None
    status: str
    scope_summary: str
    promised_finish_date: date
    key_constraints: str
    no_constraints: bool
    main_stakeholder_id: int
    main_stakeholder_name: str
    kickoff_date: date
    asked_kickoff_date: date
    lead_id: int | None
    lead_name: str
    submitted_by_id: int | None
    submitted_by: str
    submitted_at: datetime
    accepted_by: str
    accepted_at: datetime | None
    returns_count: int
    records_created: int
    projects: tuple[CreatedProjectRow, ...]
    version: int
    created_at: datetime
    updated_at: datetime

    @property
    def answers(self) -> dict[str, str]:
        """The five answers as text, by field."""
        return {
            "scope_summary": self.scope_summary,
            "promised_finish_date": self.promised_finish_date.isoformat(),
            "key_constraints": self.key_constraints,
            "main_stakeholder_id": self.main_stakeholder_name,
            "kickoff_date": self.kickoff_date.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class WinPreview:
    """What closing a deal as won would create."""

    projects: tuple[ProjectPreview, ...]
    promise_count: int
    covered_count: int
    communication_count: int
    document_count: int
    stakeholder_count: int
    budget: Money | None
    effort_minutes: int
    kickoff_date: date | None
    forecast_finish_date: date | None
    lead_name: str


@dataclass(frozen=True, slots=True)
class ProjectPreview:
    """One project that would be created."""

    name: str
    template_name: str
    template_number: int | None
    task_count: int
    milestone_count: int
    dependency_count: int
