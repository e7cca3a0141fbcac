"""A batch is visible to its author and to admins."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wonward.foundation.access.policy import register_noun
from wonward.foundation.database.registry import LinkMove, moves_links
from wonward.journeys.imports.models import ImportErrand, ImportOutcome, ImportSideRecord
from wonward.journeys.imports.queries import visible_batches, visible_mappings
from wonward.kernel.actor import Actor


def visible_batch_ids(actor: Actor) -> QuerySet[Any]:
    return visible_batches(actor).values_list("pk", flat=True)


def visible_mapping_ids(actor: Actor) -> QuerySet[Any]:
    return visible_mappings(actor).values_list("pk", flat=True)


register_noun("imports.batch", visible_batch_ids)
register_noun("imports.mapping", visible_mapping_ids, is_host=False)


@moves_links
def move_outcomes(move: LinkMove) -> None:
    """What an import made is looked for where it went; its version tells that it was touched since."""
    move.refs(ImportOutcome, "noun", "ref_id")
    move.refs(ImportSideRecord, "noun", "ref_id", alone_with=("batch_id",))
    move.refs(ImportErrand, "noun", "ref_id", alone_with=("batch_id",))
