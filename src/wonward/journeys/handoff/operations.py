"""Closing a deal as won, in one transaction, and the two-sided handoff that follows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from wonward.domains.catalog.queries import get_blueprints, get_cost_list, get_service_facts
from wonward.domains.catalog.types import Blueprint, SoldLine
from wonward.domains.clients.operations import link_stakeholders, put_client_team
from wonward.domains.clients.queries import list_stakeholders
from wonward.domains.comms.operations import link_communications
from wonward.domains.delivery.operations import activate_project
from wonward.domains.delivery.planning import create_project
from wonward.domains.delivery.queries.tasks import find_tasks
from wonward.domains.delivery.types import CreatedProject, NewProject
from wonward.domains.finance.operations import open_budget
from wonward.domains.sales.closing import win_deal
from wonward.domains.sales.types import BRIEF_FIELDS, ClosingBrief, WonDeal
from wonward.domains.staff.operations import confirm_bookings
from wonward.domains.staff.queries import find_delivery_lead, get_default_calendar
from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import record_change
from wonward.foundation.events.operations import publish
from wonward.foundation.files.operations import link_documents
from wonward.foundation.organisation.operations import take_numbers
from wonward.journeys.handoff import events
from wonward.journeys.handoff.models import Handoff, HandoffProject, HandoffQuestion, ScopeBaseline
from wonward.journeys.handoff.queries import visible_handoffs
from wonward.journeys.handoff.types import ClosedDeal, Question
from wonward.journeys.promises.operations import attach_promises, make_promises
from wonward.journeys.promises.queries import list_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind, Source
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, NotFound, Refused
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref


@transaction.atomic
def close_deal_as_won(
    *, actor: Actor, deal_id: int, brief: ClosingBrief, version: int | None = None, now: datetime
) -> ClosedDeal:
    """Win the deal and hand it off: projects, budgets, bookings, promises, links and the frozen scope, all or nothing.

    A deal won before answers with the same ids and changes nothing, whatever the brief.
    """
    won = win_deal(actor=actor, deal_id=deal_id, brief=brief, version=version, now=now)
    if not won.is_first:
        return _replay(won)
    assert brief.kickoff_date
    assert brief.promised_finish_date
    assert brief.main_stakeholder_id
    _, calendar = get_default_calendar()
    kickoff = calendar.next_working_day(brief.kickoff_date)
    lead_id = find_delivery_lead()
    handoff = Handoff.objects.create(
        number=take_numbers(noun="handoff.handoff", count=1)[0], deal_id=deal_id, scope_summary=brief.scope_summary.strip(),
        promised_finish_date=brief.promised_finish_date, key_constraints=brief.key_constraints.strip(),
        no_constraints=brief.no_constraints and not brief.key_constraints.strip(),
        main_stakeholder_id=brief.main_stakeholder_id, kickoff_date=kickoff, asked_kickoff_date=brief.kickoff_date,
        lead_id=lead_id, submitted_by_id=actor.person_id, submitted_at=now, created_at=now, updated_at=now,
    )
    _promise_the_finish(actor, won, brief, now)
    blueprints = get_blueprints(name=won.name, lines=[SoldLine(line.service_id, line.quantity) for line in won.lines])
    created = [_build_project(actor, won, handoff, blueprint, lead_id, place, now) for place, blueprint in enumerate(blueprints)]
    HandoffProject.objects.bulk_create(
        HandoffProject(
            handoff=handoff, project_id=project.project_id, template_name=blueprint.template_name,
            template_number=blueprint.template_number, task_count=project.task_count, milestone_count=project.milestone_count,
        )
        for project, blueprint in zip(created, blueprints, strict=True)
    )
    if lead_id is not None:
        put_client_team(
            basis_noun="delivery.project", links=[(project.project_id, won.company_id, lead_id) for project in created]
        )
    handoff.records_created += sum(2 + len(project.task_ids) + project.dependency_count for project in created)
    handoff.save(update_fields=["records_created"])
    freeze_scope(actor=actor, handoff=handoff, won=won, now=now)
    record_change(
        actor=actor, operation="handoff.handoff.submit", ref=Ref("handoff.handoff", handoff.pk),
        changes={"status": [None, handoff.status], "deal": [None, won.number]}, now=now,
    )
    project_ids = [project.project_id for project in created]
    publish(
        events.HandoffSubmitted(handoff_id=handoff.pk, deal_id=deal_id, company_id=won.company_id, project_ids=project_ids),
        actor=actor, now=now,
    )
    return ClosedDeal(deal_id, handoff.pk, handoff.status, tuple(project_ids), is_replayed=False)


def _replay(won: WonDeal) -> ClosedDeal:
    handoff = Handoff.objects.get(deal_id=won.deal_id)
    project_ids = tuple(handoff.project_links.order_by("pk").values_list("project_id", flat=True))
    return ClosedDeal(won.deal_id, handoff.pk, handoff.status, project_ids, is_replayed=True)


def _promise_the_finish(actor: Actor, won: WonDeal, brief: ClosingBrief, now: datetime) -> None:
    """The promised finish date is itself a promise, kept by everything in the plan; it carries the key `finish`."""
    known = {row.key for row in list_promises(actor=actor, deal_id=won.deal_id)}
    if "finish" in known:
        return
    finish = brief.promised_finish_date
    assert finish
    make_promises(
        actor=actor, now=now,
        promises=[
            NewPromise(
                kind=PromiseKind.DATE, text=f"Finished by {finish:%-d %B %Y}", deal_id=won.deal_id, key="finish",
                due_date=finish, weight=3, source=Source(quote=brief.scope_summary.strip(), ref=Ref("sales.deal", won.deal_id)),
            )
        ],
    )


def _build_project(
    actor: Actor, won: WonDeal, handoff: Handoff, blueprint: Blueprint, lead_id: int | None, place: int, now: datetime
) -> CreatedProject:
    """One project with its budget and bookings, and everything of the deal linked to it."""
    project = create_project(
        actor=actor, now=now,
        new=NewProject(
            name=blueprint.name, company_id=won.company_id, manager_id=lead_id, start_date=handoff.kickoff_date,
            promised_finish_date=handoff.promised_finish_date, items=blueprint.items, is_restricted=won.is_restricted,
            member_ids=_insiders(won),
        ),
    )
    deal_ref, project_ref = Ref("sales.deal", won.deal_id), Ref("delivery.project", project.project_id)
    if place == 0:
        confirm_bookings(noun="sales.deal", ref_id=won.deal_id, project_ref=project_ref, now=now)
    amount, cost, currency = _share(won, blueprint, is_only=place == 0)
    open_budget(
        actor=actor, project_id=project.project_id, amount=amount, currency=currency, planned_cost=cost,
        effort_minutes=blueprint.effort_minutes, now=now,
    )
    linked = link_stakeholders(source=deal_ref, target=project_ref, now=now)
    linked += link_communications(source=deal_ref, target=project_ref, now=now)
    linked += link_documents(source=deal_ref, target=project_ref, now=now)
    if place == 0:
        tasks = find_tasks(task_ids=list(project.task_ids.values()))
        finishes = {key: task.finish_date for key, task in tasks.items() if task.finish_date}
        last = max(finishes, key=lambda key: (finishes[key], key))
        by_key = {**project.promise_tasks, "finish": project.promise_tasks.get("finish", (last,))}
        promised, _ = attach_promises(
            actor=actor, deal_id=won.deal_id, project_id=project.project_id, tasks_by_key=by_key, finishes=finishes, now=now
        )
        linked += promised
    handoff.records_created += linked
    return project


def _insiders(won: WonDeal) -> tuple[int, ...]:
    """Who keeps sight of a restricted deal's project besides its lead; of any other project the policy decides."""
    return tuple(key for key in (won.owner_id, *won.member_ids) if key) if won.is_restricted else ()


