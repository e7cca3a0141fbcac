"""What crosses the border of this package."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from wonward.foundation.organisation.types import Conversion
from wonward.kernel.money import Money

ITEM_KINDS = ("phase", "task", "milestone", "approval")
MOMENTS = ("milestone", "approval")
LINK_TYPES = ("FS", "SS", "FF", "SF")
ALL_OPTIONS = frozenset({"*"})
PLACEMENTS = ("by_template", "main_section", "own_project")


# Minutes by role, in order.
Hours = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class BookEntry:
    """Price and cost of a service in one currency; an amount is Money of that currency, or None while it is open."""

    currency: str
    price: Money | None = None
    cost: Money | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A price or cost from the book in the currency asked for.

    `conversion` says how it came about where the book has none in that currency. Without an amount, `missing_rate` names the
    currency whose rate would be needed; empty where nothing is known in any currency.
    """

    amount: Money | None = None
    conversion: Conversion | None = None
    missing_rate: str = ""


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
    placement: str = "by_template"
    external_source: str = ""
    external_id: str = ""
    book: tuple[BookEntry, ...] = ()


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
    placement: str = "by_template"
    archived_at: datetime | None = None
    merged_into_id: int | None = None
    book: tuple[BookEntry, ...] = ()


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
    archived_at: datetime | None = None
    origin: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class TemplateVersionRow:
    """One immutable version of a template: who wrote it, when, and why."""

    template_id: int
    number: int
    items: Sequence[Mapping[str, Any]]
    note: str
    author_label: str
    digest: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ItemChange:
    """What became of one item between two versions: `kind` is added, removed or changed; `fields` maps to (before, after)."""

    kind: str
    key: str
    name: str
    fields: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class GalleryTemplate:
    """A template that comes with the product, to be taken over and changed."""

    key: str
    name: str
    summary: str
    items: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Waits:
    """`after` of a blueprint item: which item, how, and the lag in minutes of working or elapsed time."""

    key: str
    type: str
    lag_minutes: int
    lag_unit: str = "working"


@dataclass(frozen=True, slots=True)
class RoleEffort:
    """How much of an item's effort one role gives."""

    role: str
    minutes: int


@dataclass(frozen=True, slots=True)
class SkillNeeded:
    """A skill by name that an item asks for, and how well at least: 1 to 5."""

    name: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class BlueprintItem:
    """One phase, task, milestone or approval to create; minutes are working minutes.

    `start_offset_days` counts working days from the kickoff, or from the start of the phase `offset_in` it lies in;
    `before_finish_days` counts them back from the promised finish. `efforts` splits the effort when several roles share it.
    """

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
    efforts: tuple[RoleEffort, ...] = ()
    is_deliverable: bool = False
    acceptance: tuple[str, ...] = ()
    start_offset_days: int | None = None
    offset_in: str | None = None
    before_finish_days: int | None = None
    skills: tuple[SkillNeeded, ...] = ()

    @property
    def is_moment(self) -> bool:
        """Whether it takes no time: a milestone or an approval."""
        return self.kind in MOMENTS


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of a deal, as far as delivery needs it. `options` are the optional sections sold; ALL_OPTIONS is all of them.

    `hours` are the minutes of each role sold with one unit; None leaves them to the template.
    """

    service_id: int
    quantity: Decimal
    options: frozenset[str] = ALL_OPTIONS
    hours: Hours | None = None

    @classmethod
    def choosing(
        cls, service_id: int, quantity: Decimal, options: Iterable[str] | None, hours: Hours | None = None
    ) -> SoldLine:
        """A line with the options named; None leaves the choice open, and then every optional section is sold."""
        return cls(service_id, quantity, ALL_OPTIONS if options is None else frozenset(options), hours)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a deal may sell of a service: its price in the currency asked for, and the options its template has sections for.

    `conversion` and `missing_rate` as in `Listed`.
    """

    service_id: int
    name: str
    price: Money | None
    options: tuple[str, ...]
    is_archived: bool
    conversion: Conversion | None = None
    missing_rate: str = ""

    @property
    def listed(self) -> Listed:
        """The price with where it comes from."""
        return Listed(self.price, self.conversion, self.missing_rate)


@dataclass(frozen=True, slots=True)
class SoldService:
    """A service as the composition of projects needs it."""

    id: int
    name: str
    template_id: int | None
    effort_minutes: int
    placement: str = "by_template"


@dataclass(frozen=True, slots=True)
class FrozenTemplate:
    """One version of a template, to be copied; copying never changes it."""

    template_id: int
    name: str
    number: int
    items: Sequence[Mapping[str, Any]]


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
