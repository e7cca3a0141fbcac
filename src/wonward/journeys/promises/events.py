"""Facts about promises."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from wonward.kernel.event import Event
from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class PromisesChanged(Event):
    """Promises were made, settled, covered or follow a new plan."""

    name: ClassVar[str] = "promises.promise.changed"
    promise_ids: list[int] = field(default_factory=list)
    deal_ids: list[int] = field(default_factory=list)
    project_ids: list[int] = field(default_factory=list)

    def subjects(self) -> tuple[Ref, ...]:
        promises = tuple(Ref("promises.promise", key) for key in self.promise_ids)
        deals = tuple(Ref("sales.deal", key) for key in self.deal_ids)
        return promises + deals + tuple(Ref("delivery.project", key) for key in self.project_ids)


@dataclass(frozen=True, slots=True)
class PromisesCrossed(PromisesChanged):
    """Promises of one deal and project crossed a line together; published once per crossing.

    `forecast_dates` goes with `promise_ids`; `person_ids` are the project's manager and the deal's owner.
    """

    name: ClassVar[str] = ""
    forecast_dates: list[date | None] = field(default_factory=list)
    person_ids: list[int] = field(default_factory=list)
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PromisesAtRisk(PromisesCrossed):
    """The work that keeps them now ends too late."""

    name: ClassVar[str] = "promises.promise.at_risk"


@dataclass(frozen=True, slots=True)
class PromisesUncovered(PromisesCrossed):
    """The work that kept them is gone."""

    name: ClassVar[str] = "promises.promise.uncovered"


@dataclass(frozen=True, slots=True)
class PromisesRepaired(PromisesCrossed):
    """Work keeps them in time again."""

    name: ClassVar[str] = "promises.promise.repaired"
