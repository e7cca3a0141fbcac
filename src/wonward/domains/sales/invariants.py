"""What must hold about deals; `wonward check` reports every sentence returned here."""

from __future__ import annotations

from django.db.models import Count, F, Q

from wonward.domains.sales.models import ContractTerm, Deal, Lead
from wonward.domains.sales.operations.terms import terms_in
from wonward.domains.sales.rules.terms import notice_day, opening_day


def check_open_deals_have_owner_and_next_action() -> list[str]:
    """Nobody forgets an open deal."""
    lost = Deal.objects.filter(status="open").filter(Q(owner__isnull=True) | Q(next_due_date__isnull=True) | Q(next_kind=""))
    return [f"The open deal {number} has no owner or no next action." for number in lost.values_list("number", flat=True)]


def check_stages_agree_with_statuses() -> list[str]:
    """An open deal stands in an open stage, a won one in a won stage, a lost one in a lost stage, of its pipeline."""
    wrong = Deal.objects.exclude(stage__kind=F("status")) | Deal.objects.exclude(stage__pipeline_id=F("pipeline_id"))
    return [
        f"The deal {number} is {status} but stands in the stage “{stage}”."
        for number, status, stage in wrong.order_by("pk").values_list("number", "status", "stage__name")
    ]


def check_open_deals_are_in_one_stage() -> list[str]:
    """Of the stays in stages of a deal, exactly one goes on."""
    counted = Deal.objects.annotate(current=Count("visits", filter=Q(visits__left_at__isnull=True))).exclude(current=1)
    return [f"The deal {number} has {count} current stages." for number, count in counted.values_list("number", "current")]


def check_converted_leads_have_their_deal() -> list[str]:
    """Nothing of a converted lead is lost: company, contact and deal are there, unless it was converted elsewhere."""
    lost = Lead.objects.filter(status="converted", is_history=False).filter(
        Q(company__isnull=True) | Q(contact__isnull=True) | Q(deal__isnull=True)
    )
    return [f"The converted lead {number} lacks its company, contact or deal." for number in lost.values_list("number", flat=True)]


def check_scores_are_sums() -> list[str]:
    """A score is the sum of its parts, each of which names its field."""
    found = Lead.objects.exclude(score=0, score_parts=[]).values_list("number", "score", "score_parts")
    return [
        f"The score of the lead {number} is {score}, its parts come to {sum(part[3] for part in parts)}."
        for number, score, parts in found.iterator() if score != sum(part[3] for part in parts)
    ]


def check_terms_add_up() -> list[str]:
    """The days that follow from a contract's term are those that its agreed days give."""
    found = ContractTerm.objects.select_related("deal")
    return [
        f"The contract term of {row.deal.number} has other days of notice and renewal than its end gives." for row in found.iterator()
        if (row.notice_date, row.opens_date) != (notice_day(terms_in(row)), opening_day(terms_in(row)))
    ]
