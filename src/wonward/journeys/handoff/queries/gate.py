"""What the gate asks of a deal besides the five answers, and the rules handoffs are run by."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet

from wonward.domains.sales.queries.deals import get_brief, get_deal, list_lines
from wonward.domains.sales.queries.proposals import find_offer
from wonward.domains.sales.rules import brief_errors
from wonward.domains.sales.types import ClosingBrief
from wonward.domains.sales.types.proposals import Offer
from wonward.foundation.database.prepared import Values, rows
from wonward.foundation.database.unchanged import once_while_unchanged
from wonward.journeys.handoff.models import GateDraft, HandoffRules, RequiredAnswer
from wonward.journeys.handoff.rules.answers import extra_errors, fill_from
from wonward.journeys.handoff.types import ACCEPTANCE_HOURS, CHECKLIST, AskedAnswer, GateFacts, RulesRow
from wonward.kernel.actor import Actor
from wonward.kernel.errors import FieldError


def get_rules() -> RulesRow:
    """The rules as set, or the ones Wonward comes with."""
    return once_while_unchanged("handoff rules", _read_rules)


def _read_rules() -> RulesRow:
    found = rows("handoff rules", lambda values: HandoffRules.objects.filter(pk=1).values_list("acceptance_minutes", "checklist", "version"), {})
    if not found:
        return RulesRow(ACCEPTANCE_HOURS * 60, CHECKLIST, 1)
    ((minutes, checklist, version),) = found
    return RulesRow(minutes, tuple(checklist), version)


def list_asked_answers() -> list[AskedAnswer]:
    """Every field asked for at a gate, in order."""
    return [
        AskedAnswer(key, pipeline_id, service_id, name, label, kind, tuple(choices), position, version)
        for key, pipeline_id, service_id, name, label, kind, choices, position, version in rows("asked answers", _asked, {})
    ]


def _asked(values: Values) -> QuerySet[Any, Any]:
    del values
    asked = RequiredAnswer.objects.filter(archived_at__isnull=True).order_by("position", "pk")
    return asked.values_list("pk", "pipeline_id", "service_id", "key", "label", "kind", "choices", "position", "version")


def fill_from_offer(*, actor: Actor, deal_id: int, brief: ClosingBrief) -> tuple[ClosingBrief, Offer | None]:
    """The answers with what the offer sent last says for those still open, and that offer; None when it adds nothing."""
    offer = find_offer(actor=actor, deal_id=deal_id)
    filled = fill_from(brief, offer.content) if offer else brief
    return filled, offer if filled != brief else None


def get_gate_facts(*, actor: Actor, deal_id: int) -> GateFacts:
    """What is asked of a deal the actor sees, and what has been answered so far; NotFound."""
    asked = list_asked_answers()
    if not asked:
        return GateFacts()
    deal = get_deal(actor=actor, deal_id=deal_id)
    services = {line.service_id for line in list_lines(deal=deal)}
    mine = tuple(one for one in asked if one.pipeline_id == deal.pipeline_id or one.service_id in services)
    return GateFacts(mine, draft_answers(deal_id) if mine else {})


def find_deals_with_answers(deal_ids: Collection[int]) -> set[int]:
    """Those of the given deals for which somebody has answered what the gate asks."""
    return set(GateDraft.objects.filter(deal_id__in=set(deal_ids)).values_list("deal_id", flat=True))


def draft_answers(deal_id: int) -> Mapping[str, str]:
    """The extra answers saved for a deal so far."""
    return GateDraft.objects.filter(deal_id=deal_id).values_list("answers", flat=True).first() or {}


def list_missing_answers(*, actor: Actor, deal_id: int, today: date) -> list[FieldError]:
    """What keeps a deal the viewer sees from being won, answer by answer."""
    facts = get_gate_facts(actor=actor, deal_id=deal_id)
    known = {one.key for one in facts.asked}
    said = {key: value for key, value in facts.answers.items() if key in known}
    return [*brief_errors(get_brief(deal_id=deal_id), today=today), *extra_errors(facts.asked, said)]
