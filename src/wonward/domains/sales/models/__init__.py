"""Tables of sales: pipelines and deals, leads and the forms they come by."""

from wonward.domains.sales.models.deals import (
    BriefDraft,
    Deal,
    DealLine,
    DealMember,
    LostReason,
    NextActionEntry,
    Pipeline,
    Stage,
    StageVisit,
)
from wonward.domains.sales.models.leads import FormSubmission, Lead, LeadForm, ScoreRule

__all__ = [
    "BriefDraft",
    "Deal",
    "DealLine",
    "DealMember",
    "FormSubmission",
    "Lead",
    "LeadForm",
    "LostReason",
    "NextActionEntry",
    "Pipeline",
    "ScoreRule",
    "Stage",
    "StageVisit",
]
