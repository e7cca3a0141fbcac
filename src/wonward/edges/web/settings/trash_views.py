"""The trash: what lies there, into it, and out of it."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.edges.web.settings.saying import go_on, take_said
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.records import read_ref, record_address
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.journeys.house.operations import bring_back, trash_record
from wonward.journeys.house.queries.trash import list_trash
from wonward.kernel.errors import NotFound, Refused

AT_ONCE = 50


@page(permission=None, methods=("GET", "POST"))
def trash(request: SignedInRequest) -> HttpResponse:
    """What lies in the trash; a POST with a reference puts a record there."""
    if request.method == "POST":
        try:
            ref = read_ref(request.POST.get("ref", ""))
        except Refused:
            raise NotFound("record", request.POST.get("ref", "")[:60]) from None
        item_id = trash_record(actor=request.actor, ref=ref, reason=request.POST.get("reason", "").strip()[:2000], now=request.now)
        return go_on(
            request, address_of("trash"), _("It is in the trash."), undo_url=address_of("trash_return", item_id=item_id), undo={}
        )
    place = request.GET.get("page", "1")
    number = max(1, int(place)) if place.isdecimal() and len(place) < 7 else 1
    rows = list_trash(actor=request.actor, offset=(number - 1) * AT_ONCE, limit=AT_ONCE + 1)
    words = {
        "clients.company": _("Company"), "clients.contact": _("Contact"), "sales.lead": _("Lead"), "sales.deal": _("Deal"),
        "delivery.project": _("Project"), "delivery.task": _("Task"),
    }
    context = {
        "tab": "trash", "said": take_said(request), "rows": [(words.get(row.noun, row.noun), row) for row in rows[:AT_ONCE]],
        "number": number, "has_more": len(rows) > AT_ONCE,
    }
    return render(request, "settings/trash.html", context)


@page(permission=None, methods=("POST",))
def trash_return(request: SignedInRequest, item_id: int) -> HttpResponse:
    """Bring a record back, and go to it."""
    ref = bring_back(actor=request.actor, item_id=item_id, now=request.now)
    return go_to(request, record_address(ref) or address_of("trash"))
