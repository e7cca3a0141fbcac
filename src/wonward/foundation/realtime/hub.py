"""Follows the event log once per process and serves all open streams from it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Hashable, Iterable, Sequence

from django.db import close_old_connections, connections

from wonward.foundation.database.doorbell import Doorbell
from wonward.foundation.events.queries import has_unsettled_events, latest_event_id, list_events_after
from wonward.foundation.events.types import EventRow
from wonward.foundation.realtime.listener import Listener
from wonward.foundation.realtime.messages import encode_events
from wonward.foundation.realtime.queries import show_events

RECHECK_SECONDS = 30.0
REVOCATIONS = "access."
MOST_LISTENERS = 5000
_IDLE_SECONDS = 1.0
_UNSETTLED_SECONDS = 0.03
_ROWS_AT_ONCE = 200
_LONGEST_PAUSE_SECONDS = 5.0
# Waking a stream costs far more than one more event in what it is sent: the more streams, the longer events are gathered.
_REST_SECONDS_A_LISTENER = 0.0005
_LONGEST_REST_SECONDS = 1.0
# Between so many streams that are woken, requests of the same process get their turn.
_WOKEN_AT_ONCE, _BREATH_SECONDS = 50, 0.01
_log = logging.getLogger("wonward.realtime")


class Hub:
    """Reads new events in one thread, asks once per kind of rights who sees them, and hands them out.

    The thread starts with the first listener and rests while there is none.
    """

    def __init__(self, *, recheck_seconds: float = RECHECK_SECONDS) -> None:
        self._recheck_seconds = recheck_seconds
        self._lock = threading.Lock()
        self._listeners: set[Listener] = set()
        self._position = 0
        self._woken = 0
        self._stop = threading.Event()
        self._somebody_listens = threading.Event()
        self._thread: threading.Thread | None = None

    def join(self, listener: Listener) -> int | None:
        """Add a listener: it gets every event after the returned id. None when there is no room for it.

        Asks the database, so never call it on an event loop.
        """
        listener.check_at = time.monotonic() + self._recheck_seconds
        latest = latest_event_id()
        with self._lock:
            if self._stop.is_set() or len(self._listeners) >= MOST_LISTENERS:
                return None
            if not self._listeners:
                self._position = latest
            self._listeners.add(listener)
            self._somebody_listens.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._follow, name="event-streams", daemon=True)
                self._thread.start()
            return self._position

    def leave(self, listener: Listener) -> None:
        """Forget a listener."""
        with self._lock:
            self._listeners.discard(listener)
            if not self._listeners:
                self._somebody_listens.clear()

    def stop(self) -> None:
        """End every stream and the thread; listeners resume elsewhere or after the restart."""
        self._stop.set()
        self._somebody_listens.set()
        for listener in self._all():
            listener.close_soon()

    def wait_until_stopped(self, seconds: float = 5.0) -> None:
        """Wait for the thread to end."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _follow(self) -> None:
        bell = Doorbell()
        pause = 0.1
        while not self._stop.is_set():
            try:
                if not self._somebody_listens.is_set():
                    bell.close()
                    self._somebody_listens.wait()
                close_old_connections()
                bell.wait(self._stop, _UNSETTLED_SECONDS if has_unsettled_events() else _IDLE_SECONDS)
                self._recheck(self._overdue())
                while not self._stop.is_set() and self._hand_out():
                    pass
                self._stop.wait(rest_seconds(len(self._all())))
                pause = 0.1
            except Exception as error:
                _log.warning("Event streams pause for %.1f seconds: %s", pause, error, exc_info=True)
                bell.close()
                connections.close_all()
                self._stop.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        bell.close()
        connections.close_all()

    def _hand_out(self) -> bool:
        """Give the next events to everybody who sees them; whether there may be more."""
        with self._lock:
            position = self._position
        rows = list_events_after(after=position, limit=_ROWS_AT_ONCE)
        if not rows:
            return False
        with self._lock:
            if self._position != position:
                return True
            listeners = list(self._listeners)
            self._position = rows[-1].id
        if any(row.name.startswith(REVOCATIONS) for row in rows):
            self._recheck(listeners)
        for group in _by_rights(listeners):
            self._serve(group, rows)
        return len(rows) == _ROWS_AT_ONCE

    def _serve(self, group: Sequence[Listener], rows: Sequence[EventRow]) -> None:
        try:
            messages = encode_events(show_events(rows, actor=group[0].actor))
        except Exception:
            # They come back with the last id they saw, so nothing is lost.
            for listener in group:
                listener.close_soon()
            raise
        for listener in group if messages else ():
            listener.send_soon(messages)
            self._woken += 1
            if self._woken % _WOKEN_AT_ONCE == 0:
                self._stop.wait(_BREATH_SECONDS)

    def _recheck(self, listeners: Iterable[Listener]) -> None:
        """Ask again who these listeners are; end the streams of those who are nobody any more."""
        for listener in listeners:
            listener.check_at = time.monotonic() + self._recheck_seconds
            actor = listener.authenticate()
            if actor is None:
                listener.is_closed = True
                listener.close_soon()
            else:
                listener.actor = actor

    def _overdue(self) -> list[Listener]:
        now = time.monotonic()
        return [listener for listener in self._all() if listener.check_at <= now]

    def _all(self) -> list[Listener]:
        with self._lock:
            return list(self._listeners)


def rest_seconds(listeners: int) -> float:
    """How long events are gathered after some were handed out to so many; a second at most."""
    return min(_LONGEST_REST_SECONDS, listeners * _REST_SECONDS_A_LISTENER)


def _by_rights(listeners: Iterable[Listener]) -> list[list[Listener]]:
    groups: dict[Hashable, list[Listener]] = {}
    for listener in listeners:
        if not listener.is_closed:
            groups.setdefault(listener.rights, []).append(listener)
    return list(groups.values())
