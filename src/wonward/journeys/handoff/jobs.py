"""Looking after handoffs that wait."""

from __future__ import annotations

from datetime import datetime, timedelta

from wonward.foundation.jobs.registry import job
from wonward.journeys.handoff.operations import escalate_overdue_handoffs, note_uncovered_at_kickoff


@job("handoff.watch", every=timedelta(minutes=15))
def watch(*, now: datetime) -> None:
    escalate_overdue_handoffs(now=now)
    note_uncovered_at_kickoff(now=now)