def _share(won: WonDeal, blueprint: Blueprint, *, is_only: bool) -> tuple[Money | None, Money | None, str]:
    """The project's part of the price and the planned cost: its own lines, and for the first what is left of the value."""
    currency = won.value.currency if won.value else next((line.unit_price.currency for line in won.lines if line.unit_price), "EUR")
    costs = get_cost_list([line.service_id for line in won.lines])
    mine = [line for line in won.lines if line.service_id in blueprint.service_ids]
    cost = sum(
        price.times(line.quantity).minor
        for line in mine
        if (price := costs.get(line.service_id)) is not None and price.currency == currency
    )
    others = [line for line in won.lines if line.service_id not in blueprint.service_ids]
    sold = _sum(mine)
    if is_only and won.value is not None:
        sold = won.value.minor - _sum(others)
    return (
        Money(sold, currency) if won.value is not None or any(line.unit_price for line in mine) else None,
        Money(cost, currency) if cost else None, currency,
    )


def _sum(lines: Sequence[Any]) -> int:
    return sum(line.unit_price.times(Decimal(line.quantity)).minor for line in lines if line.unit_price)


def freeze_scope(*, actor: Actor, handoff: Handoff, won: WonDeal, now: datetime) -> None:
    """Write down what was sold, once; amendments will add numbers, never change one."""
    names = get_service_facts(line.service_id for line in won.lines)
    document = {
        "deal": won.number,
        "value": str(won.value) if won.value else None,
        "answers": {
            "scope_summary": handoff.scope_summary, "promised_finish_date": handoff.promised_finish_date.isoformat(),
            "key_constraints": handoff.key_constraints, "no_constraints": handoff.no_constraints,
            "main_stakeholder_id": handoff.main_stakeholder_id, "kickoff_date": handoff.kickoff_date.isoformat(),
        },
        "lines": [
            {"service": names[line.service_id][0], "quantity": str(line.quantity),
             "unit_price": str(line.unit_price) if line.unit_price else None}
            for line in won.lines
        ],
        "promises": [
            {"number": row.number, "kind": row.kind, "text": row.text,
             "due_date": row.due_date.isoformat() if row.due_date else None, "weight": row.weight, "quote": row.quote}
            for row in list_promises(actor=actor, deal_id=won.deal_id)
        ],
        "stakeholders": [
            {"contact_id": row.contact_id, "name": row.name, "decision_role": row.decision_role, "is_main": row.is_main}
            for row in list_stakeholders(ref=Ref("sales.deal", won.deal_id))
        ],
    }
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    ScopeBaseline.objects.create(
        handoff=handoff, document=document, digest=hashlib.sha256(text.encode()).hexdigest(), created_at=now
    )


