"""The sale behind a project, and asking sales about it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from wonward.domains.delivery.queries.projects import get_project
from wonward.edges.web.delivery.handoff_presenting import answer_label
from wonward.edges.web.delivery.presenting import entry_views, promise_kind, stakeholder_views
from wonward.edges.web.delivery.project_presenting import header_of
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.formats import date_short, moment
from wonward.edges.web.shell.history import entries_of
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.client_record.queries.drift import list_drifts
from wonward.journeys.handoff.operations import add_question_message, raise_question
from wonward.journeys.handoff.queries import get_handoff, get_sale_side, list_sale_changes
from wonward.journeys.handoff.types import ERROR_FIELDS, QuestionRow
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotAllowed, Refused


def field_label(field: str) -> str:
    """The name of a part of a handoff."""
    others = {"scope_lines": _("What was sold"), "promises": _("Promises"), "stakeholders": _("Stakeholders"),
              "documents": _("Documents"), "other": _("Something else")}
    return others.get(field) or answer_label(field)


def thread_views(rows: list[QuestionRow] | tuple[QuestionRow, ...], actor: Actor, zone: str) -> list[dict[str, Any]]:
    """Questions with what was said to them, and whether the viewer may say more."""
    may_speak = actor.may("handoff.question.discuss")
    return [
        {
            "id": row.id, "label": field_label(row.field), "text": row.text, "asked_by": row.asked_by, "asked": moment(row.asked_at, zone),
            "is_open": row.is_open, "is_error": row.is_error, "may_speak": may_speak,
            "messages": [
                {"text": one.text, "author": one.author, "at": moment(one.created_at, zone), "side": one.side,
                 "tone": "sell" if one.side == "sales" else "deliver"}
                for one in row.messages
            ],
        }
        for row in rows
    ]


def _context(request: SignedInRequest, project_id: int, **more: Any) -> dict[str, Any]:
    actor = request.actor
    row = get_project(actor=actor, project_id=project_id)
    place = request.GET.get("page", "1")
    number = max(1, int(place)) if place.isdecimal() and len(place) < 7 else 1
    side = get_sale_side(actor=actor, project_id=project_id, page=number)
    (drift,) = list_drifts(projects=[row], today=civil_date(request.now, request.actor.time_zone))
    accepted = side.handoff is not None and side.handoff.status == "accepted"
    return {
        **header_of(drift, [], "sale"), "may_see_company": actor.may("clients.company.view"), "side": side,
        "promises": [
            {"text": one.text, "kind": promise_kind(one.kind), "number": one.number, "due": date_short(one.due_date) if one.due_date else "",
             "href": address_of("promise", promise_id=one.id)}
            for one in side.promises
        ],
        "entries": entry_views(side.communications, actor.time_zone), "stakeholders": stakeholder_views(side.stakeholders),
        "documents": [{"name": one.name, "href": address_of("document", document_id=one.id)} for one in side.documents], "threads": thread_views(side.questions, actor, actor.time_zone),
        "may_ask": accepted and actor.may("handoff.question.ask"), "parts": [(key, field_label(key)) for key in (
            "scope_summary", "promised_finish_date", "key_constraints", "main_stakeholder_id", "kickoff_date", *ERROR_FIELDS)],
        "changes": entries_of(actor, list_sale_changes(actor=actor, side=side)),
        "page_number": number, "sale_href": address_of("project_sale", project_id=project_id),
        "values": {}, "ask_errors": {}, "brief_href": reverse("project_brief", kwargs={"project_id": project_id}), **more,
    }


@page(permission="delivery.project.view")
def project_sale(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Everything of the deal, for those who deliver it."""
    return render(request, "delivery/sale.html", _context(request, project_id), block="sheet")


@page(permission="handoff.question.ask", methods=("POST",))
def project_question(request: SignedInRequest, project_id: int) -> HttpResponse:
    """Ask sales about something the accepted handoff did not say."""
    side = get_sale_side(actor=request.actor, project_id=project_id)
    reader = FormReader(request.POST)
    try:
        field, text = reader.text("field", limit=60), reader.text("text")
        reader.finish()
        if side.handoff is None:
            raise Conflict(_("No sale stands behind this project."))
        raise_question(actor=request.actor, handoff_id=side.handoff.id, field=field, text=text, now=request.now)
    except (NotAllowed, Conflict):
        raise
    except Refused as refusal:
        context = _context(request, project_id, values=request.POST, ask_errors=errors_by_field(refusal.errors))
        return render(request, "delivery/sale.html", context, block="sheet", status=422)
    return go_to(request, address_of("project_sale", project_id=project_id))


@page(permission="handoff.question.discuss", methods=("POST",))
def question_message(request: SignedInRequest, handoff_id: int, question_id: int) -> HttpResponse:
    """Say something to a question."""
    row = get_handoff(actor=request.actor, handoff_id=handoff_id)
    add_question_message(
        actor=request.actor, question_id=question_id, text=FormReader(request.POST).text("text"), handoff_id=row.id, now=request.now
    )
    return go_to(request, f"{address_of('handoff', handoff_id=handoff_id)}#question-{question_id}")
