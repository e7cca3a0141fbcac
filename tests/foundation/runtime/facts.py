from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from wonward.kernel.event import Event
from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class RecordChanged(Event):
    name: ClassVar[str] = "runtime.record.changed"
    record_id: int
    on: date = date(2026, 1, 5)
    others: tuple[int, ...] = ()

    def subjects(self) -> tuple[Ref, ...]:
        return tuple(Ref("runtime.record", key) for key in (self.record_id, *self.others))


@dataclass(frozen=True, slots=True)
class RecordCounted(Event):
    name: ClassVar[str] = "runtime.record.counted"
    record_id: int

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref("runtime.record", self.record_id),)


@dataclass(frozen=True, slots=True)
class RightsChanged(Event):
    name: ClassVar[str] = "access.user.changed"
    user_id: int

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref("access.user", self.user_id),)
