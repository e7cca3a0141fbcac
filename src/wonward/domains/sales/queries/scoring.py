"""Reading the rules that score leads and the questions that qualify them."""

from __future__ import annotations

from wonward.domains.sales.models import Pipeline, ScoreRule
from wonward.domains.sales.types.leads import Criterion, ScoreRuleRow


def list_score_rules() -> list[ScoreRuleRow]:
    """Every rule, in order."""
    found = ScoreRule.objects.order_by("position", "pk")
    return [ScoreRuleRow(*values) for values in found.values_list("pk", "field", "operator", "value", "points", "label")]


def list_criteria(*, pipeline_id: int) -> list[Criterion]:
    """What is found out about a chance in a pipeline, in order."""
    found = Pipeline.objects.filter(pk=pipeline_id).values_list("qualification", flat=True).first() or []
    return [Criterion(one["key"], one["label"], one["question"]) for one in found]


def list_criteria_names() -> dict[str, str]:
    """Key and words of everything asked in any pipeline."""
    found = Pipeline.objects.order_by("position", "pk").values_list("qualification", flat=True)
    return {one["key"]: one["label"] for criteria in found for one in criteria}


def get_response_goal(*, pipeline_id: int) -> int:
    """Working minutes within which a lead of this pipeline is answered."""
    return Pipeline.objects.filter(pk=pipeline_id).values_list("response_goal_minutes", flat=True).first() or 60
