"""Fields are known to everybody who signs in; what they hold follows the record."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wonward.foundation.access.policy import register_noun
from wonward.foundation.custom_fields.models import FieldDefinition, FieldRequirement, FieldValue
from wonward.foundation.custom_fields.types import TAGS
from wonward.foundation.database.registry import LinkMove, moves_links
from wonward.kernel.actor import Actor


def visible_fields(actor: Actor) -> QuerySet[Any]:
    """The ids of the fields an actor may know of."""
    fields = FieldDefinition.objects.all() if actor.user_id or actor.is_system else FieldDefinition.objects.none()
    return fields.values_list("pk", flat=True)


register_noun("custom_fields.field", visible_fields, is_host=False)


@moves_links
def move_values(move: LinkMove) -> None:
    """Fields the target has filled keep its value, tags those of both; the others take the value of the source."""
    among = {"field__noun": move.noun}
    move.covered.add((FieldValue._meta.label, "ref_id"))
    if not move.is_back:
        here = FieldValue.objects.filter(ref_id=move.target_id, **among).values_list("field_id", "field__kind", "text_value")
        filled = {field_id for field_id, kind, _text in here if kind != TAGS}
        tags = {(field_id, text) for field_id, kind, text in here if kind == TAGS}
        for row in FieldValue.objects.filter(ref_id=move.source_id, **among):
            if row.field_id in filled or (row.field_id, row.text_value) in tags:
                move.remove(row)
    move.shift(FieldValue, "ref_id", move.source_id, move.target_id, among=among)
    move.refs(FieldRequirement, "place_noun", "place_id", alone_with=("field_id",))
