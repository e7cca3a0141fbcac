"""Tables of sales: pipelines and deals, leads and the forms they come by."""

from wonward.domains.sales.models.deals import (
    BriefDraft,
    Deal,
    DealLine,
    DealMember,
    LostReason,
    NextActionEntry,
    OwedAnswer,
    Pipeline,
    Stage,
    StageVisit,
)
from wonward.domains.sales.models.goals import Goal
from wonward.domains.sales.models.leads import FormSubmission, Lead, LeadForm, ScoreRule
from wonward.domains.sales.models.proposals import (
    Contract,
    Proposal,
    ProposalComment,
    ProposalLink,
    ProposalVersion,
)
from wonward.domains.sales.models.terms import ContractTerm

__all__ = [
    "BriefDraft",
    "Contract",
    "ContractTerm",
    "Deal",
    "DealLine",
    "DealMember",
    "FormSubmission",
    "Goal",
    "Lead",
    "LeadForm",
    "LostReason",
    "NextActionEntry",
    "OwedAnswer",
    "Pipeline",
    "Proposal",
    "ProposalComment",
    "ProposalLink",
    "ProposalVersion",
    "ScoreRule",
    "Stage",
    "StageVisit",
]
