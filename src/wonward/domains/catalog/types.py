"""What crosses the border of this package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from wonward.kernel.money import Money


@dataclass(frozen=True, slots=True)
class NewService:
    """A service to add."""

    name: str
    description: str = ""
    template_id: int | None = None
    series: str = ""
    price: Money | None = None
    cost: Money | None = None
    effort_minutes: int = 0
    is_to_review: bool = False
    external_source: str = ""
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service as shown to a viewer; money only with the right."""

    id: int
    name: str
    description: str
    template_id: int | None
    price: Money | None
    cost: Money | None
    effort_minutes: int
    tone: int
    is_to_review: bool
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A template with its current blueprint."""

    id: int
    name: str
    number: int
    items: Sequence[Mapping[str, Any]]
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Waits:
    """`after` of a blueprint item: which item, how, and the lag in working minutes."""

    key: str
    type: str
    lag_minutes: int


@dataclass(frozen=True, slots=True)
class BlueprintItem:
    """One phase, task or milestone to create; minutes are working minutes."""

    key: str
    kind: str
    name: str
    parent: str | None
    duration_minutes: int
    effort_minutes: int
    role: str
    after: tuple[Waits, ...]
    promise_key: str
    checklist: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of a deal, as far as delivery needs it."""

    service_id: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Blueprint:
    """One project to create: the template it comes from, its items in order, its sold effort."""

    name: str
    template_id: int | None
    template_name: str
    template_number: int | None
    items: tuple[BlueprintItem, ...]
    effort_minutes: int
    service_ids: tuple[int, ...]
