"""Where content lies: on disk under its hash, or later in any storage that keeps this protocol.

Content is stored before the transaction that mentions it, so a committed row never lacks its bytes;
content whose transaction failed is harmless and may be stored again.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings

from wonward.foundation.files.rules import HEAD_BYTES, limit_in_words, sniff_media_type
from wonward.foundation.files.types import StoredBlob
from wonward.kernel.errors import FieldError, Refused
from wonward.kernel.wording import worded

_CHUNK_BYTES = 256 * 1024
_HASH = re.compile(r"[0-9a-f]{64}")


class ReadableStream(Protocol):
    """Anything with `read(size)`: an upload, a file, a response body."""

    def read(self, size: int = -1, /) -> bytes: ...


class Storage(Protocol):
    """What a storage can do. `sha256` is always 64 hex digits."""

    def put(self, stream: ReadableStream, limit_bytes: int) -> StoredBlob: ...

    def open(self, sha256: str) -> BinaryIO: ...

    def find_size(self, sha256: str) -> int | None: ...

    def remove(self, sha256: str) -> None: ...

    def remove_leftovers(self, before_timestamp: float) -> int: ...


class DiskStorage:
    """Content in `<root>/ab/cd/<hash>`, written aside, synced to disk, then renamed into place."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._aside = root / "incoming"

    def path_of(self, sha256: str) -> Path:
        """Where content with this hash lies; a ValueError for anything that is not a hash."""
        if not _HASH.fullmatch(sha256):
            raise ValueError("Content is found by its SHA-256 in 64 lower-case hex digits.")
        return self._root / sha256[:2] / sha256[2:4] / sha256

    def put(self, stream: ReadableStream, limit_bytes: int) -> StoredBlob:
        """Store a stream durably and say what it was; Refused when it is longer than `limit_bytes`."""
        self._aside.mkdir(parents=True, exist_ok=True)
        aside = self._aside / secrets.token_hex(16)
        try:
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                blob = _copy(stream, file, limit_bytes)
                file.flush()
                os.fsync(file.fileno())
            self._move_into_place(aside, self.path_of(blob.sha256))
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        return blob

    def _move_into_place(self, aside: Path, target: Path) -> None:
        # Also when the content exists: replacing it heals a damaged copy, and syncing the folders makes sure
        # that a copy another process has just renamed survives a power cut.
        target.parent.mkdir(parents=True, exist_ok=True)
        aside.replace(target)
        for folder in (target.parent, target.parent.parent, self._root):
            _sync_folder(folder)

    def open(self, sha256: str) -> BinaryIO:
        """The content for reading; FileNotFoundError if it is gone."""
        return self.path_of(sha256).open("rb")

    def find_size(self, sha256: str) -> int | None:
        """The stored size in bytes, or None if there is no such content."""
        with suppress(FileNotFoundError):
            return self.path_of(sha256).stat().st_size
        return None

    def remove(self, sha256: str) -> None:
        """Remove content for good; what is gone already changes nothing."""
        self.path_of(sha256).unlink(missing_ok=True)

    def remove_leftovers(self, before_timestamp: float) -> int:
        """Remove uploads that broke off before a moment (seconds since 1970); how many there were."""
        removed = 0
        for path in self._aside.glob("*") if self._aside.is_dir() else ():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before_timestamp:
                    path.unlink()
                    removed += 1
        return removed


def _copy(stream: ReadableStream, file: BinaryIO, limit_bytes: int) -> StoredBlob:
    digest, size, head = hashlib.sha256(), 0, b""
    for chunk in _chunks(stream):
        size += len(chunk)
        if size > limit_bytes:
            sentence = worded("The file is larger than {limit}, which is the most one file may have.", limit=limit_in_words(limit_bytes))
            raise Refused(sentence, [FieldError("file", sentence, "too_large")])
        if len(head) < HEAD_BYTES:
            head += chunk[: HEAD_BYTES - len(head)]
        digest.update(chunk)
        file.write(chunk)
    return StoredBlob(digest.hexdigest(), size, sniff_media_type(head))


def _chunks(stream: ReadableStream) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK_BYTES):
        yield chunk


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def current_storage() -> Storage:
    """The storage this installation uses."""
    return DiskStorage(Path(settings.DATA_DIR) / "blobs")


def put_stream(stream: ReadableStream, limit_bytes: int | None = None) -> StoredBlob:
    """Store a stream durably, outside any transaction; the limit is settings.UPLOAD_LIMIT_BYTES unless given."""
    return current_storage().put(stream, settings.UPLOAD_LIMIT_BYTES if limit_bytes is None else limit_bytes)
