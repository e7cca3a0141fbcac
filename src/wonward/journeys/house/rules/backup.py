"""When the next backup is due. Pure decisions on plain values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded

HOURS_A_DAY, MOST_KEPT = 24, 365
DEFAULT_HOUR, DEFAULT_KEEP = 2, 14
AGAIN_AFTER = timedelta(minutes=50)


def check_hour(hour: int) -> None:
    """An hour of the day; Refused otherwise."""
    if not 0 <= hour < HOURS_A_DAY:
        raise Refused.field("hour", "Choose an hour from 0 to 23.", "out_of_range")


def check_keep(keep: int) -> None:
    """How many are kept; Refused for none and for too many."""
    if not 1 <= keep <= MOST_KEPT:
        raise Refused.field("keep", worded("Keep between 1 and {most} backups.", most=MOST_KEPT), "out_of_range")


def latest_moment(now: datetime, hour: int, time_zone: str) -> datetime:
    """The last time that it was this hour in the house, in UTC."""
    here = now.astimezone(ZoneInfo(time_zone))
    moment = here.replace(hour=hour, minute=0, second=0, microsecond=0)
    if moment > here:
        moment = (here - timedelta(days=1)).replace(hour=hour, minute=0, second=0, microsecond=0)
    return moment.astimezone(UTC)


def is_due(*, now: datetime, moment: datetime, done_at: datetime | None, tried_at: datetime | None) -> bool:
    """Whether there is no backup since the moment, and the last attempt is a while ago."""
    if done_at is not None and done_at >= moment:
        return False
    return tried_at is None or tried_at <= now - AGAIN_AFTER
