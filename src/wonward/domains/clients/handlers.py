"""New and changed records are compared with what is there."""

from __future__ import annotations

from datetime import datetime

from wonward.domains.clients.events import CompaniesCreated, CompanyChanged, ContactChanged, ContactsCreated
from wonward.domains.clients.operations.filing import COMPANY, CONTACT, note_duplicates
from wonward.foundation.events.bus import subscribe


@subscribe(CompaniesCreated)
def compare_new_companies(event: CompaniesCreated, *, now: datetime) -> None:
    note_duplicates(noun=COMPANY, record_ids=event.company_ids, now=now)


@subscribe(CompanyChanged)
def compare_changed_company(event: CompanyChanged, *, now: datetime) -> None:
    note_duplicates(noun=COMPANY, record_ids=[event.company_id], now=now)


@subscribe(ContactsCreated)
def compare_new_contacts(event: ContactsCreated, *, now: datetime) -> None:
    note_duplicates(noun=CONTACT, record_ids=event.contact_ids, now=now)


@subscribe(ContactChanged)
def compare_changed_contact(event: ContactChanged, *, now: datetime) -> None:
    note_duplicates(noun=CONTACT, record_ids=[event.contact_id], now=now)
