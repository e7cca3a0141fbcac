"""Untying promises from the projects of a win that is undone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from wonward.foundation.audit.operations import Change, record_changes
from wonward.journeys.promises.models import Promise, PromiseCover, PromiseProject
from wonward.journeys.promises.operations.coverage import tell
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref


@transaction.atomic(savepoint=False)
def detach_promises(
    *, actor: Actor, deal_id: int, project_ids: Collection[int], drafts: Collection[int], reason: str, won_at: datetime, now: datetime
) -> int:
    """The promises of a deal belong to it alone again, as before its win; returns how many.

    Those of `drafts` that the win confirmed are drafts again. The finish that the win itself promised is waived with the reason.
    """
    promises = list(Promise.objects.filter(deal_id=deal_id, project_id__in=project_ids).select_for_update().order_by("pk"))
    ids = [promise.pk for promise in promises]
    PromiseCover.objects.filter(promise__in=ids).delete()
    PromiseProject.objects.filter(promise__in=ids).delete()
    changes = []
    for promise in promises:
        fields: dict[str, list[object]] = {"project": [promise.project_id, None]}
        state = _state_before(promise, drafts, won_at)
        if state != promise.state:
            fields["state"] = [promise.state, state]
            promise.state, promise.state_by, promise.state_at = state, actor.label, now
            promise.state_reason = reason[:500] if state == "waived" else ""
        promise.project_id, promise.coverage, promise.alarm, promise.forecast_date = None, "uncovered", "", None
        promise.version += 1
        promise.updated_at = now
        changes.append(Change(Ref("promises.promise", promise.pk), fields))
    Promise.objects.bulk_update(
        promises, ["project_id", "state", "state_by", "state_at", "state_reason", "coverage", "alarm", "forecast_date", "version", "updated_at"]
    )
    record_changes(actor=actor, operation="promises.promise.detach", now=now, changes=changes)
    if promises:
        tell(promises, actor, now)
    return len(promises)


def _state_before(promise: Promise, drafts: Collection[int], won_at: datetime) -> str:
    if promise.state != "confirmed":
        return promise.state
    if promise.key == "finish" and promise.created_at >= won_at:
        return "waived"
    return "draft" if promise.pk in drafts else "confirmed"
