"""Whose eyes the amounts of a promise are for: they see the value of its deal, or manage a project in which it holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol, TypeVar

from django.db.models import Q

from wonward.domains.sales.queries.rows import find_deals_with_value
from wonward.foundation.access.policy import reaches_all
from wonward.journeys.promises.models import Promise, PromiseProject
from wonward.journeys.promises.rules.amounts import broken_without_amounts
from wonward.journeys.promises.types import BrokenPromise
from wonward.kernel.actor import Actor, Scope


class _Readable(Protocol):
    @property
    def text(self) -> str: ...

    @property
    def number(self) -> str: ...


_Row = TypeVar("_Row", bound=_Readable)
MOST_SEARCHED = 5000
"""Promises read to find those whose shown words hold what is looked for."""


def holding_words(text: str) -> Q:
    """What holds the words or has the number, hidden or not."""
    return Q(text__icontains=text) | Q(number__iexact=text)


def reads_every_amount(actor: Actor) -> bool:
    """Whether no words of any promise are hidden from the actor."""
    return actor.scope_of("sales.value.view") is Scope.ALL and reaches_all("sales.deal", actor)


def found_as_read(rows: Iterable[_Row], text: str) -> list[_Row]:
    """The rows that the words find as their reader sees them: what is hidden in its words finds nothing."""
    return [row for row in rows if text.casefold() in row.text.casefold() or text.upper() == row.number]


def find_readable_amounts(*, actor: Actor, promises: Iterable[tuple[int, int | None, int | None, bool]]) -> set[int]:
    """Those of the promises, as (id, deal, manager of its home, whether it holds further), whose amounts the actor may read.

    As with the value of a project's brief: a right to one's own values takes in the projects one manages. Of a promise without a
    deal the amounts are for those who see every value.
    """
    reach, found = actor.scope_of("sales.value.view"), list(promises)
    if actor.is_system:
        return {key for key, *_ in found}
    if reach is Scope.NONE or not found:
        return set()
    deals = find_deals_with_value(actor=actor, deal_ids={deal_id for _, deal_id, _, _ in found if deal_id is not None})
    managed = _managed(actor, found) if reach is Scope.OWN and actor.person_id is not None else set()
    return managed | {key for key, deal_id, _, _ in found if (deal_id in deals if deal_id is not None else reach is Scope.ALL)}


def _managed(actor: Actor, promises: Collection[tuple[int, int | None, int | None, bool]]) -> set[int]:
    home = {key for key, _, manager_id, _ in promises if manager_id == actor.person_id}
    others = [key for key, _, _, is_shared in promises if is_shared and key not in home]
    if not others:
        return home
    further = PromiseProject.objects.filter(promise_id__in=others, project__manager_id=actor.person_id)
    return home | set(further.values_list("promise_id", flat=True))


def broken_as_read(*, actor: Actor, broken: Collection[BrokenPromise]) -> tuple[BrokenPromise, ...]:
    """Promises that a change would break, with the amounts hidden that the actor may not read."""
    if not broken:
        return ()
    rows = Promise.objects.filter(pk__in=[one.id for one in broken]).values_list("pk", "deal_id", "project__manager_id", "kind")
    kinds = {key: kind for key, _, _, kind in rows}
    readable = find_readable_amounts(actor=actor, promises=[(key, deal_id, manager_id, True) for key, deal_id, manager_id, _ in rows])
    return tuple(one if one.id in readable else broken_without_amounts(one, kind=kinds.get(one.id, "")) for one in broken)
