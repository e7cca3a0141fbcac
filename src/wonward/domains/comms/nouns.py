"""An entry is visible when one of its records is, and its privacy allows it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wonward.domains.comms.queries import visible_communications
from wonward.foundation.access.policy import register_noun
from wonward.kernel.actor import Actor


def visible_communication_ids(actor: Actor) -> QuerySet[Any]:
    return visible_communications(actor).values_list("pk", flat=True)


register_noun("comms.communication", visible_communication_ids)
