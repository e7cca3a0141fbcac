"""The doors out of an open deal: won through the gate, lost with a reason; and the way back from lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.domains.sales.operations.deals import lose_deal, reopen_deal
from wonward.domains.sales.queries.discipline import list_lost_reasons
from wonward.domains.sales.types import ClosingBrief
from wonward.domains.sales.types.proposals import Offer
from wonward.edges.web.sales.deal_page import created_by, gate_values, moved_kickoff
from wonward.edges.web.sales.forms import read_brief, read_extra
from wonward.edges.web.sales.page_context import deal_context
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.formats import date_short, date_words, number
from wonward.edges.web.shell.navigation import initials_of
from wonward.edges.web.shell.next_actions import action_errors, read_next_action, typed_action
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to
from wonward.journeys.capacity.queries import get_deal_fit
from wonward.journeys.capacity.types import DealFit, RoleFit
from wonward.journeys.handoff.operations import close_deal_as_won, reopen_won_deal, undo_win
from wonward.journeys.handoff.queries import fill_from_offer, get_gate_facts, preview_win
from wonward.journeys.handoff.types import GateFacts
from wonward.journeys.handoff.types.previews import WinPreview
from wonward.kernel.errors import Conflict, FieldError, NotAllowed, Refused


@page(permission="sales.deal.win", methods=("GET", "POST"))
def deal_won(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """The gate: five answers, and what they will create."""
    context = deal_context(request, deal_id)
    if not context["is_delivery_on"]:
        return _won_alone(request, deal_id, context)
    brief, offer = fill_from_offer(actor=request.actor, deal_id=deal_id, brief=gate_values(context["page"]))
    asked = get_gate_facts(actor=request.actor, deal_id=deal_id)
    extra = dict(asked.answers)
    errors: tuple[FieldError, ...] = ()
    if request.method == "POST" and request.POST.get("use_kickoff_date"):
        brief, extra = read_brief(request.POST, strict=False), extra | read_extra(request.POST)
        brief = replace(brief, kickoff_date=FormReader(request.POST).day("use_kickoff_date") or brief.kickoff_date)
    elif request.method == "POST":
        try:
            brief, extra = read_brief(request.POST, strict=False), extra | read_extra(request.POST)
            closed = close_deal_as_won(
                actor=request.actor, deal_id=deal_id, brief=read_brief(request.POST), extra=read_extra(request.POST), now=request.now
            )
            made = address_of("handoff", handoff_id=closed.handoff_id) if closed.handoff_id else context["here"]
            return go_to(request, made)
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = refusal.errors
    preview = preview_win(actor=request.actor, deal_id=deal_id, kickoff_date=brief.kickoff_date, brief=brief)
    fit = get_deal_fit(actor=request.actor, deal_id=deal_id, kickoff=brief.kickoff_date) if brief.kickoff_date else None
    contacts = context["page"].contacts
    context |= {
        "brief": brief, "gate_errors": [_in_form(error) for error in errors], "created": gate_words(preview, brief.promised_finish_date),
        "asked_fields": asked_fields(asked, extra),
        "warning": moved_kickoff(preview, brief.kickoff_date) or short_of_time(fit), "warning_action": safer_kickoff(fit), "lead_name": preview.lead_name,
        "lead_initials": initials_of(preview.lead_name), "save_url": address_of("deal_brief", deal_id=deal_id),
        "stakeholder_choices": [(row.id, f"{row.name}, {row.title}" if row.title else row.name) for row in contacts],
        "source": _filled_from(context["page"].ready_count, offer) if request.method == "GET" else "",
    }
    return _drawer(request, "sales/gate.html", context, status=422 if errors else 200)


def _filled_from(saved: int, offer: Offer | None) -> str:
    """Where the answers that stand in the form come from."""
    if offer is None:
        return _("Filled from what you saved") if saved else ""
    words = {"number": offer.number, "n": offer.version_number}
    return _("Filled from what you saved and from %(number)s, version %(n)s") % words if saved else _("Filled from %(number)s, version %(n)s") % words


def _won_alone(request: SignedInRequest, deal_id: int, context: dict[str, Any]) -> HttpResponse:
    """The gate while delivery is off: nothing is asked, nothing is made."""
    context["gate_errors"] = []
    if request.method == "POST":
        try:
            close_deal_as_won(actor=request.actor, deal_id=deal_id, brief=ClosingBrief(), now=request.now)
            return go_to(request, context["here"])
        except Refused as refusal:
            if not refusal.errors:
                raise
            context["gate_errors"] = [error.message for error in refusal.errors]
    return _drawer(request, "sales/gate.html", context, status=422 if context["gate_errors"] else 200)


def short_of_time(fit: DealFit | None) -> str:
    """Which roles would be short if the work began on the kickoff, in a sentence; "" when everybody has time."""
    if fit is None or not fit.short:
        return ""
    worst = fit.short[0]
    assert worst.first_short
    words = _("%(role)s is short by %(hours)s h from the week of %(day)s if this starts on %(kickoff)s.") % {
        "role": worst.name, "hours": number(round(worst.short_hours)), "day": date_short(worst.first_short), "kickoff": date_short(fit.kickoff),
    }
    if worst.is_corrected:
        words = f"{words} {corrected_hours(worst)}"
    others = [role.name for role in fit.short[1:]]
    return f"{words} {_('Also short: %(roles)s.') % {'roles': ', '.join(others)}}" if others else words


def corrected_hours(role: RoleFit) -> str:
    """Why the hours counted are not those of the template."""
    return ngettext(
        "Its %(hours)s h are %(factor)s times the template, as %(num)s finished sale went.",
        "Its %(hours)s h are %(factor)s times the template, as %(num)s finished sales went.", role.sales,
    ) % {"hours": number(round(role.hours)), "factor": number(round(role.factor, 2)), "num": number(role.sales)}


def safer_kickoff(fit: DealFit | None) -> tuple[str, str] | None:
    """The next start at which nobody would be short, to be taken with one click."""
    if fit is None or fit.safe_kickoff is None:
        return None
    return _("Start on %(day)s") % {"day": date_short(fit.safe_kickoff)}, fit.safe_kickoff.isoformat()


def gate_words(preview: WinPreview, promised: date | None) -> list[str]:
    """What the win will create, with its forecast against the promised finish; a second win goes on with what there is."""
    said = created_by(preview)
    if preview.is_again:
        said.insert(0, _("The handoff and its projects from the first win go on; the scope is frozen under a new version"))
    if preview.forecast_finish_date is None:
        return said
    words = _("The plan ends on %(day)s") % {"day": date_words(preview.forecast_finish_date)}
    if promised and preview.forecast_finish_date > promised:
        words = _("The plan ends on %(day)s, after the promised %(promised)s") % {
            "day": date_words(preview.forecast_finish_date), "promised": date_words(promised)}
    return [*said, words]


def asked_fields(facts: GateFacts, said: Mapping[str, str]) -> list[dict[str, Any]]:
    """The fields a pipeline or a service asks for, as the drawer draws them."""
    return [
        {"name": f"extra_{one.key}", "label": one.label, "kind": one.kind, "choices": [(words, words) for words in one.choices],
         "value": _day(said.get(one.key, "")) if one.kind == "date" else said.get(one.key, "")}
        for one in facts.asked
    ]


def _day(value: str) -> date | None:
    return FormReader({"day": value}).day("day")


def _in_form(error: FieldError) -> FieldError:
    if error.field.startswith("brief.extra."):
        return FieldError(f"extra_{error.field.removeprefix('brief.extra.')}", error.words, error.code)
    name = error.field.rpartition(".")[2]
    return FieldError("" if name == "company_id" else name, error.words, error.code)


@page(permission="sales.deal.lose", methods=("GET", "POST"))
def deal_lost(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Close as lost, with the reason."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        said = [request.POST.get("why", "").strip(), request.POST.get("reason", "").strip()]
        try:
            lose_deal(actor=request.actor, deal_id=deal_id, reason=": ".join(words for words in said if words), now=request.now)
            return go_to(request, address_of("deal", deal_id=deal_id))
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    context = deal_context(request, deal_id)
    context |= {"errors": errors, "values": request.POST, "reasons": [(words, words) for words in list_lost_reasons()]}
    return _drawer(request, "sales/lost.html", context, status=422 if errors else 200)


@page(permission="sales.deal.edit", methods=("POST",))
def deal_reopen(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Open a lost deal again, with a next action."""
    try:
        action = read_next_action(request.POST)
        if action is None:
            raise Refused.field("due_date", _("Every open deal has a next action. Set its date."), "required")
        reopen_deal(actor=request.actor, deal_id=deal_id, next_action=action, now=request.now)
    except NotAllowed:
        raise
    except Refused as refusal:
        if not refusal.errors:
            raise
        context = deal_context(request, deal_id)
        context |= {"action_errors": action_errors(refusal), "values": typed_action(request.POST), "open_form": "reopen"}
        return render_block(request, "sales/deal.html", "next_action", context, status=422)
    return go_to(request, address_of("deal", deal_id=deal_id))


