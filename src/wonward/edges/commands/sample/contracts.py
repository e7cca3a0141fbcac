"""Contracts of the sample company that run by the year: retainers go on by themselves, media budgets are renewed."""

from __future__ import annotations

from dataclasses import replace

from wonward.domains.sales.operations.terms import keep_contracts_going, set_term
from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.queries.terms import a_year_from
from wonward.domains.sales.types import DealFilter
from wonward.edges.commands.sample import names
from wonward.edges.commands.sample.story import Stage


def add_contracts(stage: Stage) -> None:
    """Terms for what was sold by the year, as of the day each began; then what has come due since is renewed or runs on."""
    sellers = {seller.person_id: seller for seller in stage.sellers}
    for deal in list_deals(actor=stage.sellers[0], where=DealFilter(status="won"), now=stage.now, sort="id", limit=200):
        seller, first = sellers.get(deal.owner_id), deal.closed_date
        if seller is None or first is None:
            continue
        if deal.name in names.DEALS["Support retainer"]:
            term = replace(a_year_from(first), renewal="runs_on", notice_days=60)
        elif deal.name in names.DEALS["Paid media"]:
            term = replace(a_year_from(first), renewal="offer", notice_days=30)
        else:
            continue
        set_term(actor=seller, deal_id=deal.id, term=term, now=stage.now)
    keep_contracts_going(now=stage.now)
