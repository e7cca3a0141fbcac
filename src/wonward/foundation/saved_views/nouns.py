"""Who sees which saved view, for whatever hangs on one."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wonward.foundation.access.policy import register_noun
from wonward.foundation.database.registry import LinkMove, moves_links
from wonward.foundation.saved_views.models import PinnedRecord, SavedView
from wonward.kernel.actor import Actor


def visible_views(actor: Actor) -> QuerySet[Any]:
    """The ids of the views an actor finds."""
    return SavedView.objects.visible_to(actor).values_list("pk", flat=True)


register_noun("saved_views.view", visible_views, is_host=False)


@moves_links
def move_pins(move: LinkMove) -> None:
    """A pin follows the record that takes over; who pinned both keeps one."""
    move.refs(PinnedRecord, "noun", "ref_id", alone_with=("user_id",))
