"""Reading the frozen versions of a scope, as far as the viewer may see amounts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from wonward.domains.sales.queries.deals import find_deal_rows
from wonward.journeys.handoff.models import HandoffProject, ScopeBaseline
from wonward.journeys.handoff.queries.handoffs import get_handoff
from wonward.journeys.handoff.rules.scope import changes_between, without_amounts, without_costs
from wonward.journeys.handoff.types import BaselineRow, HandoffRow, ScopeChange
from wonward.kernel.actor import Actor, Scope


def list_baselines(*, actor: Actor, handoff_id: int) -> list[BaselineRow]:
    """Every version of the scope of a handoff the viewer sees, oldest first; NotFound."""
    row = get_handoff(actor=actor, handoff_id=handoff_id)
    found = ScopeBaseline.objects.filter(handoff_id=handoff_id).order_by("number")
    return [
        BaselineRow(one.number, one.kind, one.reason, one.author_label, one.created_at, one.digest, _shown(actor, row, one.document))
        for one in found
    ]


def list_scope_changes(*, actor: Actor, handoff_id: int) -> list[tuple[BaselineRow, list[ScopeChange]]]:
    """The versions with what each changed against the one before; the first changed nothing."""
    baselines = list_baselines(actor=actor, handoff_id=handoff_id)
    before = [baselines[0], *baselines] if baselines else []
    return [(new, changes_between(old.document, new.document)) for old, new in zip(before, baselines, strict=False)]


def get_scope_baseline(*, actor: Actor, handoff_id: int) -> Mapping[str, Any]:
    """The newest frozen scope of a handoff the viewer sees; empty when none was frozen."""
    baselines = list_baselines(actor=actor, handoff_id=handoff_id)
    return baselines[-1].document if baselines else {}


def list_sold_efforts(*, project_ids: Collection[int]) -> list[tuple[tuple[int, ...], dict[str, int]]]:
    """Of every handoff that made one of these projects: all its projects, and the minutes by role that its newest scope sold; two queries.

    For sums, whoever may see the handoffs.
    """
    mine = HandoffProject.objects.filter(project_id__in=set(project_ids)).values("handoff_id")
    projects: dict[int, list[int]] = {}
    for handoff_id, project_id in HandoffProject.objects.filter(handoff_id__in=mine).order_by("pk").values_list("handoff_id", "project_id"):
        projects.setdefault(handoff_id, []).append(project_id)
    if not projects:
        return []
    frozen = ScopeBaseline.objects.filter(handoff_id__in=projects).order_by("handoff_id", "number")
    newest = dict(frozen.values_list("handoff_id", "document__lines"))
    return [(tuple(projects[key]), _minutes_of_roles(lines or ())) for key, lines in newest.items()]


def _minutes_of_roles(lines: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for line in lines:
        for part in line.get("roles", ()):
            totals[part["role"]] = totals.get(part["role"], 0) + part["minutes"]
    return totals


def _shown(actor: Actor, row: HandoffRow, document: Mapping[str, Any]) -> dict[str, Any]:
    """Original words stand in the ledger, which knows who may read them; prices and costs need their rights."""
    promises = document.get("promises", ()) if actor.may("promises.promise.view") else ()
    kept = {**document, "promises": [{key: value for key, value in one.items() if key != "quote"} for one in promises]}
    is_lead = row.lead_id is not None and row.lead_id == actor.person_id
    if not _sees_value(actor, row, is_lead):
        return without_amounts(kept)
    if actor.scope_of("finance.cost.view") in (Scope.ALL, Scope.RELATED) and actor.scope_of("catalog.cost.view") is Scope.ALL:
        return kept
    return without_costs(kept)


def _sees_value(actor: Actor, row: HandoffRow, is_lead: bool) -> bool:
    if is_lead and actor.scope_of("sales.value.view") is Scope.OWN:
        return True
    deal = find_deal_rows(actor=actor, deal_ids=[row.deal_id]).get(row.deal_id)
    return deal is not None and deal.has_value_right
