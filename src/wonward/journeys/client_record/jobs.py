"""Background work on what is known of a client."""

from __future__ import annotations

from datetime import datetime, timedelta

from wonward.foundation.jobs.registry import job
from wonward.journeys.client_record.operations import renew_old_index


@job("client_record.index.renew", every=timedelta(minutes=10))
def renew_index(*, now: datetime) -> None:
    """Notices an index that an older version wrote, and writes it anew lot by lot."""
    renew_old_index(now=now)
