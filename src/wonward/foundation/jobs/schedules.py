"""Queues the scheduled jobs: each tick once, however many workers look."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction

from wonward.foundation.jobs.models import ScheduleTick
from wonward.foundation.jobs.operations import enqueue
from wonward.foundation.jobs.queries import is_job_waiting
from wonward.foundation.jobs.registry import all_jobs

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Schedules:
    """The schedules as one worker sees them; it remembers the ticks it has dealt with."""

    def __init__(self) -> None:
        self._seen: dict[str, datetime] = {}

    def tick(self, *, now: datetime) -> int:
        """Queue every scheduled job whose current tick nobody has queued yet; how many were queued.

        Ticks missed while no worker ran are not made up for, only the latest counts. While a job of the same
        name still waits or runs, its tick passes.
        """
        queued = 0
        for job in all_jobs():
            if job.every is None:
                continue
            due_at = latest_tick(job.every, now)
            if self._seen.get(job.name) != due_at:
                queued += _queue_once(job.name, due_at, now)
                self._seen[job.name] = due_at
        return queued


def latest_tick(every: timedelta, now: datetime) -> datetime:
    """The last multiple of `every` since 1970 (UTC) that is not after `now`."""
    return now - (now - _EPOCH) % every


def _queue_once(name: str, due_at: datetime, now: datetime) -> bool:
    if ScheduleTick.objects.filter(name=name, due_at=due_at).exists():
        return False
    with transaction.atomic():
        _, is_ours = ScheduleTick.objects.get_or_create(name=name, due_at=due_at)
        if not is_ours or is_job_waiting(name):
            return False
        enqueue(name, now=now)
        return True
