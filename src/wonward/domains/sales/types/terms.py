"""How long a contract runs, as it crosses the border of this package."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wonward.kernel.money import Money

RENEWALS = ("offer", "runs_on", "ends")
"""What happens at the end: a deal renews it, it runs on unless somebody gives notice, or it is over."""
TERM_STATES = ("running", "due", "offered", "renewed", "ending", "over")


@dataclass(frozen=True, slots=True)
class NewTerm:
    """The days a contract runs, both included. `lead_days` before the last day of notice its renewal begins to be somebody's work."""

    starts_date: date
    ends_date: date
    renewal: str = "offer"
    notice_days: int = 0
    lead_days: int = 60
    runs_on_months: int = 12


@dataclass(frozen=True, slots=True)
class TermRow:
    """A won deal's contract as one viewer sees it on one day. `state` is one of TERM_STATES; a hidden renewal has no name."""

    deal_id: int
    deal_number: str
    deal_name: str
    company_id: int | None
    company_name: str
    owner_id: int | None
    owner_name: str
    value: Money | None
    terms: NewTerm
    notice_date: date
    opens_date: date
    state: str
    end_reason: str
    blocked: str
    renewal_id: int | None
    renewal_name: str
    renewal_status: str
    version: int
