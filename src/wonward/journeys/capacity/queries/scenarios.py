"""Saved what-ifs."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q, QuerySet

from wonward.domains.sales.queries.deals import find_deal_rows
from wonward.journeys.capacity.models import Scenario
from wonward.journeys.capacity.types import ScenarioRow, WhatIf
from wonward.kernel.actor import Actor

MOST_SHOWN = 100
SORTS = {
    "updated_at": ("updated_at", "pk"), "-updated_at": ("-updated_at", "-pk"), "name": ("name", "pk"), "-name": ("-name", "-pk"),
    "id": ("pk",), "-id": ("-pk",),
}


def list_scenarios(
    *, actor: Actor, text: str = "", updated_since: datetime | None = None, sort: str = "-updated_at", offset: int = 0,
    limit: int = MOST_SHOWN,
) -> list[ScenarioRow]:
    """One's own and the shared ones, newest first; `sort` is one of SORTS. What is assumed of deals the viewer may not open is counted, not told."""
    if not actor.may("capacity.outlook.view"):
        return []
    found = _readable(actor)
    if text:
        found = found.filter(name__icontains=text)
    if updated_since:
        found = found.filter(updated_at__gte=updated_since)
    rows = list(found.order_by(*SORTS[sort])[offset : offset + limit])
    named = {key for row in rows for key in _deals_of(_what_if(row))}
    seen = set(find_deal_rows(actor=actor, deal_ids=sorted(named))) if named else set()
    return [_row(actor, row, seen) for row in rows]


def _readable(actor: Actor) -> QuerySet[Scenario]:
    mine = Q(author_id=actor.person_id or 0) | Q(is_shared=True)
    return Scenario.objects.select_related("author").filter(mine).order_by("-updated_at", "-pk")


def _what_if(row: Scenario) -> WhatIf:
    moved = {int(key): date.fromisoformat(day) for key, day in row.changes.get("moved", {}).items()}
    return WhatIf(frozenset(row.changes.get("won", ())), frozenset(row.changes.get("lost", ())), moved)


def _deals_of(what_if: WhatIf) -> set[int]:
    return {*what_if.won, *what_if.lost, *what_if.moved}


def _row(actor: Actor, row: Scenario, seen: set[int]) -> ScenarioRow:
    whole = _what_if(row)
    shown = WhatIf(whole.won & seen, whole.lost & seen, {key: day for key, day in whole.moved.items() if key in seen})
    return ScenarioRow(
        row.pk, row.name, row.author.name if row.author else "", row.author_id == actor.person_id, shown, row.version,
        len(_deals_of(whole)) - len(_deals_of(shown)),
    )
