"""The handoff queue, one handoff, and the list of projects."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from wonward.domains.delivery.queries.projects import SORTS, list_projects
from wonward.edges.web.shell.fields import errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to
from wonward.journeys.client_record.queries.drift import list_drifts
from wonward.journeys.client_record.queries.handoff_page import get_handoff_page
from wonward.journeys.handoff.operations import accept_handoff, answer_handoff, return_handoff
from wonward.journeys.handoff.queries import count_handoffs, get_handoff, list_handoffs, list_questions
from wonward.journeys.handoff.types import STATUSES, Question
from wonward.kernel.errors import Refused

ROWS_PER_PAGE = 50
ANSWERS = ("scope_summary", "promised_finish_date", "key_constraints", "main_stakeholder_id", "kickoff_date")


@page(permission="handoff.handoff.view")
def handoffs(request: SignedInRequest) -> HttpResponse:
    """The queue: waiting first, then returned, then accepted."""
    status = request.GET.get("status", "awaiting_acceptance")
    status = status if status in STATUSES else "awaiting_acceptance"
    rows = list_handoffs(actor=request.actor, status=status, limit=ROWS_PER_PAGE)
    context = {"handoffs": rows, "status": status, "counts": count_handoffs(actor=request.actor), "now": request.now,
               "may_accept": request.actor.may("handoff.handoff.accept")}
    return render(request, "delivery/handoffs.html", context, block="queue")


def _context(request: SignedInRequest, handoff_id: int) -> dict[str, Any]:
    found = get_handoff_page(actor=request.actor, handoff_id=handoff_id, now=request.now)
    status = found.handoff.status
    return {
        "page": found, "handoff": found.handoff, "answers": ANSWERS, "now": request.now, "errors": {}, "values": {},
        "may_accept": request.actor.may("handoff.handoff.accept") and status == "awaiting_acceptance",
        "may_answer": request.actor.may("handoff.handoff.answer") and status == "returned",
    }


@page(permission="handoff.handoff.view")
def handoff(request: SignedInRequest, handoff_id: int) -> HttpResponse:
    """What sales promised, answer by answer, with the promise ledger."""
    context = _context(request, handoff_id)
    if request.GET.get("part") == "body":
        return render_block(request, "delivery/handoff.html", "body", context)
    return render(request, "delivery/handoff.html", context)


@page(permission="handoff.handoff.accept", methods=("POST",))
def handoff_acceptance(request: SignedInRequest, handoff_id: int) -> HttpResponse:
    """Accept, or return the answers that carry a question."""
    questions = [
        Question(field, request.POST.get(f"question_{field}", ""))
        for field in ANSWERS
        if request.POST.get(f"decision_{field}") == "return"
    ]
    try:
        if request.POST.get("decision") == "return" or questions:
            return_handoff(actor=request.actor, handoff_id=handoff_id, questions=questions, now=request.now)
        else:
            accept_handoff(actor=request.actor, handoff_id=handoff_id, now=request.now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        context = _context(request, handoff_id)
        named = {questions[int(error.field[10])].field: error.message for error in refusal.errors if "[" in error.field}
        context |= {"errors": named or errors_by_field(refusal.errors), "values": request.POST}
        return render(request, "delivery/handoff.html", context, block="body", status=422)
    return go_to(request, reverse("handoff", kwargs={"handoff_id": handoff_id}))


@page(permission="handoff.handoff.answer", methods=("POST",))
def handoff_answers(request: SignedInRequest, handoff_id: int) -> HttpResponse:
    """Sales answers what delivery asked."""
    row = get_handoff(actor=request.actor, handoff_id=handoff_id)
    answers = {question.id: request.POST.get(f"answer_{question.id}", "") for question in list_questions(handoff_id=row.id)}
    try:
        answer_handoff(
            actor=request.actor, handoff_id=handoff_id, answers=answers, scope_summary=request.POST.get("scope_summary"),
            key_constraints=request.POST.get("key_constraints"), now=request.now,
        )
    except Refused as refusal:
        if not refusal.errors:
            raise
        context = _context(request, handoff_id) | {
            "errors": {error.field: error.message for error in refusal.errors}, "values": request.POST,
        }
        return render(request, "delivery/handoff.html", context, block="body", status=422)
    return go_to(request, reverse("handoff", kwargs={"handoff_id": handoff_id}))


@page(permission="delivery.project.view")
def projects(request: SignedInRequest) -> HttpResponse:
    """Every project with its promise against its forecast."""
    state = request.GET.get("state", "live")
    statuses = {"live": ("planned", "active", "on_hold"), "done": ("done",)}.get(state, ())
    sort = request.GET.get("sort", "forecast_finish_date")
    sort = sort if sort in SORTS else "forecast_finish_date"
    place = request.GET.get("page", "1")
    number = max(1, int(place)) if place.isdecimal() and len(place) < 7 else 1
    rows = list_projects(
        actor=request.actor, statuses=statuses, text=request.GET.get("q", "").strip()[:120], sort=sort,
        offset=(number - 1) * ROWS_PER_PAGE, limit=ROWS_PER_PAGE + 1,
    )
    context = {
        "drifts": list_drifts(projects=rows[:ROWS_PER_PAGE]), "has_next": len(rows) > ROWS_PER_PAGE, "page_number": number,
        "sort": sort, "state": state, "query": request.GET, "today": request.now.date(),
    }
    return render(request, "delivery/projects.html", context, block="rows")


def moved_toast(count: int) -> str:
    """What a plan change did, in a few words."""
    return _("Plan changed: %(count)s tasks moved.") % {"count": count} if count else _("Plan changed; no date moved.")
