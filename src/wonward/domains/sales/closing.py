"""The door to Won. Only the handoff may open it: while delivery is on, a win without a handoff does not exist."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from wonward.domains.clients.operations import mark_client, put_main_stakeholder, unmark_clients
from wonward.domains.clients.queries import client_since, contact_belongs_to
from wonward.domains.sales import events
from wonward.domains.sales.models import (
    BriefDraft,
    Deal,
    DealLine,
    DealMember,
    NextActionEntry,
    Stage,
    StageVisit,
)
from wonward.domains.sales.operations.deals import (
    end_next_action,
    enter_stage,
    lock_deal,
    put_next_action,
)
from wonward.domains.sales.operations.stage_gates import unconfirmed, unfilled
from wonward.domains.sales.rules import brief_errors, check_reason, next_action_errors
from wonward.domains.sales.rules.pricing import read_conversion
from wonward.domains.sales.rules.role_hours import read_hours
from wonward.domains.sales.types import ClosingBrief, NextAction, SoldService, WonDeal
from wonward.domains.staff.queries import person_exists
from wonward.foundation.audit.operations import record_change
from wonward.foundation.database import put_record, update_records
from wonward.foundation.database.prepared import Values, records, rows
from wonward.foundation.events.operations import publish
from wonward.foundation.organisation.queries import civil_date, get_organisation
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, Refused, Stale
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref
from wonward.kernel.text import says_nothing
from wonward.kernel.wording import joined, worded


@transaction.atomic(savepoint=False)
def win_deal(
    *, actor: Actor, deal_id: int, brief: ClosingBrief | None, version: int | None = None, now: datetime
) -> WonDeal:
    """Turn an open deal into a won one. A deal won before answers with `is_first=False` and changes nothing.

    Refuses a lost deal (Conflict), a stale version, and an incomplete brief naming each missing answer. Without a brief
    only the outcome is noted; `complete_win` takes the answers later.
    """
    deal = lock_deal(actor=actor, deal_id=deal_id, permission="sales.deal.win")
    if deal.status == "won":
        if deal.is_history:
            raise Conflict(worded("{number} was won before it came to Wonward; it has no handoff.", number=deal.number))
        return _facts(deal, is_first=False)
    if deal.status == "lost":
        raise Conflict(worded("{number} is already lost.", number=deal.number))
    _check_version(deal, version)
    today = civil_date(now, get_organisation().time_zone)
    stage = _won_stage(deal)
    if stage is None:
        raise Refused(worded("The pipeline of {number} has no won stage.", number=deal.number))
    _check(deal, brief, [*(brief_errors(brief, today=today) if brief else ()), *unconfirmed(deal), *unfilled(deal.pk, stage)])
    end_next_action(actor, deal, "won", now)
    enter_stage(deal, stage, now)
    deal.status, deal.closed_at, deal.closed_date = "won", now, today
    deal.version += 1
    deal.updated_at = now
    update_records([deal])
    if brief is not None:
        _keep_brief(deal, brief, now)
    assert deal.company_id is not None
    mark_client(company_id=deal.company_id, since=today, now=now)
    record_change(
        actor=actor, operation="sales.deal.win", ref=Ref("sales.deal", deal.pk), changes={"status": ["open", "won"]}, now=now
    )
    publish(events.DealWon(deal_id=deal.pk, company_id=deal.company_id), actor=actor, now=now)
    return _facts(deal, is_first=True)


@transaction.atomic
def complete_win(*, actor: Actor, deal_id: int, brief: ClosingBrief, version: int | None = None, now: datetime) -> WonDeal:
    """Take the five answers of a deal that was won without them. Refuses what `win_deal` refuses; the caller knows it has no handoff."""
    deal = lock_deal(actor=actor, deal_id=deal_id, permission="sales.deal.win")
    if deal.status != "won" or deal.is_history:
        raise Conflict(worded("{number} is {status}; only a won deal takes answers afterwards.", number=deal.number, status=worded("history" if deal.is_history else deal.status)))
    _check_version(deal, version)
    _check(deal, brief, brief_errors(brief, today=civil_date(now, get_organisation().time_zone)))
    deal.version += 1
    deal.updated_at = now
    deal.save(update_fields=["version", "updated_at"])
    _keep_brief(deal, brief, now)
    record_change(
        actor=actor, operation="sales.deal.complete_win", ref=Ref("sales.deal", deal.pk),
        changes={"brief": [None, brief.scope_summary.strip()[:300]]}, now=now,
    )
    return _facts(deal, is_first=True)


def _won_stage(deal: Deal) -> Stage | None:
    """The stage for won deals of the deal's pipeline; the one it stands in comes along."""
    found = records("stages of a win", _stages, {"pipeline": deal.pipeline_id, "stage": deal.stage_id})
    deal.stage = next(one for one in found if one.pk == deal.stage_id)
    return next((one for one in found if one.kind == "won" and one.pipeline_id == deal.pipeline_id), None)


