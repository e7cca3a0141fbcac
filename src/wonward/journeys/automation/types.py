"""What crosses the border of this package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

MOST_ROWS = 10_000
ADD_TAGS, REMOVE_TAGS = "add_tags", "remove_tags"
TRASHED = "trash"
# What goes along with a change without being asked for: kept for the way back, never shown.
BEHIND = "_"
STANDING = ("_in_stage_since", "_close_slips", "_told")


class BulkKind(StrEnum):
    """What a field of a bulk change takes: ids are numbers, days YYYY-MM-DD, an action kind, due_date, note, owner_id; trash is true."""

    PERSON = "person"
    STAGE = "stage"
    CAMPAIGN = "campaign"
    SERVICE = "service"
    CHOICE = "choice"
    TEXT = "text"
    DATE = "date"
    ACTION = "action"
    REASON = "reason"
    TAGS = "tags"
    CUSTOM = "custom"
    TRASH = "trash"


class BulkStatus(StrEnum):
    """Where a bulk change stands. The three that end in -ing are at work."""

    CHECKING = "checking"
    READY = "ready"
    APPLYING = "applying"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    FAILED = "failed"


class RowStatus(StrEnum):
    """What becomes of one record: looked at (ready, same, refused), written (done, refused), taken back (undone, kept)."""

    WAITING = "waiting"
    READY = "ready"
    SAME = "same"
    REFUSED = "refused"
    DONE = "done"
    UNDONE = "undone"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class BulkField:
    """A field that many records of a noun can be given at once. `label` is set for custom fields only."""

    key: str
    kind: BulkKind
    may_be_empty: bool = False
    choices: tuple[str, ...] = ()
    label: str = ""
    custom_kind: str = ""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after, as plain JSON values."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class BulkRowView:
    """One record of a bulk change. `code` says what kind of refusal: gate, not_allowed, required, stale…"""

    ref_id: int
    name: str
    status: RowStatus
    code: str
    message: str
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class BulkChangeRow:
    """A bulk change as its author sees it. `counts` maps a RowStatus to how many records have it; none are left out."""

    id: int
    noun: str
    status: BulkStatus
    asked: Mapping[str, Any]
    row_count: int
    counts: Mapping[str, int]
    failure: str
    author_label: str
    created_at: datetime
    finished_at: datetime | None

    @property
    def is_running(self) -> bool:
        return self.status in (BulkStatus.CHECKING, BulkStatus.APPLYING, BulkStatus.UNDOING)

    @property
    def handled(self) -> int:
        """How many records the step at work has behind it."""
        left = {BulkStatus.CHECKING: RowStatus.WAITING, BulkStatus.APPLYING: RowStatus.READY, BulkStatus.UNDOING: RowStatus.DONE}
        return self.row_count - self.counts.get(left[self.status].value, 0) if self.status in left else self.row_count
