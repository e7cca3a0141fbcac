"""Facts about imports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wonward.kernel.event import Event
from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class _AboutBatch(Event):
    batch_id: int

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref("imports.batch", self.batch_id),)


@dataclass(frozen=True, slots=True)
class ImportStaged(_AboutBatch):
    name: ClassVar[str] = "imports.batch.staged"


@dataclass(frozen=True, slots=True)
class ImportFinished(_AboutBatch):
    name: ClassVar[str] = "imports.batch.finished"


@dataclass(frozen=True, slots=True)
class ImportFailed(_AboutBatch):
    name: ClassVar[str] = "imports.batch.failed"


@dataclass(frozen=True, slots=True)
class ImportUndone(_AboutBatch):
    name: ClassVar[str] = "imports.batch.undone"
