"""Facts about objectives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wonward.kernel.event import Event
from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class ObjectiveChanged(Event):
    objective_id: int
    name: ClassVar[str] = "insights.objective.changed"

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref("insights.objective", self.objective_id),)
