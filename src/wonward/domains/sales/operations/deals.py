"""Opening, changing, moving and losing deals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from wonward.domains.catalog.queries import get_offers, get_price_list
from wonward.domains.catalog.types import Listed
from wonward.domains.clients.operations import clear_client_team, name_stakeholders, put_client_team
from wonward.domains.clients.queries import find_archived_companies, visible_companies
from wonward.domains.sales import events
from wonward.domains.sales.models import Deal, DealLine, DealMember, NextActionEntry, Stage, StageVisit
from wonward.domains.sales.operations.outside_ids import refuse_known_ids
from wonward.domains.sales.operations.stage_gates import (
    refuse_emptied,
    refuse_unfilled_from_the_start,
    refuse_unready,
)
from wonward.domains.sales.queries.deals import get_deal, list_lines
from wonward.domains.sales.queries.pipelines import find_pipeline, list_pipelines, stage_of
from wonward.domains.sales.rules import (
    check_reason,
    day_errors,
    has_slipped,
    line_errors,
    next_action_errors,
    total_of,
)
from wonward.domains.sales.rules.pricing import kept_conversion, price_of, repriced
from wonward.domains.sales.rules.role_hours import kept_hours
from wonward.domains.sales.types import NewDeal, NewLine, NextAction, PastDeal, PipelineRow, StageRow
from wonward.domains.staff.operations import release_bookings
from wonward.domains.staff.queries import find_existing_people, get_team_id, person_exists
from wonward.foundation.access.policy import keep_seen, require, require_change
from wonward.foundation.access.queries import question_of
from wonward.foundation.audit.operations import Change, record_change, record_changes
from wonward.foundation.custom_fields.operations import set_many_values
from wonward.foundation.database import insert_numbered, insert_records, insert_rows, prepared
from wonward.foundation.events.operations import publish
from wonward.foundation.organisation.operations import take_numbers
from wonward.foundation.organisation.queries import civil_date, get_exchange, get_organisation, to_reporting
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, FieldError, NotFound, Refused, Stale
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref
from wonward.kernel.text import says_nothing
from wonward.kernel.wording import worded

EDITABLE_FIELDS = ("name", "company_id", "owner_id", "value", "expected_close_date", "source", "probability", "is_restricted")
_LONGEST = {"name": 200, "source": 120}

Prices = Mapping[tuple[int, str], Listed]


@transaction.atomic
def create_deals(*, actor: Actor, deals: Sequence[NewDeal], now: datetime) -> list[int]:
    """Open deals, each with an owner and a dated next action. Returns their ids in order."""
    require(actor, "sales.deal.create")
    pipelines = list_pipelines()
    organisation = get_organisation()
    today = civil_date(now, organisation.time_zone)
    check_new_deals(actor, deals, today)
    prices = list_prices(deals, organisation.currency, today)
    rows = [_build(actor, new, pipelines, prices, organisation.currency, today, now) for new in deals]
    refuse_unfilled_from_the_start(deals, rows)
    refuse_known_ids(Deal, rows, plural="deals")
    for row, number in zip(rows, take_numbers(noun="sales.deal", count=len(rows)), strict=True):
        row.number = number
    insert_deals(rows, [new.lines for new in deals], prices, now=now)
    name_contacts(actor, rows, [new.contact_ids for new in deals], now)
    if filled := {row.pk: new.custom for row, new in zip(rows, deals, strict=True) if new.custom}:
        set_many_values(actor=actor, noun="sales.deal", values=filled, now=now)
    record_changes(
        actor=actor, operation="sales.deal.create", now=now,
        changes=[Change(Ref("sales.deal", row.pk), {"name": [None, row.name]}) for row in rows],
    )
    if rows:
        publish(events.DealsCreated(deal_ids=[row.pk for row in rows]), actor=actor, now=now)
    return [row.pk for row in rows]


def insert_deals(
    rows: Sequence[Deal], lines: Sequence[Sequence[NewLine]], prices: Prices, *, now: datetime
) -> None:
    """Write new deals with their lines, first stage visit and client team."""
    columns = [field.attname for field in Deal._meta.concrete_fields if not field.primary_key]
    for row, key in zip(rows, insert_numbered(Deal, columns, [[getattr(row, name) for name in columns] for row in rows]), strict=True):
        row.pk = key
    insert_rows(
        DealLine, ("deal_id", "service_id", "position", "quantity", "unit_price_minor", "options", "conversion", "role_hours"),
        [
            (row.pk, line.service_id, place, line.quantity, price.minor if price else None, line.options, kept_conversion(conversion), kept_hours(line.hours))
            for row, sold in zip(rows, lines, strict=True)
            for place, line in enumerate(sold)
            for price, conversion in [price_of(line.unit_price, prices.get((line.service_id, row.currency), Listed()))]
        ],
    )
    insert_rows(
        StageVisit, ("deal_id", "stage_id", "entered_at"), [(row.pk, row.stage_id, row.stage_entered_at) for row in rows]
    )
    put_client_team(
        basis_noun="sales.deal",
        links=[(row.pk, row.company_id, row.owner_id) for row in rows if row.company_id and row.owner_id],
    )


def name_contacts(actor: Actor, rows: Sequence[Deal], contact_ids: Sequence[Sequence[int]], now: datetime) -> None:
    """The client's people whom new deals come with are their first stakeholders."""
    links = [(Ref("sales.deal", row.pk), key) for row, keys in zip(rows, contact_ids, strict=True) for key in keys]
    if links:
        name_stakeholders(actor=actor, links=links, now=now)


