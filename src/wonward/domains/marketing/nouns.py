"""Who sees campaigns."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wonward.domains.marketing.models import Touch
from wonward.domains.marketing.queries import visible_campaigns
from wonward.foundation.access.policy import register_noun
from wonward.foundation.database.registry import LinkMove, moves_links
from wonward.kernel.actor import Actor


def visible_campaign_ids(actor: Actor) -> QuerySet[Any]:
    return visible_campaigns(actor).values_list("pk", flat=True)


register_noun("marketing.campaign", visible_campaign_ids)


@moves_links
def move_touches(move: LinkMove) -> None:
    move.refs(Touch, "noun", "ref_id", alone_with=("campaign_id", "kind", "happened_at"))
