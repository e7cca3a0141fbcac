"""A promise is visible where its deal or project is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from wonward.foundation.access.policy import register_noun
from wonward.foundation.database.registry import LinkMove, moves_links
from wonward.journeys.promises.models import Promise, PromiseSource
from wonward.journeys.promises.queries import visible_promises
from wonward.journeys.promises.rules.amounts import shown_to_anybody
from wonward.kernel.actor import Actor


def visible_promise_ids(actor: Actor) -> QuerySet[Any]:
    return visible_promises(actor).values_list("pk", flat=True)


def promise_names(ids: Collection[int]) -> dict[int, str]:
    """Without amounts: they may be read by anybody who sees the promise."""
    found = Promise.objects.filter(pk__in=ids).values_list("pk", "number", "kind", "text")
    return {key: f"{number} {shown_to_anybody(kind=kind, text=text)}" for key, number, kind, text in found}


register_noun("promises.promise", visible_promise_ids, is_host=False, names_of=promise_names)


@moves_links
def move_sources_of_promises(move: LinkMove) -> None:
    move.refs(PromiseSource, "noun", "ref_id")
