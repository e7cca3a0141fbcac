"""What a win of a deal would ask, from the templates of its services."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache

from wonward.domains.catalog.queries import list_blueprints
from wonward.domains.catalog.types import Blueprint, SoldLine
from wonward.domains.delivery.queries.drafts import date_items
from wonward.domains.sales.queries.outcomes import LikelyDeal, list_sold_lines
from wonward.domains.staff.queries import get_default_calendar
from wonward.journeys.capacity.rules.weeks import hours_of
from wonward.kernel.errors import Refused
from wonward.kernel.work_calendar import WorkCalendar


def demand_of_deals(deals: Sequence[LikelyDeal], *, kickoff: date) -> list[dict[str, list[float]]]:
    """Hours by case-folded role and week since the kickoff's week, for each deal in order, as if all began on `kickoff`."""
    sold = [(deal.name, tuple(SoldLine.choosing(*line) for line in deal.lines)) for deal in deals]
    _, calendar = get_default_calendar()
    return [_hours(tuple(blueprints), kickoff, calendar) if lines else {} for blueprints, (_, lines) in zip(_shared(sold), sold, strict=True)]


def deal_hours(*, deal_id: int) -> Callable[[date], dict[str, list[float]]]:
    """What one deal would ask, as a function of its kickoff; the deal's lines and their templates are read once."""
    lines = [SoldLine.choosing(*line) for line in list_sold_lines(deal_id=deal_id)]
    if not lines:
        return lambda _kickoff: {}
    _, calendar = get_default_calendar()
    (blueprints,) = list_blueprints(deals=[("", lines)])
    return lambda kickoff: _hours(tuple(blueprints), kickoff, calendar)


def _shared(sold: Sequence[tuple[str, tuple[SoldLine, ...]]]) -> list[list[Blueprint]]:
    """Blueprints of deals; those that sell the same share theirs, the name plays no part in hours."""
    different = list(dict.fromkeys(lines for _, lines in sold))
    found = dict(zip(different, list_blueprints(deals=[("", lines) for lines in different]), strict=True))
    return [found[lines] for _, lines in sold]


def _hours(blueprints: tuple[Blueprint, ...], kickoff: date, calendar: WorkCalendar) -> dict[str, list[float]]:
    return {role: list(row) for role, row in _dated_hours(blueprints, kickoff, calendar)}


@lru_cache(maxsize=512)
def _dated_hours(blueprints: tuple[Blueprint, ...], kickoff: date, calendar: WorkCalendar) -> tuple[tuple[str, tuple[float, ...]], ...]:
    try:
        dated = [
            date_items(one.items, start_date=calendar.next_working_day(kickoff), promised_finish_date=None, calendar=calendar)
            for one in blueprints
        ]
    except Refused:
        return ()
    return tuple((role, tuple(row)) for role, row in hours_of(blueprints, dated, kickoff, calendar).items())
