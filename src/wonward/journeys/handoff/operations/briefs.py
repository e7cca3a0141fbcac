"""Saying that one knows what a project's brief says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from wonward.foundation.audit.operations import record_change
from wonward.journeys.handoff.models import BriefAcknowledgement
from wonward.journeys.handoff.queries.briefs import get_brief_of_project
from wonward.kernel.actor import Actor
from wonward.kernel.errors import FieldError, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded


@transaction.atomic
def acknowledge_brief(*, actor: Actor, project_id: int, items: Mapping[str, str], now: datetime) -> int:
    """The actor knows these items: key → digest of the words they read. Returns how many items they know now.

    An item that reads differently by now is refused: nobody acknowledges words they have not seen.
    """
    shown = get_brief_of_project(actor=actor, project_id=project_id)
    if actor.person_id is None:
        raise Refused("Only a colleague can know a brief; the product itself cannot.")
    current = {item.key: item for item in shown.brief.items}
    errors = [
        FieldError(f"items.{key}", "This is not in the brief any more. Read it again.", "unknown")
        if key not in current
        else FieldError(f"items.{key}", worded("This reads differently by now: “{text}”", text=current[key].text), "changed")
        for key, digest in items.items()
        if key not in current or current[key].digest != digest
    ]
    if not items:
        errors.append(FieldError("items", "Name what you know.", "required"))
    if errors:
        raise Refused(errors[0].words, errors)
    new = sorted(set(items) - shown.known)
    for key in new:
        BriefAcknowledgement.objects.update_or_create(
            project_id=project_id, person_id=actor.person_id, item_key=key,
            defaults={"digest": items[key], "acknowledged_at": now},
        )
    if new:
        record_change(
            actor=actor, operation="handoff.brief.acknowledge", ref=Ref("delivery.project", project_id),
            changes={"items": [None, new]}, now=now,
        )
    return len(shown.known | set(items))
