"""Finding the records that rows name: by id of the former system, address, or exactly the same name. Near names are only offered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from wonward.domains.catalog.queries import list_service_keys
from wonward.domains.clients.queries import (
    find_company_keys,
    find_contact_keys,
    find_contacts_by_email,
    get_company_names,
)
from wonward.domains.clients.rules import name_key
from wonward.domains.clients.types import CompanyKey
from wonward.domains.staff.queries import PersonKey, list_person_keys
from wonward.journeys.imports.operations.work import Work
from wonward.journeys.imports.queries import find_ledger
from wonward.journeys.imports.rules.records import Record
from wonward.journeys.imports.rules.words import near_key, same_key
from wonward.journeys.imports.types import Choices

_AT_ONCE = 400
CONTACT_FIELDS = ("contact", "contact_email", "contact_external_id")
NearNames = tuple[tuple[int, str], ...]


def chosen_id(choices: Mapping[str, Any], name: str) -> Any:
    """What the caller decided for a name of the file, whatever its case and spacing; None when nothing."""
    if not choices:
        return None
    if name in choices:
        return choices[name]
    wanted = same_key(name)
    return next((target for value, target in choices.items() if same_key(str(value)) == wanted), None)


def in_parts(values: Iterable[str]) -> Iterator[list[str]]:
    """Distinct, non-empty values in portions a database takes at once."""
    rest = sorted({value for value in values if value})
    for start in range(0, len(rest), _AT_ONCE):
        yield rest[start : start + _AT_ONCE]


def ids_in(text: str) -> list[str]:
    """The ids a cell names."""
    return [one.strip() for one in text.replace(",", ";").split(";") if one.strip()]


def _was_taken_back(person: PersonKey) -> bool:
    """Whether the undo of an import put somebody away, who comes anew with the next one."""
    return not person.is_active and bool(person.external_source) and not person.external_id


class People:
    """Colleagues by id, address and name."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._by_id: dict[tuple[str, str], PersonKey] = {}
        self._by_any_id: dict[str, PersonKey] = {}
        self._by_email: dict[str, PersonKey] = {}
        self._by_name: dict[str, PersonKey] = {}
        for person in list_person_keys():
            if not _was_taken_back(person):
                self.add(person)

    def add(self, person: PersonKey) -> None:
        """Know one more person; those known before keep their name."""
        if person.external_id:
            self._by_id.setdefault((person.external_source, person.external_id), person)
            self._by_any_id.setdefault(person.external_id, person)
        if person.email:
            self._by_email.setdefault(person.email.casefold(), person)
        self._by_name.setdefault(same_key(person.name), person)

    def find(self, record: Record, field: str) -> PersonKey | None:
        """The person in `field`, `field`_email or `field`_external_id of a record."""
        external = record.get(f"{field}_external_id", "")
        if external and (found := self._by_id.get((self._work.source, external)) or self._by_any_id.get(external)):
            return found
        email = record.get(f"{field}_email", "").casefold()
        if email and (found := self._by_email.get(email)):
            return found
        name = record.get(field, "")
        return self.find_name(name) if name else None

    def find_name(self, name: str) -> PersonKey | None:
        """By name, by an address in its place, by `Last, First`, or the first of several."""
        key = same_key(name)
        if found := self._by_name.get(key) or self._by_email.get(key):
            return found
        if "(" in key and (found := self._by_name.get(key.partition("(")[0].strip())):
            return found
        last, comma, first = key.partition(",")
        if comma and (found := self._by_name.get(f"{first.strip()} {last.strip()}") or self._by_name.get(last.strip())):
            return found
        first_of_several = key.partition(";")[0].strip()
        return self._by_name.get(first_of_several) or self._by_email.get(first_of_several)

    def find_own_id(self, external_id: str) -> PersonKey | None:
        """Who was imported under this id from the same source."""
        return self._by_id.get((self._work.source, external_id))