def list_prices(deals: Iterable[NewDeal | PastDeal], currency: str, today: date) -> dict[tuple[int, str], Listed]:
    """What the services of new deals cost in the currency of each deal; `currency` is that of deals without a value."""
    wanted = {(line.service_id, _code(deal, currency)) for deal in deals for line in deal.lines}
    return get_price_list(wanted, on=today)


def check_new_deals(actor: Actor, deals: Sequence[NewDeal], today: date) -> None:
    """Refuse before anything is written, deal by deal."""
    many = len(deals) > 1
    wanted = {deal.company_id for deal in deals if deal.company_id is not None}
    companies = {row.pk: row for row in visible_companies(actor).filter(pk__in=wanted).only("name", "archived_at")}
    owners = {deal.owner_id for deal in deals if deal.owner_id is not None} | {
        deal.next_action.owner_id for deal in deals if deal.next_action and deal.next_action.owner_id
    }
    strangers = owners - find_existing_people(owners)
    currency = get_organisation().currency
    offers = {
        code: get_offers({line.service_id for deal in deals if code == _code(deal, currency) for line in deal.lines}, currency=code, on=today)
        for code in {_code(deal, currency) for deal in deals if deal.lines}
    }
    errors: list[FieldError] = []
    for index, deal in enumerate(deals):
        at = f"deals[{index}]." if many else ""
        if says_nothing(deal.name):
            errors.append(FieldError(f"{at}name", "A deal needs a name.", "required"))
        if deal.company_id is not None and deal.company_id not in companies:
            errors.append(FieldError(f"{at}company_id", worded("There is no company {company_id} that you can see.", company_id=deal.company_id), "unknown"))
        if deal.company_id in companies and companies[deal.company_id].archived_at:
            errors.append(FieldError(f"{at}company_id", archived_words(companies[deal.company_id].name), "archived"))
        if (deal.owner_id or actor.person_id) is None:
            errors.append(FieldError(f"{at}owner_id", "A deal needs an owner.", "required"))
        if deal.owner_id in strangers:
            errors.append(FieldError(f"{at}owner_id", worded("There is no colleague {owner_id}.", owner_id=deal.owner_id), "unknown"))
        errors.extend(next_action_errors(deal.next_action, today=today, field=f"{at}next_action"))
        if deal.next_action and deal.next_action.owner_id in strangers:
            errors.append(
                FieldError(f"{at}next_action.owner_id", worded("There is no colleague {owner_id}.", owner_id=deal.next_action.owner_id), "unknown")
            )
        code = _code(deal, currency)
        errors.extend(line_errors(deal.lines, offers.get(code, {}), currency=code, at=at))
        errors += day_errors(deal.expected_close_date, field=f"{at}expected_close_date") + day_errors(deal.opened_date, field=f"{at}opened_date")
        if deal.value and deal.value.minor < 0:
            errors.append(FieldError(f"{at}value", "A deal's value cannot be negative.", "range"))
        if deal.probability is not None and not 0 <= deal.probability <= 100:
            errors.append(FieldError(f"{at}probability", "A probability lies between 0 and 100 percent.", "range"))
    if errors:
        raise Refused(errors[0].words, errors)


def archived_words(name: str) -> str:
    """Why nothing is sold to a company that was put away."""
    return worded("“{name}” is archived. Bring it back first.", name=name)


