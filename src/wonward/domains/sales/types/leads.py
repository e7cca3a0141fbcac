"""What crosses the border of sales about leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from wonward.domains.sales.types import NextAction
from wonward.kernel.money import Money

LEAD_STATUSES = ("open", "converted", "closed")
QUALIFICATION_STATES = ("unknown", "partly", "clear", "against")
UTM_KEYS = ("source", "medium", "campaign", "term", "content", "page", "referrer")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known about one criterion; `state` is one of QUALIFICATION_STATES."""

    state: str = "unknown"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """Something to find out about a chance, with the question that finds it out."""

    key: str
    label: str
    question: str


@dataclass(frozen=True, slots=True)
class NewLead:
    """A lead to add. Without pipeline it belongs to the default one; a `campaign_name` nobody knows stays in `utm`."""

    name: str
    company_name: str = ""
    title: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    country: str = ""
    industry: str = ""
    employees: int | None = None
    message: str = ""
    source: str = ""
    utm: Mapping[str, str] = field(default_factory=dict)
    campaign_id: int | None = None
    service_id: int | None = None
    pipeline_id: int | None = None
    owner_id: int | None = None
    qualification: Mapping[str, Finding] = field(default_factory=dict)
    received_at: datetime | None = None
    received_date: date | None = None
    external_source: str = ""
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class PastLead:
    """A lead as another product kept it: open, or already converted or closed on a day."""

    lead: NewLead
    status: str = "open"
    closed_date: date | None = None
    closed_reason: str = ""


@dataclass(frozen=True, slots=True)
class ScorePart:
    """Points of one rule: which field earned them, in which words."""

    rule_id: int
    field: str
    label: str
    points: int


@dataclass(frozen=True, slots=True)
class ScoreRuleRow:
    """A rule as shown in the settings."""

    id: int
    field: str
    operator: str
    value: str
    points: int
    label: str


@dataclass(frozen=True, slots=True)
class NewScoreRule:
    """A rule to keep; the label is made from its parts when empty."""

    field: str
    operator: str
    value: str
    points: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class LeadRow:
    """A lead as shown to a viewer."""

    id: int
    number: str
    name: str
    company_name: str
    title: str
    email: str
    phone: str
    website: str
    country: str
    industry: str
    employees: int | None
    message: str
    source: str
    utm: Mapping[str, str]
    campaign_id: int | None
    campaign_name: str
    form_name: str
    service_id: int | None
    service_name: str
    pipeline_id: int
    owner_id: int | None
    owner_name: str
    qualification: Mapping[str, Finding]
    score: int
    score_parts: tuple[ScorePart, ...]
    status: str
    received_at: datetime
    received_date: date
    response_due_at: datetime | None
    responded_at: datetime | None
    responded_by_name: str
    closed_date: date | None
    closed_reason: str
    company_id: int | None
    contact_id: int | None
    deal_id: int | None
    is_history: bool
    external_id: str
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class LeadFilter:
    """What a list of leads is narrowed to. `view` is a chip of the inbox: late, to_answer, mine, unowned, open, converted, closed, answered, all.

    `source` "" is that of leads without one, `received` the first and last day they came, `answered` those with a first response of which
    the clock ran here. `custom` are conditions on custom fields by key.
    """

    view: str = ""
    status: str = ""
    owner_id: int | None = None
    pipeline_id: int | None = None
    campaign_id: int | None = None
    source: str | None = None
    external_id: str = ""
    text: str = ""
    received: tuple[date, date] | None = None
    updated_since: datetime | None = None
    custom: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LeadCounts:
    """How many leads each chip of the inbox holds."""

    late: int
    to_answer: int
    mine: int
    unowned: int
    open: int
    converted: int
    closed: int
    answered: int
    all: int


@dataclass(frozen=True, slots=True)
class LeadFigures:
    """Of all leads ever received: how many were converted, and the median of days from first contact to conversion.

    A conversion dated before the first contact counts with its negative days, and is named in `backwards`.
    """

    leads: int
    converted: int
    median_days: float | None
    backwards: int

    @property
    def share(self) -> float | None:
        """Converted of all, in percent with one decimal."""
        return round(100 * self.converted / self.leads, 1) if self.leads else None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """The figures of one source."""

    source: str
    figures: LeadFigures


@dataclass(frozen=True, slots=True)
class Conversion:
    """How a lead becomes a deal: an existing company and contact by id, or new ones from the lead's words."""

    next_action: NextAction | None
    company_id: int | None = None
    company_name: str = ""
    contact_id: int | None = None
    deal_name: str = ""
    value: Money | None = None
    owner_id: int | None = None
    pipeline_id: int | None = None
    stage_id: int | None = None
    service_id: int | None = None
    expected_close_date: date | None = None
    custom: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConvertedLead:
    """What a conversion made or linked."""

    lead_id: int
    company_id: int | None
    contact_id: int | None
    deal_id: int | None
    is_replayed: bool = False


@dataclass(frozen=True, slots=True)
class FormField:
    """One thing a form asks; `kind` is text, email, phone, long_text or choice."""

    name: str
    label: str
    kind: str = "text"
    is_required: bool = False
    choices: tuple[str, ...] = ()

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The choices as value and words, which are the same."""
        return [(choice, choice) for choice in self.choices]


@dataclass(frozen=True, slots=True)
class NewLeadForm:
    """A form as edited in the settings."""

    name: str
    title: str
    fields: tuple[FormField, ...]
    intro: str = ""
    button: str = ""
    thanks: str = ""
    source: str = ""
    campaign_id: int | None = None
    pipeline_id: int | None = None
    owner_id: int | None = None
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class LeadFormRow:
    """A form as shown in the settings; `accepted` and `refused` count what was sent."""

    id: int
    key: str
    name: str
    title: str
    intro: str
    button: str
    thanks: str
    fields: tuple[FormField, ...]
    source: str
    campaign_id: int | None
    pipeline_id: int
    owner_id: int | None
    is_open: bool
    version: int
    accepted: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class PublicForm:
    """What an outsider sees of a form."""

    key: str
    title: str
    intro: str
    button: str
    thanks: str
    fields: tuple[FormField, ...]


@dataclass(frozen=True, slots=True)
class SentForm:
    """What an outsider sent: answers by field, the hidden trap, when the page was drawn, and who they are as an address."""

    answers: Mapping[str, str]
    trap: str
    opened_at: datetime | None
    sender: str
    utm: Mapping[str, str] = field(default_factory=dict)
