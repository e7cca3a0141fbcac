"""Looking after answers that are due."""

from __future__ import annotations

from datetime import datetime, timedelta

from wonward.domains.approvals.operations import remind_of_due
from wonward.foundation.jobs.registry import job


@job("approvals.remind", every=timedelta(minutes=30))
def remind(*, now: datetime) -> None:
    remind_of_due(now=now)
