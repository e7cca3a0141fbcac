"""What can be kept for a while only, for how long by default, and from which moment a row is too old."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from wonward.journeys.house.types import RetentionKey
from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded

LONGEST_MONTHS = 240


@dataclass(frozen=True, slots=True)
class Keeping:
    """Months by default, the fewest that can be set, and how many rows one run takes at most."""

    months: int
    shortest: int
    at_once: int


KEEPING: Mapping[RetentionKey, Keeping] = {
    RetentionKey.LEADS: Keeping(24, 1, 500),
    RetentionKey.CONTACTS: Keeping(36, 6, 20),
    RetentionKey.LOG: Keeping(60, 6, 500),
    RetentionKey.SIGN_INS: Keeping(12, 3, 5000),
    RetentionKey.NOTICES: Keeping(12, 1, 5000),
    RetentionKey.MAIL: Keeping(12, 1, 2000),
    RetentionKey.EXPORTS: Keeping(24, 1, 2000),
    RetentionKey.OPENINGS: Keeping(12, 3, 5000),
}


def moment_before(now: datetime, months: int) -> datetime:
    """The same moment so many months ago; the last day of a shorter month."""
    years, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    day = min(now.day, monthrange(years, month + 1)[1])
    return now.replace(year=years, month=month + 1, day=day)


def check_months(key: RetentionKey, months: int) -> None:
    """Refuse a time that is too short to be meant, or endless."""
    shortest = KEEPING[key].shortest
    if not shortest <= months <= LONGEST_MONTHS:
        raise Refused.field(
            "months", worded("Give between {shortest} and {longest} months.", shortest=shortest, longest=LONGEST_MONTHS), "out_of_range"
        )