def _code(deal: NewDeal | PastDeal, currency: str) -> str:
    return deal.value.currency if deal.value else currency


def _build(
    actor: Actor, new: NewDeal, pipelines: list[PipelineRow], prices: Prices,
    currency: str, today: date, now: datetime,
) -> Deal:
    pipeline = find_pipeline(pipelines, new.pipeline_id)
    stage = stage_of(pipeline, new.stage_id)
    if stage.kind != "open":
        raise Refused.field("stage_id", worded("A new deal starts in an open stage; “{name}” closes it.", name=stage.name), "closed_stage")
    value = new.value or total_of(
        replace(line, unit_price=price_of(line.unit_price, prices.get((line.service_id, currency), Listed()))[0]) for line in new.lines
    )
    action = new.next_action
    assert action is not None
    return Deal(
        name=new.name.strip()[:200], company_id=new.company_id, owner_id=new.owner_id or actor.person_id,
        pipeline_id=pipeline.id, stage_id=stage.id, value_minor=value.minor if value else None,
        currency=value.currency if value else currency,
        reporting_minor=to_reporting(value, reporting_currency=currency, on=today) if value else 0,
        main_service_id=new.lines[0].service_id if new.lines else None, source=new.source.strip()[:120],
        opened_date=new.opened_date or today, expected_close_date=new.expected_close_date, stage_entered_at=now,
        next_kind=action.kind, next_note=action.note.strip(), next_due_date=action.due_date, next_owner_id=action.owner_id,
        parked_reason=action.note if action.kind == "parked" else "",
        external_source=new.external_source, external_id=new.external_id, probability=new.probability, created_at=now, updated_at=now,
    )


def lock_deal(*, actor: Actor, deal_id: int, permission: str) -> Deal:
    """Take one visible deal for writing and check the right to change it."""
    question = question_of(
        actor, "deal to change", ["sales.deal.view"], values={"deal": deal_id},
        build=lambda viewer, values: Deal.objects.visible_to(viewer).select_for_update(of=("self",)).filter(pk=values["deal"]),
    )
    deal: Deal | None = next(iter(prepared.records(question.key, question.build, question.values)), None)
    if deal is None:
        raise NotFound("deal", deal_id)
    keep_seen(actor, Ref("sales.deal", deal.pk))
    require_deal_change(actor=actor, deal=deal, permission=permission)
    return deal


def hold_open_deal(*, deal_id: int) -> bool:
    """Whether a deal is open; it stays what it is until the caller's transaction ends."""
    return Deal.objects.select_for_update(of=("self",)).filter(pk=deal_id, status="open").values_list("pk").first() is not None


def require_deal_change(*, actor: Actor, deal: Deal, permission: str) -> None:
    """Owner, member, the lead of the owner's team or an admin may change a deal. Its owner is not asked about the others."""
    if actor.person_id is not None and actor.person_id == deal.owner_id:
        require_change(actor, permission, person_ids=[deal.owner_id], team_ids=[])
        return
    members = DealMember.objects.filter(deal_id=deal.pk).values_list("person_id", flat=True)
    require_change(
        actor, permission, person_ids=[deal.owner_id, *members], team_ids=[get_team_id(deal.owner_id)]
    )


def check_version(actor: Actor, deal: Deal, version: int | None, yours: Mapping[str, Any]) -> None:
    """A stale form is told both values, as far as the actor may see them, and writes nothing."""
    if version is not None and version != deal.version:
        seen = get_deal(actor=actor, deal_id=deal.pk)
        asked = {"value": lambda: seen.value, "lines": lambda: list_lines(deal=seen)}
        current = {field: asked[field]() if field in asked else getattr(deal, field, None) for field in yours}
        raise Stale(worded("{number} was changed by somebody else in the meantime.", number=deal.number), current=current, yours=yours)


