"""Closing a deal as won, in one transaction: everything delivery starts from, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from wonward.domains.catalog.queries import get_blueprints, get_cost_list
from wonward.domains.catalog.types import SoldLine
from wonward.domains.clients.operations import put_main_stakeholder
from wonward.domains.sales.closing import complete_win, win_deal
from wonward.domains.sales.queries.proposals import ask_contracts, ask_sent, list_unsigned_offers
from wonward.domains.sales.types import ClosingBrief, WonDeal
from wonward.domains.staff.operations import confirm_bookings
from wonward.domains.staff.queries import find_delivery_lead, get_default_calendar
from wonward.foundation.audit.operations import record_change
from wonward.foundation.database import insert_records, insert_with_ids
from wonward.foundation.database.gathering import written_together
from wonward.foundation.database.prepared import Question, Values, count_of, numbers
from wonward.foundation.database.reading import one_reading, put
from wonward.foundation.events.operations import publish
from wonward.foundation.organisation.operations import take_numbers
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.journeys.handoff import events
from wonward.journeys.handoff.models import Handoff, KickoffItem, OpenWin
from wonward.journeys.handoff.operations.adding import add_what_was_sold_since, begin_on_kickoff
from wonward.journeys.handoff.operations.building import build_project, enter_projects, link_sale
from wonward.journeys.handoff.operations.finishing import agree_on_finish, promise_the_finish
from wonward.journeys.handoff.operations.freezing import FIRST, contract_of, freeze_scope, sold_lines
from wonward.journeys.handoff.operations.kickoff import follow_kickoff_date, invite_to_kickoff
from wonward.journeys.handoff.operations.locking import facts_of, save_handoff, start_clock
from wonward.journeys.handoff.operations.undoing import drafts_among, take_out_of_archive
from wonward.journeys.handoff.queries.gate import get_gate_facts, get_rules
from wonward.journeys.handoff.queries.readiness import completeness_of
from wonward.journeys.handoff.rules.answers import extra_errors, told
from wonward.journeys.handoff.rules.shares import currency_of
from wonward.journeys.handoff.types import ClosedDeal, ExtraAnswer
from wonward.journeys.promises.operations import attach_promises, plans_of, propose_promises
from wonward.journeys.promises.queries import list_promise_facts
from wonward.journeys.promises.types import PlanWork
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import FieldError, Refused
from wonward.kernel.ref import Ref
from wonward.kernel.text import says_nothing
from wonward.kernel.wording import joined, worded

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
    with one_reading(), written_together():
        if not get_organisation().is_on("delivery"):
            return _win_alone(actor, deal_id, version, now)
        return _win_through_the_gate(actor, deal_id, brief, extra, version, now)


def _win_through_the_gate(
    actor: Actor, deal_id: int, brief: ClosingBrief, extra: Mapping[str, str] | None, version: int | None, now: datetime
) -> ClosedDeal:
    gate = get_gate_facts(actor=actor, deal_id=deal_id)
    given = {**{key: value for key, value in gate.answers.items() if key in {one.key for one in gate.asked}}, **(extra or {})}
    owed = [*extra_errors(gate.asked, given), *_order_errors(brief)]
    try:
        won = win_deal(actor=actor, deal_id=deal_id, brief=brief, version=version, now=now)
        is_open = not won.is_first and OpenWin.objects.filter(deal_id=deal_id).exists()
        if is_open:
            won = complete_win(actor=actor, deal_id=deal_id, brief=brief, version=version, now=now)
    except Refused as refusal:
        if type(refusal) is Refused and refusal.errors and owed:
            raise _incomplete([*refusal.errors, *owed]) from None
        raise
    if not won.is_first:
        return _replay(won)
    if owed:
        raise _incomplete(owed)
    if is_open:
        OpenWin.objects.filter(deal_id=deal_id).delete()
    handoffs, sent, contracts = numbers([Question("handoffs of a deal", _handoffs, {"deal": deal_id}), ask_sent(deal_id), ask_contracts(deal_id)])
    if not contracts:
        put(contract_of(deal_id), None)
    for offer in list_unsigned_offers(actor=system_actor(), deal_id=deal_id) if sent else ():
        propose_promises(actor=system_actor(), offer=offer, now=now)
    extras = told(gate.asked, given)
    former = Handoff.objects.select_for_update().get(deal_id=deal_id) if handoffs else None
    return _hand_off_again(actor, former, won, brief, extras, now) if former else _hand_off(actor, won, brief, extras, now)


def _handoffs(values: Values) -> QuerySet[Any, Any]:
    return count_of(Handoff.objects.filter(deal_id=values["deal"]))


def _order_errors(brief: ClosingBrief) -> list[FieldError]:
    """The kickoff is held on a working day, which the promised finish may lie before although the day asked for does not."""
    if brief.kickoff_date is None or brief.promised_finish_date is None or brief.promised_finish_date < brief.kickoff_date:
        return []
    _, calendar = get_default_calendar()
    kickoff = calendar.next_working_day(brief.kickoff_date)
    if brief.promised_finish_date >= kickoff:
        return []
    return [FieldError("brief.promised_finish_date", worded("The kickoff is held on {day}, after the promised finish.", day=kickoff), "order")]


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
        "no_constraints": brief.no_constraints and says_nothing(brief.key_constraints),
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
    handoff.drafts_before = drafts_among(promises)
    promise_the_finish(actor, handoff, promises, now)
    blueprints = get_blueprints(name=won.name, lines=[SoldLine.choosing(line.service_id, line.quantity, line.options, line.hours) for line in won.lines])
    costs = get_cost_list(
        [line.service_id for line in won.lines], currency=currency_of(won.value, won.lines), on=civil_date(now, get_organisation().time_zone)
    )
    created = [build_project(actor, won, handoff, blueprint, costs, won.lines, place == 0, now) for place, blueprint in enumerate(blueprints)]
    plans = [PlanWork(project.project_id, project.promise_tasks, project.finishes) for project in created]
    promised, _ = attach_promises(actor=actor, deal_id=won.deal_id, plans=plans, are_new=True, now=now)
    handoff.records_created += promised
    insert_with_ids([handoff])
    enter_projects(handoff, won.company_id, created, blueprints)
    insert_records([KickoffItem(handoff=handoff, position=place, text=text) for place, text in enumerate(get_rules().checklist)])
    invite_to_kickoff(handoff=handoff, owner_id=won.owner_id, now=now)
    _freeze(actor, handoff, won, FIRST, sold_lines(won, on=civil_date(now, get_organisation().time_zone), made=blueprints), now)
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
    handoff.drafts_before = drafts_among(list_promise_facts(deal_id=won.deal_id))
    save_handoff(handoff, now)
    take_out_of_archive(actor=actor, handoff=handoff, now=now)
    agree_on_finish(actor=actor, handoff=handoff, reason="The deal was won again.", now=now)
    project_ids = list(handoff.project_links.order_by("pk").values_list("project_id", flat=True))
    confirm_bookings(actor=actor, noun="sales.deal", ref_id=won.deal_id, project_ref=Ref("delivery.project", project_ids[0]), now=now)
    attach_promises(actor=actor, deal_id=won.deal_id, plans=list(plans_of(project_ids).values()), now=now)
    for project_id in project_ids:
        project_ref = Ref("delivery.project", project_id)
        link_sale(won.deal_id, project_ref, now)
        put_main_stakeholder(ref=project_ref, contact_id=handoff.main_stakeholder_id, now=now)
    lines = sold_lines(won, on=civil_date(now, get_organisation().time_zone))
    if "kickoff_date" in audit:
        begin_on_kickoff(actor=actor, handoff=handoff, before=audit["kickoff_date"][0], lines=lines, now=now)
    add_what_was_sold_since(actor=actor, handoff=handoff, won=won, lines=lines, now=now)
    project_ids = list(handoff.project_links.order_by("pk").values_list("project_id", flat=True))
    if "kickoff_date" in audit:
        follow_kickoff_date(handoff=handoff, before=audit["kickoff_date"][0], now=now)
    _freeze(actor, handoff, won, "win_again", lines, now)
    record_change(
        actor=actor, operation="handoff.handoff.resubmit", ref=Ref("handoff.handoff", handoff.pk), changes=audit, now=now
    )
    publish(events.HandoffResubmitted(**facts_of(handoff)), actor=actor, now=now)
    return ClosedDeal(won.deal_id, handoff.pk, handoff.status, tuple(project_ids), is_replayed=False)


def _freeze(actor: Actor, handoff: Handoff, won: WonDeal, kind: str, lines: Sequence[Mapping[str, Any]], now: datetime) -> None:
    freeze_scope(
        actor=actor, handoff=handoff, kind=kind, lines=lines, value=str(won.value) if won.value else None, deal_number=won.number, now=now
    )
