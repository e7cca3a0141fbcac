"""What crosses the border of this package."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from wonward.kernel.ref import Ref


class PromiseKind(StrEnum):
    """What a promise is about."""

    DELIVERABLE = "deliverable"
    DATE = "date"
    QUALITY = "quality"
    PRICE = "price"
    STAFFING = "staffing"
    EXCLUSION = "exclusion"
    ASSUMPTION = "assumption"


STATES = ("draft", "confirmed", "kept", "broken", "waived", "replaced")
COVERAGES = ("uncovered", "planned", "at_risk")
COLUMNS = ("uncovered", "planned", "at_risk", "kept", "waived")


def column_of(state: str, coverage: str) -> str:
    """The one column of the ledger for a promise of this state and coverage."""
    if state in ("kept", "broken"):
        return "kept" if state == "kept" else "at_risk"
    return "waived" if state in ("waived", "replaced") else coverage


@dataclass(frozen=True, slots=True)
class Source:
    """The original words and where they stand."""

    quote: str = ""
    ref: Ref | None = None
    speaker: str = ""
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewPromise:
    """A promise to write down."""

    kind: PromiseKind
    text: str
    deal_id: int | None = None
    project_id: int | None = None
    key: str = ""
    condition: str = ""
    due_date: date | None = None
    weight: int = 1
    is_client_visible: bool = True
    state: str = "confirmed"
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class CoverRow:
    """A task that keeps a promise."""

    task_id: int
    name: str
    kind: str
    finish_date: date | None
    is_done: bool


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise as shown to a viewer."""

    id: int
    number: str
    deal_id: int | None
    project_id: int | None
    kind: str
    key: str
    text: str
    condition: str
    due_date: date | None
    weight: int
    state: str
    coverage: str
    forecast_date: date | None
    is_client_visible: bool
    state_reason: str
    author_label: str
    quote: str
    source_ref: Ref | None
    speaker: str
    said_at: datetime | None
    covers: tuple[CoverRow, ...]
    version: int
    created_at: datetime
    updated_at: datetime

    @property
    def column(self) -> str:
        """The one column of the ledger this promise stands in."""
        return column_of(self.state, self.coverage)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Weights per column and the share covered in time, over confirmed and kept promises."""

    percent: int
    weights: dict[str, int]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """A confirmed promise that a plan change would make late or leave without work."""

    id: int
    number: str
    text: str
    due_date: date | None
    forecast_date: date | None
    because: str
