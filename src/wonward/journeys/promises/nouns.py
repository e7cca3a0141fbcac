"""A promise is visible where its deal or project is."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wonward.foundation.access.policy import register_noun
from wonward.journeys.promises.queries import visible_promises
from wonward.kernel.actor import Actor


def visible_promise_ids(actor: Actor) -> QuerySet[Any]:
    return visible_promises(actor).values_list("pk", flat=True)


register_noun("promises.promise", visible_promise_ids, is_host=False)
