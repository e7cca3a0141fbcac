"""Applying in the background, and noticing imports that nobody works on any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from wonward.foundation.jobs.registry import job
from wonward.journeys.imports.operations import apply_import, fail_abandoned_imports


@job("imports.apply")
def apply(*, batch_id: int, actor_user_id: int | None, now: datetime) -> None:
    apply_import(actor_user_id=actor_user_id, batch_id=batch_id, now=now)


@job("imports.watch", every=timedelta(minutes=15))
def watch(*, now: datetime) -> None:
    fail_abandoned_imports(now=now)
