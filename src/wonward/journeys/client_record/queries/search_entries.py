"""What the search index knows of each record."""

from __future__ import annotations

from collections.abc import Sequence

from wonward.domains.clients.queries import find_companies, list_contacts
from wonward.domains.comms.queries import find_communications
from wonward.domains.delivery.queries.projects import find_projects
from wonward.domains.delivery.queries.tasks import list_task_names
from wonward.domains.sales.queries.deals import find_deal_rows
from wonward.domains.sales.queries.leads import find_leads
from wonward.foundation.files.queries import find_documents
from wonward.foundation.search.types import SearchEntry
from wonward.kernel.actor import Actor, Scope, system_actor
from wonward.kernel.ref import Ref

_EVERYBODY = system_actor("Search")
_ANYBODY = Actor(label="Search", grants={"clients.company.view": Scope.ALL})


def deal_entries(deal_ids: Sequence[int]) -> list[SearchEntry]:
    """Deals by name, company and number."""
    rows = find_deal_rows(actor=_EVERYBODY, deal_ids=list(deal_ids)).values()
    return [
        SearchEntry(Ref("sales.deal", row.id), row.name, row.company_name, "", row.number, row.updated_at) for row in rows
    ]


def lead_entries(lead_ids: Sequence[int]) -> list[SearchEntry]:
    """Leads by name, company, words and number."""
    rows = find_leads(actor=_EVERYBODY, lead_ids=lead_ids)
    return [
        SearchEntry(Ref("sales.lead", row.id), row.name, row.company_name, f"{row.email} {row.phone} {row.message[:2000]}", row.number,
                    row.updated_at)
        for row in rows
    ]


def company_entries(company_ids: Sequence[int]) -> list[SearchEntry]:
    """Companies by name, domain and number; archived ones are not found."""
    rows = find_companies(actor=_EVERYBODY, company_ids=company_ids)
    return [
        SearchEntry(Ref("clients.company", row.id), row.name, row.industry, row.domain, row.number, row.updated_at)
        for row in rows if row.archived_at is None
    ]


def contact_entries(contact_ids: Sequence[int]) -> list[SearchEntry]:
    """Contacts by name, company, address and number; a restricted company is not named, whoever sees the contact."""
    rows = list_contacts(actor=_EVERYBODY, contact_ids=contact_ids, limit=len(contact_ids))
    open_rows = list_contacts(actor=_ANYBODY, contact_ids=contact_ids, limit=len(contact_ids))
    companies = {row.id: row.company_name for row in open_rows}
    return [
        SearchEntry(Ref("clients.contact", row.id), row.name, companies.get(row.id, ""), f"{row.email} {row.phone} {row.title}",
                    "", row.updated_at)
        for row in rows
    ]


def project_entries(project_ids: Sequence[int]) -> list[SearchEntry]:
    """Projects by name, company and number; archived ones are not found."""
    rows = find_projects(actor=_EVERYBODY, project_ids=project_ids).values()
    return [
        SearchEntry(Ref("delivery.project", row.id), row.name, row.company_name, "", row.number, row.updated_at) for row in rows
        if row.archived_at is None
    ]


def task_entries(task_ids: Sequence[int]) -> list[SearchEntry]:
    """Tasks, phases and milestones by name and project; those of archived projects are not found."""
    return _named_tasks(list_task_names(task_ids=task_ids))


def tasks_of_project(project_id: int) -> tuple[list[int], list[SearchEntry]]:
    """The tasks of a plan, and how they are found; of an archived project none is."""
    rows = list_task_names(project_id=project_id)
    return [key for key, _name, _project in rows], _named_tasks(rows)


def _named_tasks(rows: Sequence[tuple[int, str, int]]) -> list[SearchEntry]:
    projects = find_projects(actor=_EVERYBODY, project_ids={project_id for _key, _name, project_id in rows})
    live = {key: row.name for key, row in projects.items() if row.archived_at is None}
    return [SearchEntry(Ref("delivery.task", key), name, live[project_id]) for key, name, project_id in rows if project_id in live]


def document_entries(document_ids: Sequence[int]) -> list[SearchEntry]:
    """Documents by name; archived ones are not found."""
    rows = find_documents(document_ids=document_ids)
    return [SearchEntry(Ref("files.document", key), name, privacy=privacy.value) for key, name, privacy in rows]


def communication_entries(communication_ids: Sequence[int]) -> list[SearchEntry]:
    """Entries of the log by their words and the people in them."""
    rows = find_communications(actor=_EVERYBODY, communication_ids=communication_ids)
    return [
        SearchEntry(
            Ref("comms.communication", row.id), row.subject or row.body[:120], ", ".join(row.participants) or row.author,
            row.body, "", row.happened_at, row.privacy,
        )
        for row in rows
    ]
