"""The handoff queue and one handoff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.edges.web.delivery.handoff_measuring import measure_panel
from wonward.edges.web.delivery.handoff_presenting import field_errors, handoff_page, queue_rows
from wonward.edges.web.delivery.handoff_sale_views import thread_views
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to
from wonward.edges.web.shell.saved_lists import ListColumn, SavedList, look_at, orders_of, register_list
from wonward.journeys.client_record.queries.handoff_page import get_handoff_page
from wonward.journeys.handoff.operations import accept_handoff, answer_handoff, return_handoff
from wonward.journeys.handoff.queries import (
    count_handoffs,
    find_open_questions,
    get_handoff,
    is_undo_in_time,
    list_decisions,
    list_handoffs,
    list_questions,
)
from wonward.journeys.handoff.types import STATUSES, HandoffRow, Question
from wonward.journeys.promises.queries import get_coverages_of_deals
from wonward.kernel.errors import FieldError, Refused

ROWS_PER_PAGE = 50
HANDOFFS = register_list(SavedList(
    "handoff.handoffs", "handoffs", gettext_lazy("Handoffs"), gettext_lazy("The queue"), "handoff.handoff.view",
    ("status", "whose", "q", "measure", "field", "person", "measures"),
    (
        ListColumn("deal", gettext_lazy("Deal, from sales to delivery"), is_fixed=True), ListColumn("waiting", gettext_lazy("Waiting"), is_sortable=False),
        ListColumn("promised", gettext_lazy("Promised")), ListColumn("coverage", gettext_lazy("Promises covered"), is_sortable=False),
        ListColumn("missing", gettext_lazy("Missing"), is_sortable=False),
    ),
    (("client", gettext_lazy("Client")), ("lead", gettext_lazy("Lead")), ("seller", gettext_lazy("Handed over by"))),
    ("submitted_at", "updated_at", "deal", "promised", "kickoff"),
))
ORDERS = {
    "": gettext_lazy("Usual order"), "-submitted_at": gettext_lazy("Newest"), "promised": gettext_lazy("Promised first"),
    "kickoff": gettext_lazy("Kickoff first"), "deal": gettext_lazy("Deal"),
}


def _title(row: HandoffRow, group: str) -> str:
    """The heading of the group a handoff is in."""
    if not group:
        return ""
    return {"client": row.company_name, "lead": row.lead_name, "seller": row.submitted_by}[group] or _("Nobody yet")


@page(permission="handoff.handoff.view")
def handoffs(request: SignedInRequest) -> HttpResponse:
    """The queue: waiting by default; returned and accepted ones beside it."""
    actor = request.actor
    look = look_at(request, HANDOFFS)
    query = look.query
    status = query.get("status", "awaiting_acceptance")
    status = status if status in STATUSES else "awaiting_acceptance"
    place = query.get("page", "1")
    number = max(1, int(place)) if place.isdecimal() and len(place) < 7 else 1
    measured, narrowed = measure_panel(request, query)
    if narrowed is not None:
        status = ""
    is_mine, text = query.get("whose") == "mine", query.get("q", "").strip()[:120]
    found = list_handoffs(
        actor=actor, status=status, text=text, handoff_ids=narrowed, is_mine=is_mine, sort=look.state.sort, group=look.state.group,
        offset=(number - 1) * ROWS_PER_PAGE, limit=ROWS_PER_PAGE + 1,
    )
    rows = found[:ROWS_PER_PAGE]
    may_accept = actor.may("handoff.handoff.accept")
    context = {
        "look": look, "is_mine": is_mine, "text": text, "orders": orders_of(look, ORDERS),
        "mine_href": look.without("whose", "page").rstrip("?&") if is_mine else f"{look.without('page')}whose=mine",
        "titles": [_title(row, look.state.group) for row in rows],
        "state_hrefs": [(key, f"{look.without('status', 'measure', 'field', 'person', 'measures', 'page')}status={key}") for key in STATUSES],
        "is_narrowed": is_mine or bool(text), "rows": queue_rows(
            rows, get_coverages_of_deals(actor=actor, deal_ids=[row.deal_id for row in rows]) if actor.may("promises.promise.view") else {},
            find_open_questions(handoff_ids=[row.id for row in rows]) if status == "returned" else {}, request.now,
            may_accept=may_accept, zone=actor.time_zone,
        ),
        **measured, "status": status, "counts": count_handoffs(actor=actor), "page_number": number, "has_next": len(found) > ROWS_PER_PAGE,
        "base_href": look.without("page"), "may_see_deals": actor.may("sales.deal.view"),
    }
    return render(request, "delivery/handoffs.html", context, block="queue")


def _context(
    request: SignedInRequest, handoff_id: int, values: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> dict[str, Any]:
    actor = request.actor
    found = get_handoff_page(actor=actor, handoff_id=handoff_id, now=request.now)
    status = found.handoff.status
    may_accept = actor.may("handoff.handoff.accept") and status == "awaiting_acceptance"
    may_answer = actor.may("handoff.handoff.answer") and status == "returned"
    may_see_deal = actor.may("sales.deal.view")
    return {
        "page": found, "handoff": found.handoff, "may_accept": may_accept, "may_answer": may_answer, "may_see_deal": may_see_deal,
        "error_list": [FieldError(name if name != "questions" else "", message) for name, message in (errors or {}).items()],
        "may_undo_win": may_see_deal and actor.may("sales.deal.win") and is_undo_in_time(found.handoff, now=request.now),
        "may_see_company": actor.may("clients.company.view"),
        "threads": thread_views(found.questions, actor, actor.time_zone), "may_see_projects": actor.may("delivery.project.view"),
        **handoff_page(found, values or {}, errors or {}, request.now, actor.time_zone, may_accept=may_accept, may_answer=may_answer,
                       may_see_deal=may_see_deal, decisions=list_decisions(handoff_id=found.handoff.id)),
    }


@page(permission="handoff.handoff.view")
def handoff(request: SignedInRequest, handoff_id: int) -> HttpResponse:
    """What sales promised, answer by answer, with the promise ledger."""
    context = _context(request, handoff_id)
    if request.GET.get("part") == "body":
        return render_block(request, "delivery/handoff.html", "sheet", context)
    return render(request, "delivery/handoff.html", context)


@page(permission="handoff.handoff.accept", methods=("POST",))
def handoff_acceptance(request: SignedInRequest, handoff_id: int) -> HttpResponse:
    """Accept, or return the answers that carry a question."""
    fields = tuple(get_handoff(actor=request.actor, handoff_id=handoff_id).answers)
    asked = [field for field in fields if request.POST.get(f"decision_{field}") == "return"]
    accepted = [field for field in fields if request.POST.get(f"decision_{field}") == "accept"]
    questions = [Question(field, request.POST.get(f"question_{field}", "")) for field in asked]
    unmarked = [field for field in fields if field not in asked and request.POST.get(f"question_{field}", "").strip()]
    if unmarked:
        words = _("You wrote a question here: mark the answer as returned, or take the question out.")
        return _again(request, handoff_id, dict.fromkeys(unmarked, words))
    try:
        if request.POST.get("decision") == "return" or questions:
            return_handoff(actor=request.actor, handoff_id=handoff_id, questions=questions, accepted=accepted, now=request.now)
        else:
            accept_handoff(actor=request.actor, handoff_id=handoff_id, now=request.now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _again(request, handoff_id, field_errors(refusal.errors, asked))
    return go_to(request, address_of("handoff", handoff_id=handoff_id))


@page(permission="handoff.handoff.answer", methods=("POST",))
def handoff_answers(request: SignedInRequest, handoff_id: int) -> HttpResponse:
    """Sales answers what delivery asked."""
    row = get_handoff(actor=request.actor, handoff_id=handoff_id)
    asked = [question for question in list_questions(handoff_id=row.id) if question.round == row.returns_count and not question.is_error]
    try:
        answer_handoff(
            actor=request.actor, handoff_id=handoff_id,
            answers={question.id: request.POST.get(f"answer_{question.id}", "") for question in asked},
            scope_summary=request.POST.get("scope_summary"), key_constraints=request.POST.get("key_constraints"), now=request.now,
        )
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _again(request, handoff_id, field_errors(refusal.errors, []))
    return go_to(request, address_of("handoff", handoff_id=handoff_id))


def _again(request: SignedInRequest, handoff_id: int, errors: Mapping[str, str]) -> HttpResponse:
    context = _context(request, handoff_id, request.POST, errors)
    return render(request, "delivery/handoff.html", context, block="sheet", status=422)
