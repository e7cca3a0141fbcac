"""Long work of the commands that a screen may ask for too."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from wonward.edges.commands.backup import back_up_into
from wonward.edges.commands.sample import load_sample_company
from wonward.foundation.jobs.registry import job
from wonward.journeys.house.operations import serve_backup, serve_sample_load
from wonward.journeys.house.types import MadeBackup


@job("house.sample_load", retries=0)
def fill_house(*, errand_id: int, now: datetime) -> None:
    serve_sample_load(errand_id=errand_id, load=lambda: load_sample_company(now=now, say=lambda text: None, is_guest=True), now=now)


@job("house.backup", retries=0, every=timedelta(minutes=15))
def back_up(*, now: datetime) -> None:
    serve_backup(make=lambda keep: _make_backup(keep, now), is_asked=False, now=now)


@job("house.backup_now", retries=0)
def back_up_now(*, now: datetime) -> None:
    serve_backup(make=lambda keep: _make_backup(keep, now), is_asked=True, now=now)


def _make_backup(keep: int, now: datetime) -> MadeBackup:
    return back_up_into(Path(settings.BACKUP_DIR), keep=keep, now=now)
