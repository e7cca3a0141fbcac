"""One writer at a time on a host, in a queue of the operating system instead of SQLite's sleeping retries."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote

from django.db import OperationalError

_FIRST_PAUSE_SECONDS = 0.0002
_LONGEST_PAUSE_SECONDS = 0.004


class WriteTurn:
    """The turn of one connection. Its descriptor is its own, so threads of one process queue as well.

    `timeout` is in seconds; whoever waits longer gets the OperationalError SQLite itself would give.
    """

    def __init__(self, database: str, timeout: float) -> None:
        self.is_held = False
        self._timeout = timeout
        path = database.removeprefix("file:").split("?", 1)[0] if database.startswith("file:") else database
        try:
            self._descriptor = os.open(
                os.path.realpath(unquote(path) if path is not database else path) + ".writer",
                os.O_RDWR | os.O_CREAT | os.O_CLOEXEC,
                0o600,
            )
        except OSError:
            # A folder that cannot be written has no writers; SQLite will say so itself.
            self._descriptor = -1

    def take(self) -> None:
        """Wait for the turn; taking it again while holding it changes nothing."""
        if self.is_held or self._descriptor < 0:
            return
        deadline = time.monotonic() + self._timeout
        pause = _FIRST_PAUSE_SECONDS
        while not self._try_lock():
            if time.monotonic() > deadline:
                raise OperationalError(
                    f"database is locked: no turn to write within {self._timeout:g} seconds"
                )
            time.sleep(pause)
            pause = min(pause * 1.3, _LONGEST_PAUSE_SECONDS)
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

    def _try_lock(self) -> bool:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
