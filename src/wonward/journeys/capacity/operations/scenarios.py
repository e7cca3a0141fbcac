"""Keeping what-ifs of the outlook."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from wonward.domains.sales.queries.deals import get_deal
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import record_change
from wonward.journeys.capacity.models import Scenario
from wonward.journeys.capacity.types import WhatIf
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotFound, Refused
from wonward.kernel.ref import Ref


@transaction.atomic
def save_scenario(*, actor: Actor, name: str, what_if: WhatIf, is_shared: bool, now: datetime) -> int:
    """Keep a what-if under a name; returns its id."""
    require(actor, "capacity.scenario.save")
    if not name.strip():
        raise Refused.field("name", "A scenario needs a name.", "required")
    if len(name) > 120:
        raise Refused.field("name", "A name has 120 characters at most.", "too_long")
    if not what_if.count:
        raise Refused.field("changes", "Nothing differs from the pipeline as it is; there is nothing to save.", "required")
    for deal_id in sorted(what_if.won | what_if.lost | set(what_if.moved)):
        get_deal(actor=actor, deal_id=deal_id)
    changes = {
        "won": sorted(what_if.won), "lost": sorted(what_if.lost), "moved": {str(key): day.isoformat() for key, day in what_if.moved.items()},
    }
    row = Scenario.objects.create(
        name=name.strip(), author_id=actor.person_id, is_shared=is_shared, changes=changes, created_at=now, updated_at=now
    )
    record_change(actor=actor, operation="capacity.scenario.save", ref=Ref("capacity.scenario", row.pk), changes={"name": [None, row.name]}, now=now)
    return row.pk


@transaction.atomic
def delete_scenario(*, actor: Actor, scenario_id: int, now: datetime) -> None:
    """Throw away a scenario of one's own."""
    row = Scenario.objects.filter(pk=scenario_id, author_id=actor.person_id or 0).first()
    if row is None:
        raise NotFound("scenario", scenario_id)
    require(actor, "capacity.scenario.save")
    record_change(actor=actor, operation="capacity.scenario.delete", ref=Ref("capacity.scenario", row.pk), changes={"name": [row.name, None]}, now=now)
    row.delete()
