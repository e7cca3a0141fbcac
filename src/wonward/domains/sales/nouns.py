"""Who sees deals and leads, for everything that hangs on them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from wonward.domains.sales.models import Deal, Lead
from wonward.foundation.access.policy import register_noun
from wonward.kernel.actor import Actor


def visible_deal_ids(actor: Actor) -> QuerySet[Any]:
    return Deal.objects.visible_to(actor).values_list("pk", flat=True)


register_noun("sales.deal", visible_deal_ids)


def visible_lead_ids(actor: Actor) -> QuerySet[Any]:
    return Lead.objects.visible_to(actor).values_list("pk", flat=True)


register_noun("sales.lead", visible_lead_ids)
