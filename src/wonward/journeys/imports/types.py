"""What crosses the border of this package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from wonward.kernel.ref import Ref

KINDS: Mapping[str, str] = {
    "companies": "Companies",
    "contacts": "Contacts",
    "leads": "Leads",
    "deals": "Deals",
    "services": "Services",
    "users": "People",
    "communications": "Communications",
    "projects": "Projects",
    "tasks": "Tasks",
}
LATER_KINDS: Mapping[str, str] = {"time_entries": "Time entries"}
STATUSES = ("staged", "running", "done", "failed", "undone")
ROW_STATUSES = ("waiting", "created", "updated", "unchanged", "skipped", "undone", "kept")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing in the file that does not fit. `row` is the row of the sheet (1 is the first), None for the whole file.

    `stops_row` says that the row is left out; otherwise it comes in and only loses or changes what `message` says.
    Problems of one `code` and `column` are of one sort and are counted together.
    """

    row: int | None
    column: str
    message: str
    code: str
    stops_row: bool = False


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """How often one sort of problem occurs, with its first sentence and its first rows."""

    code: str
    column: str
    count: int
    stops_rows: bool
    message: str
    first_rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column of the file: its place (0 is the first), header and some of its values."""

    index: int
    header: str
    filled: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """Which field a column goes to (`field` empty: left out), how sure that is (0–1), and why."""

    index: int
    header: str
    field: str
    label: str
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class ValueChoice:
    """What a value of the file becomes. `about` is stage, status, owner, company or service; `value` as in the file.

    `target` is what will happen: an id, `create`, `me`, `none`, or for stages `won` and `lost`; `near` offers
    existing records of a similar name as (id, name), which are never taken without being chosen.
    """

    about: str
    value: str
    rows: int
    target: str
    label: str
    reason: str
    near: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LostColumn:
    """A column that stays behind: how many of its cells hold something, some of them, and why it has no place."""

    header: str
    filled: int
    examples: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class SavedMappingRow:
    """Kept choices that fit a file: `known` of its `total` headers are in the file."""

    id: int
    name: str
    author_label: str
    known: int
    total: int
    may_change: bool

    @property
    def fits_whole(self) -> bool:
        return self.known == self.total


@dataclass(frozen=True, slots=True)
class ReconciliationLine:
    """Of one status and currency: what the file says, and what has been written. Amounts in major units."""

    status: str
    currency: str
    rows_in_file: int
    value_in_file: Decimal
    rows_written: int
    value_written: Decimal


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One import as its author or an admin sees it. `counts` is empty until rows are applied.

    Keys of `counts`: created, updated, unchanged, skipped; for deals also history_won, history_lost,
    next_actions_given, next_actions_taken, notes_logged, owners_defaulted, valued_from_prices, companies_created, services_to_review, people_created,
    contacts_created, stakeholders_linked; after an undo removed and kept.
    """

    id: int
    kind: str
    file_name: str
    size: int
    status: str
    source: str
    author_label: str
    columns: tuple[ColumnRow, ...]
    mapping: tuple[MappedColumn, ...]
    values: tuple[ValueChoice, ...]
    rows: int
    rows_applied: int
    problems: tuple[Problem, ...]
    problem_groups: tuple[ProblemGroup, ...]
    counts: Mapping[str, int]
    expected: Mapping[str, int]
    notes: tuple[str, ...]
    reconciliation: tuple[ReconciliationLine, ...]
    kept: tuple[tuple[Ref, str], ...]
    failure: str
    version: int
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def losses(self) -> tuple[LostColumn, ...]:
        """What of the file goes nowhere, the fullest column first."""
        lines = {line.index: line for line in self.mapping}
        left = [column for column in self.columns if column.filled and not lines[column.index].field]
        return tuple(
            LostColumn(column.header, column.filled, column.examples, lines[column.index].reason)
            for column in sorted(left, key=lambda column: (-column.filled, column.index))
        )


@dataclass(frozen=True, slots=True)
class StagedRow:
    """A row of the file and what became of it; `values` maps header to text, `status` is one of ROW_STATUSES."""

    number: int
    status: str
    values: Mapping[str, str]
    ref: Ref | None
    message: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What the caller decides instead of the proposals. Keys of the mappings are values of the file.

    `stages`: stage id, `won`, `lost` or `create` · `owners`: person id, `create`, `me` or `none` ·
    `companies`, `services`: id or `create` · `owner_id`: for deals without owner · `project_id`: for tasks without
    project · `date_order`: `dmy`, `mdy` or `ymd` for every column · `currency`: of amounts without a sign ·
    `create_stages`: make the open stages the pipeline lacks.
    """

    mapping: Mapping[str, str | None] = field(default_factory=dict)
    stages: Mapping[str, Any] = field(default_factory=dict)
    owners: Mapping[str, Any] = field(default_factory=dict)
    companies: Mapping[str, Any] = field(default_factory=dict)
    services: Mapping[str, Any] = field(default_factory=dict)
    owner_id: int | None = None
    project_id: int | None = None
    date_order: str = ""
    currency: str = ""
    create_stages: bool = False
