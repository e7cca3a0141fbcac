"""Who sees campaigns."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wonward.domains.marketing.queries import visible_campaigns
from wonward.foundation.access.policy import register_noun
from wonward.kernel.actor import Actor


def visible_campaign_ids(actor: Actor) -> QuerySet[Any]:
    return visible_campaigns(actor).values_list("pk", flat=True)


register_noun("marketing.campaign", visible_campaign_ids)
