"""Fields are known to everybody who signs in; what they hold follows the record."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wonward.foundation.access.policy import register_noun
from wonward.foundation.custom_fields.models import FieldDefinition
from wonward.kernel.actor import Actor


def visible_fields(actor: Actor) -> QuerySet[Any]:
    """The ids of the fields an actor may know of."""
    fields = FieldDefinition.objects.all() if actor.user_id or actor.is_system else FieldDefinition.objects.none()
    return fields.values_list("pk", flat=True)


register_noun("custom_fields.field", visible_fields, is_host=False)
