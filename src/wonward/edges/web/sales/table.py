"""Deals as rows of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from markupsafe import Markup

from wonward.domains.sales.queries.deals import list_deal_ids, may_sort
from wonward.domains.sales.queries.reports import list_chances
from wonward.domains.sales.types import DealFilter, DealGroup, DealRow, DealSums, PipelineRow
from wonward.edges.web.sales.cards import FILTERS, address, base_of, days_in_stage, kept_in
from wonward.edges.web.sales.forms import UNDATED, read_table_filter
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.custom_facts import cells_of
from wonward.edges.web.shell.formats import date_short, day_of, money_short, money_words, number
from wonward.edges.web.shell.navigation import initials_of, tone_of
from wonward.edges.web.shell.next_actions import ActionLook, day_words, look_of
from wonward.edges.web.shell.pages import SignedInRequest
from wonward.edges.web.shell.render import macro_of
from wonward.edges.web.shell.saved_lists import BulkSource, ListColumn, ListLook, SavedList, register_list
from wonward.edges.web.shell.segments import people_segment_in, segment_in
from wonward.kernel.actor import Actor
from wonward.kernel.money import Money

NARROWING = (*FILTERS, "status", "company", "stage", "source", "closes", "closed", "reason", "segment", "people")


def where_of(query: Mapping[str, str], actor: Actor) -> DealFilter:
    """What the table shows: open deals unless another state is chosen."""
    segment, people = segment_in(actor, query), people_segment_in(actor, query)
    where = replace(
        read_table_filter(query, viewer_id=actor.person_id), segment=segment.where if segment else None, people=people.where if people else None
    )
    return replace(where, status="open") if not where.status and query.get("status") != "all" else where


def order_of(look: ListLook, actor: Actor) -> str:
    """The order of the rows: the one asked for if it tells nothing hidden, else by next action. What was opened when is the deal's own day."""
    sort = look.state.sort.replace("created_at", "opened_date") or "next_action"
    return sort if may_sort(actor, sort) else "next_action"


def deals_behind(request: SignedInRequest, query: Mapping[str, str], limit: int) -> list[int]:
    """The ids of every row of the table, not only of the page."""
    return list_deal_ids(actor=request.actor, where=where_of(query, request.actor), now=request.now, limit=limit)


