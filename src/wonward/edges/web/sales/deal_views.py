"""One deal: its page, its fields, its next action, its log, and the gate."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication, NewParticipant
from wonward.domains.sales.operations.deals import change_deal, lose_deal, move_deal, reopen_deal
from wonward.domains.sales.operations.next_actions import save_brief, set_next_action
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.staff.queries import list_people
from wonward.edges.web.sales.forms import read_answers, read_brief, read_field, read_next_action
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to, with_toast
from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.client_record.queries.deal_page import get_deal_page
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.handoff.queries import preview_win
from wonward.journeys.promises.operations import make_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind, Source
from wonward.kernel.errors import NotFound, Refused
from wonward.kernel.ref import Ref

PARTS = ("header", "facts", "aside", "timeline", "promises")


def _context(request: SignedInRequest, deal_id: int) -> dict[str, Any]:
    found = get_deal_page(actor=request.actor, deal_id=deal_id, now=request.now)
    actor = request.actor
    members = {found.deal.owner_id, *(key for key, _name in found.members)}
    may_change = actor.role in ("owner", "admin") or actor.person_id in members or actor.leads_team_id is not None
    return {
        "page": found, "deal": found.deal, "now": request.now, "errors": {}, "values": {},
        "may_edit": may_change and actor.may("sales.deal.edit") and found.deal.status == "open",
        "may_win": may_change and actor.may("sales.deal.win") and found.deal.status == "open",
        "may_log": actor.may("comms.communication.log"), "may_promise": actor.may("promises.promise.make"),
        "people": list_people(actor=actor), "tab": request.GET.get("tab", "timeline"),
        "today": found.today,
    }


@page(permission="sales.deal.view")
def deal(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """The deal's page; htmx may ask for one part of it."""
    part = request.GET.get("part", "")
    context = _context(request, deal_id)
    if part in PARTS:
        return render_block(request, "sales/deal.html", part, context)
    return render(request, "sales/deal.html", context)


