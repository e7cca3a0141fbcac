"""Records what a process asks of its disk, in order, and makes from it the disks a power cut could have left.

SQLite is recorded inside, at its own file methods, because that is where it says which bytes go where and what must be synced.
Between two syncs a disk may keep any of the bytes, in any order, and half of a write; a name is safe once its folder is synced.
"""

from __future__ import annotations

import ctypes
import os
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECTOR = 512
_METHODS = (
    "xClose", "xRead", "xWrite", "xTruncate", "xSync", "xFileSize", "xLock", "xUnlock", "xCheckReservedLock", "xFileControl",
    "xSectorSize", "xDeviceCharacteristics", "xShmMap", "xShmLock", "xShmBarrier", "xShmUnmap", "xFetch", "xUnfetch",
)


class _IoMethods(ctypes.Structure):
    _fields_ = [("iVersion", ctypes.c_int), *((name, ctypes.c_void_p) for name in _METHODS)]


class _File(ctypes.Structure):
    _fields_ = [("pMethods", ctypes.POINTER(_IoMethods))]


class _Vfs(ctypes.Structure):
    _fields_ = [
        ("iVersion", ctypes.c_int), ("szOsFile", ctypes.c_int), ("mxPathname", ctypes.c_int), ("pNext", ctypes.c_void_p),
        ("zName", ctypes.c_char_p), ("pAppData", ctypes.c_void_p), ("xOpen", ctypes.c_void_p), ("xDelete", ctypes.c_void_p),
    ]


_OPEN = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(_File), ctypes.c_int, ctypes.POINTER(ctypes.c_int)
)
_DELETE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)
_WRITE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_longlong)
_TRUNCATE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_longlong)
_SYNC = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)

# One request: (kind, path, value). write: (offset, bytes); truncate: size; rename: new path; ack: anything.
Request = tuple[str, str, Any]


@dataclass
class Recorder:
    """Every request of this process to the files below `root`; for a process of its own, as it cannot be taken off again."""

    root: Path
    requests: list[Request] = field(default_factory=list)
    is_on: bool = False
    _kept: list[Any] = field(default_factory=list)
    _paths: dict[int, str] = field(default_factory=dict)

    def start(self) -> None:
        """Listen from now on; open no SQLite database before."""
        self._wrap_sqlite()
        really = os.fsync

        def fsync(descriptor: int) -> None:
            path = os.readlink(f"/proc/self/fd/{descriptor}")
            if os.path.isdir(path):
                self._note("sync folder", path, None)
            else:
                self._note_content(path)
                self._note("sync", path, None)
            really(descriptor)

        os.fsync = fsync
        sys.addaudithook(self._on_audit)
        self.is_on = True

    def ack(self, value: Any) -> None:
        """From here on the caller has been told."""
        self._note("ack", str(self.root), value)

    def _note(self, kind: str, path: str, value: Any) -> None:
        if self.is_on and path.startswith(str(self.root)):
            self.requests.append((kind, path, value))

    def _note_content(self, path: str) -> None:
        self._note("write", path, (0, Path(path).read_bytes()))

    def _on_audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.is_on and event == "os.rename" and str(arguments[0]).startswith(str(self.root)):
            self._note_content(str(arguments[0]))
            self._note("rename", str(arguments[0]), str(arguments[1]))

    def _wrap_sqlite(self) -> None:
        from pysqlite3 import _sqlite3

        library = ctypes.CDLL(_sqlite3.__file__)
        library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        library.sqlite3_vfs_find.argtypes = [ctypes.c_char_p]
        vfs = library.sqlite3_vfs_find(None).contents
        really_open, really_delete = _OPEN(vfs.xOpen), _DELETE(vfs.xDelete)

        def opened(vfs_address: int, name: bytes | None, file: Any, flags: int, out: Any) -> int:
            code = really_open(vfs_address, name, file, flags, out)
            if code == 0 and name and bool(file.contents.pMethods):
                address = ctypes.addressof(file.contents)
                self._paths[address] = name.decode()
                file.contents.pMethods = self._methods_of(file.contents.pMethods.contents)
            return int(code)

        def delete(vfs_address: int, name: bytes, is_synced: int) -> int:
            self._note("remove", name.decode(), None)
            return int(really_delete(vfs_address, name, is_synced))

        self._kept += [wrapped_open := _OPEN(opened), wrapped_delete := _DELETE(delete)]
        vfs.xOpen = ctypes.cast(wrapped_open, ctypes.c_void_p).value
        vfs.xDelete = ctypes.cast(wrapped_delete, ctypes.c_void_p).value

    def _methods_of(self, original: _IoMethods) -> Any:
        """A copy of a file's methods that tells us of what changes the disk."""
        copy = _IoMethods()
        ctypes.pointer(copy)[0] = original
        write, truncate, sync = _WRITE(original.xWrite), _TRUNCATE(original.xTruncate), _SYNC(original.xSync)

        def on_write(file: int, content: int, size: int, offset: int) -> int:
            self._note("write", self._paths[file], (offset, ctypes.string_at(content, size)))
            return int(write(file, content, size, offset))

        def on_truncate(file: int, size: int) -> int:
            self._note("truncate", self._paths[file], size)
            return int(truncate(file, size))

        def on_sync(file: int, flags: int) -> int:
            self._note("sync", self._paths[file], None)
            return int(sync(file, flags))

        wrapped: list[tuple[str, Any]] = [("xWrite", _WRITE(on_write)), ("xTruncate", _TRUNCATE(on_truncate)), ("xSync", _SYNC(on_sync))]
        for name, function in wrapped:
            setattr(copy, name, ctypes.cast(function, ctypes.c_void_p).value)
        self._kept += [copy, write, truncate, sync, *(function for _, function in wrapped)]
        return ctypes.pointer(copy)