def _lock(actor: Actor, handoff_id: int, permission: str) -> Handoff:
    handoff = visible_handoffs(actor).select_for_update(of=("self",)).filter(pk=handoff_id).first()
    if handoff is None:
        raise NotFound("handoff", handoff_id)
    require(actor, permission)
    return handoff


def _facts(handoff: Handoff) -> dict[str, Any]:
    return {
        "handoff_id": handoff.pk, "deal_id": handoff.deal_id, "company_id": handoff.deal.company_id,
        "project_ids": list(handoff.project_links.values_list("project_id", flat=True)),
    }


@transaction.atomic
def accept_handoff(*, actor: Actor, handoff_id: int, version: int | None = None, now: datetime) -> None:
    """Delivery takes over: the handoff is verified and its projects start. Accepting again changes nothing."""
    handoff = _lock(actor, handoff_id, "handoff.handoff.accept")
    if handoff.status == "accepted":
        return
    _check_version(handoff, version)
    if handoff.status == "returned":
        raise Conflict(f"{handoff.number} is with sales; its questions are not answered yet.")
    handoff.status, handoff.accepted_at, handoff.accepted_by_id = "accepted", now, actor.person_id
    handoff.lead_id = handoff.lead_id or actor.person_id
    _save(handoff, now)
    for project_id in handoff.project_links.values_list("project_id", flat=True):
        activate_project(actor=actor, project_id=project_id, manager_id=handoff.lead_id, now=now)
    record_change(
        actor=actor, operation="handoff.handoff.accept", ref=Ref("handoff.handoff", handoff.pk),
        changes={"status": ["awaiting_acceptance", "accepted"]}, now=now,
    )
    publish(events.HandoffAccepted(**_facts(handoff)), actor=actor, now=now)


