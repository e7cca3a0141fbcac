"""An inbox is seen by the one whose it is."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from wonward.foundation.access.policy import register_noun
from wonward.foundation.database.registry import LinkMove, moves_links
from wonward.foundation.notifications.events import INBOX
from wonward.foundation.notifications.models import Follower, Inbox, Notification, Reminder, Thread
from wonward.kernel.actor import Actor


def visible_inboxes(actor: Actor) -> QuerySet[Any]:
    return Inbox.objects.filter(pk=actor.user_id or 0).values_list("pk", flat=True)


def inboxes_among(actor: Actor, ids: Collection[int]) -> set[int]:
    return {key for key in ids if key == actor.user_id}


register_noun(INBOX, visible_inboxes, visible_among=inboxes_among, is_host=False)


@moves_links
def move_threads(move: LinkMove) -> None:
    """Two threads of one person about what is now one record become one, with the notices of both."""
    if not move.is_back:
        here = dict(Thread.objects.filter(noun=move.noun, ref_id=move.target_id).values_list("user_id", "pk"))
        for user_id, key in Thread.objects.filter(noun=move.noun, ref_id=move.source_id).values_list("user_id", "pk"):
            if user_id in here:
                told = set(Notification.objects.filter(thread_id=here[user_id]).exclude(key="").values_list("key", flat=True))
                for notice in Notification.objects.filter(thread_id=key, key__in=told):
                    move.remove(notice)
                move.shift(Notification, "thread_id", key, here[user_id])
    move.refs(Thread, "noun", "ref_id", alone_with=("user_id",))
    move.refs(Notification, "about_noun", "about_id")
    move.refs(Follower, "noun", "ref_id", alone_with=("user_id",))
    move.refs(Reminder, "noun", "ref_id")
