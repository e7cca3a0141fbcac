"""The brief of a project for one viewer, and who knows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from wonward.domains.clients.queries import list_stakeholders
from wonward.domains.delivery.queries.projects import find_projects, get_project, list_project_members
from wonward.domains.sales.queries.rows import find_value_readers
from wonward.domains.staff.queries import find_actors
from wonward.journeys.handoff.models import BriefAcknowledgement, HandoffQuestion
from wonward.journeys.handoff.queries.handoffs import (
    find_deal_of_project,
    find_handoff_of_deal,
    find_projects_of_deals,
)
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
from wonward.journeys.promises.rules.amounts import hide_amounts
from wonward.kernel.actor import Actor, Scope, system_actor
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

LABELS = {"scope_summary": worded("Scope"), "promised_finish_date": worded("Promised finish"), "key_constraints": worded("Constraints"),
          "main_stakeholder_id": worded("Main stakeholder"), "kickoff_date": worded("Kickoff")}


@dataclass(frozen=True, slots=True)
class _Eyes:
    """What of a project's facts somebody may read."""

    promises: bool = False
    handoff: bool = False
    amounts: bool = False


def get_brief_of_project(*, actor: Actor, project_id: int) -> ProjectBrief:
    """What the viewer must know of a project they see, and how much each of its people knows of their own brief; NotFound."""
    project = get_project(actor=actor, project_id=project_id)
    deal_id, handoff_id = find_deal_of_project(project_ids=[project_id]).get(project_id, (None, None))
    facts = _facts(project_id, find_handoff_of_deal(actor=system_actor(), deal_id=deal_id) if deal_id else None)
    members = list_project_members(project_id=project_id)
    colleagues = find_actors(person_id for person_id, _ in members)
    paid = find_value_readers(actors=[actor, *colleagues.values()], deal_id=deal_id)
    mine, *_ = eyes = [_eyes(one, project.manager_id, may_know) for one, may_know in zip([actor, *colleagues.values()], paid, strict=True)]
    briefs = {one: _brief(facts, one) for one in {*eyes, _Eyes()}}
    of_people = dict(zip(colleagues, (briefs[one] for one in eyes[1:]), strict=True))
    known, brief = _known(project_id), briefs[mine]
    acknowledged = known.get(actor.person_id or 0, {})
    return ProjectBrief(
        project_id, project.number, project.name, project.company_name, handoff_id, brief,
        frozenset(item.key for item in brief.items if acknowledged.get(item.key) == item.digest),
        tuple(_reader(key, name, of_people.get(key, briefs[_Eyes()]), known.get(key, {})) for key, name in members), _people(facts, mine),
        _siblings(actor, project_id, deal_id),
    )


def _siblings(actor: Actor, project_id: int, deal_id: int | None) -> tuple[tuple[int, str, str], ...]:
    others = set(find_projects_of_deals(deal_ids=[deal_id])) - {project_id} if deal_id else set()
    found = find_projects(actor=actor, project_ids=others) if others else {}
    return tuple((row.id, row.number, row.name) for _key, row in sorted(found.items()))


def _facts(project_id: int, handoff: HandoffRow | None) -> BriefFacts:
    """Everything there is to know, whoever reads it."""
    promises = list_promises(actor=system_actor(), project_id=project_id, sort="id", limit=5000)
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


def _eyes(actor: Actor, manager_id: int | None, sees_value: bool) -> _Eyes:
    """Amounts are for whoever may see the deal's value, and for the project's manager as the policy has it."""
    is_manager = actor.person_id is not None and actor.person_id == manager_id
    return _Eyes(
        actor.may("promises.promise.view"), actor.may("handoff.handoff.view"),
        sees_value or (is_manager and actor.scope_of("sales.value.view") is Scope.OWN),
    )


def _brief(facts: BriefFacts, eyes: _Eyes) -> Brief:
    if not eyes.handoff:
        facts = replace(facts, answers=(), constraints="", questions=())
    return compose_brief(facts if eyes.promises else replace(facts, promises=()), sees_amounts=eyes.amounts)


def _people(facts: BriefFacts, eyes: _Eyes) -> tuple[BriefPerson, ...]:
    return facts.people if eyes.amounts else tuple(replace(one, preference=hide_amounts(one.preference)) for one in facts.people)


def _known(project_id: int) -> dict[int, dict[str, str]]:
    """Digests acknowledged, by person and item."""
    found: dict[int, dict[str, str]] = {}
    rows = BriefAcknowledgement.objects.filter(project_id=project_id)
    for person_id, key, digest in rows.values_list("person_id", "item_key", "digest"):
        found.setdefault(person_id, {})[key] = digest
    return found


def _reader(person_id: int, name: str, brief: Brief, known: Mapping[str, str]) -> Reader:
    """An item counts when it was acknowledged with the words that this person reads."""
    return Reader(person_id, name, sum(1 for item in brief.items if known.get(item.key) == item.digest), len(brief.items))