@page(permission="sales.deal.win", methods=("POST",))
def deal_win_reversal(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Open a won deal again, with the reason and a next action; its handoff is withdrawn and goes on at the next win."""
    try:
        action = read_next_action(request.POST)
        if action is None:
            raise Refused.field("due_date", _("Every open deal has a next action. Set its date."), "required")
        reopen_won_deal(
            actor=request.actor, deal_id=deal_id, next_action=action, reason=FormReader(request.POST).text("reason"), now=request.now
        )
    except (NotAllowed, Conflict):
        raise
    except Refused as refusal:
        context = deal_context(request, deal_id)
        context |= {"action_errors": action_errors(refusal) | errors_by_field(refusal.errors), "values": typed_action(request.POST) | {
            "reason": request.POST.get("reason", "")}, "open_form": "win_reversal"}
        return render_block(request, "sales/deal.html", "win_reversal", context, status=422)
    return go_to(request, address_of("deal", deal_id=deal_id))


@page(permission="sales.deal.win", methods=("POST",))
def deal_win_undo(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Put everything back to before the win; where that is too late, the reason and the way to open the deal again."""
    try:
        undo_win(actor=request.actor, deal_id=deal_id, now=request.now)
    except NotAllowed:
        raise
    except Conflict as conflict:
        context = deal_context(request, deal_id)
        if not context["may_take_back"]:
            raise
        context |= {"undo_refusal": conflict.message, "open_form": "win_reversal", "may_undo_win": False}
        return render_block(request, "sales/deal.html", "win_reversal", context, status=409)
    return go_to(request, address_of("deal", deal_id=deal_id))


def _drawer(request: SignedInRequest, template: str, context: dict[str, Any], *, status: int) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return render_block(request, template, "drawer_body", context, status=status)
    return render(request, template, context, status=status)
