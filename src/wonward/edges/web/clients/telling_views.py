"""Telling a client how their project stands, from any page that shows its forecast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.clients.queries import list_contact_choices
from wonward.domains.comms.types import CommunicationKind
from wonward.domains.delivery.queries.projects import get_project
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.drifts import client_sentence, look_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to, nothing, with_toast
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.client_record.queries.drift import list_drifts_for
from wonward.journeys.client_record.types import Drift
from wonward.journeys.handoff.operations import note_forecast_visits, tell_client
from wonward.journeys.handoff.queries import find_handoff_of_project
from wonward.kernel.errors import Refused, Stale

TEMPLATE = "clients/client_update.html"
WAYS = tuple(CommunicationKind)


@page(permission="handoff.client.tell", methods=("GET", "POST"))
def client_update(request: SignedInRequest, project_id: int) -> HttpResponse:
    """The sentence to say, who hears it and how; sent, it stands in the log of project, deal and company."""
    project = get_project(actor=request.actor, project_id=project_id)
    (drift,) = list_drifts_for(actor=request.actor, projects=[project], now=request.now)
    if request.method != "POST":
        return _drawn(request, drift, {"words": client_sentence(drift), "kind": CommunicationKind.EMAIL.value}, {})
    reader = FormReader(request.POST)
    try:
        kind = reader.text("kind", limit=20)
        finish, contact_id = reader.day("finish_date"), reader.number("contact_id")
        words, is_sent = reader.text("words", limit=4000), reader.flag("send")
        reader.finish()
        if finish is None:
            raise Refused(_("This project has no planned finish yet, so there is nothing to tell."))
        tell_client(
            actor=request.actor, project_id=project_id, words=words, finish_date=finish, contact_id=contact_id, now=request.now, is_sent=is_sent,
            kind=CommunicationKind(kind) if kind in WAYS else CommunicationKind.NOTE,
        )
    except Stale as stale:
        return _drawn(request, drift, request.POST, {"": stale.message}, status=409)
    except Refused as refusal:
        return _drawn(request, drift, request.POST, errors_by_field(refusal.errors) or {"": refusal.message}, status=422)
    if request.headers.get("HX-Request"):
        said = _("On its way by e-mail, and logged.") if is_sent else _("Logged: the client was told.")
        return with_toast(nothing(), said, closes_drawer=True)
    return go_to(request, address_of("company", company_id=project.company_id))


@page(permission="delivery.project.view", methods=("POST",))
def forecast_visits(request: SignedInRequest) -> HttpResponse:
    """The page was drawn: its viewer has now seen the forecasts of these projects."""
    typed = request.POST.get("project_ids", "").split(",")
    ids = [int(text) for text in typed[:100] if text.isdecimal() and len(text) < 16]
    note_forecast_visits(actor=request.actor, project_ids=ids, now=request.now)
    return nothing()


def _drawn(
    request: SignedInRequest, drift: Drift, values: Mapping[str, Any], errors: dict[str, str], *, status: int = 200
) -> HttpResponse:
    actor, project = request.actor, drift.project
    handoff = find_handoff_of_project(actor=actor, project_id=project.id) if actor.may("handoff.handoff.view") else None
    contacts = list_contact_choices(actor=actor, company_id=project.company_id)
    today = civil_date(request.now, actor.time_zone)
    context = {
        "project": project, "values": values, "errors": errors, "look": look_of(drift, today=today, may_open=True),
        "finish": drift.forecast_date.isoformat() if drift.forecast_date else "",
        "contacts": [(str(row.id), f"{row.name}, {row.title}" if row.title else row.name) for row in contacts],
        "contact": values.get("contact_id") or (str(handoff.main_stakeholder_id) if handoff else ""),
        "ways": [("email", _("E-mail")), ("call", _("Call")), ("chat", _("Chat")), ("meeting", _("Meeting"))],
        "action": address_of("client_update", project_id=project.id),
        "back": address_of("company", company_id=project.company_id), "in_drawer": bool(request.headers.get("HX-Request")),
    }
    if request.headers.get("HX-Request"):
        return render_block(request, TEMPLATE, "drawer_body", context, status=status)
    return render(request, TEMPLATE, context, status=status)
