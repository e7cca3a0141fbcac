"""Promises by a few of their words, for those who look for one; with less to ask than a ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from wonward.journeys.promises.models import PromiseProject
from wonward.journeys.promises.queries import visible_promises
from wonward.journeys.promises.queries.amounts import (
    MOST_SEARCHED,
    find_readable_amounts,
    found_as_read,
    holding_words,
    reads_every_amount,
)
from wonward.journeys.promises.rules.amounts import shown_to_anybody
from wonward.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class NamedPromise:
    """A promise as a hit of a search shows it."""

    id: int
    number: str
    text: str
    updated_at: datetime


def find_promises_by_words(*, actor: Actor, text: str, limit: int) -> list[NamedPromise]:
    """Promises the viewer sees that hold the words, heaviest first, or have the number. What is hidden from them is not found by them."""
    found = visible_promises(actor).filter(holding_words(text)).order_by("-weight", "pk")
    if reads_every_amount(actor):
        return [NamedPromise(*row) for row in found.values_list("pk", "number", "text", "updated_at")[:limit]]
    shared = Exists(PromiseProject.objects.filter(promise=OuterRef("pk")))
    columns = ("pk", "number", "text", "updated_at", "kind", "deal_id", "project__manager_id", "is_shared")
    rows = list(found.annotate(is_shared=shared).values_list(*columns)[:MOST_SEARCHED])
    readable = find_readable_amounts(actor=actor, promises=[(row[0], row[5], row[6], row[7]) for row in rows])
    shown = [
        NamedPromise(key, number, words if key in readable else shown_to_anybody(kind=kind, text=words), updated_at)
        for key, number, words, updated_at, kind, *_rest in rows
    ]
    return found_as_read(shown, text)[:limit]
