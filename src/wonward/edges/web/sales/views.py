"""The board, the table and the way into them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markupsafe import Markup

from wonward.domains.catalog.queries import list_services
from wonward.domains.clients.queries import list_companies
from wonward.domains.clients.types import PossibleDuplicate
from wonward.domains.sales.operations.deals import create_deals
from wonward.domains.sales.queries.board import get_board, list_column, sum_stages, total_of
from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.queries.likeness import find_like_deals
from wonward.domains.sales.queries.pipelines import find_pipeline, list_pipelines
from wonward.domains.sales.queries.shapes import day_frame
from wonward.domains.sales.queries.sums import sum_deals, sum_groups
from wonward.domains.sales.types import BoardColumn, DealFilter, DealRow, DealSums, PipelineRow
from wonward.domains.staff.queries import list_people
from wonward.edges.web.sales.cards import (
    CARDS_PER_COLUMN,
    FILTERS,
    ColumnHead,
    address,
    closed_stages,
    drawn_cards,
    heads_of,
)
from wonward.edges.web.sales.forms import read_filter, read_new_deal
from wonward.edges.web.sales.lists import figures_of, filters_of, more_words, pipelines_of
from wonward.edges.web.sales.table import DEALS, columns_of, drawn_rows, narrowing_chips, order_of, where_of
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.custom_facts import asked_in_form
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.next_actions import action_errors, day_choices, kind_choices, typed_action
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to
from wonward.edges.web.shell.saved_lists import SavedList, look_at, register_list
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.errors import Refused
from wonward.kernel.ref import Ref

ROWS_PER_PAGE = 50
BOARD = register_list(SavedList(
    "sales.board", "deals_board", gettext_lazy("Board"), gettext_lazy("All open deals"), "sales.deal.view", FILTERS,
))


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """An open stage with its first cards and the way to the next ones."""

    head: ColumnHead
    cards: list[Markup]
    more_url: str
    more_words: str


@page(permission="sales.deal.view")
def deals_board(request: SignedInRequest) -> HttpResponse:
    """The pipeline as columns, most urgent first."""
    pipelines, look = list_pipelines(), look_at(request, BOARD)
    pipeline = _chosen(pipelines, look.query)
    where = replace(read_filter(look.query, viewer_id=request.actor.person_id), status="", company_id=None)
    columns = get_board(actor=request.actor, pipeline=pipeline, where=where, now=request.now)
    today = day_frame(request.actor, request.now).today
    open_columns = [column for column in columns if column.stage.kind == "open"]
    heads = heads_of([column.stage for column in open_columns], {column.stage.id: column.sums for column in open_columns})
    context = {
        "pipeline": pipeline, "doors": closed_stages(pipeline), "query": look.query, "look": look,
        "shown_columns": [
            _shown(request, column, head, look.query, today=today) for column, head in zip(open_columns, heads, strict=True)
        ],
        "is_empty": not any(column.sums.count for column in open_columns),
        "may_create": request.actor.may("sales.deal.create"), "may_move": request.actor.may("sales.deal.edit"),
        "move_url": address_of("deal_stage", deal_id=0).replace("/0/", "/{id}/"),
        "live_url": request.get_full_path(),
        **pipelines_of(pipelines, pipeline, look.query),
        **_around(request, pipeline, where, total_of(columns, request.actor), look.query),
    }
    return render(request, "sales/board.html", context, block="board")


def _chosen(pipelines: list[PipelineRow], query: Mapping[str, str]) -> PipelineRow:
    wanted = query.get("pipeline", "")
    return find_pipeline(pipelines, int(wanted) if wanted.isdecimal() and len(wanted) < 16 else None)


def _shown(request: SignedInRequest, column: BoardColumn, head: ColumnHead, query: Mapping[str, str], *, today: Any) -> ShownColumn:
    left = column.sums.count - len(column.cards)
    base = address_of("deals_column", stage_id=column.stage.id)
    return ShownColumn(
        head, drawn_cards(column.cards, today=today, now=request.now, may_move=request.actor.may("sales.deal.edit")),
        address(base, query, FILTERS, offset=CARDS_PER_COLUMN) if left > 0 else "", more_words(left),
    )


def _around(
    request: SignedInRequest, pipeline: PipelineRow, where: DealFilter, total: DealSums, query: Mapping[str, str]
) -> dict[str, Any]:
    """Sums and filters; the chips count what they would show, whichever of them is on."""
    counts = total
    if where.urgency:
        everything = replace(where, urgency="", status="open", pipeline_id=pipeline.id)
        counts = sum_deals(actor=request.actor, where=everything, now=request.now)
    return {"kpis": figures_of(total), **filters_of(query, counts, base=address_of("deals_board"))}


@page(permission="sales.deal.view")
def deals_column(request: SignedInRequest, stage_id: int) -> HttpResponse:
    """The next fifty cards of one column."""
    offset = request.GET.get("offset", "0")
    start = int(offset) if offset.isdecimal() and len(offset) < 9 else 0
    where = replace(read_filter(request.GET, viewer_id=request.actor.person_id), status="", company_id=None)
    cards = list_column(
        actor=request.actor, stage_id=stage_id, where=where, now=request.now, offset=start, limit=CARDS_PER_COLUMN + 1
    )
    today = day_frame(request.actor, request.now).today
    has_more = len(cards) > CARDS_PER_COLUMN
    base = address_of("deals_column", stage_id=stage_id)
    context = {
        "cards": drawn_cards(cards[:CARDS_PER_COLUMN], today=today, now=request.now, may_move=request.actor.may("sales.deal.edit")),
        "more_url": address(base, request.GET, FILTERS, offset=start + CARDS_PER_COLUMN) if has_more else "",
        "more_words": more_words(CARDS_PER_COLUMN),
    }
    return render(request, "sales/column.html", context)


def moved_card(request: SignedInRequest, deal: DealRow, board_query: str) -> HttpResponse:
    """What a move answers: the card, the headers and the numbers of the board the mover looks at."""
    query = QueryDict(board_query)
    pipeline = find_pipeline(list_pipelines(), deal.pipeline_id)
    where = replace(read_filter(query, viewer_id=request.actor.person_id), status="", company_id=None)
    sums = sum_stages(actor=request.actor, pipeline=pipeline, where=where, now=request.now)
    stages = [stage for stage in pipeline.stages if stage.kind == "open"]
    total = total_of([BoardColumn(stage, sums[stage.id], ()) for stage in stages], request.actor)
    context = {
        "one_card": drawn_cards(
            [deal], today=day_frame(request.actor, request.now).today, now=request.now, may_move=True
        )[0],
        "heads": heads_of(stages, {stage.id: sums[stage.id] for stage in stages}), "query": query,
        **_around(request, pipeline, where, total, query),
    }
    return render_block(request, "sales/column.html", "one_card", context)


@page(permission="sales.deal.view")
def deals_table(request: SignedInRequest) -> HttpResponse:
    """Deals as rows: sorted, filtered and paged by the server."""
    look = look_at(request, DEALS)
    query, group = look.query, look.state.group
    where, may_choose = where_of(query, request.actor), request.actor.may("sales.deal.edit")
    sort = order_of(look, request.actor)
    place = query.get("page", "1")
    number = max(1, int(place)) if place.isdecimal() and len(place) < 7 else 1
    rows = list_deals(
        actor=request.actor, where=where, now=request.now, sort=sort, group=group, offset=(number - 1) * ROWS_PER_PAGE, limit=ROWS_PER_PAGE
    )
    groups = sum_groups(actor=request.actor, where=where, now=request.now, group=group) if group else {}
    sums = sum_deals(actor=request.actor, where=where, now=request.now)
    counts = sums
    if where.urgency:
        counts = sum_deals(actor=request.actor, where=replace(where, urgency=""), now=request.now)
    today = day_frame(request.actor, request.now).today
    pipelines = list_pipelines()
    context = {
        "rows": drawn_rows(rows, pipelines, look, groups, actor=request.actor, may_choose=may_choose, today=today, now=request.now), "may_choose": may_choose, "sums": sums, "look": look,
        "page_number": number, "pages": max(1, -(-sums.count // ROWS_PER_PAGE)), "sort": look.state.sort or sort, "query": query,
        "may_create": request.actor.may("sales.deal.create"), "kpis": figures_of(sums),
        "pipeline_choices": [], "pipeline_name": "",
        "extra_chips": narrowing_chips(query, pipelines, request.actor), **columns_of(look, sums), **filters_of(query, counts, base=address_of("deals_table"), is_table=True),
    }
    return render(request, "sales/table.html", context, block="rows")


@page(permission="sales.deal.create", methods=("GET", "POST"))
def new_deal(request: SignedInRequest) -> HttpResponse:
    """Open a deal, with the next action that every open deal has."""
    organisation = get_organisation()
    refused: Refused | None = None
    alike: list[PossibleDuplicate] = []
    if request.method == "POST":
        try:
            deal = read_new_deal(request.POST, currency=organisation.currency)
            alike = [] if FormReader(request.POST).flag("is_sure") else find_like_deals(actor=request.actor, name=deal.name, company_id=deal.company_id)
            if alike:
                raise Refused(_("There is an open deal like it. Open this one anyway?"))
            (deal_id,) = create_deals(actor=request.actor, deals=[deal], now=request.now)
            return go_to(request, address_of("deal", deal_id=deal_id), toast=_("Deal opened."))
        except Refused as refusal:
            refused = refusal
    today = day_frame(request.actor, request.now).today
    values = request.POST or request.GET
    context = {
        "errors": errors_by_field(refused.errors) if refused else {}, "refused": refused, "values": values,
        "currency": organisation.currency, "close_day": FormReader(values).day("expected_close_date"),
        "company_choices": [(row.id, row.name) for row in list_companies(actor=request.actor, limit=500)],
        "service_choices": [(row.id, row.name) for row in list_services(actor=request.actor)],
        "owner_choices": [(row.id, row.name) for row in list_people(actor=request.actor)], "viewer_id": request.actor.person_id,
        "stage_choices": [(stage.id, stage.name) for stage in list_pipelines()[0].stages if stage.kind == "open"],
        "asked_fields": asked_in_form(
            request.actor, "sales.deal", {Ref("sales.stage", stage.id): stage.name for stage in list_pipelines()[0].stages if stage.kind == "open"}, values
        ),
        "action_kinds": kind_choices(), "action_days": day_choices(today),
        "action_errors": action_errors(refused) if refused else {}, "action_values": typed_action(values), "alike": alike,
    }
    status = 422 if refused else 200
    if request.headers.get("HX-Request"):
        return render_block(request, "sales/new_deal.html", "drawer_body", context, status=status)
    return render(request, "sales/new_deal.html", context, status=status)