def _stages(values: Values) -> QuerySet[Any, Any]:
    return Stage.objects.filter(Q(pipeline_id=values["pipeline"], kind="won") | Q(pk=values["stage"])).order_by("position")


def _check_version(deal: Deal, version: int | None) -> None:
    if version is not None and version != deal.version:
        raise Stale(worded("{number} was changed by somebody else in the meantime.", number=deal.number),
                    current={"version": deal.version}, yours={"version": version})


@transaction.atomic
def take_back_win(*, actor: Actor, deal_id: int, next_action: NextAction, reason: str, now: datetime) -> None:
    """Open a won deal again in the stage it was won from, with a next action and the reason. History stays closed."""
    deal = lock_deal(actor=actor, deal_id=deal_id, permission="sales.deal.win")
    if deal.status != "won" or deal.is_history:
        raise Conflict(worded("{number} is {status}; only a won deal is taken back.", number=deal.number, status=worded("history" if deal.is_history else deal.status)))
    errors = next_action_errors(next_action, today=civil_date(now, get_organisation().time_zone))
    if next_action.owner_id is not None and not person_exists(next_action.owner_id):
        errors.append(FieldError("next_action.owner_id", worded("There is no colleague {owner_id}.", owner_id=next_action.owner_id), "unknown"))
    if says_nothing(reason):
        errors.append(FieldError("reason", "Say why the deal is open again.", "required"))
    if errors:
        raise Refused(errors[0].words, errors)
    check_reason(reason)
    enter_stage(deal, _stage_before(deal), now)
    deal.status, deal.closed_at, deal.closed_date = "open", None, None
    put_next_action(deal, next_action)
    deal.version += 1
    deal.updated_at = now
    deal.save()
    record_change(
        actor=actor, operation="sales.deal.reopen", ref=Ref("sales.deal", deal.pk),
        changes={"status": ["won", "open"], "reason": [None, reason.strip()]}, now=now,
    )
    publish(events.DealReopened(deal_id=deal.pk, company_id=deal.company_id), actor=actor, now=now)


def hold_win(*, actor: Actor, deal_id: int) -> datetime | None:
    """Lock a deal whose win may be undone by the actor and say when it was won; None for an open one. Refuses a lost deal and history."""
    deal = lock_deal(actor=actor, deal_id=deal_id, permission="sales.deal.win")
    if deal.status == "open":
        return None
    if deal.status != "won" or deal.is_history or deal.closed_at is None:
        raise Conflict(worded("{number} is {status}; only a won deal is taken back.", number=deal.number, status=worded("history" if deal.is_history else deal.status)))
    return deal.closed_at


