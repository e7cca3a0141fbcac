"""What a viewer and a client knew of the forecasts of projects."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db.models import CharField, Max, Value

from wonward.journeys.handoff.models import ClientUpdate, ForecastVisit
from wonward.journeys.handoff.rules.telling import Visit, known_before, next_visit
from wonward.journeys.handoff.types.telling import ClientUpdateRow, ForecastMemory
from wonward.kernel.actor import Actor


def recall_forecasts(*, actor: Actor, forecasts: Mapping[int, date | None], now: datetime) -> dict[int, ForecastMemory]:
    """For each project by id, shown with the given forecast: what the viewer saw before and what the client was told; one query."""
    visits, told = _recorded(actor, forecasts)
    return {
        key: ForecastMemory(
            known_before(visits.get(key), now=now), next_visit(visits.get(key), forecast, now=now) is not None, told.get(key)
        )
        for key, forecast in forecasts.items()
    }


def _recorded(actor: Actor, project_ids: Collection[int]) -> tuple[dict[int, Visit], dict[int, ClientUpdateRow]]:
    ids = set(project_ids)
    newest = ClientUpdate.objects.filter(project_id__in=ids).order_by().values("project").annotate(last=Max("pk")).values("last")
    told = ClientUpdate.objects.filter(pk__in=newest).values_list(
        "project_id", Value("", CharField()), "finish_date", "finish_date", "told_at", "told_by"
    )
    seen = ForecastVisit.objects.filter(person_id=actor.person_id or 0, project_id__in=ids).values_list(
        "project_id", Value("visit", CharField()), "before_date", "seen_date", "seen_at", Value("", CharField())
    )
    visits: dict[int, Visit] = {}
    updates: dict[int, ClientUpdateRow] = {}
    for key, kind, before, finish, at, by in told.union(seen, all=True) if ids else ():
        if kind:
            visits[key] = Visit(before, finish, at)
        else:
            updates[key] = ClientUpdateRow(finish, by, at)
    return visits, updates


def find_told_projects(project_ids: Collection[int]) -> set[int]:
    """Those of the given projects whose client was told how they stand."""
    return set(ClientUpdate.objects.filter(project_id__in=set(project_ids)).values_list("project_id", flat=True))
