"""The worker: delivers events, runs jobs, keeps schedules, and takes over from workers that died.

One thread listens and keeps house, one delivers events, a few run jobs, so that a long job delays no event.
Every thread survives a database that goes away.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from wonward.foundation.database.doorbell import Doorbell
from wonward.foundation.events.dispatcher import LEASE, deliver_pending
from wonward.foundation.events.operations import settle_restored_events
from wonward.foundation.jobs.runner import extend_lease, reap_abandoned_jobs, run_next_job
from wonward.foundation.jobs.schedules import Schedules
from wonward.foundation.jobs.types import JobLease

_IDLE_SECONDS = 1.0
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0
_DELIVERED_AT_ONCE = 50
_log = logging.getLogger("wonward.worker")


def run_worker(stop: threading.Event, *, job_threads: int = 2, lease: timedelta = LEASE) -> None:
    """Work until `stop` is set, then finish the steps at hand and return."""
    _Worker(stop, lease).run(job_threads)


def run_worker_until_signalled(*, job_threads: int = 2, lease: timedelta = LEASE) -> None:
    """Work until SIGTERM or SIGINT, then finish the steps at hand and return. Main thread only."""
    stop = threading.Event()

    def end(*_: object) -> None:
        # Setting the event right here could wait for a lock that this very thread holds.
        threading.Thread(target=stop.set).start()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    run_worker(stop, job_threads=job_threads, lease=lease)


class _Worker:
    """The threads of one worker and what they share."""

    def __init__(self, stop: threading.Event, lease: timedelta) -> None:
        self._stop = stop
        self._lease = lease
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._bell = Doorbell()
        self._schedules = Schedules()
        self._wakers: list[threading.Event] = []
        self._held: dict[int, JobLease] = {}
        self._extended_at = datetime.now(UTC)

    def run(self, job_threads: int) -> None:
        threads = [self._start("events", self._deliver)]
        threads += [self._start(f"jobs-{number}", self._run_job) for number in range(job_threads)]
        self._keep_going(self._settle, once=True)
        self._keep_going(self._keep_house)
        for waker in self._wakers:
            waker.set()
        for thread in threads:
            while thread.is_alive():
                thread.join(_IDLE_SECONDS)
                with suppress(DatabaseError, InterfaceError):
                    self._extend_leases(datetime.now(UTC))
        self._bell.close()
        connections.close_all()

    def _start(self, name: str, step: Callable[[], bool]) -> threading.Thread:
        waker = threading.Event()
        self._wakers.append(waker)

        def work() -> None:
            self._keep_going(step, waker=waker)
            connections.close_all()

        thread = threading.Thread(target=work, name=name, daemon=True)
        thread.start()
        return thread

    def _keep_going(
        self, step: Callable[[], bool], *, waker: threading.Event | None = None, once: bool = False
    ) -> None:
        """Repeat a step until told to stop; rest on `waker` when it had nothing to do, longer when it fails."""
        pause = _FIRST_PAUSE_SECONDS
        while not self._stop.is_set():
            try:
                close_old_connections()
                if waker is not None:
                    waker.clear()
                was_busy = step()
                if once:
                    return
                pause = _FIRST_PAUSE_SECONDS
                if waker is not None and not was_busy and not self._stop.is_set():
                    waker.wait(_IDLE_SECONDS)
            except Exception as error:
                _log.warning(
                    "The worker pauses for %.1f seconds: %s",
                    pause,
                    error,
                    exc_info=not isinstance(error, DatabaseError | InterfaceError),
                )
                connections.close_all()
                self._stop.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    def _settle(self) -> bool:
        return settle_restored_events() > 0

    def _deliver(self) -> bool:
        return deliver_pending(now=datetime.now(UTC), limit=_DELIVERED_AT_ONCE, lease=self._lease) > 0

    def _run_job(self) -> bool:
        thread = threading.get_ident()

        def hold(leased: JobLease) -> None:
            self._held[thread] = leased

        try:
            return run_next_job(now=datetime.now(UTC), worker=self._name, lease=self._lease, on_lease=hold)
        finally:
            self._held.pop(thread, None)

    def _keep_house(self) -> bool:
        try:
            if self._bell.wait(self._stop, _IDLE_SECONDS):
                for waker in self._wakers:
                    waker.set()
        except Exception:
            self._bell.close()
            raise
        now = datetime.now(UTC)
        self._extend_leases(now)
        reap_abandoned_jobs(now=now)
        self._schedules.tick(now=now)
        return True

    def _extend_leases(self, now: datetime) -> None:
        if now - self._extended_at < self._lease / 4:
            return
        self._extended_at = now
        for leased in list(self._held.values()):
            extend_lease(leased, now=now, lease=self._lease)
