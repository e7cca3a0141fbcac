"""What crosses the border of this package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from wonward.domains.catalog.types import Hours
from wonward.domains.clients.types import CompanyFilter, ContactFilter
from wonward.foundation.organisation.types import Conversion
from wonward.kernel.money import Money
from wonward.kernel.wording import worded

BRIEF_FIELDS = ("scope_summary", "promised_finish_date", "key_constraints", "main_stakeholder_id", "kickoff_date")
NEXT_ACTION_KINDS = ("call", "email", "meeting", "proposal", "demo", "document", "review", "task", "parked")


# What a stage may ask of a deal besides custom fields, in words.
FACTS_ASKED: Mapping[str, str] = {
    "company_id": worded("Company"), "value": worded("Value"), "expected_close_date": worded("Expected close"), "source": worded("Source"),
    "main_contact": worded("Main contact"),
}


@dataclass(frozen=True, slots=True)
class NextAction:
    """What happens next, when, by whom. Kind `parked` waits until `due_date` for the reason in `note`."""

    kind: str
    due_date: date
    note: str = ""
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewLine:
    """A service to sell; without a price the list price is taken.

    `options` are the optional sections sold with it, possibly none; None leaves the choice open, and then all of them come.
    `hours` are the minutes of each role in one unit: none goes by the template, None keeps what the service had on this deal.
    """

    service_id: int
    quantity: Decimal = Decimal(1)
    unit_price: Money | None = None
    options: tuple[str, ...] | None = None
    hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class NewDeal:
    """A deal to open. Without owner it is the actor's; without pipeline or stage the first open one.

    `contact_ids` become stakeholders; `custom` fills in fields of the house by their keys.
    """

    name: str
    company_id: int | None
    next_action: NextAction | None
    owner_id: int | None = None
    pipeline_id: int | None = None
    stage_id: int | None = None
    value: Money | None = None
    opened_date: date | None = None
    expected_close_date: date | None = None
    lines: tuple[NewLine, ...] = ()
    source: str = ""
    external_source: str = ""
    external_id: str = ""
    contact_ids: tuple[int, ...] = ()
    custom: Mapping[str, object] = field(default_factory=dict)
    probability: int | None = None


@dataclass(frozen=True, slots=True)
class PastDeal:
    """A deal that was already won or lost when it first arrived here."""

    name: str
    status: str
    closed_date: date | None
    opened_date: date | None
    owner_id: int | None = None
    company_id: int | None = None
    pipeline_id: int | None = None
    value: Money | None = None
    lines: tuple[NewLine, ...] = ()
    lost_reason: str = ""
    source: str = ""
    external_source: str = ""
    external_id: str = ""
    contact_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ClosingBrief:
    """The five answers. `key_constraints` may be empty only with `no_constraints`."""

    scope_summary: str = ""
    promised_finish_date: date | None = None
    key_constraints: str = ""
    no_constraints: bool = False
    main_stakeholder_id: int | None = None
    kickoff_date: date | None = None


@dataclass(frozen=True, slots=True)
class WonDeal:
    """The facts of a won deal that the handoff builds on; `is_first` is False when it had been won before."""

    deal_id: int
    number: str
    name: str
    company_id: int
    owner_id: int | None
    value: Money | None
    lines: tuple[SoldService, ...]
    is_first: bool
    is_restricted: bool = False
    member_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SoldService:
    """A line as sold; `options` as in `NewLine`; `conversion` where its price was converted; `hours` where they are not the template's."""

    service_id: int
    quantity: Decimal
    unit_price: Money | None
    options: tuple[str, ...] | None = None
    conversion: Conversion | None = None
    hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is confirmed before a deal goes on from a stage."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """An exit criterion of the stage a deal stands in; `confirmed_by` is empty until somebody has."""

    key: str
    text: str
    confirmed_by: str = ""
    confirmed_at: datetime | None = None

    @property
    def is_met(self) -> bool:
        """Whether somebody has confirmed it."""
        return self.confirmed_at is not None


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage of a pipeline."""

    id: int
    name: str
    kind: str
    position: int
    probability: int
    days_until_stuck: int
    required_fields: tuple[str, ...] = ()
    exit_criteria: tuple[Criterion, ...] = ()


@dataclass(frozen=True, slots=True)
class PipelineRow:
    """A pipeline with its stages in order."""

    id: int
    name: str
    is_default: bool
    stages: tuple[StageRow, ...]
    version: int
    created_at: datetime
    updated_at: datetime


