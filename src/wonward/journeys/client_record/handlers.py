"""The search index follows the records."""

from __future__ import annotations

from datetime import datetime

from wonward.domains.clients.events import (
    CompaniesCreated,
    CompanyChanged,
    ContactChanged,
    ContactsCreated,
    RecordsMerged,
    RecordsUnmerged,
)
from wonward.domains.clients.queries import list_people_of
from wonward.domains.comms.events import CommunicationErased, CommunicationLogged, CommunicationRefiled
from wonward.domains.delivery.events import PlanChanged, ProjectChanged, ProjectCreated
from wonward.domains.sales.events import (
    DealChanged,
    DealsCreated,
    DealsErased,
    LeadChanged,
    LeadsCreated,
    LeadsErased,
)
from wonward.foundation.events.bus import subscribe
from wonward.foundation.files.events import DocumentAdded, DocumentArchived, DocumentChanged
from wonward.foundation.search.operations import index_changed, index_records, remove_records
from wonward.foundation.search.types import SearchEntry
from wonward.journeys.client_record.queries import search_entries as entries
from wonward.kernel.ref import Ref


@subscribe(DealsCreated)
def find_new_deals(event: DealsCreated, *, now: datetime) -> None:
    index_records(entries.deal_entries(event.deal_ids))


@subscribe(DealsErased)
def forget_erased_deals(event: DealsErased, *, now: datetime) -> None:
    remove_records(event.subjects())


@subscribe(DealChanged)
def find_changed_deal(event: DealChanged, *, now: datetime) -> None:
    index_records(entries.deal_entries([event.deal_id]))


@subscribe(CompaniesCreated)
def find_new_companies(event: CompaniesCreated, *, now: datetime) -> None:
    index_records(entries.company_entries(event.company_ids))


@subscribe(CompanyChanged)
def find_changed_company(event: CompanyChanged, *, now: datetime) -> None:
    """Its people too: what they are found by names the company, unless it is restricted."""
    _index_or_forget(event.subjects(), entries.company_entries([event.company_id]))
    index_records(entries.contact_entries(list_people_of(event.company_id)))


@subscribe(ContactsCreated)
def find_new_contacts(event: ContactsCreated, *, now: datetime) -> None:
    index_records(entries.contact_entries(event.contact_ids))


@subscribe(ContactChanged)
def find_changed_contact(event: ContactChanged, *, now: datetime) -> None:
    _index_or_forget(event.subjects(), entries.contact_entries([event.contact_id]))


@subscribe(ProjectCreated)
def find_new_project(event: ProjectCreated, *, now: datetime) -> None:
    index_records(entries.project_entries([event.project_id]))
    _find_tasks_of(event.project_id)


@subscribe(ProjectChanged)
def find_changed_project(event: ProjectChanged, *, now: datetime) -> None:
    """Its tasks too: what they are found by names the project, and they are put away with it."""
    _index_or_forget(event.subjects(), entries.project_entries([event.project_id]))
    _find_tasks_of(event.project_id)


@subscribe(PlanChanged)
def find_changed_plan(event: PlanChanged, *, now: datetime) -> None:
    remove_records(Ref("delivery.task", key) for key in event.removed_task_ids)
    _find_tasks_of(event.project_id)


def _find_tasks_of(project_id: int) -> None:
    ids, found = entries.tasks_of_project(project_id)
    if not found:
        remove_records(Ref("delivery.task", key) for key in ids)
    index_changed(found)


@subscribe(DocumentAdded, DocumentChanged, DocumentArchived)
def find_document(event: DocumentAdded | DocumentChanged | DocumentArchived, *, now: datetime) -> None:
    _index_or_forget(event.subjects(), entries.document_entries([event.document_id]))


@subscribe(CommunicationLogged, CommunicationRefiled)
def find_new_communications(event: CommunicationLogged | CommunicationRefiled, *, now: datetime) -> None:
    index_records(entries.communication_entries(event.communication_ids))


@subscribe(CommunicationErased)
def forget_erased_communications(event: CommunicationErased, *, now: datetime) -> None:
    remove_records(Ref("comms.communication", key) for key in event.communication_ids)


@subscribe(LeadsCreated)
def find_new_leads(event: LeadsCreated, *, now: datetime) -> None:
    index_records(entries.lead_entries(event.lead_ids))


@subscribe(LeadChanged)
def find_changed_lead(event: LeadChanged, *, now: datetime) -> None:
    index_records(entries.lead_entries([event.lead_id]))


@subscribe(LeadsErased)
def forget_erased_leads(event: LeadsErased, *, now: datetime) -> None:
    remove_records(event.subjects())


@subscribe(RecordsMerged)
def find_what_was_merged(event: RecordsMerged, *, now: datetime) -> None:
    """The one that went is found no more; whatever it is called by leads to the one that stays."""
    remove_records([Ref(event.noun, event.source_id)])
    index_records(_entries_of(event.noun, [event.target_id]))


@subscribe(RecordsUnmerged)
def find_both_again(event: RecordsUnmerged, *, now: datetime) -> None:
    index_records(_entries_of(event.noun, [event.source_id, event.target_id]))


def _index_or_forget(refs: tuple[Ref, ...], found: list[SearchEntry]) -> None:
    """What was put away is found no more."""
    if not found:
        remove_records(refs)
    index_records(found)


def _entries_of(noun: str, ids: list[int]) -> list[SearchEntry]:
    return entries.company_entries(ids) if noun == "clients.company" else entries.contact_entries(ids)
