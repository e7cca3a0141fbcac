"""Who changed what of a record, before and after."""

from __future__ import annotations

from django.http import HttpResponse

from wonward.edges.web.shell.history import history_entries
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.records import read_ref, record_address
from wonward.edges.web.shell.render import render
from wonward.foundation.access.policy import names_of
from wonward.foundation.audit.queries import list_history
from wonward.kernel.errors import NotFound, Refused

AT_ONCE = 30
# What can be put into the trash, and the right that changes it.
TRASHED = {
    "clients.company": "clients.company.edit", "clients.contact": "clients.company.edit", "sales.lead": "sales.lead.edit",
    "sales.deal": "sales.deal.edit", "delivery.project": "delivery.project.edit",
    "delivery.task": "delivery.plan.change",
}


@page(permission="audit.history.view")
def record_history(request: SignedInRequest) -> HttpResponse:
    """The changes of one record, the newest first; `before` goes on below an entry."""
    try:
        ref = read_ref(request.GET.get("ref", ""))
    except Refused:
        raise NotFound("record", request.GET.get("ref", "")[:60]) from None
    typed = request.GET.get("before", "")
    before_id = int(typed) if typed.isdecimal() and len(typed) < 19 else None
    rows = list_history(actor=request.actor, ref=ref, before_id=before_id, limit=AT_ONCE + 1)
    context = {
        "ref": ref, "name": names_of([ref]).get(ref, str(ref)), "back": record_address(ref), "in_drawer": is_fragment(request),
        "entries": history_entries(request.actor, rows[:AT_ONCE]), "earlier": rows[AT_ONCE - 1].id if len(rows) > AT_ONCE else None,
        "is_later": before_id is not None, "may_trash": ref.noun in TRASHED and request.actor.may(TRASHED[ref.noun]),
        "may_hold": ref.noun in TRASHED and request.actor.may("house.retention.edit"),
        "may_ask_why": ref.noun == "delivery.task",
    }
    return render(request, "lists/history.html", context, block="entries" if before_id and is_fragment(request) else "drawer_body")
