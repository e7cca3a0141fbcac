from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

import pytest

from wonward.foundation.files import storage
from wonward.foundation.files.storage import DiskStorage
from wonward.kernel.errors import Refused


@pytest.fixture
def disk(tmp_path: Path) -> DiskStorage:
    return DiskStorage(tmp_path / "blobs")


class Slowly:
    """A stream that hands out few bytes at a time, and may break."""

    def __init__(self, content: bytes, step: int = 3, breaks: bool = False) -> None:
        self._source, self._step, self._breaks = io.BytesIO(content), step, breaks

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._source.read(self._step)
        if not chunk and self._breaks:
            raise ConnectionResetError("the sender went away")
        return chunk


def test_content_is_kept_under_its_hash_and_read_back(disk):
    blob = disk.put(Slowly(b"%PDF-1.7 hello"), 1000)
    assert blob.sha256 == hashlib.sha256(b"%PDF-1.7 hello").hexdigest()
    assert (blob.size, blob.media_type) == (14, "application/pdf")
    with disk.open(blob.sha256) as stream:
        assert stream.read() == b"%PDF-1.7 hello"
    assert disk.path_of(blob.sha256).parts[-3:-1] == (blob.sha256[:2], blob.sha256[2:4])


def test_the_same_content_is_kept_once(disk, tmp_path):
    first, second = disk.put(io.BytesIO(b"same"), 10), disk.put(io.BytesIO(b"same"), 10)
    assert first == second
    assert len([path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]) == 1


def test_storing_again_heals_damaged_content(disk):
    blob = disk.put(io.BytesIO(b"good"), 10)
    disk.path_of(blob.sha256).write_bytes(b"evil")
    disk.put(io.BytesIO(b"good"), 10)
    assert disk.path_of(blob.sha256).read_bytes() == b"good"


def test_one_byte_above_the_limit_is_refused_in_words_and_leaves_nothing(disk, tmp_path):
    assert disk.put(io.BytesIO(b"x" * 2048), 2048).size == 2048
    with pytest.raises(Refused, match="larger than 2 kB") as refusal:
        disk.put(io.BytesIO(b"y" * 2049), 2048)
    assert [error.field for error in refusal.value.errors] == ["file"]
    assert list((tmp_path / "blobs" / "incoming").iterdir()) == []


def test_an_endless_stream_is_cut_off_at_the_limit(disk):
    class Endless:
        given = 0

        def read(self, size: int = -1, /) -> bytes:
            self.given += 1
            return b"x" * 1000

    endless = Endless()
    with pytest.raises(Refused):
        disk.put(endless, 5000)
    assert endless.given == 6


def test_a_broken_upload_leaves_nothing(disk, tmp_path):
    with pytest.raises(ConnectionResetError):
        disk.put(Slowly(b"half", breaks=True), 100)
    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "", "a" * 63, "A" * 64, "a" * 64 + "\n", "/" * 64, "a" * 65]
)
def test_only_a_hash_is_a_name(disk, name):
    with pytest.raises(ValueError, match="SHA-256"):
        disk.open(name)


def test_the_file_is_synced_before_it_is_renamed_and_the_folder_after(disk, monkeypatch):
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def watched_fsync(descriptor: int) -> None:
        steps.append("sync folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "sync file")
        fsync(descriptor)

    def watched_replace(self: Path, target: Path) -> Path:
        steps.append("rename")
        return replace(self, target)

    monkeypatch.setattr(storage.os, "fsync", watched_fsync)
    monkeypatch.setattr(Path, "replace", watched_replace)
    disk.put(io.BytesIO(b"x"), 10)
    assert steps == ["sync file", "rename", "sync folder", "sync folder", "sync folder"]


def test_a_stored_file_is_for_its_owner_alone(disk):
    blob = disk.put(io.BytesIO(b"x"), 10)
    assert disk.path_of(blob.sha256).stat().st_mode & 0o777 == 0o600


def test_only_old_leftovers_are_removed(disk, tmp_path):
    disk.put(io.BytesIO(b"x"), 10)
    old, young = tmp_path / "blobs/incoming/old", tmp_path / "blobs/incoming/young"
    for path, stamp in ((old, 1000.0), (young, 3000.0)):
        path.touch()
        os.utime(path, (stamp, stamp))
    assert disk.remove_leftovers(2000.0) == 1
    assert young.exists()
    assert not old.exists()


def test_the_size_of_missing_content_is_none(disk):
    assert disk.find_size("0" * 64) is None
