"""Can we promise this date? The question on a deal, its answer, and the promise made on it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.sales.queries.deals import get_deal
from wonward.edges.web.capacity.date_presenting import answer_context
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.capacity.operations import ask_date, promise_date
from wonward.journeys.capacity.queries.dates import (
    find_latest_answer,
    get_date_answer,
    list_approvers,
    usual_kickoff,
)
from wonward.kernel.errors import Refused


@page(permission="capacity.date.ask", methods=("GET", "POST"))
def deal_date(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Ask for a beginning and a date wanted; the newest answer."""
    if request.method != "POST":
        context = _context(request, deal_id)
        if is_fragment(request):
            return render_block(request, "capacity/deal_date.html", "answer", context)
        return render(request, "capacity/deal_date.html", context)
    reader = FormReader(request.POST)
    kickoff, wanted = reader.day("kickoff_date"), reader.day("wanted_date")
    try:
        reader.finish()
        ask_date(actor=request.actor, deal_id=deal_id, kickoff=kickoff, wanted=wanted, now=request.now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        context = _context(request, deal_id, errors=errors_by_field(refusal.errors), values=request.POST)
        return render(request, "capacity/deal_date.html", context, status=422)
    return go_to(request, address_of("deal_date", deal_id=deal_id))


@page(permission="capacity.date.ask", methods=("POST",))
def date_promise(request: SignedInRequest, answer_id: int) -> HttpResponse:
    """Promise a date on the basis of an answer; before P50 with the name of who approves it."""
    row = get_date_answer(actor=request.actor, answer_id=answer_id)
    reader = FormReader(request.POST)
    due, text, approver = reader.day("due_date"), reader.text("text", limit=500), reader.number("approver_id")
    try:
        reader.finish()
        if due is None:
            raise Refused.field("due_date", _("Say which date is promised."), "required")
        promise_date(actor=request.actor, answer_id=answer_id, due_date=due, text=text, approver_id=approver, now=request.now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        context = _context(request, row.deal_id, errors=errors_by_field(refusal.errors), values=request.POST)
        return render(request, "capacity/deal_date.html", context, status=422)
    return go_to(request, f"{address_of('deal', deal_id=row.deal_id)}?tab=promises")


def _context(request: SignedInRequest, deal_id: int, **more: Any) -> dict[str, Any]:
    actor = request.actor
    deal = get_deal(actor=actor, deal_id=deal_id)
    today = civil_date(request.now, actor.time_zone)
    row = find_latest_answer(deal_id=deal_id)
    kickoff = row.kickoff if row and row.kickoff >= today else usual_kickoff(deal, today)
    values = {
        "kickoff_date": kickoff.isoformat(), "wanted_date": row.wanted.isoformat() if row and row.wanted else "",
        "due_date": (row.wanted or row.p80).isoformat() if row else "", "text": _("%(name)s is finished") % {"name": deal.name}, "approver_id": "",
    }
    values |= {name: request.GET[name] for name in ("kickoff_date", "wanted_date") if name in request.GET}
    values |= {name: str(value) for name, value in more.pop("values", {}).items()}
    may_promise = actor.may("promises.promise.make") and deal.status == "open"
    return {
        "deal": deal, "answer": answer_context(row) if row else None, "values": values, "errors": {}, "is_live": bool(row and row.state == "searching"),
        "may_promise": may_promise, "approvers": list_approvers() if row and may_promise else [],
        "may_approve": actor.may("capacity.date.approve"), "here": address_of("deal_date", deal_id=deal_id), **more,
    }
