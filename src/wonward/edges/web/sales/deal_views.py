"""One deal: its page, its fields, its next action, its log and its promises."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.queries import list_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication, NewParticipant
from wonward.domains.sales.operations.deals import change_deal, move_deal
from wonward.domains.sales.operations.next_actions import set_next_action
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.sales.queries.shapes import day_frame
from wonward.domains.sales.types import NextAction
from wonward.edges.web.sales.entries import draw_entry
from wonward.edges.web.sales.forms import read_answers, read_extra, read_field
from wonward.edges.web.sales.page_context import PARTS, STORY_LENGTH, deal_context, parts_of, redrawn
from wonward.edges.web.sales.views import moved_card
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.next_actions import action_errors, read_next_action, typed_action
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.promise_drafts import Home, promise_form
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import closing_drawer, go_to, with_toast
from wonward.edges.web.shell.timelines import direction_of, files_beside, promise_urls, tell
from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.handoff.operations import save_gate_answers
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused, Stale
from wonward.kernel.ref import Ref


@page(permission="sales.deal.view")
def deal(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """The deal's page; htmx may ask for one part of it."""
    part = request.GET.get("part", "")
    if part == "entries":
        return _older_entries(request, deal_id)
    context = deal_context(request, deal_id)
    if part in PARTS:
        return render_block(request, "sales/deal.html", part, context)
    return render(request, "sales/deal.html", context)


def _older_entries(request: SignedInRequest, deal_id: int) -> HttpResponse:
    offset = request.GET.get("offset", "0")
    start = int(offset) if offset.isdecimal() and len(offset) < 9 else 0
    ref = Ref("sales.deal", deal_id)
    rows = list_communications(actor=request.actor, refs=[ref], offset=start, limit=STORY_LENGTH + 1)
    here = address_of("deal", deal_id=deal_id)
    context = {
        "draw_entry": draw_entry, "story": tell(
            rows[:STORY_LENGTH], today=day_frame(request.actor, request.now).today, zone=request.actor.time_zone,
            promise_url=promise_urls(request.actor, address_of("deal_promise", deal_id=deal_id)),
            files=files_beside(request.actor, rows[:STORY_LENGTH]),
        ),
        "more_url": f"{here}?part=entries&offset={start + STORY_LENGTH}" if len(rows) > STORY_LENGTH else "",
    }
    return render(request, "sales/parts/entries.html", context)


INLINE_FIELDS = ("name", "value", "owner_id", "expected_close_date", "probability", "source")


@page(permission="sales.deal.edit", methods=("POST",))
def deal_field(request: SignedInRequest, deal_id: int, name: str) -> HttpResponse:
    """Save one inline-edited field; answers with the field as it is now, and everything else that shows it."""
    if name not in INLINE_FIELDS:
        raise Refused.field(name, _("This cannot be changed here."), "unknown")
    typed = request.POST.get(name, "")
    try:
        value = read_field(name, typed, currency=get_organisation().currency)
        version = FormReader(request.POST).version()
        change_deal(actor=request.actor, deal_id=deal_id, changes={name: value}, version=version, now=request.now)
    except Stale:
        context = deal_context(request, deal_id)
        return render_block(request, "sales/deal.html", "one_fact", context | {"one_fact": _fact(context, name)}, status=412)
    except (NotAllowed, Conflict):
        raise
    except Refused as refusal:
        context = deal_context(request, deal_id)
        context |= {"one_fact": _fact(context, name), "typed": typed, "error": refusal.message}
        return render_block(request, "sales/deal.html", "refused_fact", context, status=422)
    try:
        context = deal_context(request, deal_id)
    except NotFound:  # Handed over, and no longer for these eyes; saved all the same.
        return go_to(request, address_of("deals_board"))
    answer = render_block(request, "sales/deal.html", "one_fact", context | {"one_fact": _fact(context, name)})
    answer.content += parts_of(request, context, ("facts", "header"))
    return answer


def _fact(context: dict[str, Any], name: str) -> Any:
    for fact in (context["name_fact"], *context["facts"]):
        if fact.name == name:
            return fact
    raise Refused.field(name, _("This cannot be changed here."), "unknown")


