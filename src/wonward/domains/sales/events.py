"""Facts about deals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wonward.kernel.event import Event
from wonward.kernel.ref import Ref


@dataclass(frozen=True, slots=True)
class DealsCreated(Event):
    name: ClassVar[str] = "sales.deal.created"
    deal_ids: list[int]

    def subjects(self) -> tuple[Ref, ...]:
        return tuple(Ref("sales.deal", key) for key in self.deal_ids)


@dataclass(frozen=True, slots=True)
class DealsErased(Event):
    name: ClassVar[str] = "sales.deal.erased"
    deal_ids: list[int]

    def subjects(self) -> tuple[Ref, ...]:
        return tuple(Ref("sales.deal", key) for key in self.deal_ids)


@dataclass(frozen=True, slots=True)
class _AboutDeal(Event):
    deal_id: int
    company_id: int | None = None

    def subjects(self) -> tuple[Ref, ...]:
        deal = Ref("sales.deal", self.deal_id)
        return (deal, Ref("clients.company", self.company_id)) if self.company_id else (deal,)


@dataclass(frozen=True, slots=True)
class DealChanged(_AboutDeal):
    name: ClassVar[str] = "sales.deal.changed"


@dataclass(frozen=True, slots=True)
class StakeholdersChanged(_AboutDeal):
    """Somebody of the client was named on a deal, plays another part, or was taken off."""

    name: ClassVar[str] = "sales.deal.stakeholders_changed"


@dataclass(frozen=True, slots=True)
class DealMembersChanged(_AboutDeal):
    """A colleague was put on a deal (`added_id`), does something else there, or was taken off."""

    name: ClassVar[str] = "sales.deal.members_changed"
    added_id: int | None = None


@dataclass(frozen=True, slots=True)
class DealMoved(_AboutDeal):
    name: ClassVar[str] = "sales.deal.moved"


@dataclass(frozen=True, slots=True)
class NextActionChanged(_AboutDeal):
    name: ClassVar[str] = "sales.next_action.changed"


@dataclass(frozen=True, slots=True)
class DealWon(_AboutDeal):
    name: ClassVar[str] = "sales.deal.won"


@dataclass(frozen=True, slots=True)
class DealLost(_AboutDeal):
    name: ClassVar[str] = "sales.deal.lost"


@dataclass(frozen=True, slots=True)
class DealReopened(_AboutDeal):
    name: ClassVar[str] = "sales.deal.reopened"


@dataclass(frozen=True, slots=True)
class NextActionOverdue(_AboutDeal):
    """`level` 1: its owner should know; 2: their manager too."""

    name: ClassVar[str] = "sales.next_action.overdue"
    level: int = 1


@dataclass(frozen=True, slots=True)
class OwedAnswerChanged(_AboutDeal):
    """A client waits for an answer, or no longer."""

    name: ClassVar[str] = "sales.answer.changed"


@dataclass(frozen=True, slots=True)
class AnswerOverdue(_AboutDeal):
    """`level` 1: the deal's owner should know; 2: their manager too."""

    name: ClassVar[str] = "sales.answer.overdue"
    level: int = 1


@dataclass(frozen=True, slots=True)
class ProposalChanged(_AboutDeal):
    name: ClassVar[str] = "sales.proposal.changed"
    proposal_id: int = 0


@dataclass(frozen=True, slots=True)
class ProposalSent(_AboutDeal):
    name: ClassVar[str] = "sales.proposal.sent"
    proposal_id: int = 0


@dataclass(frozen=True, slots=True)
class ProposalDiscussed(_AboutDeal):
    name: ClassVar[str] = "sales.proposal.discussed"
    proposal_id: int = 0


@dataclass(frozen=True, slots=True)
class ProposalSigned(_AboutDeal):
    name: ClassVar[str] = "sales.proposal.signed"
    proposal_id: int = 0
    contract_id: int = 0


@dataclass(frozen=True, slots=True)
class LeadsCreated(Event):
    name: ClassVar[str] = "sales.lead.created"
    lead_ids: list[int]

    def subjects(self) -> tuple[Ref, ...]:
        return tuple(Ref("sales.lead", key) for key in self.lead_ids)


@dataclass(frozen=True, slots=True)
class _AboutLead(Event):
    lead_id: int

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref("sales.lead", self.lead_id),)


@dataclass(frozen=True, slots=True)
class LeadChanged(_AboutLead):
    name: ClassVar[str] = "sales.lead.changed"


@dataclass(frozen=True, slots=True)
class LeadAnswered(_AboutLead):
    name: ClassVar[str] = "sales.lead.answered"


@dataclass(frozen=True, slots=True)
class LeadClosed(_AboutLead):
    name: ClassVar[str] = "sales.lead.closed"


@dataclass(frozen=True, slots=True)
class LeadReopened(_AboutLead):
    name: ClassVar[str] = "sales.lead.reopened"


@dataclass(frozen=True, slots=True)
class LeadConverted(Event):
    name: ClassVar[str] = "sales.lead.converted"
    lead_id: int
    deal_id: int
    company_id: int

    def subjects(self) -> tuple[Ref, ...]:
        return (Ref("sales.lead", self.lead_id), Ref("sales.deal", self.deal_id), Ref("clients.company", self.company_id))


@dataclass(frozen=True, slots=True)
class LeadsErased(Event):
    name: ClassVar[str] = "sales.lead.erased"
    lead_ids: list[int]

    def subjects(self) -> tuple[Ref, ...]:
        return tuple(Ref("sales.lead", key) for key in self.lead_ids)


@dataclass(frozen=True, slots=True)
class TermChanged(_AboutDeal):
    """A contract's days, or what happens at their end, are different."""

    name: ClassVar[str] = "sales.term.changed"


@dataclass(frozen=True, slots=True)
class RenewalOpened(_AboutDeal):
    """A deal was opened that renews a contract."""

    name: ClassVar[str] = "sales.renewal.opened"
    renewal_id: int | None = None


@dataclass(frozen=True, slots=True)
class RenewalBlocked(_AboutDeal):
    """The day of a renewal came, and it could not be opened."""

    name: ClassVar[str] = "sales.renewal.blocked"


@dataclass(frozen=True, slots=True)
class TermExtended(_AboutDeal):
    """A contract runs on because nobody gave notice in time."""

    name: ClassVar[str] = "sales.term.extended"
