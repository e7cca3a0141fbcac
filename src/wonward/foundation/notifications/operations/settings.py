"""How a person wants to be told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from wonward.foundation.notifications.models import Inbox
from wonward.foundation.notifications.registry import find_topic
from wonward.foundation.notifications.rules import LONGEST_SNOOZE
from wonward.foundation.notifications.types import Level
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotAllowed, Refused, Stale
from wonward.kernel.wording import worded


@transaction.atomic
def change_notice_settings(
    *, actor: Actor, levels: Mapping[str, str] | None = None, digest_hour: int | None = None,
    has_digest: bool | None = None, version: int | None = None,
) -> None:
    """Store how the viewer wants to be told; `digest_hour` 0 to 23 of their own day."""
    inbox = _own_inbox(actor)
    if version is not None and version != inbox.version:
        raise Stale("You changed this in another window meanwhile.", current={"version": inbox.version}, yours={"version": version})
    for topic, level in (levels or {}).items():
        known = find_topic(topic)
        if known is None or level not in list(Level):
            raise Refused.field(f"levels.{topic}", worded("{topic} cannot be set to “{level}”.", topic=topic, level=level), "unknown")
        inbox.levels.pop(topic, None)
        if level != known.level:
            inbox.levels[topic] = level
    if digest_hour is not None and not 0 <= digest_hour <= 23:
        raise Refused.field("digest_hour", "An hour lies between 0 and 23.", "out_of_range")
    if has_digest is False:
        inbox.digest_hour = None
    elif digest_hour is not None:
        inbox.digest_hour = digest_hour
    inbox.version += 1
    inbox.save()


@transaction.atomic
def keep_quiet(*, actor: Actor, until: datetime | None, now: datetime) -> None:
    """Send the viewer no mail until then; the inbox goes on collecting. None ends the quiet."""
    if until is not None and not now < until <= now + LONGEST_SNOOZE:
        raise Refused.field("until", "Choose a time that lies ahead, within a year.", "out_of_range")
    inbox = _own_inbox(actor)
    inbox.quiet_until = until
    inbox.save(update_fields=["quiet_until"])


def _own_inbox(actor: Actor) -> Inbox:
    if actor.user_id is None:
        raise NotAllowed("Only somebody who signs in has an inbox.")
    inbox, _ = Inbox.objects.select_for_update().get_or_create(user_id=actor.user_id)
    return inbox
