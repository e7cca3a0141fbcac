"""Closing a deal as won, in one transaction: everything delivery starts from, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from wonward.domains.catalog.queries import get_blueprints, get_cost_list
from wonward.domains.catalog.types import Blueprint, SoldLine
from wonward.domains.clients.operations import link_stakeholders, put_client_team, put_main_stakeholder
from wonward.domains.comms.operations import link_communications
from wonward.domains.delivery.planning import create_project
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import CreatedProject, NewProject
from wonward.domains.finance.operations import open_budget
from wonward.domains.sales.closing import complete_win, win_deal
from wonward.domains.sales.queries.proposals import list_unsigned_offers
from wonward.domains.sales.types import ClosingBrief, WonDeal
from wonward.domains.staff.operations import confirm_bookings
from wonward.domains.staff.queries import find_delivery_lead, get_default_calendar
from wonward.foundation.audit.operations import record_change
from wonward.foundation.database.reading import one_reading
from wonward.foundation.events.operations import publish
from wonward.foundation.files.operations import link_documents
from wonward.foundation.organisation.operations import take_numbers
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.journeys.handoff import events
from wonward.journeys.handoff.models import Handoff, HandoffProject, KickoffItem, OpenWin
from wonward.journeys.handoff.operations.freezing import freeze_scope, sold_lines
from wonward.journeys.handoff.operations.locking import facts_of, save_handoff, start_clock
from wonward.journeys.handoff.queries.gate import get_gate_facts, get_rules
from wonward.journeys.handoff.queries.readiness import completeness_of
from wonward.journeys.handoff.rules.answers import extra_errors, told
from wonward.journeys.handoff.rules.shares import currency_of, share_of
from wonward.journeys.handoff.types import ClosedDeal, ExtraAnswer
from wonward.journeys.promises.operations import (
    attach_promises,
    make_promises,
    propose_promises,
    replace_promise,
)
from wonward.journeys.promises.queries import list_promise_facts
from wonward.journeys.promises.types import NewPromise, PromiseFacts, PromiseKind, Source
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import FieldError, Refused
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref
from wonward.kernel.wording import joined, worded

LIVE = ("draft", "confirmed")
_HELD = ("scope_summary", "promised_finish_date", "key_constraints", "no_constraints", "main_stakeholder_id", "kickoff_date")


@transaction.atomic
def close_deal_as_won(
    *, actor: Actor, deal_id: int, brief: ClosingBrief, extra: Mapping[str, str] | None = None, version: int | None = None,
    now: datetime,
) -> ClosedDeal:
    """Win the deal and hand it off: projects, budgets, bookings, promises, links and the frozen scope, all or nothing.

    `extra` answers what its pipeline and services ask besides the five; what was saved before stands in for what is not
    given. A deal won before answers with the same ids and changes nothing, whatever the brief. A deal that was won, opened
    again and is won again goes on with its handoff and its projects under a new version of the scope.

    While delivery is switched off only the outcome is noted: no answer is owed, and no handoff and no project is made. Such
    an open win is handed off here as well, with its brief, once delivery is on.
    """
    if not get_organisation().is_on("delivery"):
        return _win_alone(actor, deal_id, version, now)
    with one_reading():
        return _win_through_the_gate(actor, deal_id, brief, extra, version, now)


def _win_through_the_gate(
    actor: Actor, deal_id: int, brief: ClosingBrief, extra: Mapping[str, str] | None, version: int | None, now: datetime
) -> ClosedDeal:
    gate = get_gate_facts(actor=actor, deal_id=deal_id)
    given = {**{key: value for key, value in gate.answers.items() if key in {one.key for one in gate.asked}}, **(extra or {})}
    owed = extra_errors(gate.asked, given)
    try:
        won = win_deal(actor=actor, deal_id=deal_id, brief=brief, version=version, now=now)
        if not won.is_first and OpenWin.objects.filter(deal_id=deal_id).exists():
            won = complete_win(actor=actor, deal_id=deal_id, brief=brief, version=version, now=now)
    except Refused as refusal:
        if type(refusal) is Refused and refusal.errors and owed:
            raise _incomplete([*refusal.errors, *owed]) from None
        raise
    if not won.is_first:
        return _replay(won)
    if owed:
        raise _incomplete(owed)
    OpenWin.objects.filter(deal_id=deal_id).delete()
    for offer in list_unsigned_offers(actor=system_actor(), deal_id=deal_id):
        propose_promises(actor=system_actor(), offer=offer, now=now)
    extras = told(gate.asked, given)
    former = Handoff.objects.select_for_update().filter(deal_id=deal_id).first()
    return _hand_off_again(actor, former, won, brief, extras, now) if former else _hand_off(actor, won, brief, extras, now)


def _incomplete(errors: Sequence[FieldError]) -> Refused:
    return Refused(worded("Before this deal can be won: {errors}", errors=joined(error.words for error in errors)), errors)


def _win_alone(actor: Actor, deal_id: int, version: int | None, now: datetime) -> ClosedDeal:
    won = win_deal(actor=actor, deal_id=deal_id, brief=None, version=version, now=now)
    if not won.is_first:
        return _replay(won)
    OpenWin.objects.create(deal_id=deal_id, won_at=now)
    return ClosedDeal(deal_id, None, "", (), is_replayed=False)


def _replay(won: WonDeal) -> ClosedDeal:
    if OpenWin.objects.filter(deal_id=won.deal_id).exists():
        return ClosedDeal(won.deal_id, None, "", (), is_replayed=True)
    handoff = Handoff.objects.get(deal_id=won.deal_id)
    project_ids = tuple(handoff.project_links.order_by("pk").values_list("project_id", flat=True))
    return ClosedDeal(won.deal_id, handoff.pk, handoff.status, project_ids, is_replayed=True)


def _held(brief: ClosingBrief, extras: Sequence[ExtraAnswer]) -> dict[str, Any]:
    """The answers as the handoff holds them; the kickoff on a working day."""
    assert brief.kickoff_date
    _, calendar = get_default_calendar()
    return {
        "scope_summary": brief.scope_summary.strip(), "promised_finish_date": brief.promised_finish_date,
        "key_constraints": brief.key_constraints.strip(),
        "no_constraints": brief.no_constraints and not brief.key_constraints.strip(),
        "main_stakeholder_id": brief.main_stakeholder_id, "kickoff_date": calendar.next_working_day(brief.kickoff_date),
        "asked_kickoff_date": brief.kickoff_date,
        "extra_answers": [{"key": one.key, "label": one.label, "kind": one.kind, "value": one.value} for one in extras],
    }


def _hand_off(
    actor: Actor, won: WonDeal, brief: ClosingBrief, extras: Sequence[ExtraAnswer], now: datetime
) -> ClosedDeal:
    lead_id = find_delivery_lead()
    handoff = Handoff(
        number=take_numbers(noun="handoff.handoff", count=1)[0], deal_id=won.deal_id, lead_id=lead_id,
        submitted_by_id=actor.person_id, submitted_at=now, created_at=now, updated_at=now, **_held(brief, extras),
    )
    start_clock(handoff, now)
    promises = list_promise_facts(deal_id=won.deal_id)
    handoff.completeness = completeness_of(won=won, promises=promises)
    handoff.save()
    _promise_the_finish(actor, won, brief, promises, now)
    blueprints = get_blueprints(name=won.name, lines=[SoldLine.choosing(line.service_id, line.quantity, line.options) for line in won.lines])
    costs = get_cost_list(
        [line.service_id for line in won.lines], currency=currency_of(won.value, won.lines), on=civil_date(now, get_organisation().time_zone)
    )
    created = [_build_project(actor, won, handoff, blueprint, costs, place, now) for place, blueprint in enumerate(blueprints)]
    HandoffProject.objects.bulk_create(
        HandoffProject(
            handoff=handoff, project_id=project.project_id, template_name=blueprint.template_name,
            template_number=blueprint.template_number, task_count=project.task_count, milestone_count=project.milestone_count,
        )
        for project, blueprint in zip(created, blueprints, strict=True)
    )
    KickoffItem.objects.bulk_create(
        KickoffItem(handoff=handoff, position=place, text=text) for place, text in enumerate(get_rules().checklist)
    )
    if lead_id is not None:
        put_client_team(
            basis_noun="delivery.project", links=[(project.project_id, won.company_id, lead_id) for project in created]
        )
    handoff.records_created += sum(2 + len(project.task_ids) + project.dependency_count for project in created)
    handoff.save(update_fields=["records_created"])
    _freeze(actor, handoff, won, "win", now, blueprints)
    record_change(
        actor=actor, operation="handoff.handoff.submit", ref=Ref("handoff.handoff", handoff.pk),
        changes={"status": [None, handoff.status], "deal": [None, won.number]}, now=now,
    )
    project_ids = [project.project_id for project in created]
    publish(
        events.HandoffSubmitted(handoff_id=handoff.pk, deal_id=won.deal_id, company_id=won.company_id, project_ids=project_ids),
        actor=actor, now=now,
    )
    return ClosedDeal(won.deal_id, handoff.pk, handoff.status, tuple(project_ids), is_replayed=False)


def _hand_off_again(
    actor: Actor, handoff: Handoff, won: WonDeal, brief: ClosingBrief, extras: Sequence[ExtraAnswer], now: datetime
) -> ClosedDeal:
    """The same handoff and the same projects; what was logged, filed and promised meanwhile comes along."""
    audit: dict[str, list[Any]] = {"status": [handoff.status, "awaiting_acceptance"]}
    for name, value in _held(brief, extras).items():
        if getattr(handoff, name) != value:
            audit[name] = [getattr(handoff, name), value]
            setattr(handoff, name, value)
    handoff.status, handoff.accepted_at, handoff.accepted_by_id = "awaiting_acceptance", None, None
    handoff.submitted_by_id = actor.person_id
    start_clock(handoff, now)
    handoff.decisions.all().delete()
    save_handoff(handoff, now)
    _promise_the_finish(actor, won, brief, list_promise_facts(deal_id=won.deal_id), now)
    project_ids = list(handoff.project_links.order_by("pk").values_list("project_id", flat=True))
    for place, project_id in enumerate(project_ids):
        project_ref = Ref("delivery.project", project_id)
        if place == 0:
            confirm_bookings(actor=actor, noun="sales.deal", ref_id=won.deal_id, project_ref=project_ref, now=now)
            _attach(actor, won.deal_id, project_id, now)
        _link(won.deal_id, project_ref, now)
        put_main_stakeholder(ref=project_ref, contact_id=handoff.main_stakeholder_id, now=now)
    _freeze(actor, handoff, won, "win_again", now)
    record_change(
        actor=actor, operation="handoff.handoff.resubmit", ref=Ref("handoff.handoff", handoff.pk), changes=audit, now=now
    )
    publish(events.HandoffResubmitted(**facts_of(handoff)), actor=actor, now=now)
    return ClosedDeal(won.deal_id, handoff.pk, handoff.status, tuple(project_ids), is_replayed=False)


def _freeze(actor: Actor, handoff: Handoff, won: WonDeal, kind: str, now: datetime, made: Sequence[Blueprint] = ()) -> None:
    freeze_scope(
        actor=actor, handoff=handoff, kind=kind, lines=sold_lines(won, on=civil_date(now, get_organisation().time_zone), made=made),
        value=str(won.value) if won.value else None, deal_number=won.number, now=now,
    )


def _promise_the_finish(actor: Actor, won: WonDeal, brief: ClosingBrief, promises: Sequence[PromiseFacts], now: datetime) -> None:
    """The promised finish date is itself a promise, kept by everything in the plan; it carries the key `finish`.

    One that an earlier win made for another date is replaced, saying so.
    """
    finish = brief.promised_finish_date
    assert finish
    new = NewPromise(
        kind=PromiseKind.DATE, text=_finished_by(finish), deal_id=won.deal_id, key="finish", due_date=finish, weight=3,
        source=Source(quote=brief.scope_summary.strip(), ref=Ref("sales.deal", won.deal_id)),
    )
    known = [row for row in promises if row.key == "finish" and row.state in LIVE]
    if not known:
        make_promises(actor=actor, promises=[new], now=now)
    for row in known:
        if row.project_id is not None and row.due_date != finish and _is_the_finish(row):
            replace_promise(actor=actor, promise_id=row.id, by=new, reason="The deal was won again.", now=now)


def _is_the_finish(row: PromiseFacts) -> bool:
    return row.due_date is not None and row.text == _finished_by(row.due_date)


def _finished_by(day: date) -> str:
    return f"Finished by {_day(day)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _build_project(
    actor: Actor, won: WonDeal, handoff: Handoff, blueprint: Blueprint, costs: Mapping[int, Money | None], place: int, now: datetime
) -> CreatedProject:
    """One project with its budget and bookings, and everything of the deal linked to it."""
    project = create_project(
        actor=actor, now=now,
        new=NewProject(
            name=blueprint.name, company_id=won.company_id, manager_id=handoff.lead_id, start_date=handoff.kickoff_date,
            promised_finish_date=handoff.promised_finish_date, items=blueprint.items, is_restricted=won.is_restricted,
            member_ids=_insiders(won),
        ),
    )
    project_ref = Ref("delivery.project", project.project_id)
    if place == 0:
        confirm_bookings(actor=actor, noun="sales.deal", ref_id=won.deal_id, project_ref=project_ref, now=now)
    amount, cost, currency = share_of(
        value=won.value, lines=won.lines, service_ids=blueprint.service_ids,
        costs=costs, is_first=place == 0,
    )
    open_budget(
        actor=actor, project_id=project.project_id, amount=amount, currency=currency, planned_cost=cost,
        effort_minutes=blueprint.effort_minutes, now=now,
    )
    linked = _link(won.deal_id, project_ref, now)
    if place == 0:
        linked += _attach(actor, won.deal_id, project.project_id, now, project)
    handoff.records_created += linked
    return project


def _link(deal_id: int, project_ref: Ref, now: datetime) -> int:
    """Stakeholders, log and documents of the deal are the project's too; how many."""
    deal_ref = Ref("sales.deal", deal_id)
    return (
        link_stakeholders(source=deal_ref, target=project_ref, now=now)
        + link_communications(source=deal_ref, target=project_ref, now=now)
        + link_documents(source=deal_ref, target=project_ref, now=now)
    )


def _attach(actor: Actor, deal_id: int, project_id: int, now: datetime, created: CreatedProject | None = None) -> int:
    """Tie the deal's promises to the project, covered by key; how many. Later wins cover by the keys of live tasks."""
    if created is not None:
        finishes = created.finishes
        by_key: dict[str, tuple[int, ...]] = dict(created.promise_tasks)
    else:
        tasks = list_tasks(actor=system_actor(), project_id=project_id)
        by_key = {}
        for task in tasks:
            if task.promise_key:
                by_key[task.promise_key] = (*by_key.get(task.promise_key, ()), task.id)
        finishes = {task.id: task.finish_date for task in tasks if task.finish_date}
    if finishes and "finish" not in by_key:
        by_key["finish"] = (max(finishes, key=lambda key: (finishes[key], key)),)
    promised, _ = attach_promises(
        actor=actor, deal_id=deal_id, project_id=project_id, tasks_by_key=by_key, finishes=finishes, now=now
    )
    return promised


def _insiders(won: WonDeal) -> tuple[int, ...]:
    """Who keeps sight of a restricted deal's project besides its lead; of any other project the policy decides."""
    return tuple(key for key in (won.owner_id, *won.member_ids) if key) if won.is_restricted else ()
