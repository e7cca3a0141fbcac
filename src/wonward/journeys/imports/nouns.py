"""A batch is visible to its author and to admins."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wonward.foundation.access.policy import register_noun
from wonward.journeys.imports.queries import visible_batches
from wonward.kernel.actor import Actor


def visible_batch_ids(actor: Actor) -> QuerySet[Any]:
    return visible_batches(actor).values_list("pk", flat=True)


register_noun("imports.batch", visible_batch_ids)
