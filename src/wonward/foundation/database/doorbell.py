"""Waits until somebody else commits, so that workers and streams need not ask the tables again and again."""

from __future__ import annotations

import threading
from typing import Any

from django.db import connection, connections

_CHANNEL = "wonward"
BELL = f"pg_notify('{_CHANNEL}', '')"
"""What rings on PostgreSQL, as part of a statement."""
_POLL_SECONDS = 0.075
_SLICE_SECONDS = 0.25


def ring() -> None:
    """Tell every listener, when the current transaction commits, that there is something to fetch.

    On SQLite the commit itself is the signal.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {_CHANNEL}")


class Doorbell:
    """One listener with its own database connection; use and close it in one thread."""

    def __init__(self) -> None:
        self._connection: Any = connections["default"].copy()
        self._version: int | None = None
        self._is_listening = False

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        """Return True as soon as another connection has committed, False after `seconds` or on `stop`.

        On SQLite every commit counts, on PostgreSQL only one that rang. Database errors pass through.
        """
        if self._connection.vendor == "postgresql":
            return self._wait_for_notice(stop, seconds)
        return self._wait_for_commit(stop, seconds)

    def close(self) -> None:
        """Forget the connection; the next wait opens a new one."""
        self._connection.close()
        self._version = None
        self._is_listening = False

    def _wait_for_notice(self, stop: threading.Event, seconds: float) -> bool:
        self._connection.ensure_connection()
        raw = self._connection.connection
        if not self._is_listening:
            raw.execute(f"LISTEN {_CHANNEL}")
            self._is_listening = True
            return True
        while seconds > 0 and not stop.is_set():
            for _ in raw.notifies(timeout=min(seconds, _SLICE_SECONDS), stop_after=1):
                return True
            seconds -= _SLICE_SECONDS
        return False

    def _wait_for_commit(self, stop: threading.Event, seconds: float) -> bool:
        while True:
            version = self._data_version()
            if version != self._version:
                self._version = version
                return True
            if seconds <= 0 or stop.wait(min(seconds, _POLL_SECONDS)):
                return False
            seconds -= _POLL_SECONDS

    def _data_version(self) -> int:
        self._connection.ensure_connection()
        (version,) = self._connection.connection.execute("PRAGMA data_version").fetchone()
        return int(version)
