"""An errand is visible to those who may ask for one of its kind."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wonward.foundation.access.policy import register_noun
from wonward.journeys.house.queries.errands import visible_errands
from wonward.kernel.actor import Actor


def visible_errand_ids(actor: Actor) -> QuerySet[Any]:
    return visible_errands(actor).values_list("pk", flat=True)


register_noun("house.errand", visible_errand_ids, is_host=False)
