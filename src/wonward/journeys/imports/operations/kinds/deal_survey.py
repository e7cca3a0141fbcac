"""What a file of deals will do, before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from wonward.domains.sales.queries.deals import find_deals_by_external
from wonward.foundation.organisation.queries import get_organisation, to_reporting
from wonward.journeys.imports.operations.matching import (
    Companies,
    Contacts,
    People,
    Services,
    chosen_id,
    in_parts,
)
from wonward.journeys.imports.operations.stage_places import Stages
from wonward.journeys.imports.operations.work import Work
from wonward.journeys.imports.rules.records import ReadRow
from wonward.journeys.imports.rules.stages import closed_date_of
from wonward.journeys.imports.types import ValueChoice
from wonward.kernel.errors import Refused
from wonward.kernel.money import Money
from wonward.kernel.wording import worded


def survey_deals(work: Work, rows: Sequence[ReadRow]) -> None:
    """Name what does not fit row by row, offer the decisions there are, and add up the file by status."""
    records = [row.record for row in rows]
    stages = Stages(work, records, is_writing=False)
    known = _known(work, rows)
    rates = _Rates(work)
    for row in rows:
        _check(work, stages, rates, row, known)
    live = [row for row in rows if not row.is_stopped]
    _add_up(work, stages, live, known)
    _offer_stages(work, stages, live)
    _offer_names(work, live)
    _note_contacts(work, live)


def _known(work: Work, rows: Sequence[ReadRow]) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for part in in_parts(row.external_id for row in rows):
        found |= find_deals_by_external(work.source, part)
    return found


class _Rates:
    """Whether amounts of a currency can be put into the reporting currency on a day."""

    def __init__(self, work: Work) -> None:
        self._own = get_organisation().currency
        self._known: dict[tuple[str, date], str] = {}
        self._today = work.today

    def refusal(self, currency: str, on: date | None) -> str:
        """Why not, or nothing."""
        if currency == self._own:
            return ""
        key = (currency, on or self._today)
        if key not in self._known:
            try:
                to_reporting(Money(0, currency), reporting_currency=self._own, on=key[1])
                self._known[key] = ""
            except Refused as error:
                self._known[key] = error.words
        return self._known[key]


def _check(work: Work, stages: Stages, rates: _Rates, row: ReadRow, known: dict[str, tuple[int, str]]) -> None:
    record = row.record
    status = stages.status_of(record)
    value = record.get("value")
    if status == "deleted":
        row.stop("", worded("Row {number} was deleted in the former system.", number=row.number), "deleted")
    if value and value[0] < 0:
        row.stop("", worded("Row {number}: a deal's value cannot be negative.", number=row.number), "negative")
    if value:
        closed = closed_date_of(record, status) if status in ("won", "lost") else None
        if why := rates.refusal(value[1], date.fromisoformat(closed) if closed else None):
            row.stop("", worded("Row {number}: {why}", number=row.number, why=why), "no_rate")
    if row.external_id in known and known[row.external_id][1] == "open" and status == "won":
        row.stop("", open_to_won(row.number, row.external_id), "needs_gate")
    if status in ("won", "lost") and row.external_id not in known and not closed_date_of(record, status):
        row.warn("", worded("Row {number} is {status} without a date; the day it was opened, or today, is taken.", number=row.number, status=worded(status)), "no_closed_date")
    if record.get("pipeline") and not stages.knows_pipeline(record["pipeline"]):
        row.warn("", worded("Row {number}: there is no pipeline “{pipeline}”; the first one is taken.", number=row.number, pipeline=record["pipeline"]), "unknown_pipeline")
    opened = record.get("opened_date")
    closed_on = closed_date_of(record, status)
    if status in ("won", "lost") and closed_on and closed_on > work.today.isoformat() and row.external_id not in known:
        row.stop("", worded("Row {number} is {status} on {closed_on}, a day to come; only what is closed becomes history.", number=row.number, status=worded(status), closed_on=closed_on), "closed_later")
    if status in ("won", "lost") and opened and closed_on and closed_on < opened:
        row.warn("", worded("Row {number} was closed on {closed_on}, before it was opened on {opened}.", number=row.number, closed_on=closed_on, opened=opened), "closed_before_opened")


def open_to_won(number: int, external_id: str) -> str:
    """Why an import does not win a deal."""
    return (
        worded("Row {number}: the deal {external_id} is open here and won in the file. A win needs the five answers; close it in Wonward.", number=number, external_id=external_id)
    )


def _add_up(work: Work, stages: Stages, rows: Sequence[ReadRow], known: dict[str, tuple[int, str]]) -> None:
    by_status: Counter[str] = Counter()
    for row in rows:
        status = stages.status_of(row.record)
        minor, currency = row.record.get("value") or (0, work.currency)
        line = work.sums.setdefault(f"{status}:{currency}", [0, 0])
        line[0] += 1
        line[1] += int(minor)
        by_status[status] += 1
        work.tally["known" if row.external_id in known else "new"] += 1
    for status, count in by_status.items():
        work.tally[status] = count
    fresh = Counter(stages.status_of(row.record) for row in rows if row.external_id not in known)
    if fresh["won"] or fresh["lost"]:
        work.notes.append(worded(
            "{won} won and {lost} lost deals become history: they were closed elsewhere, so the five answers are not asked and no handoff or project is made.",
            won=fresh["won"], lost=fresh["lost"],
        ))


def _offer_stages(work: Work, stages: Stages, rows: Sequence[ReadRow]) -> None:
    found: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], ReadRow] = {}
    for row in rows:
        name = row.record.get("stage") or row.record.get("status") or ""
        if name:
            key = (name, stages.status_of(row.record))
            found[key] += 1
            examples.setdefault(key, row)
    for (name, status), count in found.items():
        about = "stage" if examples[name, status].record.get("stage") else "status"
        if status in ("won", "lost"):
            work.values.append(ValueChoice(about, name, count, status, status.capitalize(), worded("a closed stage; rows become history")))
        elif about == "stage":
            match = stages.match_of(examples[name, status].record)
            work.values.append(ValueChoice("stage", name, count, str(match.stage.id), match.stage.name, match.reason))
            if not match.is_known:
                work.tally["unknown_stages"] += 1


def _offer_names(work: Work, rows: Sequence[ReadRow]) -> None:
    records = [row.record for row in rows]
    people, companies, services = People(work), Companies(work, records), Services(work.choices)
    owners: Counter[str] = Counter()
    strangers: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    ownerless = 0
    for row in rows:
        record = row.record
        owner = record.get("owner") or record.get("owner_email") or record.get("owner_external_id") or ""
        if not owner:
            ownerless += 1
        elif people.find(record, "owner") is None:
            owners[owner] += 1
        if companies.find(record) is None:
            if record.get("company"):
                strangers[record["company"]] += 1
            elif record.get("company_external_id") or record.get("company_domain"):
                named = record.get("company_external_id") or record["company_domain"]
                row.warn("", worded("Row {number}: no company {named} is known; the deal comes in without company.", number=row.number, named=named), "company_missing")
        if record.get("service") and services.find(record["service"]) is None:
            unknown[record["service"]] += 1
    if ownerless:
        work.notes.append(worded("{ownerless} deals name no owner and become yours.", ownerless=ownerless))
    _offer_owners(work, owners)
    for name, count in strangers.items():
        chosen = chosen_id(work.choices.companies, name)
        why = worded("no company has this name; it is added") if chosen is None else worded("chosen")
        work.values.append(ValueChoice("company", name, count, str(chosen or "create"), worded("New company"), why, companies.near(name)))
    for name, count in unknown.items():
        why = worded("no service has this name; it is added and marked for review")
        work.values.append(ValueChoice("service", name, count, "create", worded("New service"), why, services.near(name)))


def _offer_owners(work: Work, owners: Counter[str]) -> None:
    may_add = work.actor.may("staff.person.edit")
    for name, count in owners.items():
        chosen = chosen_id(work.choices.owners, name)
        target = str(chosen) if chosen is not None else "create" if may_add else "me"
        label = {"create": worded("New person without sign-in"), "me": worded("You")}.get(target, worded("Chosen"))
        why = worded("nobody here has this name") if may_add else worded("nobody here has this name, and only admins add people")
        work.values.append(ValueChoice("owner", name, count, target, label, why if chosen is None else worded("chosen")))


def _note_contacts(work: Work, rows: Sequence[ReadRow]) -> None:
    """A contact known by its id alone cannot be made; say so before anything is written."""
    named = [row for row in rows if row.record.get("contact_external_id")]
    contacts = Contacts(work, [row.record for row in named])
    for row in named:
        record = row.record
        if not (record.get("contact") or record.get("contact_email")) and contacts.find(record, None) is None:
            sentence = worded("Row {number}: no contact {contact_external_id} is known; the deal comes in without it.", number=row.number, contact_external_id=record["contact_external_id"])
            row.warn("", sentence, "contact_missing")