MEMBER_PARTS = ("co_owner", "presales", "delivery", "helps")


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A colleague on a deal besides its owner; `part` is one of MEMBER_PARTS."""

    person_id: int
    name: str
    part: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line as shown; price and conversion only with the right; `options` as in `NewLine`; `hours` where they are not the template's."""

    service_id: int
    service_name: str
    quantity: Decimal
    unit_price: Money | None
    options: tuple[str, ...] | None = None
    conversion: Conversion | None = None
    hours: Hours | None = None

    @property
    def total(self) -> Money | None:
        """Quantity times price, rounded to the minor unit."""
        return self.unit_price.times(self.quantity) if self.unit_price else None


@dataclass(frozen=True, slots=True)
class ExportedLine:
    """A line of any deal, with its place on it."""

    deal_id: int
    position: int
    service_id: int
    service_name: str
    quantity: Decimal
    unit_price: Money | None
    options: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class LinesChanged:
    """What new lines did to the deal: whether they differ from the former, and whether its value was left as entered."""

    is_changed: bool
    is_value_kept: bool


@dataclass(frozen=True, slots=True)
class NextActionRow:
    """The current next action of an open deal."""

    kind: str
    note: str
    due_date: date
    owner_id: int | None
    owner_name: str


@dataclass(frozen=True, slots=True)
class DealRow:
    """A deal as shown to a viewer; `value` only with the right."""

    id: int
    number: str
    name: str
    status: str
    company_id: int | None
    company_name: str
    owner_id: int | None
    owner_name: str
    pipeline_id: int
    stage_id: int
    stage_name: str
    stage_kind: str
    probability: int
    value: Money | None
    has_value_right: bool
    source: str
    opened_date: date
    expected_close_date: date | None
    closed_date: date | None
    lost_reason: str
    is_history: bool
    is_restricted: bool
    stage_entered_at: datetime
    days_until_stuck: int
    next_action: NextActionRow | None
    service_name: str
    service_tone: int
    external_id: str
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class DealBefore:
    """What a deal held before a change that is taken back; what is None or left out stays. `fields` are owner_id, source and
    expected_close_date; `is_open_again` for one that was lost by the change."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    close_slips: int | None = None
    next_action: NextAction | None = None
    next_escalation: int | None = None
    stage_id: int | None = None
    stage_entered_at: datetime | None = None
    is_open_again: bool = False


@dataclass(frozen=True, slots=True)
class DealFilter:
    """What a list of deals is narrowed to; empty means everything.

    `owner_id` 0 asks for deals nobody owns; `closes` and `closed` are first and last day; `custom` are conditions on custom fields by key.
    """

    status: str = ""
    owner_id: int | None = None
    pipeline_id: int | None = None
    stage_id: int | None = None
    company_id: int | None = None
    external_id: str = ""
    is_history: bool | None = None
    urgency: str = ""
    text: str = ""
    updated_since: datetime | None = None
    source: str | None = None
    closes: tuple[date, date] | None = None
    closed: tuple[date, date] | None = None
    is_undated: bool = False
    lost_reason: str | None = None
    segment: CompanyFilter | None = None
    people: ContactFilter | None = None
    custom: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class OwedAnswerRow:
    """A deal whose client waits for an answer."""

    deal_id: int
    deal_name: str
    company_name: str
    asked_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class DealGroup:
    """The deals of one stage, owner or company in a list; `value` for those who see all of it."""

    name: str
    count: int
    value: Money | None


@dataclass(frozen=True, slots=True)
class DealSums:
    """Over all rows of a filter: how many, and reporting-currency minor units with the right."""

    count: int
    value: Money | None
    weighted: Money | None
    overdue: int = 0
    due_today: int = 0
    stuck: int = 0
    no_next_action: int = 0


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """One stage of the board with its first cards."""

    stage: StageRow
    sums: DealSums
    cards: tuple[DealRow, ...]


@dataclass(frozen=True, slots=True)
class StageVisitRow:
    """A stay in a stage."""

    stage_id: int
    stage_name: str
    entered_at: datetime
    left_at: datetime | None
    confirmed: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DisciplineRow:
    """How well somebody's open deals are looked after; clean means an owner, a next action, nothing late and no slipped date."""

    owner_id: int | None
    owner_name: str
    open: int
    no_owner: int
    no_next_action: int
    overdue: int
    stuck: int
    slipped: int
    parked: int
    unclean: int
    slipped_value: Money | None
    oldest_due_date: date | None
    unanswered: int = 0

    @property
    def clean_share(self) -> int:
        """Clean ones of all, in percent."""
        return 100 * (self.open - self.unclean) // self.open if self.open else 100
