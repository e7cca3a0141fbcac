"""My own work in a calendar program: the secret link, made and ended."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse

from wonward.domains.delivery.operations import make_calendar_link, revoke_calendar_link
from wonward.domains.delivery.queries.feeds import find_link_date
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.navigation import DELIVERY
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.errors import NotFound


@page(permission=None, methods=("GET", "POST"))
def profile_calendar(request: SignedInRequest) -> HttpResponse:
    """The link to my calendar; its address is shown once."""
    if not get_organisation().is_on(DELIVERY):
        raise NotFound("calendar", 0)
    address = ""
    if request.method == "POST" and request.POST.get("do") == "end":
        revoke_calendar_link(actor=request.actor, now=request.now)
        return go_to(request, address_of("profile_calendar"))
    if request.method == "POST":
        token = make_calendar_link(actor=request.actor, now=request.now)
        address = settings.BASE_URL.rstrip("/") + address_of("person_calendar", token=token)
    context = {"address": address, "made_at": find_link_date(actor=request.actor), "here": address_of("profile_calendar")}
    return render(request, "work/profile_calendar.html", context)