@transaction.atomic
def return_handoff(
    *, actor: Actor, handoff_id: int, questions: Sequence[Question], version: int | None = None, now: datetime
) -> None:
    """Send single answers back to sales, each with a question."""
    handoff = _lock(actor, handoff_id, "handoff.handoff.accept")
    _check_version(handoff, version)
    if handoff.status != "awaiting_acceptance":
        raise Conflict(f"{handoff.number} is {handoff.status.replace('_', ' ')}; only a waiting handoff is returned.")
    errors = [
        FieldError(f"questions[{place}].{name}", message, "required")
        for place, question in enumerate(questions)
        for name, message, is_bad in (
            ("field", f"“{question.field}” is not one of the five answers.", question.field not in BRIEF_FIELDS),
            ("text", "Write what you need to know.", not question.text.strip()),
        )
        if is_bad
    ]
    if not questions:
        errors.append(FieldError("questions", "Name at least one answer to return, with a question.", "required"))
    if errors:
        raise Refused(errors[0].message, errors)
    handoff.status = "returned"
    handoff.returns_count += 1
    _save(handoff, now)
    HandoffQuestion.objects.bulk_create(
        HandoffQuestion(
            handoff=handoff, round=handoff.returns_count, field=question.field, text=question.text.strip(), asked_by=actor.label,
            asked_at=now,
        )
        for question in questions
    )
    record_change(
        actor=actor, operation="handoff.handoff.return", ref=Ref("handoff.handoff", handoff.pk),
        changes={"status": ["awaiting_acceptance", "returned"], "fields": [None, [question.field for question in questions]]},
        now=now,
    )
    publish(events.HandoffReturned(**_facts(handoff)), actor=actor, now=now)


@transaction.atomic
def answer_handoff(
    *, actor: Actor, handoff_id: int, answers: dict[int, str], scope_summary: str | None = None,
    key_constraints: str | None = None, version: int | None = None, now: datetime,
) -> None:
    """Sales answers every open question, may sharpen scope or constraints, and submits again."""
    handoff = _lock(actor, handoff_id, "handoff.handoff.answer")
    _check_version(handoff, version)
    if handoff.status != "returned":
        raise Conflict(f"{handoff.number} is {handoff.status.replace('_', ' ')}; there is nothing to answer.")
    asked = list(HandoffQuestion.objects.filter(handoff=handoff, round=handoff.returns_count))
    errors = [
        FieldError(f"answers.{question.pk}", f"Answer “{question.text}”.", "required")
        for question in asked
        if not answers.get(question.pk, "").strip()
    ]
    if errors:
        raise Refused(errors[0].message, errors)
    audit: dict[str, list[Any]] = {"status": ["returned", "awaiting_acceptance"]}
    for question in asked:
        question.answer, question.answered_by, question.answered_at = answers[question.pk].strip(), actor.label, now
    HandoffQuestion.objects.bulk_update(asked, ["answer", "answered_by", "answered_at"])
    for field, value in (("scope_summary", scope_summary), ("key_constraints", key_constraints)):
        if value is not None and value.strip() and value.strip() != getattr(handoff, field):
            audit[field] = [getattr(handoff, field), value.strip()]
            setattr(handoff, field, value.strip())
    handoff.status, handoff.submitted_at = "awaiting_acceptance", now
    _save(handoff, now)
    record_change(
        actor=actor, operation="handoff.handoff.answer", ref=Ref("handoff.handoff", handoff.pk), changes=audit, now=now
    )
    publish(events.HandoffAnswered(**_facts(handoff)), actor=actor, now=now)


def _check_version(handoff: Handoff, version: int | None) -> None:
    if version is not None and version != handoff.version:
        raise Conflict(f"{handoff.number} was changed by somebody else in the meantime.")


def _save(handoff: Handoff, now: datetime) -> None:
    handoff.version += 1
    handoff.updated_at = now
    handoff.save()

