"""Making what rows name and nobody knows yet: companies, services, people and contacts, each through its owner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wonward.domains.catalog.operations import create_services
from wonward.domains.catalog.types import NewService
from wonward.domains.clients.operations import create_companies, create_contacts
from wonward.domains.clients.types import NewCompany, NewContact
from wonward.domains.staff.operations import NewPerson, create_people
from wonward.domains.staff.queries import PersonKey
from wonward.journeys.imports.operations.matching import Companies, Contacts, People, Services, chosen_id
from wonward.journeys.imports.operations.work import Work, write_each
from wonward.journeys.imports.rules.records import Record
from wonward.journeys.imports.rules.words import same_key


def make_companies(work: Work, companies: Companies, records: Sequence[Record]) -> None:
    """Add the companies that records name and that are not known, once each."""
    missing: dict[str, NewCompany] = {}
    for record in records:
        name = record.get("company", "")
        if name and companies.find(record) is None:
            missing.setdefault(same_key(name), NewCompany(name=name, domain=record.get("company_domain", "")))
    wanted = list(missing.values())
    made = write_each(lambda part: create_companies(actor=work.actor, companies=part, now=work.now), wanted)
    for new, key in zip(wanted, made, strict=True):
        if isinstance(key, int):
            companies.add(new.name, key)
            work.made("clients.company", key, new.name, "companies_created")


def make_services(work: Work, services: Services, names: Sequence[str]) -> None:
    """Add the services that are not known, once each and marked for review."""
    missing = {same_key(name): name for name in names if name and services.find(name) is None}
    wanted = [NewService(name=name, is_to_review=True) for name in missing.values()]
    made = write_each(lambda part: create_services(actor=work.actor, services=part, now=work.now), wanted)
    for new, key in zip(wanted, made, strict=True):
        if isinstance(key, int):
            services.add(new.name, key)
            work.made("catalog.service", key, new.name, "services_to_review")


def make_people(work: Work, people: People, records: Sequence[Record], field: str = "owner") -> None:
    """Add the people of `field` that are not known, without sign-in, where that is allowed and not decided otherwise."""
    if not work.actor.may("staff.person.edit"):
        return
    missing: dict[str, NewPerson] = {}
    for record in records:
        name = record.get(field, "")
        decided = chosen_id(work.choices.owners, name) if field == "owner" else None
        if name and decided in (None, "create") and people.find(record, field) is None:
            missing.setdefault(same_key(name), NewPerson(name=name, email=record.get(f"{field}_email", ""), external_source=work.source))
    wanted = list(missing.values())
    made = write_each(lambda part: create_people(actor=work.actor, people=part, now=work.now), wanted)
    for new, key in zip(wanted, made, strict=True):
        if isinstance(key, int):
            people.add(PersonKey(key, new.name, new.email, True, work.source, "", 1))
            work.made("staff.person", key, new.name, "people_created")


def make_contacts(work: Work, contacts: Contacts, wanted: Sequence[tuple[Record, int | None]]) -> None:
    """Add the contacts that records name at their company and that are not known, once each."""
    missing: dict[tuple[Any, ...], tuple[Record, int | None]] = {}
    for record, company_id in wanted:
        name, email = record.get("contact", ""), record.get("contact_email", "")
        if (name or email) and contacts.find(record, company_id) is None:
            identity = (email.lower(),) if email else (same_key(name), company_id)
            missing.setdefault(identity, (record, company_id))
    rows = list(missing.values())
    new = [
        NewContact(name=record.get("contact") or record["contact_email"], company_id=company_id, email=record.get("contact_email", ""))
        for record, company_id in rows
    ]
    made = write_each(lambda part: create_contacts(actor=work.actor, contacts=part, now=work.now), new)
    for (record, company_id), key in zip(rows, made, strict=True):
        if isinstance(key, int):
            contacts.add(record, key, company_id)
            work.made("clients.contact", key, record.get("contact") or record["contact_email"], "contacts_created")


def owner_id_of(work: Work, people: People, record: Record, field: str = "owner", *, active_only: bool = True) -> int | None:
    """The person a record names, as decided by the caller or found; None when nobody."""
    name = record.get(field, "")
    decided = chosen_id(work.choices.owners, name) if name else None
    if isinstance(decided, int):
        return decided
    if decided == "me":
        return work.actor.person_id
    if decided == "none":
        return None
    person = people.find(record, field)
    return person.id if person and (person.is_active or not active_only) else None
