"""When backups are made, and how the last one went."""

from __future__ import annotations

from wonward.foundation.access.policy import require
from wonward.journeys.house.models import BackupPlan
from wonward.journeys.house.rules.backup import DEFAULT_HOUR, DEFAULT_KEEP
from wonward.journeys.house.types import BackupRow
from wonward.kernel.actor import Actor

EDIT = "house.backup.edit"
THE_ONE = 1


def get_backup_plan(*, actor: Actor) -> BackupRow:
    """The plan as it stands, off until somebody turns it on."""
    require(actor, EDIT)
    return plan_row(BackupPlan.objects.filter(pk=THE_ONE).first())


def plan_row(plan: BackupPlan | None) -> BackupRow:
    """A stored plan, or what holds without one."""
    if plan is None:
        return BackupRow(False, DEFAULT_HOUR, DEFAULT_KEEP, 0, None, None, "", 0, "")
    return BackupRow(
        plan.is_on, plan.hour, plan.keep, plan.version, plan.tried_at, plan.done_at, plan.file, plan.size, plan.failure
    )
