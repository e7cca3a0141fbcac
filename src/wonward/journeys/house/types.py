"""What the house as a whole hands out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, BinaryIO

from wonward.kernel.ref import Ref


class ErrandKind(StrEnum):
    """Long work on the whole house."""

    EXPORT = "export"
    SAMPLE_PLAN = "sample_plan"
    SAMPLE = "sample"
    SAMPLE_LOAD = "sample_load"
    PERSON_PLAN = "person_plan"
    PERSON = "person"
    FORMER_PLAN = "former_plan"
    FORMER = "former"


class ErrandState(StrEnum):
    """Where an errand stands; `gone` when what it brought was cleared away."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class ErrandRow:
    """One errand. `report` tells what it did, `size` is of the file it made, in bytes."""

    id: int
    kind: ErrandKind
    state: ErrandState
    asked_by: str
    report: Mapping[str, Any]
    failure: str
    size: int
    created_at: datetime
    finished_at: datetime | None
    given: Mapping[str, Any]

    @property
    def is_under_way(self) -> bool:
        """Whether it still waits or runs."""
        return self.state in (ErrandState.WAITING, ErrandState.RUNNING)


@dataclass(frozen=True, slots=True)
class ExportFile:
    """The file of a finished export."""

    name: str
    stream: BinaryIO
    size: int


@dataclass(frozen=True, slots=True)
class MadeBackup:
    """A backup that was written and read back: the name of its file, and its size in bytes."""

    file: str
    size: int


@dataclass(frozen=True, slots=True)
class BackupRow:
    """When backups are made, how many are kept, and how the last one went; `failure` is empty when it went well."""

    is_on: bool
    hour: int
    keep: int
    version: int
    tried_at: datetime | None
    done_at: datetime | None
    file: str
    size: int
    failure: str


@dataclass(frozen=True, slots=True)
class FormerRow:
    """A colleague whom somebody wants to erase; `is_former` once they have left."""

    id: int
    name: str
    is_former: bool
    is_erased: bool


@dataclass(frozen=True, slots=True)
class TrashRow:
    """A record in the trash; it goes for good at `goes_at`."""

    id: int
    noun: str
    ref_id: int
    name: str
    row_count: int
    trashed_by: str
    trashed_at: datetime
    goes_at: datetime


class RetentionKey(StrEnum):
    """What a rule of retention is about."""

    LEADS = "leads"
    CONTACTS = "contacts"
    LOG = "log"
    SIGN_INS = "sign_ins"
    NOTICES = "notices"
    MAIL = "mail"
    EXPORTS = "exports"
    OPENINGS = "openings"


class WhyKept(StrEnum):
    """Why a row that is old enough stays; empty when it goes."""

    NOTHING = ""
    HELD = "held"
    OPEN_WORK = "open_work"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class RetentionRow:
    """A rule as it stands; months are counted back from now."""

    key: RetentionKey
    is_on: bool
    months: int
    shortest: int
    version: int
    ran_at: datetime | None
    done_count: int
    kept_count: int


@dataclass(frozen=True, slots=True)
class DueRow:
    """A row that is older than its rule allows. `noun` is empty when it has no page; `since` is the moment its age counts from."""

    key: int
    noun: str
    name: str
    since: datetime
    why_kept: WhyKept


@dataclass(frozen=True, slots=True)
class DueRows:
    """A page of what a rule touches now, and how many go and stay in all."""

    rows: tuple[DueRow, ...]
    going: int
    kept: int
    before: datetime


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A legal hold on a record; live as long as `released_at` is empty."""

    id: int
    ref: Ref
    name: str
    reason: str
    set_by: str
    set_at: datetime
    released_by: str
    released_at: datetime | None
