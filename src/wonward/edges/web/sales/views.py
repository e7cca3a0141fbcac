"""The board, the table and the way into them."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from wonward.domains.catalog.queries import list_services
from wonward.domains.clients.queries import list_companies
from wonward.domains.sales.operations.deals import create_deals
from wonward.domains.sales.queries.board import get_board, list_column, total_of
from wonward.domains.sales.queries.deals import day_frame, list_deals, may_sort, sum_deals
from wonward.domains.sales.queries.pipelines import find_pipeline, list_pipelines
from wonward.domains.staff.queries import list_people
from wonward.edges.web.sales.forms import read_filter, read_new_deal
from wonward.edges.web.shell.fields import errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.errors import Refused

ROWS_PER_PAGE = 50


@page(permission="sales.deal.view")
def deals_board(request: SignedInRequest) -> HttpResponse:
    """The pipeline as columns, most urgent first."""
    pipelines = list_pipelines()
    wanted = request.GET.get("pipeline", "")
    pipeline = find_pipeline(pipelines, int(wanted) if wanted.isdecimal() and len(wanted) < 16 else None)
    where = read_filter(request.GET, viewer_id=request.actor.person_id)
    columns = get_board(actor=request.actor, pipeline=pipeline, where=where, now=request.now)
    context = {
        "pipelines": pipelines, "pipeline": pipeline, "columns": columns, "total": total_of(columns), "where": where,
        "today": day_frame(request.actor, request.now).today, "now": request.now, "query": request.GET,
        "may_create": request.actor.may("sales.deal.create"),
    }
    return render(request, "sales/board.html", context, block="board")


@page(permission="sales.deal.view")
def deals_column(request: SignedInRequest, stage_id: int) -> HttpResponse:
    """The next fifty cards of one column."""
    offset = request.GET.get("offset", "0")
    start = int(offset) if offset.isdecimal() and len(offset) < 9 else 0
    where = read_filter(request.GET, viewer_id=request.actor.person_id)
    cards = list_column(actor=request.actor, stage_id=stage_id, where=where, now=request.now, offset=start)
    context = {
        "cards": cards, "stage_id": stage_id, "next_offset": start + len(cards) if len(cards) == 50 else None,
        "today": day_frame(request.actor, request.now).today, "now": request.now, "query": request.GET,
    }
    return render(request, "sales/column.html", context)


@page(permission="sales.deal.view")
def deals_table(request: SignedInRequest) -> HttpResponse:
    """Deals as rows: sorted, filtered and paged by the server."""
    where = read_filter(request.GET, viewer_id=request.actor.person_id)
    sort = request.GET.get("sort", "next_action")
    sort = sort if may_sort(request.actor, sort) else "next_action"
    place = request.GET.get("page", "1")
    number = max(1, int(place)) if place.isdecimal() and len(place) < 7 else 1
    rows = list_deals(
        actor=request.actor, where=where, now=request.now, sort=sort, offset=(number - 1) * ROWS_PER_PAGE, limit=ROWS_PER_PAGE + 1
    )
    context = {
        "deals": rows[:ROWS_PER_PAGE], "has_next": len(rows) > ROWS_PER_PAGE, "page_number": number, "sort": sort,
        "sums": sum_deals(actor=request.actor, where=where, now=request.now), "where": where, "query": request.GET,
        "today": day_frame(request.actor, request.now).today, "may_create": request.actor.may("sales.deal.create"),
    }
    return render(request, "sales/table.html", context, block="rows")


@page(permission="sales.deal.create", methods=("GET", "POST"))
def new_deal(request: SignedInRequest) -> HttpResponse:
    """Open a deal, with the next action that every open deal has."""
    organisation = get_organisation()
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            deal = read_new_deal(request.POST, currency=organisation.currency)
            (deal_id,) = create_deals(actor=request.actor, deals=[deal], now=request.now)
            return go_to(request, reverse("deal", kwargs={"deal_id": deal_id}), toast=_("Deal opened."))
        except Refused as refusal:
            errors = errors_by_field(refusal.errors) or {"": refusal.message}
    context = {
        "errors": errors, "values": request.POST or request.GET, "currency": organisation.currency,
        "companies": list_companies(actor=request.actor, limit=500), "services": list_services(actor=request.actor),
        "people": list_people(actor=request.actor), "today": day_frame(request.actor, request.now).today,
        "stages": [stage for stage in list_pipelines()[0].stages if stage.kind == "open"],
    }
    status = 422 if errors else 200
    return render_block(request, "sales/new_deal.html", "drawer_body", context, status=status) if request.headers.get(
        "HX-Request"
    ) else render(request, "sales/new_deal.html", context, status=status)
