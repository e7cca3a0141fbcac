"""Facts about campaigns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wonward.kernel.event import Event
from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class CampaignsCreated(Event):
    name: ClassVar[str] = "marketing.campaign.created"
    campaign_ids: list[int]

    def subjects(self) -> tuple[Ref, ...]:
        return tuple(Ref("marketing.campaign", key) for key in self.campaign_ids)


@dataclass(frozen=True, slots=True)
class SpendRecorded(Event):
    name: ClassVar[str] = "marketing.spend.recorded"
    campaign_id: int

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref("marketing.campaign", self.campaign_id),)
