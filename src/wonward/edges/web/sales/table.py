"""Deals as rows of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from markupsafe import Markup

from wonward.domains.sales.types import DealRow, DealSums, PipelineRow
from wonward.edges.web.sales.cards import FILTERS, address, base_of, days_in_stage
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import money_short, money_words, number
from wonward.edges.web.shell.navigation import initials_of, tone_of
from wonward.edges.web.shell.next_actions import ActionLook, day_words, look_of
from wonward.edges.web.shell.render import macro_of
from wonward.kernel.money import Money

KEPT = (*FILTERS, "status", "company")


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head; `key` is what the server sorts by."""

    key: str
    label: str
    is_number: bool = False
    is_sortable: bool = True


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


def drawn_rows(deals: Sequence[DealRow], pipelines: Sequence[PipelineRow], *, today: date, now: datetime) -> list[Markup]:
    """The rows of a page as markup; the dots of a row show how far along the open stages its deal is."""
    language = get_language() or ""
    ladders = {row.id: [stage.id for stage in row.stages if stage.kind == "open"] for row in pipelines}
    drawn = []
    for deal in deals:
        ladder = ladders.get(deal.pipeline_id, [])
        place = ladder.index(deal.stage_id) + 1 if deal.stage_id in ladder else len(ladder) if deal.status == "won" else 0
        drawn.append(_drawn(deal, place, len(ladder), today, days_in_stage(deal, now), language))
    return drawn


@lru_cache(maxsize=4096)
def _drawn(deal: DealRow, place: int, places: int, today: date, days: int, language: str) -> Markup:
    """Everything a row shows is in its arguments, so a row drawn once is right until its deal or the day changes."""
    del language
    line: Markup = macro_of("sales/parts/table_row.html", "line")(row_of(deal, place, places, today=today, days=days))
    return line


def row_of(deal: DealRow, place: int, places: int, *, today: date, days: int) -> TableRow:
    """One row: a deal at the `place`-th of the open stages, in it for some days."""
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
    )


def columns_of(query: Mapping[str, str], sums: DealSums) -> dict[str, Any]:
    """Heads, addresses for sorting and paging, and the words below the table."""
    base = address_of("deals_table")
    chosen = query.get("status") or "open"
    states = (("open", _("Open")), ("won", _("Won")), ("lost", _("Lost")), ("all", _("All")))
    words = ngettext("%(count)s deal", "%(count)s deals", sums.count) % {"count": number(sums.count)}
    if sums.value is not None:
        words = f"{words} · {money_short(sums.value)}"
    return {
        "columns": [
            Column("name", _("Deal")), Column("stage", _("Stage"), is_sortable=False), Column("value", _("Value"), is_number=True),
            Column("weighted", _("Weighted"), is_number=True, is_sortable=False),
            Column("expected_close_date", _("Closes"), is_number=True), Column("next_action", _("Next action")),
            Column("days", _("In stage"), is_number=True, is_sortable=False), Column("owner", _("Owner"), is_sortable=False),
            Column("service", _("Service"), is_sortable=False),
        ],
        "sort_href": base_of(base, query, KEPT), "page_href": base_of(base, query, (*KEPT, "sort")),
        "state_choices": [{"label": label, "href": address(base, query, (*KEPT, "sort"), status="" if key == "open" else key), "is_current": key == chosen}
                   for key, label in states],
        "words": words,
    }
