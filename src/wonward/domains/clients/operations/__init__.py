"""Adding and changing companies, contacts and stakeholders; finding and joining those that are one."""

from wonward.domains.clients.operations.archiving import (
    archive_company,
    archive_contact,
    restore_company,
    restore_contact,
)
from wonward.domains.clients.operations.filing import ask_for_duplicates, decide_duplicate
from wonward.domains.clients.operations.merging import merge_records, undo_merge
from wonward.domains.clients.operations.people import (
    note_consent,
    put_affiliation,
    put_contact_points,
)
from wonward.domains.clients.operations.records import (
    add_stakeholder,
    archive_companies,
    archive_contacts,
    change_company,
    change_contact,
    clear_client_team,
    clear_client_teams,
    clear_stakeholders,
    create_companies,
    create_contacts,
    link_stakeholders,
    mark_client,
    mark_clients,
    mirror_stakeholders,
    name_stakeholders,
    put_client_team,
    put_main_stakeholder,
    remove_stakeholder,
    unmark_clients,
)

__all__ = [
    "archive_company",
    "archive_contact",
    "restore_company",
    "restore_contact",
    "note_consent",
    "put_affiliation",
    "put_contact_points",
    "ask_for_duplicates",
    "decide_duplicate",
    "merge_records",
    "undo_merge",
    "add_stakeholder",
    "archive_companies",
    "archive_contacts",
    "change_company",
    "change_contact",
    "clear_client_team",
    "clear_client_teams",
    "clear_stakeholders",
    "create_companies",
    "create_contacts",
    "link_stakeholders",
    "mirror_stakeholders",
    "name_stakeholders",
    "mark_client",
    "mark_clients",
    "put_client_team",
    "put_main_stakeholder",
    "remove_stakeholder",
    "unmark_clients",
]
