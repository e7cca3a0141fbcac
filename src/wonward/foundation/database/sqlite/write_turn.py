"""One writer at a time on a host, in a queue of the operating system instead of SQLite's sleeping retries."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote

from django.db import OperationalError


class WriteTurn:
    """The turn of one connection. Its descriptor is its own, so threads of one process queue as well.

    `timeout` is in seconds; whoever waits longer gets the OperationalError SQLite itself would give.
    """

    def __init__(self, database: str, timeout: float) -> None:
        self.is_held = False
        self._timeout = timeout
        self._path = os.path.realpath(_path_of(database)) + ".writer"
        self._descriptor = self._open()

    def take(self) -> None:
        """Wait for the turn; taking it again while holding it changes nothing."""
        if self.is_held or self._descriptor < 0:
            return
        if not _lock_at_once(self._descriptor):
            self._queue()
        self.is_held = True

    def give_back(self) -> None:
        """Let the next writer in; giving back what is not held changes nothing."""
        if self.is_held:
            self.is_held = False
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the turn for the length of a block."""
        self.take()
        try:
            yield
        finally:
            self.give_back()

    def close(self) -> None:
        """Give the turn back and close the descriptor."""
        self.is_held = False
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _queue(self) -> None:
        is_ours = False
        try:
            is_ours = _Wait(self._descriptor).succeeds_within(self._timeout)
        finally:
            if not is_ours:
                # The old place in the queue belongs to the thread that still waits there.
                os.close(self._descriptor)
                self._descriptor = self._open()
        if not is_ours:
            raise OperationalError(f"database is locked: no turn to write within {self._timeout:g} seconds")

    def _open(self) -> int:
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            # A folder that cannot be written has no writers; SQLite will say so itself.
            return -1


class _Wait:
    """Waits in the kernel's queue, in a thread because the system call knows no timeout.

    The thread has a duplicate of the descriptor, so that it outlives whoever gave up waiting.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = os.dup(descriptor)
        self._is_locked = threading.Event()
        self._is_given_up = False
        self._settling = threading.Lock()

    def succeeds_within(self, seconds: float) -> bool:
        threading.Thread(target=self._wait, name="write-turn", daemon=True).start()
        try:
            self._is_locked.wait(seconds)
        finally:
            with self._settling:
                self._is_given_up = not self._is_locked.is_set()
        return not self._is_given_up

    def _wait(self) -> None:
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        with self._settling:
            if self._is_given_up:
                fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            self._is_locked.set()
        os.close(self._descriptor)


def _path_of(database: str) -> str:
    if not database.startswith("file:"):
        return database
    return unquote(database.removeprefix("file:").split("?", 1)[0])


def _lock_at_once(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
