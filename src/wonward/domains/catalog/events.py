"""Facts about services and templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wonward.kernel.event import Event
from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class ServicesCreated(Event):
    name: ClassVar[str] = "catalog.service.created"
    service_ids: list[int]

    def subjects(self) -> tuple[Ref, ...]:
        return tuple(Ref("catalog.service", key) for key in self.service_ids)


@dataclass(frozen=True, slots=True)
class ServiceChanged(Event):
    name: ClassVar[str] = "catalog.service.changed"
    service_id: int

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref("catalog.service", self.service_id),)


@dataclass(frozen=True, slots=True)
class TemplateChanged(Event):
    name: ClassVar[str] = "catalog.template.changed"
    template_id: int

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref("catalog.template", self.template_id),)
