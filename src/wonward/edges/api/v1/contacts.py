"""Contacts: the people at companies."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec
from django.http import HttpResponse
from ninja import Query

from wonward.domains.clients.operations import (
    archive_contact,
    change_contact,
    create_contacts,
    restore_contact,
)
from wonward.domains.clients.queries import find_duplicate_contacts, get_contact, list_contacts
from wonward.domains.clients.queries.segments import homes_in, people_in
from wonward.domains.clients.types import ContactFilter, ContactRow, NewContact
from wonward.edges.api.v1.answers import Page, after_write, answer
from wonward.edges.api.v1.companies import PossibleDuplicateOut, RecordArchivingIn, show_duplicates
from wonward.edges.api.v1.field_filters import FieldFilters, FieldSort, read_field_filters, read_field_sort
from wonward.edges.api.v1.inputs import (
    Body,
    Id,
    Label,
    ListQuery,
    Name,
    Prose,
    QueryFlag,
    QueryId,
    QueryText,
    Tags,
)
from wonward.edges.api.v1.record_values import CustomOut, page_with_values, with_values
from wonward.edges.api.v1.routes import ApiRequest, route, version_asked


class ContactOut(msgspec.Struct, frozen=True):
    """A contact with its current company."""

    id: int
    name: str
    title: str
    email: str
    phone: str
    company_id: int | None
    company_name: str
    preference: str
    version: int
    created_at: datetime
    updated_at: datetime
    pain_points: str
    source: str
    tags: list[str]
    referred_by_id: int | None
    merged_into_id: int | None
    archived_at: datetime | None
    custom: CustomOut = {}


class NewContactOut(ContactOut, frozen=True):
    """A contact just added, and records that may be the same."""

    possible_duplicates: list[PossibleDuplicateOut] = []


class ContactIn(Body):
    """A contact to add."""

    name: Name
    company_id: Id | None
    email: Name = ""
    phone: Label = ""
    title: Label = ""
    preference: Name = ""
    external_id: Label = ""
    role: Label = ""
    pain_points: Prose = ""
    source: Label = ""
    tags: Tags = []
    referred_by_id: Id | None = None


class ContactPatch(Body):
    """What to change of a contact."""

    name: Name = ""
    title: Label = ""
    preference: Name = ""
    pain_points: Prose = ""
    source: Label = ""
    tags: Tags = []
    referred_by_id: Id | None = None


class ContactQuery(ListQuery):
    """What a list of contacts is narrowed to. `reach`: an email address, a phone number, or - for neither; `source` - asks for none.

    `segment_id` is a saved view of contacts that you find, `company_segment_id` one of companies they work at now.
    """

    sort: Literal["name", "-name", "created_at", "-created_at", "updated_at", "-updated_at"] | FieldSort = "name"
    company_id: QueryId | None = None
    tag: QueryText = ""
    title: QueryText = ""
    source: QueryText = ""
    reach: Literal["", "email", "phone", "-"] = ""
    external_id: QueryText = ""
    segment_id: QueryId | None = None
    company_segment_id: QueryId | None = None
    is_archived: QueryFlag = False
    field: FieldFilters = []


def _facts(row: ContactRow) -> tuple[Any, ...]:
    return (
        row.id, row.name, row.title, row.email, row.phone, row.company_id, row.company_name, row.preference, row.version,
        row.created_at, row.updated_at, row.pain_points, row.source, list(row.tags), row.referred_by_id, row.merged_into_id,
        row.archived_at,
    )


def show_contact(row: ContactRow) -> ContactOut:
    """A contact in the words of the API."""
    return ContactOut(*_facts(row))


@route("GET", "/contacts", permission="clients.company.view", answers={200: Page[ContactOut]})
def read_contacts(request: ApiRequest, where: ContactQuery = Query(...)) -> HttpResponse:
    """Contacts you see."""
    rows = list_contacts(
        actor=request.actor, company_id=where.company_id, updated_since=where.updated_since,
        sort=read_field_sort(request.actor, "clients.contact", where.sort),
        where=ContactFilter(
            where.q, where.tag, where.title, where.source, where.reach, homes=homes_in(request.actor, where.company_segment_id),
            custom=read_field_filters(request.actor, "clients.contact", where.field), within=people_in(request.actor, where.segment_id),
            is_archived=where.is_archived, external_id=where.external_id,
        ),
        offset=where.offset, limit=where.limit + 1,
    )
    return page_with_values(request.actor, "clients.contact", rows, where, show_contact)


@route("GET", "/contacts/{record:contact_id}", permission="clients.company.view", answers={200: ContactOut})
def read_contact(request: ApiRequest, contact_id: int) -> HttpResponse:
    """One contact."""
    row = get_contact(actor=request.actor, contact_id=contact_id)
    return answer(with_values(request.actor, "clients.contact", [show_contact(row)])[0], version=row.version)


@route(
    "POST", "/contacts", permission="clients.company.edit", answers={201: NewContactOut},
    example={"name": "Hanne Dahl", "email": "hanne@northwind.example", "company_id": 1},
)
def add_contact(request: ApiRequest, body: ContactIn) -> HttpResponse:
    """Add a contact. Others that may be the same are named, never a reason to refuse."""
    (contact_id,) = create_contacts(
        actor=request.actor, contacts=[NewContact(**body.model_dump(), external_source="api" if body.external_id else "")],
        now=request.now,
    )
    return after_write(lambda: _show_new(request, contact_id, body), status=201, location=f"/contacts/{contact_id}")


def _show_new(request: ApiRequest, contact_id: int, body: ContactIn) -> HttpResponse:
    row = get_contact(actor=request.actor, contact_id=contact_id)
    same = find_duplicate_contacts(actor=request.actor, name=row.name, email=body.email, phone=body.phone, company_id=row.company_id, except_id=contact_id)
    shown = msgspec.structs.replace(NewContactOut(*_facts(row)), possible_duplicates=show_duplicates(same))
    return answer(
        shown, status=201, version=row.version, location=f"/contacts/{row.id}"
    )


@route(
    "PATCH", "/contacts/{record:contact_id}", permission="clients.company.edit", answers={200: ContactOut},
    example={"title": "Head of Digital"},
)
def edit_contact(request: ApiRequest, contact_id: int, body: ContactPatch) -> HttpResponse:
    """Change a contact's name, title or preference."""
    change_contact(
        actor=request.actor, contact_id=contact_id, changes=body.sent(), version=version_asked(request), now=request.now
    )
    return after_write(lambda: read_contact(request, contact_id))


@route(
    "POST", "/contacts/{record:contact_id}/archiving", permission="clients.company.edit", answers={200: ContactOut},
    example={"is_archived": True, "reason": "Left the trade."},
)
def archive_contact_now(request: ApiRequest, contact_id: int, body: RecordArchivingIn) -> HttpResponse:
    """Take a contact off every list, or bring them back; refused while they are the main contact of what is going on."""
    put = archive_contact if body.is_archived else restore_contact
    put(actor=request.actor, contact_id=contact_id, reason=body.reason, version=version_asked(request), now=request.now)
    return after_write(lambda: read_contact(request, contact_id))
