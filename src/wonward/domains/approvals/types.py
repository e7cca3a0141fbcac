"""What crosses the border of this package."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from wonward.kernel.ref import Ref

STATES = ("open", "approved", "rejected", "withdrawn")
DECISIONS = ("approved", "rejected")
STEP_KINDS = ("internal", "client")
MOST_STEPS = 20
MOST_FILES = 30


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file as it was when it was put forward; its content is found by `sha256`, `size` is in bytes."""

    document_id: int
    name: str
    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class NewStep:
    """Somebody to ask: a colleague (`person_id`) or somebody at the client, by name and perhaps as a contact.

    Steps with the same `position` are asked together, the next position once all of them approved.
    """

    kind: str
    position: int = 1
    person_id: int | None = None
    contact_id: int | None = None
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class NewVersion:
    """Something put forward for approval: `words` say what is asked, `criteria` and `files` are frozen with it."""

    ref: Ref
    title: str
    place: str
    words: str
    steps: tuple[NewStep, ...]
    criteria: tuple[str, ...] = ()
    files: tuple[FileShown, ...] = ()
    due_date: date | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """An answer given elsewhere, such as on the telephone: by whom, in which words, on which day."""

    name: str
    words: str
    on_date: date
    contact_id: int | None = None
    decision: str = "approved"


@dataclass(frozen=True, slots=True)
class Answered:
    """What an answer came to; `state` is one of STATES, a replay changed nothing."""

    approval_id: int
    ref: Ref
    title: str
    state: str
    decision: str
    by: str
    number: int
    words: str
    is_replayed: bool = False


@dataclass(frozen=True, slots=True)
class SightingRow:
    """Somebody looked at what was put forward."""

    label: str
    via: str
    first_at: datetime
    last_at: datetime
    times: int


@dataclass(frozen=True, slots=True)
class StepRow:
    """Somebody who is asked. `state`: waiting (others come first), asked, approved, rejected, or ended without an answer."""

    id: int
    kind: str
    position: int
    person_id: int | None
    contact_id: int | None
    name: str
    email: str
    state: str
    asked_at: datetime | None
    delegated_by: str
    answered_at: datetime | None
    answered_by: str
    recorded_by: str
    words: str
    via: str
    reminded_at: datetime | None
    has_link: bool
    sightings: tuple[SightingRow, ...]


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version put forward, with everybody asked about it. `state`: one of STATES, or superseded by the next version."""

    number: int
    state: str
    words: str
    criteria: tuple[str, ...]
    files: tuple[FileShown, ...]
    due_date: date | None
    asked_by: str
    asked_at: datetime
    settled_at: datetime | None
    reason: str
    steps: tuple[StepRow, ...]


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """An approval as a list shows it. `waits_for` names who is asked at the moment."""

    id: int
    ref: Ref
    title: str
    place: str
    state: str
    number: int
    due_date: date | None
    asked_by: str
    waits_for: tuple[str, ...]
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """An approval with all its versions, the newest first, and the viewer's own open step."""

    row: ApprovalRow
    versions: tuple[VersionRow, ...]
    my_step_id: int | None

    @property
    def current(self) -> VersionRow:
        return self.versions[0]


@dataclass(frozen=True, slots=True)
class PublicApproval:
    """What the holder of a link sees. `state`: open, answered, superseded, withdrawn, ended or expired."""

    state: str
    title: str
    place: str
    number: int
    words: str
    criteria: tuple[str, ...]
    files: tuple[FileShown, ...]
    due_date: date | None
    asked_by: str
    asked_at: datetime
    name: str
    decision: str
    answered_by: str
    answered_at: datetime | None
    said: str
    expires_at: datetime
