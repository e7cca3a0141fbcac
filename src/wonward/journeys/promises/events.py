"""Facts about promises."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from wonward.kernel.event import Event
from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class PromisesChanged(Event):
    name: ClassVar[str] = "promises.promise.changed"
    promise_ids: list[int] = field(default_factory=list)
    deal_ids: list[int] = field(default_factory=list)
    project_ids: list[int] = field(default_factory=list)

    def subjects(self) -> tuple[Ref, ...]:
        promises = tuple(Ref("promises.promise", key) for key in self.promise_ids)
        deals = tuple(Ref("sales.deal", key) for key in self.deal_ids)
        return promises + deals + tuple(Ref("delivery.project", key) for key in self.project_ids)


@dataclass(frozen=True, slots=True)
class PromisesBroken(PromisesChanged):
    name: ClassVar[str] = "promises.promise.at_risk"
