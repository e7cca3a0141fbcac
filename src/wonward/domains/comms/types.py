"""What crosses the border of this package."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from wonward.kernel.ref import Ref

# The `external_source` of entries that are e-mails taken in as they arrived; other sources are imports.
TAKEN_IN = "email"


class CommunicationKind(StrEnum):
    """How it was said."""

    CALL = "call"
    EMAIL = "email"
    CHAT = "chat"
    MEETING = "meeting"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class NewParticipant:
    """Somebody who took part."""

    contact_id: int | None = None
    person_id: int | None = None
    name: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class NewCommunication:
    """An entry for the log."""

    kind: CommunicationKind
    refs: tuple[Ref, ...]
    body: str
    happened_at: datetime
    subject: str = ""
    direction: str = ""
    privacy: str = "internal"
    participants: tuple[NewParticipant, ...] = ()
    is_automatic: bool = False
    external_source: str = ""
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class CommunicationRow:
    """An entry as shown to a viewer; `refs` holds only what the viewer sees."""

    id: int
    kind: str
    subject: str
    body: str
    direction: str
    privacy: str
    happened_at: datetime
    author: str
    is_automatic: bool
    refs: tuple[Ref, ...]
    participants: tuple[str, ...]
    version: int
    created_at: datetime
    updated_at: datetime
    contact_ids: tuple[int, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What to look for in the log; an empty filter is all of it. `until` is the first instant that is too late; `is_by_people` leaves
    out what the product wrote by itself."""

    text: str = ""
    contact_id: int | None = None
    refs: tuple[Ref, ...] = ()
    kinds: Collection[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    is_by_people: bool = False


@dataclass(frozen=True, slots=True)
class LogHits:
    """Entries found; `is_partial`: there was more than could be read, so that older ones may be missing."""

    rows: tuple[CommunicationRow, ...]
    is_partial: bool
