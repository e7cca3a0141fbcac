"""Contacts: known by id or address, tied to their company by id, domain or name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from wonward.domains.clients.operations import change_contact, create_contacts, note_consent
from wonward.domains.clients.queries import (
    find_contact_keys,
    find_contacts_sharing,
    find_refusals,
    get_contact_versions,
)
from wonward.domains.clients.types import NewContact
from wonward.journeys.imports.operations.kinds.meeting import one_by_one, put_away_here, settle_known
from wonward.journeys.imports.operations.making import make_companies
from wonward.journeys.imports.operations.matching import Companies, chosen_id, in_parts
from wonward.journeys.imports.operations.work import Outcome, Work, write_each
from wonward.journeys.imports.queries import find_ledger
from wonward.journeys.imports.rules.namesakes import best_namesake
from wonward.journeys.imports.rules.records import ReadRow, words_in
from wonward.journeys.imports.rules.words import same_key
from wonward.journeys.imports.types import ValueChoice
from wonward.kernel.ref import Ref
from wonward.kernel.wording import heard, worded

_PUBLIC_HOSTS = frozenset(
    ["gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "me.com", "aol.com", "gmx.de", "gmx.net", "web.de", "t-online.de", "proton.me", "protonmail.com", "mail.com", "qq.com", "163.com", "orange.fr", "free.fr", "libero.it", "seznam.cz", "wp.pl"]
)


class ContactRows:
    """Rows of contacts."""

    noun = "clients.contact"
    permissions: Mapping[str, str] = {"clients.company.edit": worded("add contacts")}

    def survey(self, work: Work, rows: Sequence[ReadRow]) -> None:
        _tie_by_address(rows)
        companies = Companies(work, [row.record for row in rows])
        known = _find_known(work, companies, rows, is_told=True)
        strangers: Counter[str] = Counter()
        away = put_away_here(work, self.noun, rows, known)
        for row in rows:
            record = row.record
            if row.external_id in away and not row.is_stopped:
                row.stop("", away[row.external_id], "archived")
            if not row.is_stopped:
                work.tally["known" if row.external_id in known else "new"] += 1
            if companies.find(record) is not None:
                continue
            if record.get("company"):
                strangers[record["company"]] += 1
            elif record.get("company_external_id"):
                sentence = worded("Row {number}: no company {company_external_id} is known; the contact comes in without company.", number=row.number, company_external_id=record["company_external_id"])
                row.warn("", sentence, "company_missing")
        for name, count in strangers.items():
            chosen = chosen_id(work.choices.companies, name)
            why = worded("no company has this name; it is added") if chosen is None else worded("chosen")
            work.values.append(ValueChoice("company", name, count, str(chosen or "create"), worded("New company"), why, companies.near(name)))

    def apply(self, work: Work, rows: Sequence[ReadRow]) -> list[Outcome]:
        _tie_by_address(rows)
        records = [row.record for row in rows]
        companies = Companies(work, records)
        make_companies(work, companies, records)
        known = _find_known(work, companies, rows)
        away = put_away_here(work, self.noun, rows, known)
        fresh = [row for row in rows if row.external_id not in known and row.external_id not in away]
        written = write_each(
            lambda part: create_contacts(actor=work.actor, contacts=part, now=work.now), [_new(work, companies, row) for row in fresh]
        )
        outcomes = [
            Outcome(row, "created", Ref(self.noun, key)) if isinstance(key, int)
            else Outcome(row, "skipped", message=worded("Row {number}: {key}", number=row.number, key=key))
            for row, key in zip(fresh, written, strict=True)
        ]
        outcomes += [Outcome(row, "skipped", message=away[row.external_id]) for row in rows if row.external_id in away]
        outcomes += settle_known(
            work, [(row, Ref(self.noun, known[row.external_id])) for row in rows if row.external_id in known],
            versions=get_contact_versions, change=one_by_one(lambda row, key, fields: _change(work, row, key, fields)),
        )
        _note_refusals(work, outcomes)
        return outcomes


def _tie_by_address(rows: Sequence[ReadRow]) -> None:
    """A contact that names no company may belong to the one with the domain of the address, unless anybody can have it."""
    for row in rows:
        record = row.record
        host = record.get("email", "").rpartition("@")[2]
        if host and host not in _PUBLIC_HOSTS and not any(record.get(f"company{end}") for end in ("", "_external_id", "_domain")):
            record["company_domain"] = host


def _find_known(work: Work, companies: Companies, rows: Sequence[ReadRow], *, is_told: bool = False) -> dict[str, int]:
    """Ids of contacts that rows stand for; `is_told` says of rows whose address belongs to somebody of another name."""
    ledger = find_ledger(kind="contacts", source=work.source, external_ids=[row.external_id for row in rows])
    ids = [entry.ref_id for entry in ledger.values()]
    live: dict[int, int] = {}
    for start in range(0, len(ids), 400):
        live |= get_contact_versions(ids[start : start + 400])
    known = {key: entry.ref_id for key, entry in ledger.items() if entry.ref_id in live}
    sharing: dict[str, list[tuple[int, str]]] = {}
    for part in in_parts(row.record.get("email", "") for row in rows):
        sharing |= find_contacts_sharing(actor=work.actor, emails=part)
    by_name: dict[tuple[str, int], int] = {}
    for part in in_parts(row.record.get("name", "") for row in rows if not row.record.get("email") and not row.is_own_id):
        for contact in find_contact_keys(actor=work.actor, names=part):
            for company_id in contact.company_ids:
                by_name.setdefault((same_key(contact.name), company_id), contact.id)
    taken = set(known.values())
    for row in rows:
        if row.external_id in known:
            continue
        company_id = companies.find(row.record) or 0
        name, email = row.record.get("name", ""), row.record.get("email", "")
        found = best_namesake(name, sharing.get(email, ())) or by_name.get((same_key(name), company_id))
        if found is None and is_told and sharing.get(email):
            other = sharing[email][0][1]
            row.warn("", worded("Row {number}: {email} is the address of {other}; {name} is added beside them.", number=row.number, email=email, other=other, name=name), "shared_address")
        if found and found not in taken:
            known[row.external_id] = found
            taken.add(found)
    return known


def _new(work: Work, companies: Companies, row: ReadRow) -> NewContact:
    record = row.record
    emails = [text for text in (record.get("email", ""), record.get("work_email", "")) if text]
    phones = [text for text in (record.get("phone", ""), record.get("mobile", "")) if text]
    others = [("email", text) for text in emails[1:] if text != emails[0]] + [("phone", text) for text in phones[1:] if text != phones[0]]
    more = [text.strip() for text in record.get("more_points", "").split(";") if text.strip()]
    others += [("email" if "@" in text else "phone", text) for text in more if text not in (*emails, *phones)]
    return NewContact(
        name=record["name"], company_id=companies.find(record), title=record.get("title", ""), email=emails[0] if emails else "",
        phone=phones[0] if phones else "", preference=record.get("preference", ""), external_source=work.source,
        external_id=row.external_id, other_points=tuple(others), tags=words_in(record.get("tags", "")),
        source=record.get("source", ""), pain_points=record.get("pain_points", ""),
    )


def _note_refusals(work: Work, outcomes: Sequence[Outcome]) -> None:
    """Whoever refused e-mail or calls in the former system has refused it here; silence there is no consent here."""
    noted: list[Outcome] = []
    for field, purpose in (("no_email", "email"), ("no_calls", "phone")):
        said = [one for one in outcomes if one.ref and one.status != "skipped" and one.row.record.get(field)]
        already = find_refusals(contact_ids=[one.ref.id for one in said if one.ref], purpose=purpose) if said else set()
        for one in said:
            if one.ref and one.ref.id not in already:
                note_consent(actor=work.actor, contact_id=one.ref.id, purpose=purpose, state="refused", source=heard(worded("Import of {title}", title=work.title)), now=work.now)
                noted.append(one)
    versions = get_contact_versions([one.ref.id for one in noted if one.ref]) if noted else {}
    for one in noted:
        if one.ref:
            one.version = versions.get(one.ref.id, one.version)
            one.status = "updated" if one.status == "unchanged" else one.status


def _change(work: Work, row: ReadRow, key: int, fields: set[str]) -> None:
    record = row.record
    changes: dict[str, Any] = {name: record[name] for name in ("name", "title", "preference", "source", "pain_points") if name in fields and record.get(name)}
    if changes:
        change_contact(actor=work.actor, contact_id=key, changes=changes, version=None, now=work.now)
