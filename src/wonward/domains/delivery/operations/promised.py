"""The finish that was promised for a project, as the sale has agreed it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from wonward.domains.delivery import events
from wonward.domains.delivery.models import Project
from wonward.foundation.audit.operations import Change, record_changes
from wonward.foundation.events.operations import publish
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref


@transaction.atomic
def promise_finish(*, actor: Actor, project_ids: Collection[int], finish_date: date, now: datetime) -> None:
    """Say another promised finish of projects; no date of their plans moves by it. The handoff has settled the right."""
    rows = Project.objects.select_for_update().filter(pk__in=project_ids).exclude(promised_finish_date=finish_date).order_by("pk")
    changes = []
    for project in rows:
        changes.append(Change(Ref("delivery.project", project.pk), {"promised_finish_date": [project.promised_finish_date, finish_date]}))
        project.promised_finish_date, project.updated_at = finish_date, now
        project.version += 1
        project.save(update_fields=["promised_finish_date", "updated_at", "version"])
        publish(events.ProjectChanged(project_id=project.pk, company_id=project.company_id), actor=actor, now=now)
    record_changes(actor=actor, operation="delivery.project.promise", now=now, changes=changes)
