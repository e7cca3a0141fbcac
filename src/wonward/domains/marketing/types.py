"""What crosses the border of this package."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from wonward.kernel.money import Money
from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """A campaign to add."""

    name: str
    channel: str = ""
    start_date: date | None = None
    finish_date: date | None = None
    budget: Money | None = None


@dataclass(frozen=True, slots=True)
class NewTouch:
    """A touch to note."""

    ref: Ref
    kind: str
    happened_at: datetime
    campaign_id: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign as shown; money only with the right, `spent` in the reporting currency."""

    id: int
    name: str
    channel: str
    start_date: date | None
    finish_date: date | None
    budget: Money | None
    spent: Money | None
    version: int


@dataclass(frozen=True, slots=True)
class TouchRow:
    """A touch as shown."""

    kind: str
    detail: str
    campaign_id: int | None
    campaign_name: str
    happened_at: datetime
