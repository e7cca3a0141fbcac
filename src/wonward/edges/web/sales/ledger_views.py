"""The promise ledger of a deal."""

from __future__ import annotations

from django.http import HttpResponse

from wonward.domains.sales.queries.deals import get_deal
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.ledgers import show_ledger
from wonward.edges.web.shell.navigation import initials_of, tone_of
from wonward.edges.web.shell.pages import SignedInRequest, page


@page(permission="promises.promise.view")
def deal_ledger(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """What was promised on a deal, before and after it is won."""
    row = get_deal(actor=request.actor, deal_id=deal_id)
    context = {
        "deal": row, "initials": initials_of(row.company_name or row.name), "tone": tone_of(row.company_id),
        "may_see_company": request.actor.may("clients.company.view"),
    }
    return show_ledger(
        request, "sales/ledger.html", context, here=address_of("deal_ledger", deal_id=deal_id),
        live=f"sales.deal:{deal_id}", new_url=address_of("deal_promise", deal_id=deal_id), deal_id=deal_id,
    )