@dataclass
class Disk:
    """What is safe on a disk, and what it may still lose: writes by path, and names by folder, since their last sync."""

    safe: dict[str, bytes]
    writes: dict[str, list[Request]] = field(default_factory=dict)
    names: list[Request] = field(default_factory=list)

    def take(self, request: Request) -> None:
        """One more request reached the disk's cache."""
        kind, path, value = request
        if kind in ("write", "truncate"):
            self.writes.setdefault(path, []).append(request)
        elif kind == "sync":
            self.safe[path] = _written(self.safe.get(path, b""), self.writes.pop(path, []))
        elif kind == "rename" or kind == "remove":
            self.names.append(request)
        elif kind == "sync folder":
            self._settle_names(path)

    def _settle_names(self, folder: str) -> None:
        waiting = []
        for request in self.names:
            kind, path, value = request
            if os.path.dirname(value or path) == folder:
                _move(self.safe, self.writes, request)
            else:
                waiting.append(request)
        self.names = waiting

    def after_power_cut(self, chance: random.Random) -> dict[str, bytes]:
        """One of the disks that could be found when the power is back, by path."""
        keep = _keeper(chance)
        safe, writes = dict(self.safe), {path: list(requests) for path, requests in self.writes.items()}
        for request in self.names:
            if keep():
                _move(safe, writes, request)
        for path, requests in writes.items():
            if path in safe or keep():
                kept = [_torn(request, chance) for request in requests if keep()]
                safe[path] = _written(safe.get(path, b""), kept)
        return safe


def _keeper(chance: random.Random) -> Callable[[], bool]:
    """Whether an unsynced request made it: none, all, or each by a coin, as the cache happened to be emptied."""
    share = chance.choice((0.0, 0.5, 0.9, 1.0))
    return lambda: chance.random() < share


def _torn(request: Request, chance: random.Random) -> Request:
    """Now and then only the first sectors of a write are on the disk."""
    kind, path, value = request
    if kind == "write" and len(value[1]) > SECTOR and chance.random() < 0.1:
        return kind, path, (value[0], value[1][: SECTOR * chance.randrange(1, len(value[1]) // SECTOR + 1)])
    return request


def _move(safe: dict[str, bytes], writes: dict[str, list[Request]], request: Request) -> None:
    kind, path, value = request
    if kind == "remove":
        safe.pop(path, None)
        writes.pop(path, None)
        return
    if path in safe:
        safe[value] = safe.pop(path)
    else:
        safe[value] = b""
    if path in writes:
        writes[value] = [(kind, value, change) for kind, _, change in writes.pop(path)]


def _written(content: bytes, requests: list[Request]) -> bytes:
    data = bytearray(content)
    for kind, _, value in requests:
        if kind == "truncate":
            del data[value:]
            data.extend(bytes(max(0, value - len(data))))
        else:
            offset, more = value
            data.extend(bytes(max(0, offset + len(more) - len(data))))
            data[offset : offset + len(more)] = more
    return bytes(data)


def power_cuts(
    start: dict[str, bytes], requests: list[Request], images: int, seed: int
) -> Iterator[tuple[int, dict[str, bytes], list[Any]]]:
    """(after which request the power went, the disk found, what had been acknowledged), `images` times in order."""
    chance = random.Random(seed)
    cuts = sorted(chance.randrange(1, len(requests) + 1) for _ in range(images))
    disk, acknowledged, done = Disk(dict(start)), [], 0
    for cut in cuts:
        for request in requests[done:cut]:
            if request[0] == "ack":
                acknowledged.append(request[2])
            else:
                disk.take(request)
        done = cut
        yield cut, disk.after_power_cut(chance), list(acknowledged)
