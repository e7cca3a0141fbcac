"""An entry is visible when one of its records is, and its privacy allows it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from wonward.domains.comms.models import CommunicationLink, Participant
from wonward.domains.comms.queries import communications_among, visible_communications
from wonward.foundation.access.policy import register_noun
from wonward.foundation.database.registry import LinkMove, moves_links
from wonward.kernel.actor import Actor


def visible_communication_ids(actor: Actor) -> QuerySet[Any]:
    return visible_communications(actor).values_list("pk", flat=True)


def visible_among(actor: Actor, ids: Collection[int]) -> set[int]:
    return communications_among(actor=actor, communication_ids=ids)


register_noun("comms.communication", visible_communication_ids, visible_among=visible_among, is_host=False)


@moves_links
def move_log(move: LinkMove) -> None:
    move.refs(CommunicationLink, "noun", "ref_id", alone_with=("communication_id",))
    move.keys("clients.contact", Participant, "contact_id", alone_with=("communication_id",))
