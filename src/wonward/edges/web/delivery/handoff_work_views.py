"""Work on one handoff besides its decision: versions of the scope, the kickoff; and how handoffs go over all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.domains.clients.queries import list_contact_choices
from wonward.domains.staff.queries import list_people
from wonward.edges.web.delivery.handoff_presenting import answer_label
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.formats import date_words, moment
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.journeys.handoff.operations import (
    amend_scope,
    change_kickoff_list,
    plan_kickoff,
    tick_kickoff_item,
)
from wonward.journeys.handoff.queries import (
    get_handoff,
    get_kickoff,
    get_kickoff_file,
    get_self_check,
    list_scope_changes,
)
from wonward.journeys.handoff.types import Amendment, KickoffPlan, ScopeChange
from wonward.kernel.errors import Conflict, NotAllowed, Refused
from wonward.kernel.money import Money


def _scope(request: SignedInRequest, handoff_id: int, **more: Any) -> dict[str, Any]:
    actor = request.actor
    row = get_handoff(actor=actor, handoff_id=handoff_id)
    kinds = {"win": _("As sold"), "win_again": _("Won again"), "amendment": _("Amendment")}
    found = list_scope_changes(actor=actor, handoff_id=handoff_id)
    return {
        "handoff": row, "may_amend": actor.may("handoff.scope.amend") and row.status != "withdrawn", "values": {}, "errors": {},
        "error_list": (), "finish": row.promised_finish_date, "scope_value": row.scope_summary, "constraints_value": row.key_constraints,
        "versions": [
            {"number": one.number, "kind": kinds.get(one.kind, one.kind), "reason": one.reason, "author": one.author,
             "at": moment(one.created_at, actor.time_zone), "changes": [_change(change) for change in changes],
             "lines": [{**line, "price": _money(line.get("unit_price"))} for line in one.document.get("lines", ())],
             "value": _money(one.document.get("value")), "contract": one.document.get("contract"), "is_newest": one.number == len(found)}
            for one, changes in reversed(found)
        ],
        **more,
    }


def _money(text: str | None) -> Money | None:
    """An amount as it was frozen: "84000.00 EUR"."""
    if not text:
        return None
    amount, _space, currency = text.rpartition(" ")
    return Money.parse(amount, currency)


def _change(change: ScopeChange) -> dict[str, str]:
    parts = {"value": _("Value"), "lines": _("Line"), "promises": _("Promise"), "stakeholders": _("Stakeholder"), "answers": _("Answer"),
             "contract": _("Contract")}
    names = {"value": "", "contract": "", "no_constraints": _("No constraints"), "main_stakeholder": _("Main stakeholder"),
             "scope_summary": _("Scope summary"), "promised_finish_date": _("Promised finish"), "key_constraints": _("Key constraints"),
             "kickoff_date": _("Kickoff date")}
    return {"part": parts[change.part], "what": names.get(change.what, change.what), "before": change.before, "after": change.after}


@page(permission="handoff.handoff.view")
def handoff_scope(request: SignedInRequest, handoff_id: int) -> HttpResponse:
    """What was sold, version by version, with what each changed."""
    return render(request, "delivery/handoff_scope.html", _scope(request, handoff_id), block="sheet")


@page(permission="handoff.scope.amend", methods=("POST",))
def handoff_amendment(request: SignedInRequest, handoff_id: int) -> HttpResponse:
    """Amend the scope: a new version, with the reason."""
    reader = FormReader(request.POST)
    try:
        amendment = Amendment(
            reader.text("reason", limit=500), reader.text("scope_summary") if "scope_summary" in request.POST else None,
            reader.day("promised_finish_date"), reader.text("key_constraints") if "key_constraints" in request.POST else None,
        )
        reader.finish()
        amend_scope(actor=request.actor, handoff_id=handoff_id, amendment=amendment, now=request.now)
    except (NotAllowed, Conflict):
        raise
    except Refused as refusal:
        context = _scope(
            request, handoff_id, values=request.POST, errors=errors_by_field(refusal.errors), error_list=refusal.errors,
            scope_value=request.POST.get("scope_summary", ""), constraints_value=request.POST.get("key_constraints", ""),
        )
        return render(request, "delivery/handoff_scope.html", context, block="sheet", status=422)
    return go_to(request, address_of("handoff_scope", handoff_id=handoff_id))


def _kickoff(request: SignedInRequest, handoff_id: int, **more: Any) -> dict[str, Any]:
    actor = request.actor
    row = get_handoff(actor=actor, handoff_id=handoff_id)
    kickoff = get_kickoff(actor=actor, handoff_id=handoff_id)
    invited = {key for key, _contact, _name in kickoff.attendees if key}
    guests = {key for _person, key, _name in kickoff.attendees if key}
    contacts = list_contact_choices(actor=actor, company_id=row.company_id) if actor.may("clients.company.view") else []
    return {
        "handoff": row, "kickoff": kickoff, "may_edit": actor.may("handoff.kickoff.edit"), "errors": {}, "error_list": (), "values": {},
        "people": [(one.id, one.name, one.id in invited) for one in list_people(actor=actor)],
        "contacts": [(one.id, one.name, one.id in guests) for one in contacts],
        "list_text": "\n".join(item.text for item in kickoff.items), "when": date_words(kickoff.date), **more,
    }


@page(permission="handoff.handoff.view")
def handoff_kickoff(request: SignedInRequest, handoff_id: int) -> HttpResponse:
    """The kickoff: what is to be prepared, when it is and who comes."""
    return render(request, "delivery/handoff_kickoff.html", _kickoff(request, handoff_id), block="sheet")


@page(permission="handoff.handoff.view")
def kickoff_file(request: SignedInRequest, handoff_id: int) -> HttpResponse:
    """The kickoff for a calendar."""
    answer = HttpResponse(get_kickoff_file(actor=request.actor, handoff_id=handoff_id), content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="kickoff-{handoff_id}.ics"'
    return answer


@page(permission="handoff.kickoff.edit", methods=("POST",))
def kickoff_plan(request: SignedInRequest, handoff_id: int) -> HttpResponse:
    """Set when and where the kickoff is held and who comes."""
    try:
        plan_kickoff(actor=request.actor, handoff_id=handoff_id, plan=_plan(request.POST, request), now=request.now)
    except (NotAllowed, Conflict):
        raise
    except Refused as refusal:
        context = _kickoff(request, handoff_id, values=request.POST, errors=errors_by_field(refusal.errors), error_list=refusal.errors)
        return render(request, "delivery/handoff_kickoff.html", context, block="sheet", status=422)
    return go_to(request, address_of("handoff_kickoff", handoff_id=handoff_id))


def _plan(data: Mapping[str, str], request: SignedInRequest) -> KickoffPlan:
    reader = FormReader(data)
    day, hour = reader.day("date"), reader.text("starts_at", limit=8)
    place, video_url, minutes = reader.text("place", limit=200), reader.text("video_url", limit=500), reader.number("duration_minutes")
    reader.finish()
    if day is None:
        raise Refused.field("date", _("Set the day of the kickoff."), "required")
    try:
        starts_at = time.fromisoformat(hour) if hour else None
    except ValueError:
        raise Refused.field("starts_at", _("“%(value)s” is not a time of day.") % {"value": hour}) from None
    if starts_at is not None:
        starts_at = starts_at.replace(tzinfo=None)
    people, contacts = (
        tuple(int(value) for value in request.POST.getlist(name)[:200] if value.isdecimal() and len(value) < 16)
        for name in ("person_ids", "contact_ids")
    )
    return KickoffPlan(day, starts_at, 60 if minutes is None else minutes, place, video_url, people, contacts)


@page(permission="handoff.kickoff.edit", methods=("POST",))
def kickoff_item(request: SignedInRequest, handoff_id: int, item_id: int) -> HttpResponse:
    """Tick a line of the kickoff list, or take the tick off."""
    is_done = FormReader(request.POST).flag("is_done")
    tick_kickoff_item(actor=request.actor, handoff_id=handoff_id, item_id=item_id, is_done=is_done, now=request.now)
    if request.headers.get("HX-Request"):
        return render(request, "delivery/handoff_kickoff.html", _kickoff(request, handoff_id), block="sheet")
    return go_to(request, address_of("handoff_kickoff", handoff_id=handoff_id))


@page(permission="handoff.kickoff.edit", methods=("POST",))
def kickoff_list(request: SignedInRequest, handoff_id: int) -> HttpResponse:
    """Give the kickoff another list, one line each."""
    try:
        texts = FormReader(request.POST).text("items").split("\n")
        change_kickoff_list(actor=request.actor, handoff_id=handoff_id, texts=texts, now=request.now)
    except NotAllowed:
        raise
    except Refused as refusal:
        context = _kickoff(
            request, handoff_id, errors=errors_by_field(refusal.errors), error_list=refusal.errors,
            list_text=request.POST.get("items", ""),
        )
        return render(request, "delivery/handoff_kickoff.html", context, block="sheet", status=422)
    return go_to(request, address_of("handoff_kickoff", handoff_id=handoff_id))


@page(permission="handoff.check.view")
def handoff_check(request: SignedInRequest) -> HttpResponse:
    """The handoff gap's own symptoms, each number with its rows."""
    actor = request.actor
    found = get_self_check(actor=actor, now=request.now)
    checks = [
        (_("Promises without work"), found.uncovered_count, [
            (one.text, one.number, address_of("promise", promise_id=one.id)) for one in found.uncovered]),
        (_("Typed twice"), len(found.typed_twice), [
            (f"{one.value} ({answer_or_field(one.field)})", f"{one.project_number} · {one.by} · {moment(one.at, actor.time_zone)}",
             address_of("project", project_id=one.project_id)) for one in found.typed_twice]),
        (_("Asked more than once"), found.repeated_count, [
            (one.deal_name, one.number, address_of("handoff", handoff_id=one.id)) for one in found.repeated]),
        (_("Deals without owner or next action"), found.loose_count, [
            (one.name, one.number, address_of("deal", deal_id=one.id)) for one in found.loose_deals]),
        (_("Projects of lost deals"), found.abandoned_count, [
            (one.name, one.number, address_of("project", project_id=one.id)) for one in found.abandoned]),
    ]
    context = {
        "checks": [
            {"name": name, "count": count, "rows": rows, "tone": "ok" if not count else "warn",
             "more": ngettext("and %(n)s more", "and %(n)s more", count - len(rows)) % {"n": count - len(rows)} if count > len(rows) else ""}
            for name, count, rows in checks
        ]
    }
    return render(request, "delivery/handoff_check.html", context)


def answer_or_field(field: str) -> str:
    """A field of a project or an answer, by its name."""
    return {"name": _("name"), "manager_id": _("lead"), "status": _("state")}.get(field) or (
        answer_label(field) if field in ("scope_summary", "promised_finish_date", "kickoff_date") else field)
