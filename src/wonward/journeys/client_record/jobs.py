"""Background work on what is known of a client."""

from __future__ import annotations

from datetime import datetime, timedelta

from wonward.foundation.jobs.operations import enqueue
from wonward.foundation.jobs.registry import job
from wonward.journeys.client_record.operations import fill_index, renew_old_index


@job("client_record.index.renew", every=timedelta(minutes=10))
def renew_index(*, now: datetime) -> None:
    """Notices an index that an older version wrote, and writes it anew lot by lot."""
    renew_old_index(now=now)


@job("client_record.index.fill")
def fill_in_index(*, now: datetime, noun: str, after: int) -> None:
    """Lot by lot what an older version did not look for."""
    behind = fill_index(noun=noun, after=after)
    if behind:
        enqueue("client_record.index.fill", now=now, noun=noun, after=behind)