@transaction.atomic(savepoint=False)
def put_back_deal(*, actor: Actor, deal_id: int, reason: str, now: datetime) -> None:
    """Undo the win of a deal that `hold_win` holds: open again in its stage before, with the next action it had."""
    deal = lock_deal(actor=actor, deal_id=deal_id, permission="sales.deal.win")
    won_at, won_date = deal.closed_at, deal.closed_date
    assert won_at
    former = NextActionEntry.objects.filter(deal_id=deal.pk, outcome="won", ended_at=won_at).order_by("-pk").first()
    today = civil_date(now, get_organisation().time_zone)
    named_id = former.owner_id if former and former.owner_id != deal.owner_id else None
    action = NextAction(former.kind, former.due_date, former.note, named_id) if former else NextAction("task", today, reason[:300])
    if former:
        former.delete()
    enter_stage(deal, _stage_before(deal), now)
    deal.status, deal.closed_at, deal.closed_date = "open", None, None
    put_next_action(deal, action)
    deal.version += 1
    deal.updated_at = now
    deal.save()
    _unmark(deal.company_id, won_date, now)
    record_change(
        actor=actor, operation="sales.deal.put_back", ref=Ref("sales.deal", deal.pk),
        changes={"status": ["won", "open"], "reason": [None, reason[:300]]}, now=now,
    )
    publish(events.DealReopened(deal_id=deal.pk, company_id=deal.company_id), actor=actor, now=now)


def _unmark(company_id: int | None, since: date | None, now: datetime) -> None:
    """A company that became a client by the win that is undone is none any more."""
    if company_id is None or Deal.objects.filter(company_id=company_id, status="won").exists():
        return
    if client_since(company_id) == since:
        unmark_clients(company_ids=[company_id], now=now)


def _stage_before(deal: Deal) -> Stage:
    """The open stage a deal was closed from."""
    visit = StageVisit.objects.filter(deal_id=deal.pk, stage__kind="open").order_by("-entered_at", "-pk").first()
    return visit.stage if visit else Stage.objects.filter(pipeline_id=deal.pipeline_id, kind="open").order_by("position").get()


def _check(deal: Deal, brief: ClosingBrief | None, errors: list[FieldError]) -> None:
    if deal.company_id is None:
        errors.append(FieldError("company_id", "A deal needs a company before it is won.", "required"))
    elif brief is not None and brief.main_stakeholder_id is not None and not contact_belongs_to(
        contact_id=brief.main_stakeholder_id, company_id=deal.company_id
    ):
        errors.append(
            FieldError(
                "brief.main_stakeholder_id",
                worded("Contact {main_stakeholder_id} does not belong to the deal's company.", main_stakeholder_id=brief.main_stakeholder_id), "unknown",
            )
        )
    if errors:
        raise Refused(worded("Before this deal can be won: {errors}", errors=joined(error.words for error in errors)), errors)


def _keep_brief(deal: Deal, brief: ClosingBrief, now: datetime) -> None:
    answers = {
        "scope_summary": brief.scope_summary, "promised_finish_date": brief.promised_finish_date,
        "key_constraints": brief.key_constraints, "no_constraints": brief.no_constraints,
        "main_stakeholder_id": brief.main_stakeholder_id, "kickoff_date": brief.kickoff_date, "updated_at": now,
    }
    put_record(BriefDraft(deal=deal, **answers), unique=["deal_id"], fields=list(answers))
    assert brief.main_stakeholder_id is not None
    put_main_stakeholder(ref=Ref("sales.deal", deal.pk), contact_id=brief.main_stakeholder_id, now=now)


def _facts(deal: Deal, *, is_first: bool) -> WonDeal:
    lines = rows("lines of a won deal", _sold, {"deal": deal.pk})
    assert deal.company_id is not None
    return WonDeal(
        deal.pk, deal.number, deal.name, deal.company_id, deal.owner_id,
        Money(deal.value_minor, deal.currency) if deal.value_minor is not None else None,
        tuple(
            SoldService(
                service_id, quantity, Money(minor, deal.currency) if minor is not None else None,
                None if options is None else tuple(options), read_conversion(conversion), read_hours(role_hours),
            )
            for service_id, quantity, minor, options, conversion, role_hours in lines
        ),
        is_first, deal.is_restricted,
        tuple(key for (key,) in rows("members of a won deal", _members, {"deal": deal.pk})) if deal.is_restricted else (),
    )


def _sold(values: Values) -> QuerySet[Any, Any]:
    lines = DealLine.objects.filter(deal_id=values["deal"]).order_by("position", "pk")
    return lines.values_list("service_id", "quantity", "unit_price_minor", "options", "conversion", "role_hours")


def _members(values: Values) -> QuerySet[Any, Any]:
    return DealMember.objects.filter(deal_id=values["deal"]).order_by("pk").values_list("person_id")
