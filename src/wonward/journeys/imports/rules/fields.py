"""What each kind of import understands: its fields, what they hold, and how a row is recognised again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """A place for a column. `type` is one of text, long_text, email, phone, domain, name, id, ids, number, integer, money,
    percent, date, moment, yes_no, currency, country, stage, task_status, project_status, communication_kind, direction,
    minutes, year; `longest` in characters."""

    name: str
    label: str
    type: str
    longest: int = 200


NO_FIELDS: Mapping[str, Field] = {}
# What stands before the key of a field the house made itself.
OWN = "cf_"


def _fields(*fields: Field) -> Mapping[str, Field]:
    return {field.name: field for field in fields}


_ID = Field("external_id", "Id in the former system", "id", 150)
_OWNER = (
    Field("owner", "Owner", "name", 160),
    Field("owner_email", "E-mail of the owner", "email", 254),
    Field("owner_external_id", "Id of the owner", "id", 150),
)
_COMPANY = (
    Field("company", "Company", "name"),
    Field("company_external_id", "Id of the company", "id", 150),
    Field("company_domain", "Domain of the company", "domain"),
)
_CONTACT = (
    Field("contact", "Contact", "name"),
    Field("contact_email", "E-mail of the contact", "email", 254),
    Field("contact_external_id", "Id of the contact", "id", 150),
)
_NOTE = (
    Field("log_note", "Note for the log", "long_text", 100_000),
    Field("log_note_at", "Time of the note", "moment"),
)
_PERSON_NAME = (
    Field("name", "Name", "name"),
    Field("first_name", "First name", "name", 100),
    Field("last_name", "Last name", "name", 100),
)

FIELDS: Mapping[str, Mapping[str, Field]] = {
    "companies": _fields(
        _ID,
        Field("name", "Name", "name"),
        Field("domain", "Domain", "domain"),
        Field("industry", "Industry", "text", 120),
        Field("country", "Country", "country", 120),
        Field("tier", "Tier", "text", 1),
        Field("employees", "Employees", "integer"),
        Field("annual_revenue", "Annual revenue", "money"),
        Field("currency", "Currency", "currency", 3),
        Field("founded_year", "Year of foundation", "year"),
        Field("parent", "Parent company", "name"),
        Field("parent_external_id", "Id of the parent company", "id", 150),
        Field("phone", "Phone", "phone", 60),
        Field("address", "Address", "text", 500),
        Field("source", "Source", "text", 160),
        Field("tags", "Tags", "text", 500),
        *_OWNER, *_NOTE,
    ),
    "contacts": _fields(
        _ID, *_PERSON_NAME,
        Field("email", "E-mail", "email", 254),
        Field("work_email", "Further e-mail", "email", 254),
        Field("phone", "Phone", "phone", 60),
        Field("mobile", "Mobile phone", "phone", 60),
        Field("title", "Job title", "text", 160),
        Field("preference", "Preference", "text"),
        Field("tags", "Tags", "text", 500),
        Field("more_points", "Further addresses and numbers", "text", 1000),
        Field("source", "Source", "text", 160),
        Field("pain_points", "Pain points", "text", 1000),
        Field("no_email", "Refuses e-mail", "yes_no"),
        Field("no_calls", "Refuses calls", "yes_no"),
        *_COMPANY, *_NOTE,
    ),
    "leads": _fields(
        _ID, *_PERSON_NAME,
        Field("email", "E-mail", "email", 254),
        Field("phone", "Phone", "phone", 60),
        Field("title", "Job title", "text", 160),
        Field("company", "Company", "name"),
        Field("company_domain", "Website", "domain"),
        Field("industry", "Industry", "text", 120),
        Field("country", "Country", "country", 120),
        Field("employees", "Employees", "integer"),
        Field("message", "Original words", "long_text", 10_000),
        Field("source", "Source", "text", 120),
        Field("campaign", "Campaign", "text", 160),
        Field("landing_page", "Landing page", "text", 300),
        Field("service", "Service", "name"),
        *_OWNER,
        Field("status", "Status", "text", 60),
        Field("received_date", "Received on", "date"),
        Field("converted_date", "Converted on", "date"),
        Field("closed_date", "Closed on", "date"),
        Field("closed_reason", "Why it was no fit", "text", 300),
    ),
    "deals": _fields(
        _ID,
        Field("name", "Name", "name"),
        *_COMPANY, *_CONTACT, *_OWNER,
        Field("pipeline", "Pipeline", "name", 120),
        Field("stage", "Stage", "stage", 120),
        Field("status", "Status", "stage", 120),
        Field("is_won", "Is won", "yes_no"),
        Field("is_closed", "Is closed", "yes_no"),
        Field("value", "Value", "money"),
        Field("currency", "Currency", "currency", 3),
        Field("probability", "Probability", "percent"),
        Field("opened_date", "Opened on", "date"),
        Field("expected_close_date", "Expected close", "date"),
        Field("close_date", "Closed on (if still open: expected close)", "date"),
        Field("won_date", "Won on", "date"),
        Field("lost_date", "Lost on", "date"),
        Field("lost_reason", "Reason of the loss", "text", 300),
        Field("service", "Service", "name"),
        Field("quantity", "Quantity", "number"),
        Field("source", "Source", "text", 120),
        Field("next_action_note", "Next action", "text", 300),
        Field("next_action_date", "Next action due", "date"),
        *_NOTE,
    ),
    "services": _fields(
        _ID,
        Field("name", "Name", "name"),
        Field("description", "Description", "long_text", 100_000),
        Field("series", "Series", "text", 120),
        Field("price", "Price", "money"),
        Field("cost", "Cost", "money"),
        Field("currency", "Currency", "currency", 3),
        Field("effort_hours", "Effort in hours", "number"),
    ),
    "users": _fields(
        _ID, *_PERSON_NAME,
        Field("email", "E-mail", "email", 254),
        Field("job_title", "Job title", "text", 160),
        Field("team", "Team", "name", 120),
        Field("manager", "Manager", "name", 160),
        Field("manager_email", "E-mail of the manager", "email", 254),
    ),
    "communications": _fields(
        _ID,
        Field("kind", "Kind", "communication_kind", 60),
        Field("subject", "Subject", "text", 300),
        Field("body", "Text", "long_text", 100_000),
        Field("happened_at", "Time", "moment"),
        Field("due_date", "Due", "date"),
        Field("status", "Status", "text", 60),
        Field("assignee", "Assigned to", "name", 160),
        Field("assignee_email", "E-mail of the assignee", "email", 254),
        Field("direction", "Direction", "direction", 20),
        Field("author", "Author", "name", 160),
        Field("author_email", "E-mail of the author", "email", 254),
        *_COMPANY, *_CONTACT,
        Field("deal", "Deal", "name"),
        Field("deal_external_id", "Id of the deal", "id", 150),
        Field("project", "Project", "name"),
        Field("project_external_id", "Id of the project", "id", 150),
        Field("related_external_id", "Id of the record it belongs to", "id", 150),
    ),
    "projects": _fields(
        _ID,
        Field("name", "Name", "name"),
        *_COMPANY,
        Field("owner", "Project manager", "name", 160),
        Field("owner_email", "E-mail of the project manager", "email", 254),
        Field("start_date", "Start", "date"),
        Field("promised_finish_date", "Promised finish", "date"),
        Field("status", "Status", "project_status", 60),
    ),
    "tasks": _fields(
        _ID,
        Field("other_id", "Second id in the former system", "id", 150),
        Field("name", "Name", "text", 300),
        Field("type", "Type", "text", 60),
        Field("notes", "Notes", "long_text", 100_000),
        Field("project", "Project", "name"),
        Field("project_external_id", "Id of the project", "id", 150),
        Field("parent", "Parent task", "name", 300),
        Field("assignee", "Assigned to", "name", 160),
        Field("assignee_email", "E-mail of the assignee", "email", 254),
        Field("role", "Role", "text", 120),
        Field("status", "Status", "task_status", 60),
        Field("is_done", "Is done", "yes_no"),
        Field("completed_date", "Finished on", "date"),
        Field("percent_complete", "Percent complete", "percent"),
        Field("start_date", "Start", "date"),
        Field("due_date", "Due", "date"),
        Field("duration_days", "Duration in days", "number"),
        Field("effort", "Effort", "minutes"),
        Field("blocked_by", "Waits for", "ids", 2000),
        Field("blocking", "Others wait for it", "ids", 2000),
    ),
}

# Of these, a file needs at least one column, else none of its rows can come in.
NAMED_BY_ANY: Mapping[str, tuple[str, ...]] = {
    "companies": ("name",), "contacts": ("name", "first_name", "last_name", "email"), "services": ("name",),
    "leads": ("name", "first_name", "last_name", "email", "company", "external_id"), "projects": ("name",),
    "deals": ("name", "company", "service", "external_id", "value", "contact"), "users": ("name", "first_name", "last_name", "email"),
    "communications": ("body", "subject"), "tasks": ("name",),
}


def field_names(kind: str) -> tuple[str, ...]:
    """The fields of a kind, in the order in which they are offered."""
    return tuple(FIELDS[kind])