@transaction.atomic
def change_deal(
    *, actor: Actor, deal_id: int, changes: Mapping[str, Any], version: int | None = None, now: datetime
) -> None:
    """Change a deal's own fields. The stage moves by `move_deal`, the next action by `set_next_action`."""
    deal = lock_deal(actor=actor, deal_id=deal_id, permission="sales.deal.edit")
    check_version(actor, deal, version, changes)
    check_changes(actor, deal, changes, now)
    audit: dict[str, list[Any]] = {}
    for field, value in changes.items():
        if field == "value":
            change_value(deal, value, audit, now)
        elif getattr(deal, field) != (value := _trimmed(value)):
            audit[field] = [getattr(deal, field), value]
            deal.close_slips += field == "expected_close_date" and has_slipped(deal.expected_close_date, value)
            setattr(deal, field, value)
    if audit.get("is_restricted", [True])[-1] and "is_restricted" in audit and not _is_named(actor, deal):
        raise Refused.field("is_restricted", "You would not see it any more. Put yourself on it first.")
    if audit:
        _save_changed(actor, deal, audit, now)


def _trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _is_named(actor: Actor, deal: Deal) -> bool:
    """Whether somebody still sees a deal that only its people see."""
    if actor.is_system or actor.role in ("owner", "admin") or actor.person_id == deal.owner_id:
        return True
    return DealMember.objects.filter(deal_id=deal.pk, person_id=actor.person_id or 0).exists()


def _save_changed(actor: Actor, deal: Deal, audit: dict[str, list[Any]], now: datetime) -> None:
    deal.version += 1
    deal.updated_at = now
    deal.save()
    if {"owner_id", "company_id"} & set(audit):
        renew_client_team(deal)
    record_change(actor=actor, operation="sales.deal.change", ref=Ref("sales.deal", deal.pk), changes=audit, now=now)
    publish(events.DealChanged(deal_id=deal.pk, company_id=deal.company_id), actor=actor, now=now)


def renew_client_team(deal: Deal) -> None:
    """Who is on a deal now works for its company, and nobody else by this deal."""
    clear_client_team(basis=Ref("sales.deal", deal.pk))
    if deal.company_id:
        people = {deal.owner_id, *DealMember.objects.filter(deal=deal).values_list("person_id", flat=True)}
        put_client_team(basis_noun="sales.deal", links=[(deal.pk, deal.company_id, person) for person in people if person])


def check_changes(actor: Actor, deal: Deal, changes: Mapping[str, Any], now: datetime) -> None:
    """Refuse before anything is written."""
    for field in changes:
        if field not in EDITABLE_FIELDS:
            raise Refused.field(field, worded("{field} cannot be changed here.", field=field), "unknown")
    if "name" in changes and not str(changes["name"] or "").strip():
        raise Refused.field("name", "A deal needs a name.", "required")
    for field, most in _LONGEST.items():
        if len(str(changes.get(field) or "")) > most:
            raise Refused.field(field, worded("At most {limit} characters fit here.", limit=most), "too_long")
    refuse_emptied(deal, changes)
    if "owner_id" in changes:
        if changes["owner_id"] is None:
            raise Refused.field("owner_id", "A deal needs an owner.", "required")
        if not person_exists(changes["owner_id"]):
            raise Refused.field("owner_id", worded("There is no colleague {owner_id}.", owner_id=changes["owner_id"]), "unknown")
    if changes.get("company_id") is not None and not visible_companies(actor).filter(pk=changes["company_id"]).exists():
        raise Refused.field("company_id", worded("There is no company {company_id} that you can see.", company_id=changes["company_id"]), "unknown")
    if changes.get("company_id") not in (None, deal.company_id):
        for name in find_archived_companies([changes["company_id"]]).values():
            raise Refused.field("company_id", archived_words(name), "archived")
    if "company_id" in changes and deal.status == "won" and changes["company_id"] != deal.company_id:
        raise Conflict(worded("{number} is won; its company can no longer change.", number=deal.number))
    if changes.get("expected_close_date") != deal.expected_close_date and (errors := day_errors(changes.get("expected_close_date"), field="expected_close_date")):
        raise Refused(errors[0].words, errors)
    probability = changes.get("probability")
    if probability is not None and not 0 <= probability <= 100:
        raise Refused.field("probability", "A probability lies between 0 and 100 percent.", "range")
    value = changes.get("value")
    if value is not None and value.minor < 0:
        raise Refused.field("value", "A deal's value cannot be negative.", "range")
    if value is not None:
        _reporting_minor(value, now)


def _reporting_minor(value: Money, now: datetime) -> int:
    organisation = get_organisation()
    return to_reporting(value, reporting_currency=organisation.currency, on=civil_date(now, organisation.time_zone))


