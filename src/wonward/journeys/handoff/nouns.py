"""A handoff is visible where its deal or one of its projects is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from wonward.foundation.access.policy import register_noun
from wonward.foundation.database.registry import LinkMove, moves_links
from wonward.journeys.handoff.models import Handoff, KickoffAttendee
from wonward.journeys.handoff.queries import visible_handoffs
from wonward.kernel.actor import Actor


def visible_handoff_ids(actor: Actor) -> QuerySet[Any]:
    return visible_handoffs(actor).values_list("pk", flat=True)


def handoff_names(ids: Collection[int]) -> dict[int, str]:
    found = Handoff.objects.filter(pk__in=ids).values_list("pk", "deal__name", "deal__company__name")
    return {key: ", ".join(filter(None, (name, company))) for key, name, company in found}


register_noun("handoff.handoff", visible_handoff_ids, is_host=False, names_of=handoff_names)


@moves_links
def move_stakeholders_of_handoffs(move: LinkMove) -> None:
    move.keys("clients.contact", Handoff, "main_stakeholder_id")
    move.keys("clients.contact", KickoffAttendee, "contact_id", alone_with=("meeting_id",))
