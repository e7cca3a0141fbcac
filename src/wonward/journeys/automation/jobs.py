"""Bulk changes of many records, and forgetting old ones."""

from __future__ import annotations

from datetime import datetime, timedelta

from wonward.foundation.jobs.registry import job
from wonward.journeys.automation.operations import forget_bulk_changes, run_bulk_change


@job("automation.bulk")
def run(*, bulk_id: int, actor_user_id: int | None, now: datetime) -> None:
    run_bulk_change(bulk_id=bulk_id, actor_user_id=actor_user_id, now=now)


@job("automation.forget_bulk_changes", every=timedelta(days=1))
def forget(*, now: datetime) -> None:
    forget_bulk_changes(now=now)
