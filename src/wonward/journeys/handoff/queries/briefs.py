"""The brief of a project for one viewer, and who knows it."""

from __future__ import annotations

from collections.abc import Mapping

from wonward.domains.clients.queries import list_stakeholders
from wonward.domains.delivery.queries.projects import get_project, list_project_members
from wonward.domains.sales.queries.deals import find_deal_rows
from wonward.journeys.handoff.models import BriefAcknowledgement, HandoffQuestion
from wonward.journeys.handoff.queries.handoffs import find_deal_of_project, find_handoff_of_deal
from wonward.journeys.handoff.rules.brief import compose_brief
from wonward.journeys.handoff.types import (
    EXTRA,
    Brief,
    BriefAnswer,
    BriefFacts,
    BriefPerson,
    BriefPromise,
    BriefQuestion,
    HandoffRow,
    ProjectBrief,
    Reader,
)
from wonward.journeys.promises.queries import list_promises
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.ref import Ref

LABELS = {"scope_summary": "Scope", "promised_finish_date": "Promised finish", "key_constraints": "Constraints",
          "main_stakeholder_id": "Main stakeholder", "kickoff_date": "Kickoff"}


def get_brief_of_project(*, actor: Actor, project_id: int) -> ProjectBrief:
    """What the viewer must know of a project they see; NotFound."""
    project = get_project(actor=actor, project_id=project_id)
    deal_id, handoff_id = find_deal_of_project(project_ids=[project_id]).get(project_id, (None, None))
    handoff = find_handoff_of_deal(actor=actor, deal_id=deal_id) if deal_id else None
    facts = _facts(actor, project_id, handoff)
    brief = compose_brief(facts, sees_amounts=_sees_amounts(actor, deal_id, project.manager_id))
    known = _known(project_id)
    current = {item.key: item.digest for item in brief.items}
    mine = known.get(actor.person_id or 0, {})
    return ProjectBrief(
        project_id, project.number, project.name, project.company_name, handoff_id, brief,
        frozenset(key for key, digest in current.items() if mine.get(key) == digest), _readers(project_id, brief, known), facts.people,
    )


def _facts(actor: Actor, project_id: int, handoff: HandoffRow | None) -> BriefFacts:
    promises = list_promises(actor=actor, project_id=project_id, sort="id", limit=5000) if actor.may("promises.promise.view") else []
    people = tuple(
        BriefPerson(row.contact_id, row.name, row.preference, row.is_main)
        for row in list_stakeholders(ref=Ref("delivery.project", project_id))
    )
    rows = [
        BriefPromise(row.id, row.number, row.kind, row.text, row.condition, row.due_date, row.weight, row.state, row.coverage)
        for row in promises
    ]
    if handoff is None:
        return BriefFacts(promises=tuple(rows), people=people)
    labels = {**LABELS, **{f"{EXTRA}{one.key}": one.label for one in handoff.extra_answers}}
    asked = HandoffQuestion.objects.filter(handoff_id=handoff.id, answer="").order_by("pk")
    return BriefFacts(
        tuple(BriefAnswer(field, labels[field], text or "None") for field, text in handoff.answers.items()), handoff.key_constraints,
        tuple(rows), people,
        tuple(BriefQuestion(*values) for values in asked.values_list("pk", "text", "asked_by", "asked_at")),
    )


def _sees_amounts(actor: Actor, deal_id: int | None, manager_id: int | None) -> bool:
    """Whoever may see the deal's value; the project's manager as the policy has it."""
    if actor.scope_of("sales.value.view") is Scope.OWN and actor.person_id is not None and actor.person_id == manager_id:
        return True
    if deal_id is None:
        return actor.scope_of("sales.value.view") is Scope.ALL
    deal = find_deal_rows(actor=actor, deal_ids=[deal_id]).get(deal_id)
    return deal is not None and deal.has_value_right


def _known(project_id: int) -> dict[int, dict[str, str]]:
    """Digests acknowledged, by person and item."""
    found: dict[int, dict[str, str]] = {}
    rows = BriefAcknowledgement.objects.filter(project_id=project_id)
    for person_id, key, digest in rows.values_list("person_id", "item_key", "digest"):
        found.setdefault(person_id, {})[key] = digest
    return found


def _readers(project_id: int, brief: Brief, known: Mapping[int, Mapping[str, str]]) -> tuple[Reader, ...]:
    """The people on the project; an item counts when it was acknowledged with the words the viewer reads."""
    return tuple(
        Reader(
            person_id, name,
            sum(1 for item in brief.items if known.get(person_id, {}).get(item.key) == item.digest), len(brief.items),
        )
        for person_id, name in list_project_members(project_id=project_id)
    )
