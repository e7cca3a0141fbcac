"""Keeping the rules that score leads and the questions that qualify them, and scoring by them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from wonward.domains.catalog.queries import get_service_facts
from wonward.domains.marketing.queries import list_campaigns
from wonward.domains.sales.models import Lead, Pipeline, ScoreRule
from wonward.domains.sales.queries.scoring import list_criteria_names, list_score_rules
from wonward.domains.sales.rules.leads import criteria_errors
from wonward.domains.sales.rules.scoring import (
    LEAD_FIELDS,
    email_kind,
    label_of,
    rule_errors,
    score_of,
    total_of,
)
from wonward.domains.sales.types.leads import Criterion, NewScoreRule
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import record_change
from wonward.foundation.jobs.operations import enqueue
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import NotFound, Refused
from wonward.kernel.ref import Ref

_AT_ONCE = 500


def put_scores(leads: Sequence[Lead]) -> None:
    """Score rows by the rules of today; the caller saves."""
    rules = list_score_rules()
    services = get_service_facts([lead.service_id for lead in leads])
    campaigns = {row.id: row.name for row in list_campaigns(actor=system_actor())} if any(lead.campaign_id for lead in leads) else {}
    for lead in leads:
        facts: dict[str, str | int | None] = {
            name: getattr(lead, name)
            for name in ("source", "company_name", "title", "email", "phone", "website", "country", "industry", "employees", "message")
        }
        facts |= {f"utm_{part}": lead.utm.get(part) for part in ("source", "medium", "campaign")}
        facts["service"] = services[lead.service_id][0] if lead.service_id in services else None
        facts["campaign"] = campaigns.get(lead.campaign_id or 0)
        facts["email_kind"] = email_kind(lead.email)
        facts |= {key: one["state"] for key, one in lead.qualification.items() if one["state"] != "unknown"}
        parts = score_of(facts, rules)
        lead.score = total_of(parts)
        lead.score_parts = [[part.rule_id, part.field, part.label, part.points] for part in parts]


@transaction.atomic
def save_score_rules(*, actor: Actor, rules: Sequence[NewScoreRule], now: datetime) -> None:
    """Replace the rules as a whole; every open lead is scored anew in the background."""
    require(actor, "sales.lead.configure")
    criteria = list_criteria_names()
    if errors := rule_errors(rules, criteria=criteria):
        raise Refused(errors[0].words, errors)
    names = {**LEAD_FIELDS, **criteria}
    before = [f"{row.points:+d} {row.label}" for row in list_score_rules()]
    ScoreRule.objects.all().delete()
    rows = [
        ScoreRule(
            field=rule.field, operator=rule.operator, value=rule.value.strip()[:200], points=rule.points,
            label=label_of(rule, names=names), position=place, created_at=now,
        )
        for place, rule in enumerate(rules)
    ]
    ScoreRule.objects.bulk_create(rows)
    record_change(
        actor=actor, operation="sales.score.change", ref=Ref("sales.pipeline", Pipeline.objects.order_by("pk").values_list("pk", flat=True)[0]),
        changes={"score_rules": [before, [f"{row.points:+d} {row.label}" for row in rows]]}, now=now,
    )
    enqueue("sales.leads.rescore", now=now)


@transaction.atomic
def save_criteria(
    *, actor: Actor, pipeline_id: int, criteria: Sequence[Criterion], response_goal_minutes: int | None = None,
    answer_goal_minutes: int | None = None, now: datetime,
) -> None:
    """What is found out about leads and deals of a pipeline, how soon a lead is answered and how soon a client who writes about a deal."""
    require(actor, "sales.lead.configure")
    pipeline = Pipeline.objects.select_for_update().filter(pk=pipeline_id).first()
    if pipeline is None:
        raise NotFound("pipeline", pipeline_id)
    if errors := criteria_errors(criteria):
        raise Refused(errors[0].words, errors)
    goals = {"response_goal_minutes": response_goal_minutes, "answer_goal_minutes": answer_goal_minutes}
    for name, goal in goals.items():
        if goal is not None and not 1 <= goal <= 60 * 24 * 30:
            raise Refused.field(name, "The goal lies between one minute and thirty days of work.", "range")
    before = {name: getattr(pipeline, name) for name in ("qualification", *goals)}
    pipeline.qualification = [
        {"key": one.key, "label": one.label.strip()[:80], "question": one.question.strip()[:300]} for one in criteria
    ]
    for name, goal in goals.items():
        setattr(pipeline, name, goal or getattr(pipeline, name))
    pipeline.version += 1
    pipeline.updated_at = now
    pipeline.save()
    record_change(
        actor=actor, operation="sales.pipeline.change", ref=Ref("sales.pipeline", pipeline.pk),
        changes={name: [value, getattr(pipeline, name)] for name, value in before.items()}, now=now,
    )


def rescore_open_leads() -> int:
    """Score every open lead by the rules of today, in portions; how many were scored."""
    scored, last = 0, 0
    while True:
        with transaction.atomic():
            rows = list(Lead.objects.select_for_update().filter(status="open", pk__gt=last).order_by("pk")[:_AT_ONCE])
            if not rows:
                return scored
            put_scores(rows)
            Lead.objects.bulk_update(rows, ["score", "score_parts"], batch_size=100)
            scored, last = scored + len(rows), rows[-1].pk
