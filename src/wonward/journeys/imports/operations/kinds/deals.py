"""Deals: past wins and losses become history, open ones get an owner and a next action, known ones are changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from wonward.domains.sales.history import record_past_deals
from wonward.domains.sales.operations.deals import create_deals
from wonward.domains.sales.queries.deals import find_deals_by_external
from wonward.domains.sales.types import NewDeal, NewLine, NextAction, PastDeal
from wonward.domains.staff.queries import get_default_calendar
from wonward.journeys.imports.operations.kinds.deal_survey import survey_deals
from wonward.journeys.imports.operations.kinds.deal_updates import update_deals
from wonward.journeys.imports.operations.kinds.errands import REVIEW_NOTE
from wonward.journeys.imports.operations.making import (
    make_companies,
    make_contacts,
    make_people,
    make_services,
    owner_id_of,
)
from wonward.journeys.imports.operations.matching import Companies, Contacts, People, Services
from wonward.journeys.imports.operations.own_fields import fields_of, values_of
from wonward.journeys.imports.operations.stage_places import Stages
from wonward.journeys.imports.operations.work import Outcome, Work, date_of, money_of, write_each
from wonward.journeys.imports.rules.records import ReadRow, Record
from wonward.journeys.imports.rules.stages import closed_date_of, deal_name
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

_REVIEW_DAYS = 10


@dataclass(slots=True)
class Parties:
    """Everything the rows of a chunk may name, found or made."""

    people: People
    companies: Companies
    services: Services
    contacts: Contacts
    stages: Stages


class Deals:
    """Rows of deals."""

    noun = "sales.deal"
    permissions: Mapping[str, str] = {"sales.deal.create": worded("add deals")}

    def survey(self, work: Work, rows: Sequence[ReadRow]) -> None:
        survey_deals(work, rows)

    def apply(self, work: Work, rows: Sequence[ReadRow]) -> list[Outcome]:
        parties = prepare(work, [row.record for row in rows])
        known = find_deals_by_external(work.source, [row.external_id for row in rows])
        fresh = [row for row in rows if row.external_id not in known]
        outcomes = _create(work, parties, fresh)
        met = [(row, *known[row.external_id]) for row in rows if row.external_id in known]
        return outcomes + update_deals(work, parties, met)


def prepare(work: Work, records: Sequence[Record]) -> Parties:
    """Find, and where missing make, what the records name."""
    people = People(work)
    make_people(work, people, records)
    companies = Companies(work, records)
    make_companies(work, companies, records)
    services = Services(work.choices)
    make_services(work, services, [record.get("service", "") for record in records])
    contacts = Contacts(work, records)
    homes = [(record, companies.find(record)) for record in records if record.get("contact") or record.get("contact_email")]
    make_contacts(work, contacts, homes)
    return Parties(people, companies, services, contacts, Stages(work, records))


def _create(work: Work, parties: Parties, rows: Sequence[ReadRow]) -> list[Outcome]:
    past: list[tuple[ReadRow, PastDeal]] = []
    opened: list[tuple[ReadRow, NewDeal]] = []
    fields = fields_of(work)
    for row in rows:
        status = parties.stages.status_of(row.record)
        if status in ("won", "lost"):
            past.append((row, _past_deal(work, parties, row, status)))
        else:
            opened.append((row, replace(_open_deal(work, parties, row), custom=values_of(fields, row.record))))
    written = write_each(lambda part: record_past_deals(actor=work.actor, deals=part, now=work.now), [new for _, new in past])
    outcomes = [_outcome(work, row, new, new.status, key) for (row, new), key in zip(past, written, strict=True)]
    written = write_each(lambda part: create_deals(actor=work.actor, deals=part, now=work.now), [new for _, new in opened])
    return outcomes + [_outcome(work, row, new, "open", key) for (row, new), key in zip(opened, written, strict=True)]


def _outcome(work: Work, row: ReadRow, new: NewDeal | PastDeal, status: str, key: int | str) -> Outcome:
    if isinstance(key, str):
        return Outcome(row, "skipped", message=worded("Row {number}: {key}", number=row.number, key=key))
    if status in ("won", "lost"):
        work.tally[f"history_{status}"] += 1
    count_written(work, row.record, status)
    work.tally["stakeholders_linked"] += len(new.contact_ids)
    return Outcome(row, "created", Ref("sales.deal", key))


def count_written(work: Work, record: Record, status: str) -> None:
    """Add a deal to what has been written, for the reconciliation with the file."""
    minor, currency = record.get("value") or (0, work.currency)
    work.tally[f"rows:{status}:{currency}"] += 1
    work.tally[f"value:{status}:{currency}"] += int(minor)


def lines_of(parties: Parties, record: Record) -> tuple[NewLine, ...]:
    """The service of a record as a line; sold for the deal's value where the file says it, else at its list price."""
    service_id = parties.services.find(record["service"]) if record.get("service") else None
    if service_id is None:
        return ()
    quantity = Decimal(record.get("quantity") or 1)
    if not 0 < quantity <= 1_000_000 or quantity != quantity.quantize(Decimal("0.01")):
        quantity = Decimal(1)
    value = money_of(record.get("value"))
    is_priced = value is not None and value.minor > 0 and quantity == 1
    return (NewLine(service_id, quantity, value if is_priced else None),)


