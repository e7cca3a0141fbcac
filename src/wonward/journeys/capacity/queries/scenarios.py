"""Saved what-ifs."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from wonward.journeys.capacity.models import Scenario
from wonward.journeys.capacity.types import ScenarioRow, WhatIf
from wonward.kernel.actor import Actor


def list_scenarios(*, actor: Actor) -> list[ScenarioRow]:
    """One's own and the shared ones, newest first."""
    if not actor.may("capacity.outlook.view"):
        return []
    return [_row(actor, row) for row in _readable(actor)[:100]]


def _readable(actor: Actor) -> QuerySet[Scenario]:
    mine = Q(author_id=actor.person_id or 0) | Q(is_shared=True)
    return Scenario.objects.select_related("author").filter(mine).order_by("-updated_at", "-pk")


def _row(actor: Actor, row: Scenario) -> ScenarioRow:
    changes = row.changes
    moved = {int(key): date.fromisoformat(day) for key, day in changes.get("moved", {}).items()}
    what_if = WhatIf(frozenset(changes.get("won", ())), frozenset(changes.get("lost", ())), moved)
    return ScenarioRow(row.pk, row.name, row.author.name if row.author else "", row.author_id == actor.person_id, what_if, row.version)
