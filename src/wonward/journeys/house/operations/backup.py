"""Backups by themselves: when, how many are kept, and noting how it went. How one is written is for the door to know."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import record_change
from wonward.foundation.jobs.operations import enqueue
from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.house.models import BackupPlan
from wonward.journeys.house.operations.exporting import HOUSE
from wonward.journeys.house.queries.backup import EDIT, THE_ONE, plan_row
from wonward.journeys.house.rules.backup import check_hour, check_keep, is_due, latest_moment
from wonward.journeys.house.types import MadeBackup
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Refused, Stale

_LONGEST_FAILURE = 2000
_log = logging.getLogger("wonward.house")


@transaction.atomic
def set_backup_plan(*, actor: Actor, is_on: bool, hour: int, keep: int, version: int | None = None, now: datetime) -> None:
    """Make a backup every day at an hour of the house's time and keep so many, or none any more. The first one is made at once."""
    require(actor, EDIT)
    check_hour(hour)
    check_keep(keep)
    before = plan_row(BackupPlan.objects.select_for_update().filter(pk=THE_ONE).first())
    if version is not None and version != before.version:
        raise Stale("Somebody else changed this in the meantime.", current={"version": before.version}, yours={"version": version})
    values = {"is_on": is_on, "hour": hour, "keep": keep}
    changes = {f"backup.{name}": [getattr(before, name), value] for name, value in values.items() if getattr(before, name) != value}
    if not changes:
        return
    BackupPlan.objects.update_or_create(pk=THE_ONE, defaults={**values, "version": before.version + 1, "updated_at": now})
    record_change(actor=actor, operation="house.backup.set", ref=HOUSE, changes=changes, now=now)


@transaction.atomic
def ask_for_backup(*, actor: Actor, now: datetime) -> None:
    """Let a backup be made now."""
    require(actor, EDIT)
    BackupPlan.objects.get_or_create(pk=THE_ONE, defaults={"hour": plan_row(None).hour, "keep": plan_row(None).keep, "updated_at": now})
    record_change(actor=actor, operation="house.backup.ask", ref=HOUSE, changes={}, now=now)
    enqueue("house.backup_now", now=now)


def serve_backup(*, make: Callable[[int], MadeBackup], is_asked: bool, now: datetime) -> bool:
    """Make a backup when one is due, or when somebody asked; whether one was made. What goes wrong is noted, and tried again in an hour."""
    plan = BackupPlan.objects.filter(pk=THE_ONE).first()
    if plan is None or not (is_asked or _is_due(plan, now)):
        return False
    # Only whoever notes the attempt makes it.
    if not BackupPlan.objects.filter(pk=THE_ONE, tried_at=plan.tried_at).update(tried_at=now):
        return False
    try:
        made = make(plan.keep)
    except Exception as problem:
        failure = str(problem) if isinstance(problem, Refused) else f"{type(problem).__name__}: {problem}"
        BackupPlan.objects.filter(pk=THE_ONE).update(failure=failure.replace("\x00", "")[:_LONGEST_FAILURE])
        _log.warning("The backup failed: %s", failure)
        return False
    BackupPlan.objects.filter(pk=THE_ONE).update(done_at=now, file=made.file[:200], size=made.size, failure="")
    return True


def _is_due(plan: BackupPlan, now: datetime) -> bool:
    moment = latest_moment(now, plan.hour, get_organisation().time_zone)
    return plan.is_on and is_due(now=now, moment=moment, done_at=plan.done_at, tried_at=plan.tried_at)
