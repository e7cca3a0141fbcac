"""The planner: who is booked for what, week by week."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse

from wonward.edges.web.capacity.planner_look import look_of
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
    look = look_of(request)
    ledger = get_ledger(actor=actor, first=look.first or today, weeks=SPAN)
    return {
        "tabs": tabs(actor, "planner"), **planner_context(ledger, today, replace(look, first=ledger.first)),
        "may_book": actor.may("staff.booking.edit") or actor.may("staff.booking.propose"),
    }
