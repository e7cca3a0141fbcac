"""An errand is visible to those who may ask for one of its kind; what lies in the trash stays what it is."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from wonward.foundation.access.policy import register_noun
from wonward.foundation.database.registry import LinkMove, Trash, guards_records, moves_links, register_trash
from wonward.journeys.house.models import LegalHold, TrashItem
from wonward.journeys.house.operations import bring_back, trash_record
from wonward.journeys.house.queries.errands import visible_errands
from wonward.journeys.house.queries.holds import find_held
from wonward.journeys.house.queries.trash import NOUNS, visible_trash
from wonward.kernel.actor import Actor
from wonward.kernel.ref import Ref


def visible_errand_ids(actor: Actor) -> QuerySet[Any]:
    return visible_errands(actor).values_list("pk", flat=True)


register_noun("house.errand", visible_errand_ids, is_host=False)
guards_records(find_held)

def _put_away(actor: Actor, ref: Ref, now: datetime) -> int:
    return trash_record(actor=actor, ref=ref, now=now)


def _bring_back(actor: Actor, item_id: int, now: datetime) -> Ref:
    return bring_back(actor=actor, item_id=item_id, now=now)


def _names_of(actor: Actor, item_ids: Collection[int]) -> dict[int, str]:
    return dict(visible_trash(actor).filter(pk__in=item_ids).values_list("pk", "name"))


register_trash(Trash(frozenset(NOUNS), _put_away, _bring_back, _names_of))


@moves_links
def move_what_lies_in_the_trash(move: LinkMove) -> None:
    """What lies in the trash has left its tables, so it is never merged; its row follows only if its number is used again."""
    move.refs(TrashItem, "noun", "ref_id", alone_with=())


@moves_links
def move_holds(move: LinkMove) -> None:
    """A hold follows its record; where both are held, one of the two is enough."""
    move.refs(LegalHold, "noun", "ref_id", alone_with=("released_at",))
