"""Facts about companies and contacts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wonward.kernel.event import Event
from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class CompaniesCreated(Event):
    name: ClassVar[str] = "clients.company.created"
    company_ids: list[int]

    def subjects(self) -> tuple[Ref, ...]:
        return tuple(Ref("clients.company", key) for key in self.company_ids)


@dataclass(frozen=True, slots=True)
class CompanyChanged(Event):
    name: ClassVar[str] = "clients.company.changed"
    company_id: int

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref("clients.company", self.company_id),)


@dataclass(frozen=True, slots=True)
class ContactsCreated(Event):
    name: ClassVar[str] = "clients.contact.created"
    contact_ids: list[int]

    def subjects(self) -> tuple[Ref, ...]:
        return tuple(Ref("clients.contact", key) for key in self.contact_ids)


@dataclass(frozen=True, slots=True)
class ContactChanged(Event):
    name: ClassVar[str] = "clients.contact.changed"
    contact_id: int

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref("clients.contact", self.contact_id),)


@dataclass(frozen=True, slots=True)
class RecordsMerged(Event):
    """The source, a company or a contact, went into the target; everything that pointed to it has moved."""

    name: ClassVar[str] = "clients.record.merged"
    noun: str
    source_id: int
    target_id: int

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref(self.noun, self.target_id), Ref(self.noun, self.source_id))


@dataclass(frozen=True, slots=True)
class RecordsUnmerged(Event):
    """A merge was taken back."""

    name: ClassVar[str] = "clients.record.unmerged"
    noun: str
    source_id: int
    target_id: int

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref(self.noun, self.target_id), Ref(self.noun, self.source_id))
