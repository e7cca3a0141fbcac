"""Deals won while delivery was switched off, offered for their handoff."""

from __future__ import annotations

from django.http import HttpResponse

from wonward.domains.sales.types import DealRow
from wonward.domains.staff.queries import find_team_members
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.handoff.queries import count_open_wins, list_open_wins
from wonward.kernel.actor import Actor, Scope

WINS_PER_PAGE = 25


def _openable(actor: Actor, deals: list[DealRow]) -> set[int]:
    """The deals whose gate is the actor's to open: all, or their own and those of the team they lead."""
    if actor.scope_of("sales.deal.win") is Scope.ALL:
        return {deal.id for deal in deals}
    led = find_team_members(actor.leads_team_id) if actor.leads_team_id is not None else set[int]()
    return {deal.id for deal in deals if deal.owner_id is not None and deal.owner_id in {actor.person_id, *led}}


@page(permission="sales.deal.win")
def open_wins(request: SignedInRequest) -> HttpResponse:
    """Each deal with the door to its gate; while delivery is off the doors are shut."""
    total = count_open_wins(actor=request.actor)
    pages = max(1, -(-total // WINS_PER_PAGE))
    asked = request.GET.get("page", "")
    number = min(pages, max(1, int(asked))) if asked.isdecimal() and len(asked) < 6 else 1
    deals = list_open_wins(actor=request.actor, offset=(number - 1) * WINS_PER_PAGE, limit=WINS_PER_PAGE)
    context = {
        "deals": deals, "openable": _openable(request.actor, deals),
        "total": total, "page_number": number, "pages": pages, "page_href": f"{address_of('open_wins')}?",
        "is_delivery_on": get_organisation().is_on("delivery"),
    }
    return render(request, "sales/open_wins.html", context)
