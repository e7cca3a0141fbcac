"""Deals and leads as files for spreadsheets, narrowed as their lists are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.queries.leads import list_leads
from wonward.domains.sales.types import DealFilter
from wonward.domains.sales.types.leads import LeadFilter
from wonward.edges.web.sales.lead_views import LEADS
from wonward.edges.web.sales.lead_views import order_of as order_of_leads
from wonward.edges.web.sales.lead_views import where_of as where_of_leads
from wonward.edges.web.sales.table import DEALS, order_of, where_of
from wonward.edges.web.shell.custom_facts import sheet_cells, sheet_fields
from wonward.edges.web.shell.formats import day_of
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.saved_lists import look_at
from wonward.edges.web.shell.sheets import Cell, answer_sheet

_AT_ONCE = 1000


@page(permission="sales.deal.view")
def deals_export(request: SignedInRequest) -> HttpResponse:
    """All rows of the table as it is looked at; values only for those who see them."""
    look = look_at(request, DEALS)
    where = where_of(look.query, request.actor)
    sort = order_of(look, request.actor)
    heads = [_("Number"), _("Deal"), _("Company"), _("Owner"), _("State"), _("Stage"), _("Probability"), _("Value"), _("Currency"), _("Source"),
             _("Opened"), _("Expected close"), _("Closed"), _("Lost because"), _("Next action"), _("Next action due")]
    keys, labels = sheet_fields(request.actor, "sales.deal")
    return answer_sheet("deals", request.GET.get("as", "csv"), [*heads, *labels], _rows(request, where, sort, look.state.group, keys))


def _rows(request: SignedInRequest, where: DealFilter, sort: str, group: str, keys: Sequence[str]) -> Iterator[list[Cell]]:
    offset = 0
    while rows := list_deals(actor=request.actor, where=where, now=request.now, sort=sort, group=group, offset=offset, limit=_AT_ONCE):
        cells = sheet_cells(request.actor, "sales.deal", keys, [row.id for row in rows])
        for row in rows:
            action = row.next_action
            yield [
                row.number, row.name, row.company_name, row.owner_name, row.status, row.stage_name, row.probability,
                row.value.amount if row.value else None, row.value.currency if row.value else "", row.source, row.opened_date,
                row.expected_close_date, row.closed_date, row.lost_reason, action.note if action else "", action.due_date if action else None,
                *cells[row.id],
            ]
        offset += len(rows)


@page(permission="sales.lead.view")
def leads_export(request: SignedInRequest) -> HttpResponse:
    """All leads of the inbox as it is looked at."""
    look = look_at(request, LEADS)
    sort = order_of_leads(look)
    keys, labels = sheet_fields(request.actor, "sales.lead")
    heads = [_("Number"), _("Name"), _("Company"), _("Title"), _("E-mail"), _("Phone"), _("Website"), _("Country"), _("Industry"), _("Source"),
             _("Campaign"), _("Service"), _("Owner"), _("State"), _("Score"), _("Received"), _("First answer"), _("Closed"), _("Not a fit because"), _("Original words")]
    return answer_sheet("leads", request.GET.get("as", "csv"), [*heads, *labels], _leads(request, where_of_leads(look.query), sort, look.state.group, keys))


def _leads(request: SignedInRequest, where: LeadFilter, sort: str, group: str, keys: Sequence[str]) -> Iterator[list[Cell]]:
    offset = 0
    while rows := list_leads(actor=request.actor, where=where, now=request.now, sort=sort, group=group, offset=offset, limit=_AT_ONCE):
        cells = sheet_cells(request.actor, "sales.lead", keys, [row.id for row in rows])
        for row in rows:
            yield [
                row.number, row.name, row.company_name, row.title, row.email, row.phone, row.website, row.country, row.industry, row.source,
                row.campaign_name, row.service_name, row.owner_name, row.status, row.score, row.received_date,
                day_of(row.responded_at, request.actor.time_zone) if row.responded_at else None, row.closed_date, row.closed_reason, row.message,
                *cells[row.id],
            ]
        offset += len(rows)
