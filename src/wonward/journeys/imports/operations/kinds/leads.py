"""Leads: known by id, or by address and day; a later file may say which of them were converted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from wonward.domains.catalog.queries import find_services_by_key
from wonward.domains.marketing.queries import find_campaign_ids
from wonward.domains.sales.history import record_past_leads, settle_past_leads
from wonward.domains.sales.queries.leads import get_lead_versions
from wonward.domains.sales.types.leads import NewLead, PastLead
from wonward.journeys.imports.operations.kinds.meeting import Known, settle_known
from wonward.journeys.imports.operations.making import make_people, owner_id_of
from wonward.journeys.imports.operations.matching import People
from wonward.journeys.imports.operations.work import Outcome, Work, date_of, write_each
from wonward.journeys.imports.queries import find_ledger
from wonward.journeys.imports.rules.records import ReadRow, Record
from wonward.journeys.imports.rules.words import same_key
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

_CONVERTED = frozenset(["converted", "won", "customer", "client", "qualified and converted", "closed won", "opportunity", "konvertiert", "gewonnen"])
_CLOSED = frozenset(["closed", "lost", "unqualified", "disqualified", "not a fit", "rejected", "bad fit", "dead", "verloren", "abgelehnt"])
_TEXTS = {"name": "name", "company": "company_name", "title": "title", "email": "email", "phone": "phone", "company_domain": "website",
          "country": "country", "industry": "industry", "employees": "employees", "message": "message", "source": "source"}


class LeadRows:
    """Rows of leads."""

    noun = "sales.lead"
    permissions: Mapping[str, str] = {"sales.lead.create": worded("add leads")}

    def survey(self, work: Work, rows: Sequence[ReadRow]) -> None:
        known = _find_known(work, rows)
        backwards = 0
        for row in rows:
            if not row.is_stopped:
                work.tally["known" if row.external_id in known else "new"] += 1
            received, converted = date_of(row.record.get("received_date")), date_of(row.record.get("converted_date"))
            backwards += bool(received and converted and converted < received)
            if status_of(row.record) == "converted":
                work.tally["history_converted"] += 1
        if backwards:
            work.notes.append(
                worded("{backwards} leads were converted before their first contact; the days are kept as the file says, below zero.", backwards=backwards)
            )

    def apply(self, work: Work, rows: Sequence[ReadRow]) -> list[Outcome]:
        people = People(work)
        make_people(work, people, [row.record for row in rows])
        known = _find_known(work, rows)
        fresh = [row for row in rows if row.external_id not in known]
        names = _Names(fresh)
        written = write_each(
            lambda part: record_past_leads(actor=work.actor, leads=part, now=work.now),
            [_past(work, people, names, row) for row in fresh],
        )
        outcomes = [
            Outcome(row, "created", Ref(self.noun, key)) if isinstance(key, int)
            else Outcome(row, "skipped", message=worded("Row {number}: {key}", number=row.number, key=key))
            for row, key in zip(fresh, written, strict=True)
        ]
        return outcomes + settle_known(
            work, [(row, Ref(self.noun, known[row.external_id])) for row in rows if row.external_id in known],
            versions=get_lead_versions, change=lambda rows: _change(work, people, rows),
        )


def status_of(record: Record) -> str:
    """`converted`, `closed` or `open`: a day of conversion speaks louder than a status."""
    said = same_key(record.get("status", ""))
    if record.get("converted_date") or said in _CONVERTED:
        return "converted"
    return "closed" if record.get("closed_date") or said in _CLOSED else "open"


class _Names:
    """Campaigns and services that rows name and that are known."""

    def __init__(self, rows: Sequence[ReadRow]) -> None:
        self.campaigns = find_campaign_ids([row.record.get("campaign", "") for row in rows])
        self.services = find_services_by_key({same_key(row.record.get("service", "")) for row in rows} - {""})


def _find_known(work: Work, rows: Sequence[ReadRow]) -> dict[str, int]:
    ledger = find_ledger(kind="leads", source=work.source, external_ids=[row.external_id for row in rows])
    ids = [entry.ref_id for entry in ledger.values()]
    live: dict[int, int] = {}
    for start in range(0, len(ids), 400):
        live |= get_lead_versions(ids[start : start + 400])
    return {key: entry.ref_id for key, entry in ledger.items() if entry.ref_id in live}


def _past(work: Work, people: People, names: _Names, row: ReadRow) -> PastLead:
    record = row.record
    status, closed = status_of(record), _closed_date(work, record)
    received = date_of(record.get("received_date")) or closed or work.today
    utm = {"campaign": record.get("campaign", ""), "page": record.get("landing_page", "")}
    new = NewLead(
        **{field: record.get(name, "") for name, field in _TEXTS.items() if name != "employees"}, employees=record.get("employees"),
        utm=utm, campaign_id=names.campaigns.get(record.get("campaign", "").casefold()),
        service_id=names.services.get(same_key(record.get("service", ""))), owner_id=owner_id_of(work, people, record),
        received_at=datetime.combine(received, time(12), tzinfo=UTC), received_date=received,
        external_source=work.source, external_id=row.external_id,
    )
    return PastLead(new, status, closed if status != "open" else None, record.get("closed_reason", ""))


def _closed_date(work: Work, record: Record) -> date | None:
    found = date_of(record.get("converted_date")) or date_of(record.get("closed_date"))
    return found or (work.today if status_of(record) != "open" else None)


def _change(work: Work, people: People, rows: Sequence[Known]) -> list[str]:
    """Per row why it was refused, or nothing; one that says nothing new of a lead is never refused."""
    told = {place: (key, changes) for place, (row, key, fields) in enumerate(rows) if (changes := _told(work, people, row, fields))}
    written = write_each(lambda part: settle_past_leads(actor=work.actor, changes=part, now=work.now), list(told.values()))
    refused = {place: key for place, key in zip(told, written, strict=True) if isinstance(key, str)}
    return [refused.get(place, "") for place in range(len(rows))]


def _told(work: Work, people: People, row: ReadRow, fields: set[str]) -> dict[str, Any]:
    """What a row says of a lead in these fields."""
    record = row.record
    changes: dict[str, Any] = {
        field: record[name] for name, field in _TEXTS.items() if name in fields and record.get(name) and record[name] != row.external_id
    }
    if fields & {"converted_date", "closed_date", "status"} and status_of(record) != "open":
        changes |= {"status": status_of(record), "closed_date": _closed_date(work, record), "closed_reason": record.get("closed_reason", "")}
    if fields & {"owner", "owner_email", "owner_external_id"} and (owner_id := owner_id_of(work, people, record)):
        changes["owner_id"] = owner_id
    received = date_of(record.get("received_date"))
    if "received_date" in fields and received:
        changes |= {"received_date": received, "received_at": datetime.combine(received, time(12), tzinfo=UTC)}
    return changes
