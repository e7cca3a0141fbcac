"""Errands as those see them who may ask for one."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import QuerySet

from wonward.journeys.house.models import Errand
from wonward.journeys.house.types import ErrandKind, ErrandRow, ErrandState
from wonward.kernel.actor import Actor

RIGHTS: Mapping[ErrandKind, str] = {
    ErrandKind.EXPORT: "house.export.make",
    ErrandKind.SAMPLE_PLAN: "house.sample.remove",
    ErrandKind.SAMPLE: "house.sample.remove",
    ErrandKind.SAMPLE_LOAD: "house.sample.remove",
    ErrandKind.PERSON_PLAN: "house.person.erase",
    ErrandKind.PERSON: "house.person.erase",
    ErrandKind.FORMER_PLAN: "house.person.erase",
    ErrandKind.FORMER: "house.person.erase",
}


def visible_errands(actor: Actor) -> QuerySet[Errand]:
    """The errands of the kinds an actor may ask for."""
    return Errand.objects.filter(kind__in=[kind for kind, right in RIGHTS.items() if actor.may(right)])


def list_errands(*, actor: Actor, kind: ErrandKind, limit: int = 20) -> list[ErrandRow]:
    """The latest errands of a kind, the newest first."""
    return [_row(one) for one in visible_errands(actor).filter(kind=kind).order_by("-pk")[:limit]]


def find_errand(*, actor: Actor, kind: ErrandKind, errand_id: int) -> ErrandRow | None:
    """One errand of a kind, however long ago it was asked for."""
    found = visible_errands(actor).filter(kind=kind, pk=errand_id).first()
    return _row(found) if found else None


def find_errand_under_way(*, actor: Actor, kind: ErrandKind) -> ErrandRow | None:
    """The errand of a kind that waits or runs."""
    states = (ErrandState.WAITING, ErrandState.RUNNING)
    found = visible_errands(actor).filter(kind=kind, state__in=states).first()
    return _row(found) if found else None


def _row(one: Errand) -> ErrandRow:
    return ErrandRow(
        one.pk, ErrandKind(one.kind), ErrandState(one.state), one.asked_by, one.report, one.failure, one.size, one.created_at, one.finished_at,
        one.given,
    )
