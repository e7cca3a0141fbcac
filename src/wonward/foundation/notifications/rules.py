"""Who is told, and when mail goes out. Pure decisions on plain values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from wonward.foundation.notifications.types import Reason

STRENGTH = (Reason.MENTION, Reason.ASSIGNED, Reason.WATCHING)
FOR_YOU = (Reason.MENTION, Reason.ASSIGNED)
LONGEST_SNOOZE = timedelta(days=400)


def strongest(reasons: Iterable[Reason]) -> Reason:
    """The reason that counts of several."""
    return min(reasons, key=STRENGTH.index)


def recipients(
    to: Mapping[Reason, Collection[int | None]], followers: Collection[int], author_id: int | None
) -> dict[int, Reason]:
    """Everybody to tell with the strongest of their reasons; never the author, whatever the reason."""
    reasons: dict[int, Reason] = dict.fromkeys(followers, Reason.WATCHING)
    for reason, users in to.items():
        for user_id in users:
            if user_id is not None:
                reasons[user_id] = strongest([reason, reasons.get(user_id, reason)])
    return {user_id: reason for user_id, reason in reasons.items() if user_id != author_id}


def is_told(reason: Reason, *, is_muted: bool) -> bool:
    """Whether a notice reaches a thread: through a mute only by name."""
    return not is_muted or reason is Reason.MENTION


def digest_is_due(
    *, hour: int | None, time_zone: str, last_sent_at: datetime | None, quiet_until: datetime | None, now: datetime
) -> bool:
    """Whether the digest of today (the person's own day) is due and has not been sent."""
    if hour is None or (quiet_until is not None and now < quiet_until):
        return False
    zone = ZoneInfo(time_zone)
    local = now.astimezone(zone)
    if local.hour < hour:
        return False
    return last_sent_at is None or last_sent_at.astimezone(zone).date() < local.date()
