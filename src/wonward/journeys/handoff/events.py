"""Facts about handoffs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from wonward.kernel.event import Event
from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class _AboutHandoff(Event):
    handoff_id: int
    deal_id: int
    company_id: int
    project_ids: list[int] = field(default_factory=list)

    def subjects(self) -> tuple[Ref, ...]:
        projects = tuple(Ref("delivery.project", key) for key in self.project_ids)
        return (Ref("handoff.handoff", self.handoff_id), Ref("sales.deal", self.deal_id), *projects)


@dataclass(frozen=True, slots=True)
class HandoffSubmitted(_AboutHandoff):
    name: ClassVar[str] = "handoff.handoff.submitted"


@dataclass(frozen=True, slots=True)
class HandoffAccepted(_AboutHandoff):
    name: ClassVar[str] = "handoff.handoff.accepted"


@dataclass(frozen=True, slots=True)
class HandoffReturned(_AboutHandoff):
    name: ClassVar[str] = "handoff.handoff.returned"


@dataclass(frozen=True, slots=True)
class HandoffAnswered(_AboutHandoff):
    name: ClassVar[str] = "handoff.handoff.answered"
