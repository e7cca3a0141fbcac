"""Companies and contacts as files for spreadsheets, narrowed as their lists are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.clients.queries import list_companies, list_contacts
from wonward.domains.clients.queries.segments import read_company_filter, read_contact_filter
from wonward.domains.staff.queries import get_person_names
from wonward.edges.web.clients.contact_views import CONTACTS
from wonward.edges.web.clients.views import COMPANIES
from wonward.edges.web.shell.custom_facts import sheet_cells, sheet_fields
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.saved_lists import look_at
from wonward.edges.web.shell.sheets import Cell, answer_sheet

_AT_ONCE = 500


@page(permission="clients.company.view")
def companies_export(request: SignedInRequest) -> HttpResponse:
    """Companies as the list is looked at."""
    heads = [_("Number"), _("Name"), _("Domain"), _("Phone"), _("Address"), _("Industry"), _("Country"), _("Tier"), _("People"), _("Owner"),
             _("Client since"), _("Tags"), _("Source"), _("Pain points"), _("Preferences")]
    keys, labels = sheet_fields(request.actor, "clients.company")
    return answer_sheet("companies", request.GET.get("as", "csv"), [*heads, *labels], _companies(request, keys))


def _companies(request: SignedInRequest, keys: Sequence[str]) -> Iterator[list[Cell]]:
    look, offset = look_at(request, COMPANIES), 0
    where, sort = read_company_filter(look.query, request.actor.person_id), look.state.sort or "name"
    while rows := list_companies(actor=request.actor, where=where, sort=sort, group=look.state.group, offset=offset, limit=_AT_ONCE):
        owners = get_person_names(row.owner_id for row in rows)
        cells = sheet_cells(request.actor, "clients.company", keys, [row.id for row in rows])
        for row in rows:
            yield [
                row.number, row.name, row.domain, row.phone, row.address, row.industry, row.country, row.tier, row.employees,
                owners.get(row.owner_id or 0, ""), row.client_since_date, ", ".join(row.tags), row.source, row.pain_points, row.preferences,
                *cells[row.id],
            ]
        offset += len(rows)


@page(permission="clients.company.view")
def contacts_export(request: SignedInRequest) -> HttpResponse:
    """Contacts as the list is looked at."""
    heads = [_("Name"), _("Title"), _("Company"), _("E-mail"), _("Phone"), _("Prefers"), _("Tags"), _("Source"), _("Pain points")]
    keys, labels = sheet_fields(request.actor, "clients.contact")
    return answer_sheet("contacts", request.GET.get("as", "csv"), [*heads, *labels], _contacts(request, keys))


def _contacts(request: SignedInRequest, keys: Sequence[str]) -> Iterator[list[Cell]]:
    look, offset = look_at(request, CONTACTS), 0
    where, sort = read_contact_filter(request.actor, look.query), look.state.sort or "name"
    while rows := list_contacts(actor=request.actor, where=where, sort=sort, group=look.state.group, offset=offset, limit=_AT_ONCE):
        cells = sheet_cells(request.actor, "clients.contact", keys, [row.id for row in rows])
        for row in rows:
            yield [row.name, row.title, row.company_name, row.email, row.phone, row.preference, ", ".join(row.tags), row.source, row.pain_points,
                   *cells[row.id]]
        offset += len(rows)
