"""The planner: who is booked for what, week by week."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse

from wonward.edges.web.capacity.presenting import SPAN, planner_context
from wonward.edges.web.capacity.tabs import tabs
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.capacity.queries import get_ledger


@page(permission="staff.booking.view")
def planner(request: SignedInRequest) -> HttpResponse:
    """People and their bookings over ten weeks; a fixed number of queries."""
    return render(request, "capacity/planner.html", planner_page(request), block="planner")


def planner_page(request: SignedInRequest) -> dict[str, Any]:
    """The context of the planner as its address asks for it; forms carry the address along."""
    actor, today = request.actor, civil_date(request.now, request.actor.time_zone)
    wanted = request.POST if request.method == "POST" and "from" in request.POST else request.GET
    first = _day(wanted.get("from", "")) or today
    with_tentative, only_over = wanted.get("tentative", "1") != "0", wanted.get("over") == "1"
    ledger = get_ledger(actor=actor, first=first, weeks=SPAN)
    return {
        "tabs": tabs(actor, "planner"), **planner_context(ledger, today, with_tentative=with_tentative, only_over=only_over),
        "with_tentative": with_tentative, "only_over": only_over, "from": ledger.first.isoformat(),
        "may_book": actor.may("staff.booking.edit") or actor.may("staff.booking.propose"),
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
