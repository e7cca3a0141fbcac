"""Putting a project away and bringing it back: nothing of it is lost, and no list shows it meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from wonward.domains.delivery import events
from wonward.domains.delivery.models import Project
from wonward.domains.delivery.operations.locking import hold_project_to_edit
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded


@transaction.atomic
def archive_project(*, actor: Actor, project_id: int, reason: str = "", version: int | None = None, now: datetime) -> None:
    """Take a project off lists, search, portfolio and everybody's work; it is still read at its address."""
    project = hold_project_to_edit(actor, project_id, version, {"is_archived": True})
    if project.archived_at is not None:
        raise Conflict(worded("{number} is archived already.", number=project.number))
    if len(reason.strip()) > 2000:
        raise Refused.field("reason", "A reason has at most 2,000 characters.", "range")
    project.archived_at = now
    _save(actor, project, "delivery.project.archive", {"archived_at": [None, now], **_said(reason)}, now)


@transaction.atomic
def restore_project(*, actor: Actor, project_id: int, reason: str = "", version: int | None = None, now: datetime) -> None:
    """Bring an archived project back as it was."""
    project = hold_project_to_edit(actor, project_id, version, {"is_archived": False})
    if project.archived_at is None:
        raise Conflict(worded("{number} is not archived.", number=project.number))
    before, project.archived_at = project.archived_at, None
    _save(actor, project, "delivery.project.restore", {"archived_at": [before, None], **_said(reason)}, now)


def _said(reason: str) -> dict[str, list[Any]]:
    return {"reason": [None, reason.strip()]} if reason.strip() else {}


def _save(actor: Actor, project: Project, operation: str, changes: Mapping[str, list[Any]], now: datetime) -> None:
    project.version += 1
    project.updated_at = now
    project.save(update_fields=["archived_at", "version", "updated_at"])
    record_change(actor=actor, operation=operation, ref=Ref("delivery.project", project.pk), changes=changes, now=now)
    publish(events.ProjectChanged(project_id=project.pk, company_id=project.company_id), actor=actor, now=now)