def change_value(deal: Deal, value: Money | None, audit: dict[str, list[Any]], now: datetime) -> None:
    """Put another value on the row and note it; the caller saves."""
    before = Money(deal.value_minor, deal.currency) if deal.value_minor is not None else None
    if before == value:
        return
    audit["value"] = [str(before) if before else None, str(value) if value else None]
    if value and value.currency != deal.currency:
        _reprice_lines(deal, value.currency, audit, now)
    deal.value_minor = value.minor if value else None
    deal.currency = value.currency if value else deal.currency
    deal.reporting_minor = _reporting_minor(value, now) if value else 0


def _reprice_lines(deal: Deal, currency: str, audit: dict[str, list[Any]], now: datetime) -> None:
    """The prices of the lines were meant in the former currency: listed ones are listed anew, agreed ones are converted."""
    lines = list(DealLine.objects.filter(deal_id=deal.pk, unit_price_minor__isnull=False))
    if not lines:
        return
    organisation = get_organisation()
    today = civil_date(now, organisation.time_zone)
    exchange = get_exchange(currencies={deal.currency, currency}, reporting_currency=organisation.currency, on=today)
    if missing := exchange.missing(deal.currency, currency):
        raise Refused.field("value.currency", worded("There is no exchange rate for {missing} on {today}. Add one in the settings.", missing=missing, today=today))
    listed = get_price_list({(line.service_id, code) for line in lines for code in (deal.currency, currency)}, on=today)
    noted: list[list[str]] = [[], []]
    for line in lines:
        assert line.unit_price_minor is not None
        before = Money(line.unit_price_minor, deal.currency)
        after, conversion = repriced(
            before, listed[line.service_id, deal.currency], listed[line.service_id, currency], exchange, currency
        )
        assert after is not None
        line.unit_price_minor, line.conversion = after.minor, kept_conversion(conversion)
        noted[0].append(str(before))
        noted[1].append(str(after))
    DealLine.objects.bulk_update(lines, ["unit_price_minor", "conversion"])
    audit["line_prices"] = list(noted)


@transaction.atomic
def move_deal(*, actor: Actor, deal_id: int, stage_id: int, version: int | None = None, now: datetime) -> StageRow:
    """Move an open deal to another open stage of any pipeline; returns the stage it came from.

    A won or lost stage is refused: closing has its own gate.
    """
    deal = lock_deal(actor=actor, deal_id=deal_id, permission="sales.deal.edit")
    check_version(actor, deal, version, {"stage_id": stage_id})
    stage = find_open_stage(deal, stage_id)
    refuse_unready(deal, stage)
    before = deal.stage
    came_from = StageRow(before.pk, before.name, before.kind, before.position, before.probability, before.days_until_stuck)
    if before.pk != stage.pk:
        enter_stage(deal, stage, now)
        deal.version += 1
        deal.updated_at = now
        deal.save()
        record_change(
            actor=actor, operation="sales.deal.move", ref=Ref("sales.deal", deal.pk),
            changes={"stage": [before.name, stage.name]}, now=now,
        )
        publish(events.DealMoved(deal_id=deal.pk, company_id=deal.company_id), actor=actor, now=now)
    return came_from


def find_open_stage(deal: Deal, stage_id: int) -> Stage:
    """The stage that an open deal may move to; Refused or Conflict says why it may not."""
    stage = Stage.objects.filter(pk=stage_id).first()
    if stage is None:
        raise Refused.field("stage_id", worded("There is no stage {stage_id}.", stage_id=stage_id), "unknown")
    if deal.status != "open":
        raise Conflict(worded("{number} is {status}; only an open deal moves between stages.", number=deal.number, status=worded(deal.status)))
    if stage.kind == "won":
        raise Refused.field("stage_id", worded("“{name}” is reached by closing the deal as won with its five answers.", name=stage.name), "gate")
    if stage.kind == "lost":
        raise Refused.field("stage_id", worded("“{name}” is reached by closing the deal as lost with a reason.", name=stage.name), "gate")
    return stage


def enter_stage(deal: Deal, stage: Stage, now: datetime) -> None:
    """Leave the current stage and enter another, with what was confirmed there before; the caller saves the deal."""
    confirmed = None
    if stage.exit_criteria:
        confirmed = StageVisit.objects.filter(deal_id=deal.pk, stage=stage).order_by("-entered_at", "-pk").values_list("confirmed", flat=True).first()
    prepared.change(
        "stage left", lambda values: StageVisit.objects.filter(deal_id=values["deal"], left_at__isnull=True), {"deal": deal.pk, "now": now},
        lambda values: {"left_at": values["now"]},
    )
    insert_records([StageVisit(deal_id=deal.pk, stage=stage, entered_at=now, confirmed=confirmed)])
    deal.stage, deal.pipeline_id, deal.stage_entered_at = stage, stage.pipeline_id, now