def _past_deal(work: Work, parties: Parties, row: ReadRow, status: str) -> PastDeal:
    record = row.record
    pipeline_id, _ = parties.stages.place_of(record)
    owner_id = owner_id_of(work, parties.people, record, active_only=False)
    if owner_id is None and not _is_ownerless(work, record):
        owner_id = _default_owner(work)
    company_id = parties.companies.find(record)
    return PastDeal(
        name=deal_name(record, row.number), status=status, closed_date=date_of(closed_date_of(record, status)),
        opened_date=date_of(record.get("opened_date")), owner_id=owner_id, company_id=company_id, pipeline_id=pipeline_id,
        value=money_of(record.get("value")), lines=lines_of(parties, record), lost_reason=record.get("lost_reason", ""),
        source=record.get("source", ""), external_source=work.source, external_id=row.external_id,
        contact_ids=parties.contacts.find_all(record, company_id),
    )


def _is_ownerless(work: Work, record: Record) -> bool:
    return bool(record.get("owner")) and work.choices.owners.get(record["owner"]) == "none"


def _default_owner(work: Work) -> int | None:
    work.tally["owners_defaulted"] += 1
    return work.choices.owner_id or work.actor.person_id


def _open_deal(work: Work, parties: Parties, row: ReadRow) -> NewDeal:
    record = row.record
    pipeline_id, stage_id = parties.stages.place_of(record)
    owner_id = owner_id_of(work, parties.people, record)
    if owner_id is None:
        owner_id = _default_owner(work)
    value, lines = money_of(record.get("value")), lines_of(parties, record)
    company_id = parties.companies.find(record)
    chance = record.get("probability")
    if value is None and lines:
        work.tally["valued_from_prices"] += 1
    return NewDeal(
        name=deal_name(record, row.number), company_id=company_id, owner_id=owner_id,
        next_action=_next_action(work, record, owner_id), pipeline_id=pipeline_id, stage_id=stage_id, value=value, lines=lines,
        opened_date=date_of(record.get("opened_date")),
        expected_close_date=date_of(record.get("expected_close_date") or record.get("close_date")),
        source=record.get("source", ""), external_source=work.source, external_id=row.external_id,
        contact_ids=parties.contacts.find_all(record, company_id),
        probability=None if chance == parties.stages.match_of(record).stage.percent else chance,
    )


def _next_action(work: Work, record: Record, owner_id: int | None) -> NextAction:
    """The file's next action if it has a date to come; else a review, spread over each owner's next ten working days."""
    note, due = record.get("next_action_note", ""), date_of(record.get("next_action_date"))
    if due and due >= work.today:
        return NextAction("task", due, note or "Imported next action", owner_id)
    work.tally["next_actions_given"] += 1
    mine = f"review:{owner_id}"
    place = work.tally[mine] % _REVIEW_DAYS
    work.tally[mine] += 1
    return NextAction("review", _review_days(work)[place], note or REVIEW_NOTE, owner_id)


def _review_days(work: Work) -> list[date]:
    if "review_days" not in work.cache:
        _, calendar = get_default_calendar()
        work.cache["review_days"] = [calendar.add_working_days(work.today, number) for number in range(1, _REVIEW_DAYS + 1)]
    days: list[date] = work.cache["review_days"]
    return days