class Companies:
    """Companies by id, domain and name, looked up for the rows at hand."""

    def __init__(self, work: Work, records: Sequence[Record], *, field: str = "company") -> None:
        self._field = field
        names = {record.get(field, "") for record in records}
        domains = {record.get(f"{field}_domain", "") for record in records}
        ids = {one for record in records for one in ids_in(record.get(f"{field}_external_id", ""))}
        self._by_name: dict[str, int] = {}
        self._by_domain: dict[str, int] = {}
        self._near: dict[str, list[CompanyKey]] = {}
        for part in in_parts(names):
            for company in find_company_keys(actor=work.actor, names=part):
                self._by_name.setdefault(same_key(company.name), company.id)
                self._near.setdefault(name_key(company.name), []).append(company)
        for part in in_parts(domains):
            for company in find_company_keys(actor=work.actor, domains=part):
                self._by_domain.setdefault(company.domain, company.id)
        ledger = find_ledger(kind="companies", source=work.source, external_ids=ids)
        seen = get_company_names(entry.ref_id for entry in ledger.values())
        self._by_id = {key: entry.ref_id for key, entry in ledger.items() if entry.ref_id in seen}
        self._choices = work.choices.companies

    def find(self, record: Record) -> int | None:
        """The company of a record, or None when it names none that is known."""
        external = record.get(f"{self._field}_external_id", "")
        for one in ids_in(external):
            if found := self._by_id.get(one):
                return found
        name = record.get(self._field, "")
        if name:
            chosen = chosen_id(self._choices, name)
            if isinstance(chosen, int):
                return chosen
            return self._by_name.get(same_key(name)) or (self._by_domain_of(record) if chosen is None else None)
        return self._by_domain_of(record)

    def _by_domain_of(self, record: Record) -> int | None:
        host = record.get(f"{self._field}_domain", "").lower()
        for prefix in ("https://", "http://"):
            host = host.removeprefix(prefix)
        return self._by_domain.get(host.split("/")[0].removeprefix("www."))

    def add(self, name: str, company_id: int) -> None:
        """Know a company just made."""
        self._by_name[same_key(name)] = company_id

    def near(self, name: str) -> NearNames:
        """Companies whose name differs in punctuation, accents or legal form only; at most three."""
        return tuple((company.id, company.name) for company in self._near.get(name_key(name), ()))[:3]


class Services:
    """Services by name; there are few, so all are known."""

    def __init__(self, choices: Choices) -> None:
        self._choices = choices.services
        self._by_name: dict[str, int] = {}
        self._near: dict[str, list[tuple[int, str]]] = {}
        self.versions: dict[int, int] = {}
        for key, name, version in list_service_keys():
            self.add(name, key)
            self.versions[key] = version

    def add(self, name: str, service_id: int) -> None:
        """Know one more service."""
        self._by_name.setdefault(same_key(name), service_id)
        self._near.setdefault(near_key(name), []).append((service_id, name))

    def find(self, name: str) -> int | None:
        """The service of this name, or the one chosen for it."""
        chosen = chosen_id(self._choices, name)
        if isinstance(chosen, int) and chosen in self.versions:
            return chosen
        return self._by_name.get(same_key(name))

    def near(self, name: str) -> NearNames:
        """Services whose name differs in spaces and punctuation only; at most three."""
        return tuple(self._near.get(near_key(name), ()))[:3]


class Contacts:
    """Contacts by id, address and name at a company, looked up for the rows at hand."""

    def __init__(self, work: Work, records: Sequence[Record]) -> None:
        self._by_email: dict[str, int] = {}
        self._by_name: dict[str, list[tuple[int, frozenset[int]]]] = {}
        for part in in_parts(record.get("contact_email", "") for record in records):
            self._by_email |= find_contacts_by_email(actor=work.actor, emails=part)
        for part in in_parts(record.get("contact", "") for record in records):
            for contact in find_contact_keys(actor=work.actor, names=part):
                self._by_name.setdefault(same_key(contact.name), []).append((contact.id, contact.company_ids))
        ids = {one for record in records for one in ids_in(record.get("contact_external_id", ""))}
        self._by_id = {key: entry.ref_id for key, entry in find_ledger(kind="contacts", source=work.source, external_ids=ids).items()}

    def find_all(self, record: Record, company_id: int | None) -> tuple[int, ...]:
        """Every contact of a record: all whose ids it names, else the one it names otherwise."""
        external = record.get("contact_external_id", "")
        named = [self._by_id.get(one) for one in ids_in(external)]
        known = tuple(dict.fromkeys(key for key in named if key))
        if known:
            return known
        found = self.find(record, company_id) if any(record.get(name) for name in CONTACT_FIELDS) else None
        return (found,) if found else ()

    def find(self, record: Record, company_id: int | None) -> int | None:
        """The contact of a record: by id, by address, by name at the company, or by a name nobody else has."""
        external = record.get("contact_external_id", "")
        for one in ids_in(external):
            if found := self._by_id.get(one):
                return found
        if found := self._by_email.get(record.get("contact_email", "").lower()):
            return found
        same = self._by_name.get(same_key(record.get("contact", "")), [])
        here = [key for key, companies in same if company_id in companies]
        if here:
            return here[0]
        return same[0][0] if len(same) == 1 and (company_id is None or not same[0][1]) else None

    def add(self, record: Record, contact_id: int, company_id: int | None) -> None:
        """Know a contact just made."""
        if email := record.get("contact_email", ""):
            self._by_email[email.lower()] = contact_id
        homes = frozenset({company_id}) if company_id else frozenset()
        self._by_name.setdefault(same_key(record.get("contact", "")), []).append((contact_id, homes))