@page(permission="sales.deal.edit", methods=("POST",))
def deal_restriction(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Show the deal to its people only, or to everyone with the right again."""
    reader = FormReader(request.POST)
    is_restricted, version = reader.flag("is_restricted"), reader.version()
    reader.finish()
    change_deal(actor=request.actor, deal_id=deal_id, changes={"is_restricted": is_restricted}, version=version, now=request.now)
    if not is_fragment(request):
        return go_to(request, address_of("deal", deal_id=deal_id))
    context = deal_context(request, deal_id)
    return with_toast(
        HttpResponse(parts_of(request, context, ("header", "facts"))),
        _("Only its people see it now.") if is_restricted else _("Everyone with the right sees it now."),
        undo_url=request.path, undo_values={"is_restricted": "" if is_restricted else "1", "version": context["deal"].version},
    )


@page(permission="sales.deal.edit", methods=("POST",))
def deal_stage(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Move a deal to another open stage; Won and Lost have doors of their own."""
    reader = FormReader(request.POST)
    stage_id, version = reader.number("stage_id"), reader.version()
    reader.finish()
    if stage_id is None:
        raise Refused.field("stage_id", _("Choose a stage."), "required")
    came_from = move_deal(actor=request.actor, deal_id=deal_id, stage_id=stage_id, version=version, now=request.now)
    here, seen = address_of("deal", deal_id=deal_id), urlsplit(request.headers.get("HX-Current-URL", ""))
    if seen.path != here:
        return moved_card(request, get_deal(actor=request.actor, deal_id=deal_id), seen.query)
    context = deal_context(request, deal_id)
    row = context["deal"]
    return with_toast(
        HttpResponse(parts_of(request, context, ("header", "facts"))),
        _("Moved %(deal)s to %(stage)s.") % {"deal": row.name, "stage": row.stage_name},
        undo_url=address_of("deal_stage", deal_id=deal_id), undo_values={"stage_id": came_from.id, "version": row.version},
    )


@page(permission="sales.deal.edit", methods=("POST",))
def deal_next_action(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Done, set next; or reschedule; or park with a reason. One form each, one operation for all."""
    intent = request.POST.get("intent", "done")
    prefix = {"reschedule": "later_", "park": "park_"}.get(intent, "next_")
    try:
        action = _wanted_action(request, deal_id, intent, prefix)
        set_next_action(
            actor=request.actor, deal_id=deal_id, action=action, former_is_done=intent == "done",
            version=FormReader(request.POST).version(), now=request.now,
        )
    except (NotAllowed, Conflict, Stale):
        raise
    except Refused as refusal:
        context = deal_context(request, deal_id)
        context |= {"action_errors": action_errors(refusal, prefix=prefix), "open_form": intent,
                    "values": typed_action(request.POST, prefix=prefix)}
        return render_block(request, "sales/deal.html", "next_action", context, status=422)
    context = deal_context(request, deal_id)
    said = {"reschedule": _("Next action moved to %(day)s."), "park": _("Parked until %(day)s.")}.get(intent, _("Next action set for %(day)s."))
    answer = render_block(request, "sales/deal.html", "next_action", context)
    answer.content += parts_of(request, context, ("header", "facts"))
    return with_toast(answer, said % {"day": context["action"].due})


def _wanted_action(request: SignedInRequest, deal_id: int, intent: str, prefix: str) -> NextAction:
    action = read_next_action(request.POST, prefix=prefix, kind="parked" if intent == "park" else "")
    if action is None:
        raise Refused.field("due_date", _("Every open deal has a next action. Set its date."), "required")
    if intent != "reschedule":
        return action
    row = get_deal(actor=request.actor, deal_id=deal_id)
    before = row.next_action
    if before is None:
        return action
    return NextAction(before.kind, action.due_date, before.note, before.owner_id if before.owner_id != row.owner_id else None)


@page(permission="sales.deal.edit", methods=("POST",))
def deal_brief(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Keep answers before the gate is passed."""
    save_gate_answers(
        actor=request.actor, deal_id=deal_id, answers=read_answers(request.POST), extra=read_extra(request.POST), now=request.now
    )
    return closing_drawer(with_toast(redrawn(request, deal_id, ("aside", "facts")), _("Saved for the handoff.")))


@page(permission="comms.communication.log", methods=("POST",))
def deal_log(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Add a note, call, e-mail or meeting to the deal's log."""
    try:
        reader = FormReader(request.POST)
        kind, body = reader.text("kind", limit=12), reader.text("text")
        contact_id = reader.number("contact_id")
        reader.finish()
        if kind not in set(CommunicationKind):
            raise Refused.field("kind", _("Choose note, call, e-mail or meeting."))
        entry = NewCommunication(
            kind=CommunicationKind(kind), refs=(Ref("sales.deal", deal_id),), body=body, happened_at=request.now,
            direction=direction_of(request.POST, kind),
            participants=(NewParticipant(contact_id=contact_id),) if contact_id else (),
        )
        log_communications(actor=request.actor, now=request.now, entries=[entry])
    except NotAllowed:
        raise
    except Refused as refusal:
        context = deal_context(request, deal_id) | {"errors": errors_by_field(refusal.errors), "values": request.POST}
        return render_block(request, "sales/deal.html", "timeline", context, status=422)
    context = deal_context(request, deal_id)
    answer = render_block(request, "sales/deal.html", "timeline", context)
    answer.content += parts_of(request, context, ("tabs",))
    return with_toast(answer, _("Logged."))


@page(permission="promises.promise.make", methods=("GET", "POST"))
def deal_promise(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Write down something we promised, with the words it was said in; a log entry may be where they stand."""
    row = get_deal(actor=request.actor, deal_id=deal_id)
    return promise_form(
        request, "sales/new_promise.html", {"deal": row}, action=address_of("deal_promise", deal_id=deal_id),
        back=f"{address_of('deal', deal_id=deal_id)}?tab=promises", homes=[Home(Ref("sales.deal", deal_id), row.name)],
        redraw=lambda: redrawn(request, deal_id, ("promises", "tabs", "aside")),
    )
