"""Companies: known by id or exactly the same name; parents stand before the companies that belong to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wonward.domains.clients.operations import change_company, create_companies
from wonward.domains.clients.queries import find_company_keys, get_company_versions
from wonward.domains.clients.types import NewCompany
from wonward.journeys.imports.operations.kinds.meeting import (
    levels_of,
    offer_new,
    one_by_one,
    put_away_here,
    settle_known,
    survey_parents,
)
from wonward.journeys.imports.operations.making import make_people, owner_id_of
from wonward.journeys.imports.operations.matching import Companies, People, in_parts
from wonward.journeys.imports.operations.work import Outcome, Work, write_each
from wonward.journeys.imports.queries import find_ledger
from wonward.journeys.imports.rules.records import ReadRow, Record, words_in
from wonward.journeys.imports.rules.words import same_key
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

_PLAIN = ("name", "domain", "industry", "country", "tier", "employees", "phone", "address", "source")


class CompanyRows:
    """Rows of companies."""

    noun = "clients.company"
    permissions: Mapping[str, str] = {"clients.company.edit": worded("add companies")}

    def survey(self, work: Work, rows: Sequence[ReadRow]) -> None:
        survey_parents(work, rows, "company")
        known = _find_known(work, rows)
        companies = Companies(work, [row.record for row in rows], field="name")
        near = {}
        away = put_away_here(work, self.noun, rows, known)
        for row in rows:
            if row.external_id in away and not row.is_stopped:
                row.stop("", away[row.external_id], "archived")
            if row.record.get("tier") and row.record["tier"].upper() not in ("A", "B", "C"):
                row.warn("", worded("Row {number}: “{record}” is no tier; it was left empty.", number=row.number, record=row.record.pop("tier")), "bad_tier")
            revenue = row.record.get("annual_revenue")
            if revenue and revenue[1] != work.currency:
                row.warn("", worded("Row {number}: the revenue is in {revenue}, not in {currency}; it was left empty.", number=row.number, revenue=revenue[1], currency=work.currency), "foreign_revenue")
                del row.record["annual_revenue"]
            if not row.is_stopped:
                work.tally["known" if row.external_id in known else "new"] += 1
                if row.external_id not in known and (found := companies.near(row.record["name"])):
                    near[row.record["name"]] = found
        offer_new(work, "company", near, worded("a company of a similar name is there; it is added beside it"))
        if any(row.record.get("annual_revenue") for row in rows):
            work.notes.append(worded("Annual revenue is kept as the numbers of the file say, in {currency}; nothing is multiplied.", currency=work.currency))

    def apply(self, work: Work, rows: Sequence[ReadRow]) -> list[Outcome]:
        people = People(work)
        make_people(work, people, [row.record for row in rows])
        known = _find_known(work, rows)
        parents = _Parents(work, rows)
        away = put_away_here(work, self.noun, rows, known)
        fresh = [row for row in rows if row.external_id not in known and row.external_id not in away]
        outcomes = [Outcome(row, "skipped", message=away[row.external_id]) for row in rows if row.external_id in away]
        for level in levels_of(fresh):
            written = write_each(
                lambda part: create_companies(actor=work.actor, companies=part, now=work.now),
                [_new(work, people, parents, row) for row in level],
            )
            for row, key in zip(level, written, strict=True):
                if isinstance(key, int):
                    parents.add(row, key)
                    outcomes.append(Outcome(row, "created", Ref(self.noun, key)))
                else:
                    outcomes.append(Outcome(row, "skipped", message=worded("Row {number}: {key}", number=row.number, key=key)))
        return outcomes + settle_known(
            work, [(row, Ref(self.noun, known[row.external_id])) for row in rows if row.external_id in known],
            versions=get_company_versions,
            change=one_by_one(lambda row, key, fields: _change(work, people, parents, row, key, fields)),
        )


def _find_known(work: Work, rows: Sequence[ReadRow]) -> dict[str, int]:
    """Ids of companies that rows stand for: imported before, or of exactly the same name when the row has no id of its own."""
    ledger = find_ledger(kind="companies", source=work.source, external_ids=[row.external_id for row in rows])
    live = _live([entry.ref_id for entry in ledger.values()])
    known = {key: entry.ref_id for key, entry in ledger.items() if entry.ref_id in live}
    by_name: dict[str, int] = {}
    for part in in_parts(row.record.get("name", "") for row in rows if not row.is_own_id):
        for company in find_company_keys(actor=work.actor, names=part):
            by_name.setdefault(same_key(company.name), company.id)
    for row in rows:
        found = by_name.get(same_key(row.record.get("name", ""))) if not row.is_own_id else None
        if found and row.external_id not in known:
            known[row.external_id] = found
    return known


def _live(ids: Sequence[int]) -> dict[int, int]:
    live: dict[int, int] = {}
    for start in range(0, len(ids), 400):
        live |= get_company_versions(ids[start : start + 400])
    return live


class _Parents:
    """Parent companies by id and name, those of the file included as they are made."""

    def __init__(self, work: Work, rows: Sequence[ReadRow]) -> None:
        records = [
            {"parent": row.record.get("parent", ""), "parent_external_id": row.record.get("parent_external_id", "")} for row in rows
        ]
        self._known = Companies(work, records, field="parent")
        self._made: dict[str, int] = {}

    def add(self, row: ReadRow, key: int) -> None:
        self._made[row.external_id] = key
        self._known.add(row.record["name"], key)

    def find(self, record: Record) -> int | None:
        external = record.get("parent_external_id", "")
        return self._made.get(external) or self._known.find(record)


def _new(work: Work, people: People, parents: _Parents, row: ReadRow) -> NewCompany:
    record = row.record
    revenue, year = record.get("annual_revenue"), record.get("founded_year")
    return NewCompany(
        name=record["name"], domain=record.get("domain", ""), industry=record.get("industry", ""), country=record.get("country", ""),
        tier=record.get("tier", "").upper(), employees=record.get("employees"), annual_revenue_minor=revenue[0] if revenue else None,
        founded_year=year, parent_id=parents.find(record), owner_id=owner_id_of(work, people, record),
        external_source=work.source, external_id=row.external_id, phone=record.get("phone", ""), address=record.get("address", ""),
        source=record.get("source", ""), tags=words_in(record.get("tags", "")),
    )


def _change(work: Work, people: People, parents: _Parents, row: ReadRow, key: int, fields: set[str]) -> None:
    record = row.record
    changes: dict[str, Any] = {name: record[name] for name in _PLAIN if name in fields and record.get(name)}
    if "tier" in changes:
        changes["tier"] = changes["tier"].upper()
    if "annual_revenue" in fields and record.get("annual_revenue"):
        changes["annual_revenue_minor"] = record["annual_revenue"][0]
    if "tags" in fields and record.get("tags"):
        changes["tags"] = words_in(record["tags"])
    if "founded_year" in fields and record.get("founded_year"):
        changes["founded_year"] = record["founded_year"]
    if fields & {"parent", "parent_external_id"} and (parent_id := parents.find(record)):
        changes["parent_id"] = parent_id
    if fields & {"owner", "owner_email", "owner_external_id"} and (owner_id := owner_id_of(work, people, record)):
        changes["owner_id"] = owner_id
    if changes:
        change_company(actor=work.actor, company_id=key, changes=changes, version=None, now=work.now)
