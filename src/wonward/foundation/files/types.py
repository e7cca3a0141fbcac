"""What crosses the border of the file cabinet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wonward.kernel.ref import Ref


class Privacy(StrEnum):
    """Who sees what hangs on a record they see: colleagues, the client too, or only named people."""

    INTERNAL = "internal"
    CLIENT = "client"
    RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """Content that lies safely on disk: its hash (64 hex digits), its size in bytes, what its bytes say it is."""

    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document as a viewer may see it. `refs` names only the records that viewer sees."""

    id: int
    name: str
    sha256: str
    size: int
    media_type: str
    privacy: Privacy
    uploaded_by_id: int | None
    uploaded_by_label: str
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    refs: tuple[Ref, ...]
