"""Facts about documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wonward.kernel.event import Event
from wonward.kernel.ref import Ref

NOUN = "files.document"


@dataclass(frozen=True, slots=True)
class DocumentAdded(Event):
    """A document was put on its first records."""

    name: ClassVar[str] = "files.document.added"
    document_id: int

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref(NOUN, self.document_id),)


@dataclass(frozen=True, slots=True)
class DocumentLinked(Event):
    """A document was put on further records."""

    name: ClassVar[str] = "files.document.linked"
    document_id: int

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref(NOUN, self.document_id),)


@dataclass(frozen=True, slots=True)
class DocumentChanged(Event):
    """A document got another name or another privacy."""

    name: ClassVar[str] = "files.document.changed"
    document_id: int

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref(NOUN, self.document_id),)


@dataclass(frozen=True, slots=True)
class DocumentArchived(Event):
    """A document was put away."""

    name: ClassVar[str] = "files.document.archived"
    document_id: int

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref(NOUN, self.document_id),)
