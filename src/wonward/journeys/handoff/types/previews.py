"""What a win would create, as it is shown before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wonward.kernel.money import Money


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
    is_again: bool = False
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectPreview:
    """One project that would be created, or, with `joins`, sections that would join the project of that name.

    `parts` are its phases and milestones with their days: (name, kind, start, finish); empty without a kickoff.
    """

    name: str
    template_name: str
    template_number: int | None
    task_count: int
    milestone_count: int
    dependency_count: int
    effort_minutes: int = 0
    budget: Money | None = None
    forecast_finish_date: date | None = None
    parts: tuple[tuple[str, str, date, date], ...] = ()
    joins: str = ""