DEALS = register_list(SavedList(
    "sales.deals", "deals_table", gettext_lazy("Deals"), gettext_lazy("All deals"), "sales.deal.view", NARROWING,
    (
        ListColumn("name", gettext_lazy("Deal"), is_fixed=True), ListColumn("stage", gettext_lazy("Stage"), is_sortable=False),
        ListColumn("value", gettext_lazy("Value"), is_number=True, has_sum=True),
        ListColumn("weighted", gettext_lazy("Weighted"), is_number=True, is_sortable=False, has_sum=True),
        ListColumn("expected_close_date", gettext_lazy("Closes"), is_number=True), ListColumn("next_action", gettext_lazy("Next action")),
        ListColumn("days", gettext_lazy("In stage"), is_number=True, is_sortable=False),
        ListColumn("owner", gettext_lazy("Owner"), is_sortable=False), ListColumn("service", gettext_lazy("Service"), is_sortable=False),
        ListColumn("number", gettext_lazy("Number"), is_sortable=False, is_usual=False),
        ListColumn("probability", gettext_lazy("Probability"), is_number=True, is_sortable=False, is_usual=False),
        ListColumn("chance", gettext_lazy("Own history"), is_number=True, is_sortable=False, is_usual=False),
        ListColumn("source", gettext_lazy("Source"), is_sortable=False, is_usual=False),
        ListColumn("created_at", gettext_lazy("Opened"), is_number=True, is_usual=False),
        ListColumn("updated_at", gettext_lazy("Changed"), is_number=True, is_usual=False),
    ),
    (("stage", gettext_lazy("Stage")), ("owner", gettext_lazy("Owner")), ("company", gettext_lazy("Company")), ("pipeline", gettext_lazy("Pipeline"))),
    noun="sales.deal", bulk=BulkSource("sales.deal", "sales.deal.edit", deals_behind),
))


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on."""

    label: str
    href: str
    icon: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """One deal in words."""

    id: int
    name: str
    href: str
    company_name: str
    company_href: str
    status: str
    stage_name: str
    stage_position: int
    stage_count: int
    value: str
    weighted: str
    closes: str
    is_close_late: bool
    action: ActionLook
    days_in_stage: str
    owner_name: str
    owner_initials: str
    owner_tone: int
    service_name: str
    number: str
    probability: str
    source: str
    created: str
    updated: str


def drawn_rows(
    deals: Sequence[DealRow], pipelines: Sequence[PipelineRow], look: ListLook, groups: Mapping[int, DealGroup], *, actor: Actor,
    may_choose: bool, today: date, now: datetime
) -> list[Markup]:
    """The rows of a page as markup, each group begun by its name and sums; the dots of a row show how far along its deal is."""
    language = get_language() or ""
    columns = tuple(column.key for column in look.columns)
    cells = cells_of(actor, "sales.deal", look.custom_keys, [deal.id for deal in deals])
    chances = list_chances() if "chance" in columns else {}
    begun: int | None = -1
    ladders = {row.id: [stage.id for stage in row.stages if stage.kind == "open"] for row in pipelines}
    drawn = []
    for deal in deals:
        ladder = ladders.get(deal.pipeline_id, [])
        place = ladder.index(deal.stage_id) + 1 if deal.stage_id in ladder else len(ladder) if deal.status == "won" else 0
        key = group_key(deal, look.state.group)
        if look.state.group and key != begun:
            begun = key
            drawn.append(_group_row(groups.get(key or 0), len(columns) + may_choose))
        beside = {**cells.get(deal.id, {}), **({"chance": f"{number(chances[deal.stage_id].found)}%"} if deal.stage_id in chances else {})}
        drawn.append(_drawn(
            deal, place, len(ladder), today, days_in_stage(deal, now), day_of(deal.updated_at, actor.time_zone), columns, tuple(beside.items()), may_choose, language
        ))
    return drawn


def group_key(deal: DealRow, group: str) -> int | None:
    """The id of the group a deal belongs to."""
    return {"stage": deal.stage_id, "owner": deal.owner_id, "company": deal.company_id, "pipeline": deal.pipeline_id}.get(group)


def _group_row(found: DealGroup | None, span: int) -> Markup:
    note = ""
    if found:
        note = ngettext("%(count)s deal", "%(count)s deals", found.count) % {"count": number(found.count)}
        note = f"{note} · {money_short(found.value)}" if found.value is not None else note
    row: Markup = macro_of("shell/components/views.html", "group_row")(found.name if found and found.name else _("None"), note, span)
    return row


@lru_cache(maxsize=4096)
def _drawn(deal: DealRow, place: int, places: int, today: date, days: int, changed: date, columns: tuple[str, ...], cells: tuple[tuple[str, str], ...], may_choose: bool, language: str) -> Markup:
    """Everything a row shows is in its arguments, so a row drawn once is right until its deal or the day changes."""
    del language
    shown = row_of(deal, place, places, columns, today=today, days=days, changed=changed)
    line: Markup = macro_of("sales/parts/table_row.html", "line")(shown, columns, dict(cells), may_choose)
    return line


def row_of(deal: DealRow, place: int, places: int, columns: Sequence[str], *, today: date, days: int, changed: date) -> TableRow:
    """One row: a deal at the `place`-th of the open stages, in it for some days. Days that no column shows are left empty."""
    day = deal.expected_close_date if deal.status == "open" else deal.closed_date
    weighted = Money.parse(round(deal.value.amount * deal.probability / 100), deal.value.currency) if deal.value else None
    return TableRow(
        deal.id, deal.name, address_of("deal", deal_id=deal.id), deal.company_name,
        address_of("company", company_id=deal.company_id) if deal.company_id else "", deal.status, deal.stage_name,
        place, places, money_words(deal.value),
        money_words(weighted) if weighted and deal.status == "open" else "",
        day_words(day, today) if day else "", deal.status == "open" and day is not None and day < today,
        look_of(deal.next_action, today),
        _("%(days)s d") % {"days": days} if deal.status == "open" else "",
        deal.owner_name, initials_of(deal.owner_name), tone_of(deal.owner_id), deal.service_name,
        deal.number, f"{number(deal.probability)}%" if "probability" in columns else "", deal.source,
        date_short(deal.opened_date) if "created_at" in columns else "", date_short(changed) if "updated_at" in columns else "",
    )


def narrowing_chips(query: Mapping[str, str], pipelines: Sequence[PipelineRow], actor: Actor) -> list[Chip]:
    """Filters that reports set, each with the way to take it away."""
    stages = {str(stage.id): stage.name for row in pipelines for stage in row.stages}
    segment, people = segment_in(actor, query), people_segment_in(actor, query)
    where = read_table_filter(query, viewer_id=actor.person_id)
    # The other urgencies have chips of their own.
    urgencies = {
        "parked": (_("Parked"), "pause"), "slipped": (_("Close date slipped"), "calendar-x"), "unanswered": (_("Unanswered"), "message-circle"),
        "no_owner": (_("No owner"), "user"),
    }
    words = {
        "urgency": urgencies.get(query.get("urgency", ""), ("", "")),
        "people": (people.name if people else "", "contact"),
        "segment": (segment.name if segment else "", "building-2"),
        "stage": (stages.get(query.get("stage", ""), ""), "columns-3"),
        "source": (_("No source") if where.source == "" else where.source or "", "target"),
        "closes": (_("no close date") if query.get("closes") == UNDATED else _("closes %(days)s") % {"days": query.get("closes", "").replace("_", " – ")}, "calendar"),
        "closed": (_("closed %(days)s") % {"days": query.get("closed", "").replace("_", " – ")}, "calendar-check"),
        "reason": (_("No reason given") if where.lost_reason == "" else where.lost_reason or "", "circle-x"),
    }
    base = address_of("deals_table")
    return [
        Chip(label, address(base, query, (*kept_in(query), "sort"), **{name: ""}), icon)
        for name, (label, icon) in words.items() if query.get(name) and label
    ]


def columns_of(look: ListLook, sums: DealSums) -> dict[str, Any]:
    """Addresses for sorting and paging, the words below the table and the sums at its foot."""
    query = look.query
    base = address_of("deals_table")
    kept = kept_in(query)
    chosen = query.get("status") or "open"
    states = (("open", _("Open")), ("won", _("Won")), ("lost", _("Lost")), ("all", _("All")))
    words = ngettext("%(count)s deal", "%(count)s deals", sums.count) % {"count": number(sums.count)}
    if sums.value is not None:
        words = f"{words} · {money_short(sums.value)}"
    return {
        "sort_href": base_of(base, query, kept), "page_href": base_of(base, query, (*kept, "sort")),
        "state_choices": [{"label": label, "href": address(base, query, (*kept, "sort"), status="" if key == "open" else key), "is_current": key == chosen}
                   for key, label in states],
        "words": words, "foot": {
            key: money_words(value) for key, value in (("value", sums.value), ("weighted", sums.weighted)) if value is not None
        },
    }
