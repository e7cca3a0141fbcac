"""Facts about the house as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wonward.kernel.event import Event
from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class _AboutErrand(Event):
    errand_id: int

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref("house.errand", self.errand_id),)


@dataclass(frozen=True, slots=True)
class HouseExported(_AboutErrand):
    name: ClassVar[str] = "house.export.made"


@dataclass(frozen=True, slots=True)
class SampleRemoved(_AboutErrand):
    name: ClassVar[str] = "house.sample.removed"


@dataclass(frozen=True, slots=True)
class PersonErased(Event):
    contact_id: int
    name: ClassVar[str] = "house.person.erased"

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref("clients.contact", self.contact_id),)


@dataclass(frozen=True, slots=True)
class ColleagueErased(Event):
    person_id: int
    name: ClassVar[str] = "house.colleague.erased"

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref("staff.person", self.person_id),)


@dataclass(frozen=True, slots=True)
class _AboutRecord(Event):
    noun: str
    ref_id: int

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref(self.noun, self.ref_id),)


@dataclass(frozen=True, slots=True)
class RecordTrashed(_AboutRecord):
    name: ClassVar[str] = "house.record.trashed"


@dataclass(frozen=True, slots=True)
class RecordBroughtBack(_AboutRecord):
    name: ClassVar[str] = "house.record.brought_back"
