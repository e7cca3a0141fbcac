"""What a viewer and a client knew of a project's forecast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class ClientUpdateRow:
    """What a client was told last about a project."""

    finish_date: date
    told_by: str
    told_at: datetime


@dataclass(frozen=True, slots=True)
class ForecastMemory:
    """What one viewer knew of a project's forecast, and what its client was told.

    `before_date` is what stood there at the viewer's visit before this one, None at a first visit; `is_due` says that this
    visit is not noted yet.
    """

    before_date: date | None = None
    is_due: bool = True
    told: ClientUpdateRow | None = None
