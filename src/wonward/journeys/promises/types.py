"""What crosses the border of this package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
APART = "apart"
FINISH = "finish"
HIDDEN = "[…]"
CONDITIONS = (PromiseKind.EXCLUSION.value, PromiseKind.ASSUMPTION.value)


def column_of(state: str, coverage: str, kind: str = "") -> str:
    """The one column of the ledger for a promise; exclusions and assumptions stand apart: no work can keep them."""
    if kind in CONDITIONS:
        return APART
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
class PlanWork:
    """What of a project's plan may keep promises: tasks by promise key, and when each task ends."""

    project_id: int
    tasks_by_key: Mapping[str, Sequence[int]]
    finishes: Mapping[int, date]

    @property
    def covering(self) -> Mapping[str, Sequence[int]]:
        """Tasks by key; the promised finish is kept by the last of all tasks where none has its key."""
        if FINISH in self.tasks_by_key or not self.finishes:
            return self.tasks_by_key
        return {**self.tasks_by_key, FINISH: (max(self.finishes, key=lambda key: (self.finishes[key], key)),)}


@dataclass(frozen=True, slots=True)
class CoverRow:
    """A task that keeps a promise."""

    task_id: int
    name: str
    kind: str
    finish_date: date | None
    is_done: bool


@dataclass(frozen=True, slots=True)
class BasisRow:
    """What was known of a date when it was promised; `chance` is a percentage. A date before P50 has somebody who answers for it."""

    kickoff_date: date
    earliest_date: date
    p50_date: date
    p80_date: date
    p90_date: date
    chance: int
    because: str = ""
    seed: int = 1
    approver_id: int | None = None
    approver: str = ""
    approved_at: datetime | None = None
    odds: tuple[tuple[date, float], ...] = ()

    def chance_by(self, day: date | None) -> int:
        """The chance of a day, where the odds of every day are known; else that of the basis."""
        if day is None or not self.odds:
            return self.chance
        return round(max((share for end, share in self.odds if end <= day), default=0))

    def words(self, due: date | None) -> str:
        """The basis in one sentence."""
        odds = f"Promised with a chance of {self.chance} %, P50 {self.p50_date}, P80 {self.p80_date}"
        if due is None or due >= self.p50_date:
            return f"{odds}."
        answers = f"approved by {self.approver}" if self.approved_at else f"waits for {self.approver or 'somebody who may'} to approve it"
        return f"{odds}; earlier than P50, {answers}."


@dataclass(frozen=True, slots=True)
class PromiseFacts:
    """A promise as it is written down, for records of the house: nothing is hidden, and who keeps it is not asked."""

    id: int
    number: str
    project_id: int | None
    kind: str
    key: str
    text: str
    condition: str
    due_date: date | None
    weight: int
    state: str
    quote: str
    source_id: int | None


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise as shown to a viewer.

    `suggestion` is "keep" when all its work was done in time, "take_back" when it is kept and its work was opened again.
    `because` says why it stands where it stands, `steps` are the states it may be put into; `further_ids` are the projects
    of its deal in which it holds beside its home, `project_id`. `hides_amounts` when the viewer may not know what was paid.
    """

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
    state_by: str
    state_at: datetime | None
    replaced_by_id: int | None
    replaced_by_number: str
    suggestion: str
    steps: tuple[str, ...]
    because: str
    author_label: str
    quote: str
    source_ref: Ref | None
    speaker: str
    said_at: datetime | None
    covers: tuple[CoverRow, ...]
    version: int
    created_at: datetime
    updated_at: datetime
    basis: BasisRow | None = None
    further_ids: tuple[int, ...] = ()
    hides_amounts: bool = False

    @property
    def project_ids(self) -> tuple[int, ...]:
        """Every project in which the promise holds, its home first."""
        return (self.project_id, *self.further_ids) if self.project_id is not None else ()

    @property
    def is_told_in_part(self) -> bool:
        """Whether words of it are hidden from the viewer."""
        return self.hides_amounts and (self.kind == PromiseKind.PRICE or HIDDEN in self.text + self.condition)

    @property
    def column(self) -> str:
        """The one column of the ledger this promise stands in."""
        return column_of(self.state, self.coverage, self.kind)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Weights and counts per column and the share covered in time, over all promises that are no drafts.

    The column "apart" counts for neither side of the share, nor does what was waived.
    """

    percent: int
    weights: dict[str, int]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class MarkedWords:
    """Which pieces of a log entry's body became a promise: (start, end), in order."""

    promise_number: str
    pieces: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many promises there are in one place, and what they weigh together."""

    count: int = 0
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger of a deal or project: tallies per column and kind under the filter, and the first rows of each column.

    `columns` and `tallies` have the keys of COLUMNS, "apart" and "draft"; `kinds` counts without the filter.
    """

    coverage: Coverage
    tallies: dict[str, Tally]
    columns: dict[str, list[PromiseRow]]
    kinds: dict[str, int]


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """A confirmed promise that a plan change would make late or leave without work."""

    id: int
    number: str
    text: str
    due_date: date | None
    forecast_date: date | None
    because: str