@page(permission="sales.deal.edit", methods=("POST",))
def deal_field(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Save one inline-edited field."""
    name = request.POST.get("field", "")
    value = read_field(name, request.POST.get(name, ""), currency=get_organisation().currency)
    version = FormReader(request.POST).version()
    change_deal(actor=request.actor, deal_id=deal_id, changes={name: value}, version=version, now=request.now)
    try:
        context = _context(request, deal_id)
    except NotFound:  # Handed over, and no longer for these eyes; saved all the same.
        return go_to(request, reverse("deals_board"))
    return with_toast(render_block(request, "sales/deal.html", "facts", context), _("Saved."))


@page(permission="sales.deal.edit", methods=("POST",))
def deal_stage(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Move a deal to another open stage; Won and Lost have doors of their own."""
    reader = FormReader(request.POST)
    stage_id, version = reader.number("stage_id"), reader.version()
    reader.finish()
    if stage_id is None:
        raise Refused.field("stage_id", _("Choose a stage."), "required")
    came_from = move_deal(actor=request.actor, deal_id=deal_id, stage_id=stage_id, version=version, now=request.now)
    row = get_deal(actor=request.actor, deal_id=deal_id)
    response = render_block(
        request, "sales/column.html", "one_card", {"deal": row, "today": request.now.date(), "now": request.now, "query": {}}
    )
    return with_toast(
        response, _("Moved %(deal)s to %(stage)s.") % {"deal": row.name, "stage": row.stage_name},
        undo_url=reverse("deal_stage", kwargs={"deal_id": deal_id}), undo_values={"stage_id": came_from.id, "version": row.version},
    )


@page(permission="sales.deal.edit", methods=("POST",))
def deal_next_action(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Done, set next; or reschedule; or park."""
    action = read_next_action(request.POST)
    if action is None:
        raise Refused.field("due_date", _("Every open deal has a next action. Set its date."), "required")
    set_next_action(
        actor=request.actor, deal_id=deal_id, action=action, former_is_done=FormReader(request.POST).flag("is_done"),
        version=FormReader(request.POST).version(), now=request.now,
    )
    return with_toast(render_block(request, "sales/deal.html", "aside", _context(request, deal_id)), _("Next action set."))


@page(permission="sales.deal.edit", methods=("POST",))
def deal_brief(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Keep an answer before the gate."""
    save_brief(actor=request.actor, deal_id=deal_id, answers=read_answers(request.POST), now=request.now)
    return with_toast(render_block(request, "sales/deal.html", "aside", _context(request, deal_id)), _("Saved for the handoff."))


@page(permission="comms.communication.log", methods=("POST",))
def deal_log(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Add a note, call, e-mail or meeting to the deal's log."""
    reader = FormReader(request.POST)
    kind, body = reader.text("kind", limit=12), reader.text("body")
    contact_id = reader.number("contact_id")
    reader.finish()
    if kind not in set(CommunicationKind):
        raise Refused.field("kind", _("Choose note, call, e-mail or meeting."))
    log_communications(
        actor=request.actor, now=request.now,
        entries=[
            NewCommunication(
                kind=CommunicationKind(kind), refs=(Ref("sales.deal", deal_id),), body=body, happened_at=request.now,
                participants=(NewParticipant(contact_id=contact_id),) if contact_id else (),
            )
        ],
    )
    return with_toast(render_block(request, "sales/deal.html", "timeline", _context(request, deal_id)), _("Logged."))


@page(permission="promises.promise.make", methods=("POST",))
def deal_promise(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Write down something we promised, with the words it was said in."""
    reader = FormReader(request.POST)
    kind, text, due = reader.text("kind", limit=12), reader.text("text", limit=500), reader.day("due_date")
    weight, quote, entry_id = reader.number("weight") or 1, reader.text("quote"), reader.number("communication_id")
    reader.finish()
    if kind not in set(PromiseKind):
        raise Refused.field("kind", _("Choose what the promise is about."))
    source = Source(quote=quote, ref=Ref("comms.communication", entry_id) if entry_id else Ref("sales.deal", deal_id))
    make_promises(
        actor=request.actor, now=request.now,
        promises=[NewPromise(kind=PromiseKind(kind), text=text, deal_id=deal_id, due_date=due, weight=weight,
                             source=source if quote else None)],
    )
    return with_toast(render_block(request, "sales/deal.html", "promises", _context(request, deal_id)), _("Promise noted."))


@page(permission="sales.deal.win", methods=("GET", "POST"))
def deal_won(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """The gate: five answers, and what they will create."""
    context = _context(request, deal_id)
    status = 200
    if request.method == "POST":
        try:
            closed = close_deal_as_won(actor=request.actor, deal_id=deal_id, brief=read_brief(request.POST), now=request.now)
            return go_to(request, reverse("handoff", kwargs={"handoff_id": closed.handoff_id}))
        except Refused as refusal:
            if not refusal.errors:
                raise
            context |= {"errors": errors_by_field(refusal.errors), "values": request.POST}
            status = 422
    kickoff = context["page"].brief.kickoff_date
    context["preview"] = preview_win(actor=request.actor, deal_id=deal_id, kickoff_date=kickoff)
    if request.headers.get("HX-Request"):
        return render_block(request, "sales/gate.html", "drawer_body", context, status=status)
    return render(request, "sales/gate.html", context, status=status)


@page(permission="sales.deal.lose", methods=("GET", "POST"))
def deal_lost(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Close as lost, with the reason."""
    context = _context(request, deal_id)
    status = 200
    if request.method == "POST":
        try:
            lose_deal(actor=request.actor, deal_id=deal_id, reason=request.POST.get("reason", ""), now=request.now)
            return go_to(request, reverse("deal", kwargs={"deal_id": deal_id}))
        except Refused as refusal:
            if not refusal.errors:
                raise
            context |= {"errors": errors_by_field(refusal.errors), "values": request.POST}
            status = 422
    if request.headers.get("HX-Request"):
        return render_block(request, "sales/lost.html", "drawer_body", context, status=status)
    return render(request, "sales/lost.html", context, status=status)


@page(permission="sales.deal.edit", methods=("POST",))
def deal_reopen(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Open a lost deal again, with a next action."""
    action = read_next_action(request.POST)
    if action is None:
        raise Refused.field("due_date", _("Every open deal has a next action. Set its date."), "required")
    reopen_deal(actor=request.actor, deal_id=deal_id, next_action=action, now=request.now)
    return go_to(request, reverse("deal", kwargs={"deal_id": deal_id}))
