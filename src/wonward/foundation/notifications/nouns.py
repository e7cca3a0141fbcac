"""An inbox is seen by the one whose it is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from wonward.foundation.access.policy import register_noun
from wonward.foundation.notifications.events import INBOX
from wonward.foundation.notifications.models import Inbox
from wonward.kernel.actor import Actor


def visible_inboxes(actor: Actor) -> QuerySet[Any]:
    return Inbox.objects.filter(pk=actor.user_id or 0).values_list("pk", flat=True)


def inboxes_among(actor: Actor, ids: Collection[int]) -> set[int]:
    return {key for key in ids if key == actor.user_id}


register_noun(INBOX, visible_inboxes, visible_among=inboxes_among, is_host=False)
