"""An errand is visible to those who may ask for one of its kind; what lies in the trash stays what it is."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wonward.foundation.access.policy import register_noun
from wonward.foundation.database.registry import LinkMove, moves_links
from wonward.journeys.house.models import TrashItem
from wonward.journeys.house.queries.errands import visible_errands
from wonward.kernel.actor import Actor


def visible_errand_ids(actor: Actor) -> QuerySet[Any]:
    return visible_errands(actor).values_list("pk", flat=True)


register_noun("house.errand", visible_errand_ids, is_host=False)


@moves_links
def move_what_lies_in_the_trash(move: LinkMove) -> None:
    """What lies in the trash has left its tables, so it is never merged; its row follows only if its number is used again."""
    move.refs(TrashItem, "noun", "ref_id", alone_with=())
