"""Housekeeping of the packages below, and of the queue itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from wonward.foundation.audit.operations import prune_openings, seal_entries
from wonward.foundation.events.operations import prune_events
from wonward.foundation.jobs.operations import prune_finished_jobs
from wonward.foundation.jobs.registry import job


@job("events.prune", every=timedelta(days=1))
def prune_old_events(*, now: datetime) -> None:
    prune_events(now=now)


@job("jobs.prune", every=timedelta(days=1))
def prune_old_jobs(*, now: datetime) -> None:
    prune_finished_jobs(now=now)


@job("audit.seal", every=timedelta(seconds=10))
def seal_audit(*, now: datetime) -> None:
    del now
    while seal_entries(limit=500) == 500:
        pass


@job("audit.prune_openings", every=timedelta(days=1))
def prune_old_openings(*, now: datetime) -> None:
    del now
    prune_openings()
