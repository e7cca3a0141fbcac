"""Facts about the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wonward.kernel.event import Event
from wonward.kernel.ref import Ref

MOST_REFS = 500


@dataclass(frozen=True, slots=True)
class CommunicationLogged(Event):
    """Entries were added; `refs` names what they hang on, of very many the first MOST_REFS."""

    name: ClassVar[str] = "comms.communication.logged"
    communication_ids: list[int]
    refs: list[str]

    def subjects(self) -> tuple[Ref, ...]:
        entries = tuple(Ref("comms.communication", key) for key in self.communication_ids)
        return entries + tuple(Ref.parse(text) for text in self.refs)


@dataclass(frozen=True, slots=True)
class CommunicationRefiled(Event):
    """An entry hangs on other records than before, or is seen by others; `refs` names those before and after."""

    name: ClassVar[str] = "comms.communication.refiled"
    communication_ids: list[int]
    refs: list[str]

    def subjects(self) -> tuple[Ref, ...]:
        entries = tuple(Ref("comms.communication", key) for key in self.communication_ids)
        return entries + tuple(Ref.parse(text) for text in self.refs)


@dataclass(frozen=True, slots=True)
class CommunicationErased(Event):
    """Imported entries were taken back; `refs` names what they hung on."""

    name: ClassVar[str] = "comms.communication.erased"
    communication_ids: list[int]
    refs: list[str]

    def subjects(self) -> tuple[Ref, ...]:
        entries = tuple(Ref("comms.communication", key) for key in self.communication_ids)
        return entries + tuple(Ref.parse(text) for text in self.refs)
