"""How long personal records are kept, what is held, and who opened what."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.records import read_ref, record_address
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.saying import go_on, take_said
from wonward.foundation.access.policy import names_of
from wonward.foundation.audit.queries import list_openings
from wonward.journeys.house.operations import ask_for_retention, release_hold, set_hold, set_retention
from wonward.journeys.house.queries.retention import list_holds, list_rules, preview
from wonward.journeys.house.types import DueRow, RetentionKey, RetentionRow
from wonward.kernel.errors import NotFound, Refused
from wonward.kernel.ref import Ref

AT_ONCE = 50
_RIGHT = "house.retention.edit"


def _words() -> dict[str, tuple[str, str]]:
    """What a rule is about, and what it does."""
    return {
        "leads": (_("Leads that never became a deal"), _("Name, address, number and message go; where it came from and when stays.")),
        "contacts": (_("People known only from lost deals"), _("They are erased as if they had asked: everywhere, and for good.")),
        "log": (_("Words in the log"), _("What was said and the names beside it go; that something was said, and when, stays.")),
        "sign_ins": (_("Sign-ins"), _("Browsers, addresses and failed attempts go; the history keeps its seal without the values.")),
        "notices": (_("Notices that were read"), _("They go from the inboxes.")),
        "mail": (_("Mail that was sent"), _("The copies kept here go.")),
        "exports": (_("Notes about exports"), _("Who asked for which export goes; the files are gone after three days anyway.")),
        "openings": (_("Who opened what"), _("The lines of the access log go.")),
    }


def _kinds() -> dict[str, str]:
    return {
        "clients.company": _("Company"), "clients.contact": _("Contact"), "sales.lead": _("Lead"), "sales.deal": _("Deal"),
        "delivery.project": _("Project"), "comms.communication": _("Log entry"),
    }


@page(permission=_RIGHT)
def retention(request: SignedInRequest) -> HttpResponse:
    """Every rule, and what is held."""
    return _retention_page(request, "", {})


def _retention_page(request: SignedInRequest, key: str, errors: dict[str, str]) -> HttpResponse:
    context = {
        "tab": "retention", "said": take_said(request), "errors": errors, "failed": key,
        "rules": [(row, *_words()[row.key]) for row in list_rules(actor=request.actor)],
        "holds": [(_kinds().get(row.ref.noun, row.ref.noun), record_address(row.ref), row) for row in list_holds(actor=request.actor)],
        "sent": request.POST,
    }
    return render(request, "settings/retention.html", context, status=422 if errors else 200)


@page(permission=_RIGHT, methods=("GET", "POST"))
def retention_rule(request: SignedInRequest, key: str) -> HttpResponse:
    """A dry run of one rule: the rows that would go and those that stay; a POST sets it."""
    if key not in set(RetentionKey):
        raise Http404(key)
    chosen = RetentionKey(key)
    rule = next(row for row in list_rules(actor=request.actor) if row.key is chosen)
    if request.method == "POST":
        return _set(request, rule)
    months = _number(request.GET.get("months", ""), rule.months)
    number = _number(request.GET.get("page", ""), 1)
    months = min(max(months, rule.shortest), 240)
    due = preview(actor=request.actor, key=chosen, months=months, now=request.now, offset=(number - 1) * AT_ONCE, limit=AT_ONCE + 1)
    context = {
        "tab": "retention", "said": take_said(request), "rule": rule, "words": _words()[key], "months": months, "due": due, "number": number,
        "rows": [_shown(row) for row in due.rows[:AT_ONCE]], "has_more": len(due.rows) > AT_ONCE,
    }
    return render(request, "settings/retention_rule.html", context)


def _number(text: str, otherwise: int) -> int:
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else otherwise


def _shown(row: DueRow) -> dict[str, Any]:
    whys = {"held": _("Under a legal hold"), "open_work": _("Work goes on"), "consent": _("They agreed to be kept")}
    address = record_address(Ref(row.noun, row.key)) if row.noun and row.name else ""
    return {"name": row.name or _("A restricted record"), "address": address, "since": row.since, "why": whys.get(row.why_kept, "")}


def _set(request: SignedInRequest, rule: RetentionRow) -> HttpResponse:
    try:
        reader = FormReader(request.POST)
        months, is_on, version = reader.number("months"), reader.flag("is_on"), reader.version()
        reader.finish()
        set_retention(actor=request.actor, key=rule.key, is_on=is_on, months=months or 0, version=version, now=request.now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _retention_page(request, rule.key, errors_by_field(refusal.errors))
    before = {"months": rule.months, "is_on": "on" if rule.is_on else ""}
    return go_on(
        request, address_of("retention"), _("Saved. What is due goes tonight."), undo_url=address_of("retention_rule", key=rule.key.value), undo=before
    )


@page(permission=_RIGHT, methods=("POST",))
def retention_run(request: SignedInRequest) -> HttpResponse:
    """Let the rules work now."""
    ask_for_retention(actor=request.actor, now=request.now)
    return go_on(request, address_of("retention"), _("The rules are at work. You may leave this page."))


@page(permission=_RIGHT, methods=("POST",))
def holds(request: SignedInRequest) -> HttpResponse:
    """Put a record under a legal hold."""
    try:
        ref = read_ref(request.POST.get("ref", ""))
    except Refused:
        raise NotFound("record", request.POST.get("ref", "")[:60]) from None
    reader = FormReader(request.POST)
    reason = reader.text("reason", limit=500)
    try:
        reader.finish()
        hold_id = set_hold(actor=request.actor, ref=ref, reason=reason, now=request.now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _retention_page(request, "hold", errors_by_field(refusal.errors))
    return go_on(
        request, address_of("retention"), _("Nothing of it is erased until the hold is released."),
        undo_url=address_of("hold_release", hold_id=hold_id), undo={},
    )


@page(permission=_RIGHT, methods=("POST",))
def hold_release(request: SignedInRequest, hold_id: int) -> HttpResponse:
    """Let the rules apply again."""
    held = next((row for row in list_holds(actor=request.actor, limit=10_000) if row.id == hold_id), None)
    ref = release_hold(actor=request.actor, hold_id=hold_id, now=request.now)
    undo = {"ref": str(ref), "reason": held.reason if held else ""}
    return go_on(request, address_of("retention"), _("The hold is released."), undo_url=address_of("holds"), undo=undo)


@page(permission="audit.openings.view")
def openings(request: SignedInRequest) -> HttpResponse:
    """Who opened restricted records, and took personal data out."""
    number = _number(request.GET.get("page", ""), 1)
    rows = list_openings(actor=request.actor, offset=(number - 1) * AT_ONCE, limit=AT_ONCE + 1)
    names = names_of({row.ref for row in rows if row.ref})
    lists = {"everything": _("Everything as files"), "hidden": _("A restricted record")}
    whats = {"opened": (_("Opened"), "eye"), "exported": (_("Taken out"), "download")}
    context = {
        "tab": "openings", "said": take_said(request), "number": number, "has_more": len(rows) > AT_ONCE,
        "rows": [
            {"row": row, "words": whats[row.what], "name": names.get(row.ref, str(row.ref)) if row.ref else lists.get(row.detail, row.detail),
             "kind": _kinds().get(row.ref.noun, row.ref.noun) if row.ref else "", "address": record_address(row.ref) if row.ref else ""}
            for row in rows[:AT_ONCE]
        ],
    }
    return render(request, "settings/openings.html", context)
