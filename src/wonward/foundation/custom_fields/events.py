"""Facts about custom fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wonward.kernel.event import Event
from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class CustomValuesChanged(Event):
    """Somebody filled in or emptied custom fields of a record."""

    name: ClassVar[str] = "custom_fields.values.changed"
    noun: str
    ref_id: int

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref(self.noun, self.ref_id),)
