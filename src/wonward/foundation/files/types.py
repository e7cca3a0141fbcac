"""What crosses the border of the file cabinet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO

from wonward.kernel.ref import Ref


class Privacy(StrEnum):
    """Who sees a document on a record they see: colleagues, the client too, or only its uploader and owners."""

    INTERNAL = "internal"
    CLIENT = "client"
    RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """Content that lies safely in the storage: SHA-256 (64 hex digits), size in bytes, type by its bytes."""

    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document as its viewer may see it.

    `refs` names only records the viewer sees, `happened_at` is the latest time it was linked there,
    `size` is in bytes.
    """

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
    happened_at: datetime
    refs: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class DocumentVersionRow:
    """What a document showed from a moment on; the one with the highest number is what it shows now. `size` is in bytes."""

    number: int
    name: str
    sha256: str
    size: int
    media_type: str
    added_by_label: str
    added_at: datetime
    restored_from: int | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A document beside what it came with; `size` in bytes."""

    document_id: int
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A document with its content; whoever asked closes the stream."""

    row: DocumentRow
    stream: BinaryIO
