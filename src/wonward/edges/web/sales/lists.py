"""What stands around a list of deals: views, sums, chips and the filters that are on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from wonward.domains.sales.types import DealSums, PipelineRow
from wonward.edges.web.sales.cards import FILTERS, address, chips_of, kept_in
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.formats import money_short, number
from wonward.foundation.custom_fields.queries import PREFIX


@dataclass(frozen=True, slots=True)
class Choice:
    """A place to go, or a filter to take away."""

    label: str
    href: str
    is_current: bool = False
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the large numbers above a list."""

    label: str
    value: str
    note: str = ""
    tone: str = ""
    href: str = ""


def filters_of(query: Mapping[str, str], counts: DealSums, *, base: str, is_table: bool = False) -> dict[str, Any]:
    """The filter bar of the board or the table."""
    is_mine = query.get("owner") == "me"
    kept = (*kept_in(query), "sort") if is_table else FILTERS
    return {
        "base": base, "chips": chips_of(counts, query, base, kept), "is_mine": is_mine,
        "mine_href": address(base, query, kept, owner="" if is_mine else "me"),
        "kept": [(name, query[name]) for name in kept if name != "q" and query.get(name)],
        "clear_href": address(base, query, ("pipeline",)) if any(query.get(name) for name in (*_narrowing(is_table), *(name for name in query if name.startswith(PREFIX)))) else "",
        "views": views_of(query, is_table=is_table),
    }


def _narrowing(is_table: bool) -> tuple[str, ...]:
    return ("owner", "urgency", "q", "status", "company", "stage", "source", "closes", "closed", "reason", "segment", "people") if is_table else ("owner", "urgency", "q")


def views_of(query: Mapping[str, str], *, is_table: bool) -> list[Choice]:
    """Board and table; the filters go along."""
    return [
        Choice(_("Board"), address(address_of("deals_board"), query), not is_table, "columns-3"),
        Choice(_("Table"), address(address_of("deals_table"), query), is_table, "table-2"),
    ]


def pipelines_of(pipelines: list[PipelineRow], chosen: PipelineRow, query: Mapping[str, str]) -> dict[str, Any]:
    """The menu of pipelines, shown when there are several."""
    base = address_of("deals_board")
    return {
        "pipeline_name": chosen.name,
        "pipeline_choices": [
            Choice(row.name, address(base, query, pipeline=row.id), row.id == chosen.id) for row in pipelines
        ],
    }


def figures_of(sums: DealSums) -> list[Figure]:
    """Count, sum and weighted sum of everything the list holds; money only for those who see all of it."""
    figures = [Figure(_("Deals"), number(sums.count))]
    if sums.value is not None:
        figures.append(Figure(_("Value"), money_short(sums.value)))
    if sums.weighted is not None:
        figures.append(Figure(_("Weighted"), money_short(sums.weighted)))
    if sums.count:
        late = sums.overdue + sums.no_next_action
        share = 100 * (sums.count - late) // sums.count
        figures.append(Figure(_("Next action in time"), f"{share}%", _("%(count)s late") % {"count": late} if late else "", "bad"))
    return figures


def more_words(left: int) -> str:
    """Words of the button below a column."""
    return _("Show %(count)s more") % {"count": min(50, left)}


