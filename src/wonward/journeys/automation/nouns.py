"""A bulk change is visible to its author."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wonward.foundation.access.policy import register_noun
from wonward.foundation.database.registry import LinkMove, moves_links
from wonward.journeys.automation.models import BulkRow
from wonward.journeys.automation.queries import visible_bulk_changes
from wonward.kernel.actor import Actor


def visible_bulk_change_ids(actor: Actor) -> QuerySet[Any]:
    return visible_bulk_changes(actor).values_list("pk", flat=True)


register_noun("automation.bulk_change", visible_bulk_change_ids, is_host=False)


@moves_links
def move_bulk_rows(move: LinkMove) -> None:
    """What was changed is looked for where it went; its version tells that it was touched since."""
    move.refs(BulkRow, "noun", "ref_id", alone_with=("bulk_id",))
