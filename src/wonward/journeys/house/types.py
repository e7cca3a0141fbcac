"""What the house as a whole hands out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, BinaryIO


class ErrandKind(StrEnum):
    """Long work on the whole house."""

    EXPORT = "export"
    SAMPLE_PLAN = "sample_plan"
    SAMPLE = "sample"
    PERSON_PLAN = "person_plan"
    PERSON = "person"


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
class TrashRow:
    """A record in the trash; it goes for good at `goes_at`."""

    id: int
    noun: str
    name: str
    row_count: int
    trashed_by: str
    trashed_at: datetime
    goes_at: datetime
