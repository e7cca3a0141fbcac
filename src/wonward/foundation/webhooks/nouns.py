"""Webhooks are seen by those who set them up, and stay in their house: a copy elsewhere tells nobody anything."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet

from wonward.foundation.access.policy import register_noun
from wonward.foundation.database.registry import keeps_secret, passes_by
from wonward.foundation.webhooks.models import Sending, Webhook
from wonward.foundation.webhooks.queries import NOUN, visible_webhooks
from wonward.kernel.actor import Actor


def visible_webhook_ids(actor: Actor) -> QuerySet[Any]:
    return visible_webhooks(actor).values_list("pk", flat=True)


def names_of_webhooks(ids: Collection[int]) -> Mapping[int, str]:
    return dict(Webhook.objects.filter(pk__in=ids).values_list("pk", "name"))


register_noun(NOUN, visible_webhook_ids, is_host=False, names_of=names_of_webhooks)
keeps_secret(Webhook, "secret")
passes_by(Webhook)
passes_by(Sending)