@transaction.atomic
def lose_deal(*, actor: Actor, deal_id: int, reason: str, version: int | None = None, now: datetime) -> bool:
    """Close an open deal as lost. True when it was lost now, False when it had been; a won deal is a conflict."""
    deal = lock_deal(actor=actor, deal_id=deal_id, permission="sales.deal.lose")
    if deal.status == "lost":
        return False
    if deal.status == "won":
        raise Conflict(worded("{number} is already won.", number=deal.number))
    check_version(actor, deal, version, {"reason": reason})
    if says_nothing(reason):
        raise Refused.field("reason", "Say why the deal was lost.", "required")
    check_reason(reason)
    end_next_action(actor, deal, "lost", now)
    stage = Stage.objects.filter(pipeline_id=deal.pipeline_id, kind="lost").order_by("position").first()
    if stage is not None:
        enter_stage(deal, stage, now)
    deal.status, deal.lost_reason = "lost", reason.strip()
    deal.closed_at, deal.closed_date = now, civil_date(now, get_organisation().time_zone)
    deal.version += 1
    deal.updated_at = now
    deal.save()
    release_bookings(actor=actor, noun="sales.deal", ref_id=deal.pk, now=now)
    record_change(
        actor=actor, operation="sales.deal.lose", ref=Ref("sales.deal", deal.pk),
        changes={"status": ["open", "lost"], "reason": [None, deal.lost_reason]}, now=now,
    )
    publish(events.DealLost(deal_id=deal.pk, company_id=deal.company_id), actor=actor, now=now)
    return True


@transaction.atomic
def reopen_deal(*, actor: Actor, deal_id: int, next_action: NextAction, now: datetime) -> None:
    """Open a lost deal again in the stage it was lost from, with a next action."""
    deal = lock_deal(actor=actor, deal_id=deal_id, permission="sales.deal.edit")
    if deal.status != "lost":
        raise Conflict(worded("{number} is {status}; only a lost deal is reopened.", number=deal.number, status=worded(deal.status)))
    if errors := next_action_errors(next_action, today=civil_date(now, get_organisation().time_zone)):
        raise Refused(errors[0].words, errors)
    for name in find_archived_companies([deal.company_id] if deal.company_id else []).values():
        raise Refused.field("company_id", archived_words(name), "archived")
    visit = StageVisit.objects.filter(deal_id=deal.pk, stage__kind="open").order_by("-entered_at").first()
    stage = visit.stage if visit else Stage.objects.filter(pipeline_id=deal.pipeline_id, kind="open").order_by("position").get()
    enter_stage(deal, stage, now)
    deal.status, deal.lost_reason, deal.closed_at, deal.closed_date = "open", "", None, None
    deal.owner_id = deal.owner_id or actor.person_id
    put_next_action(deal, next_action)
    deal.version += 1
    deal.updated_at = now
    deal.save()
    record_change(
        actor=actor, operation="sales.deal.reopen", ref=Ref("sales.deal", deal.pk), changes={"status": ["lost", "open"]}, now=now
    )
    publish(events.DealReopened(deal_id=deal.pk, company_id=deal.company_id), actor=actor, now=now)


def put_next_action(deal: Deal, action: NextAction) -> None:
    """Write the next action onto the row; the caller saves."""
    deal.next_kind, deal.next_note = action.kind, action.note.strip()
    deal.next_due_date, deal.next_owner_id, deal.next_escalation = action.due_date, action.owner_id, 0
    deal.parked_reason = action.note.strip() if action.kind == "parked" else ""


def end_next_action(actor: Actor, deal: Deal, outcome: str, now: datetime) -> None:
    """Note how the current next action ended; the caller sets the next one or closes the deal."""
    if deal.next_due_date is not None:
        insert_records([NextActionEntry(
            deal_id=deal.pk, kind=deal.next_kind, note=deal.next_note, due_date=deal.next_due_date,
            owner_id=deal.next_owner_id or deal.owner_id, outcome=outcome, ended_at=now, ended_by=actor.label,
        )])
    deal.next_kind, deal.next_note, deal.next_due_date, deal.next_owner_id, deal.parked_reason = "", "", None, None, ""
