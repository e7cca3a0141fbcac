"""Deals that are known already: what the file changed since last time is changed here too, through the same gates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wonward.domains.sales.operations.deals import change_deal, lose_deal, move_deal
from wonward.domains.sales.operations.stakeholders import name_deal_contacts
from wonward.domains.sales.queries.deals import find_deal_rows, get_deal_versions
from wonward.journeys.imports.operations.kinds.deal_survey import open_to_won
from wonward.journeys.imports.operations.making import owner_id_of
from wonward.journeys.imports.operations.matching import CONTACT_FIELDS
from wonward.journeys.imports.operations.work import Outcome, Work, attempt, changed_fields, date_of, money_of
from wonward.journeys.imports.queries import LedgerEntry, find_ledger
from wonward.journeys.imports.rules.records import ReadRow, digest_of
from wonward.journeys.imports.rules.stages import deal_name
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

if TYPE_CHECKING:
    from wonward.journeys.imports.operations.kinds.deals import Parties

_COMPANY = frozenset({"company", "company_external_id", "company_domain"})
_OWNER = frozenset({"owner", "owner_email", "owner_external_id"})


def update_deals(work: Work, parties: Parties, rows: Sequence[tuple[ReadRow, int, str]]) -> list[Outcome]:
    """One outcome for each (row, deal id, status here)."""
    if not rows:
        return []
    ledger = find_ledger(kind=work.kind, source=work.source, external_ids=[row.external_id for row, _, _ in rows])
    visible = find_deal_rows(actor=work.actor, deal_ids=[key for _, key, _ in rows], value_is_known=True)
    before = get_deal_versions([key for _, key, _ in rows])
    outcomes = []
    for row, deal_id, status in rows:
        if deal_id not in visible:
            message = worded("Row {number}: the deal {external_id} is not one that you can see.", number=row.number, external_id=row.external_id)
            outcomes.append(Outcome(row, "skipped", message=message))
        else:
            outcomes.append(_update(work, parties, row, deal_id, status, ledger.get(row.external_id)))
    after = get_deal_versions([key for _, key, _ in rows])
    named: set[int] = work.cache.get("deals_with_new_people", set())
    for outcome in outcomes:
        if outcome.ref:
            key = outcome.ref.id
            outcome.version = after.get(key, 1)
            if outcome.status == "updated" and after.get(key) == before.get(key) and key not in named:
                outcome.status = "unchanged"
    return outcomes


def _update(
    work: Work, parties: Parties, row: ReadRow, deal_id: int, status: str, former: LedgerEntry | None
) -> Outcome:
    ref = Ref("sales.deal", deal_id)
    if former and former.digest == digest_of(row.record):
        return Outcome(row, "unchanged", ref)
    wanted = parties.stages.status_of(row.record)
    if status == "open" and wanted == "won":
        return Outcome(row, "skipped", ref, open_to_won(row.number, row.external_id))
    if status != "open" and wanted != status:
        return Outcome(row, "skipped", ref, worded("Row {number}: the deal {external_id} is {status} here and {wanted} in the file.", number=row.number, external_id=row.external_id, status=worded(status), wanted=worded(wanted)))
    fields = changed_fields(former.record if former else None, row.record)
    refusal = attempt(lambda: _write(work, parties, row, deal_id, fields, is_losing=status == "open" and wanted == "lost"))
    if refusal:
        return Outcome(row, "skipped", ref, worded("Row {number}: {refusal}", number=row.number, refusal=refusal))
    return Outcome(row, "updated", ref)


def _write(
    work: Work, parties: Parties, row: ReadRow, deal_id: int, fields: set[str], *, is_losing: bool
) -> None:
    changes = _changes(work, parties, row, fields)
    if changes:
        change_deal(actor=work.actor, deal_id=deal_id, changes=changes, now=work.now)
    if is_losing:
        reason = row.record.get("lost_reason") or "Imported as lost"
        lose_deal(actor=work.actor, deal_id=deal_id, reason=reason, now=work.now)
    elif fields & {"stage", "pipeline"} and parties.stages.status_of(row.record) == "open":
        _, stage_id = parties.stages.place_of(row.record)
        move_deal(actor=work.actor, deal_id=deal_id, stage_id=stage_id, now=work.now)
    if fields & {*CONTACT_FIELDS}:
        _name_contacts(work, parties, row, deal_id)


def _name_contacts(work: Work, parties: Parties, row: ReadRow, deal_id: int) -> None:
    contact_ids = parties.contacts.find_all(row.record, parties.companies.find(row.record))
    named = name_deal_contacts(actor=work.actor, deal_id=deal_id, contact_ids=contact_ids, now=work.now) if contact_ids else 0
    if named:
        work.tally["stakeholders_linked"] += named
        work.cache.setdefault("deals_with_new_people", set()).add(deal_id)


def _changes(work: Work, parties: Parties, row: ReadRow, fields: set[str]) -> dict[str, Any]:
    """The deal's own fields that the file changed; an emptied cell empties nothing."""
    record = row.record
    changes: dict[str, Any] = {}
    if "name" in record and "name" in fields:
        changes["name"] = deal_name(record, row.number)
    if fields & _COMPANY and (company_id := parties.companies.find(record)):
        changes["company_id"] = company_id
    if fields & _OWNER and (owner_id := owner_id_of(work, parties.people, record)):
        changes["owner_id"] = owner_id
    if "value" in fields and record.get("value"):
        changes["value"] = money_of(record["value"])
    if "source" in fields and record.get("source"):
        changes["source"] = record["source"]
    if "probability" in fields and record.get("probability") is not None and parties.stages.status_of(record) == "open":
        changes["probability"] = record["probability"]
    expected = record.get("expected_close_date") or record.get("close_date")
    if fields & {"expected_close_date", "close_date"} and expected and parties.stages.status_of(record) == "open":
        changes["expected_close_date"] = date_of(expected)
    return changes
