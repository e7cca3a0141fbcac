"""What crosses the border of sales about proposals and contracts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from wonward.domains.catalog.types import Hours
from wonward.foundation.organisation.types import Conversion
from wonward.kernel.money import Money

LONGEST_NAME, LONGEST_ADDRESS = 200, 254


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A line of a proposal: a service or free words, net. An option counts only when chosen. `cost` is per unit.

    `promise` is what the line says the client gets, kept in the ledger once it is signed. `promise_key`, for us alone,
    names the work of the template that keeps it. `conversion` is for us alone: where
    a price that was not typed came from. `hours` are the minutes of each role in one unit where they are not the
    service's own, which stand in `planned`; `effort_minutes` is all of them.
    Of quantity times price the percentage goes off first, then the amount.
    """

    name: str
    quantity: Decimal = Decimal(1)
    unit_price: Money | None = None
    service_id: int | None = None
    description: str = ""
    cost: Money | None = None
    effort_minutes: int = 0
    is_option: bool = False
    is_chosen: bool = False
    promise: str = ""
    conversion: Conversion | None = None
    promise_key: str = ""
    hours: Hours = ()
    discount_percent: Decimal = Decimal(0)
    discount: Money | None = None
    planned: Hours = ()

    @property
    def role_hours(self) -> Hours:
        """The minutes of each role in one unit."""
        return self.hours or self.planned

    @property
    def total(self) -> Money | None:
        """What the line costs, with its discounts; None without a price."""
        if self.unit_price is None:
            return None
        whole = self.unit_price.times(self.quantity)
        off = percent_of(whole.minor, self.discount_percent) + (self.discount.minor if self.discount else 0)
        return Money(whole.minor - off, whole.currency)

    @property
    def counts(self) -> bool:
        """Whether the line is part of the sum."""
        return self.is_chosen if self.is_option else True


@dataclass(frozen=True, slots=True)
class ProposalContent:
    """The words, lines and terms of one version; tax in percent, the discount in percent and as an amount."""

    title: str
    lines: tuple[ProposalLine, ...] = ()
    recipient: str = ""
    intro: str = ""
    terms: str = ""
    discount_percent: Decimal = Decimal(0)
    tax_percent: Decimal = Decimal(0)
    kickoff_date: date | None = None
    finish_date: date | None = None
    discount: Money | None = None


def percent_of(minor: int, percent: Decimal) -> int:
    """A percentage of minor units, rounded half up."""
    return int((Decimal(minor) * percent / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class ProposalSums:
    """Net of the lines that count, the discounts on it, tax, and what is to pay. Cost and margin only for those who may know.

    `hours` are the minutes of each role in all of them.
    """

    net: Money
    discount: Money
    total: Money
    tax: Money
    to_pay: Money
    effort_minutes: int
    cost: Money | None = None
    margin_percent: int | None = None
    hours: Hours = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One change between two versions: kind is added, removed or changed."""

    kind: str
    what: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class CommentRow:
    """What was asked or answered."""

    author: str
    is_client: bool
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A signed version."""

    id: int
    deal_id: int
    proposal_id: int
    proposal_number: str
    number: int
    signer_name: str
    signer_address: str
    document_sha256: str
    document_id: int | None
    total: Money
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A way in for a client, as we see it."""

    recipient: str
    number: int
    expires_at: datetime
    is_live: bool
    is_tracked: bool
    opens: int
    last_opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal in a list."""

    id: int
    number: str
    title: str
    status: str
    deal_id: int
    deal_name: str
    company_name: str
    owner_name: str
    current_number: int
    total: Money
    version: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ProposalView:
    """One version of a proposal with everything around it, for colleagues."""

    row: ProposalRow
    number: int
    is_frozen: bool
    sent_at: datetime | None
    content: ProposalContent
    sums: ProposalSums
    currency: str
    numbers: tuple[tuple[int, datetime | None], ...]
    differences: tuple[Difference, ...]
    comments: tuple[CommentRow, ...]
    links: tuple[LinkRow, ...]
    contract: ContractRow | None
    has_cost_right: bool


@dataclass(frozen=True, slots=True)
class PublicProposal:
    """What the holder of a link sees. `state` is open, accepted, expired or superseded."""

    number: str
    version_number: int
    state: str
    company_name: str
    contact_name: str
    content: ProposalContent
    sums: ProposalSums
    currency: str
    expires_at: datetime
    valid_until: date
    comments: tuple[CommentRow, ...]
    signer_name: str = ""
    signed_at: datetime | None = None
    document_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A version of a proposal as it went out to the client."""

    proposal_id: int
    deal_id: int
    number: str
    version_number: int
    sent_at: datetime | None
    content: ProposalContent

    @property
    def name(self) -> str:
        """What people call it, such as "O-1001, version 2"."""
        return f"{self.number}, version {self.version_number}"


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs, from where, with which options by their place in the proposal."""

    name: str
    email: str = ""
    address: str = ""
    chosen: frozenset[int] = field(default_factory=frozenset)
    is_agreed: bool = False


@dataclass(frozen=True, slots=True)
class SignedProposal:
    """What a signature made; `is_replayed` when it had been signed before."""

    contract_id: int
    proposal_id: int
    deal_id: int
    company_id: int | None
    deal_status: str
    content: ProposalContent
    owner_name: str
    offer: Offer
    is_replayed: bool = False


@dataclass(frozen=True, slots=True)
class AcceptedProposal:
    """What a signature brought about: always the contract, and the win with its handoff when the brief was complete."""

    contract_id: int
    deal_id: int
    is_won: bool
    handoff_id: int | None
    is_replayed: bool = False
