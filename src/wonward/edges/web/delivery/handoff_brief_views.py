"""The brief of a project, and who knows it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wonward.domains.delivery.queries.projects import get_project
from wonward.edges.web.delivery.presenting import face
from wonward.edges.web.delivery.project_presenting import header_of
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader
from wonward.edges.web.shell.formats import date_words
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.foundation.organisation.queries import civil_date
from wonward.journeys.client_record.queries.drift import list_drifts
from wonward.journeys.handoff.operations import acknowledge_brief
from wonward.journeys.handoff.queries import get_brief_of_project
from wonward.journeys.handoff.types import BriefItem, ProjectBrief
from wonward.kernel.errors import Refused

MOST_ITEMS, MOST_WORDS = 12, 350


def rule_words(rule: str) -> str:
    """The rule that chose an item, in words."""
    return {
        "do_not": _("Do not"), "exclusion": _("Not included"), "uncovered": _("Promise without work"),
        "at_risk": _("Promise that comes late"), "question": _("Open question"), "preference": _("Preference"),
        "assumption": _("Assumption"), "heavy": _("Heavy promise"), "constraint": _("Constraint"),
    }[rule]


def rule_look(rule: str) -> tuple[str, str]:
    """Tone and icon of a rule."""
    return {
        "do_not": ("bad", "circle-alert"), "exclusion": ("warn", "circle-dashed"), "uncovered": ("bad", "circle-dashed"),
        "at_risk": ("warn", "triangle-alert"), "question": ("info", "message-square"),
    }.get(rule, ("", "check"))


def _context(request: SignedInRequest, project_id: int, errors: tuple[Any, ...] = ()) -> dict[str, Any]:
    actor = request.actor
    row = get_project(actor=actor, project_id=project_id)
    found = get_brief_of_project(actor=actor, project_id=project_id)
    (drift,) = list_drifts(projects=[row], today=civil_date(request.now, request.actor.time_zone))
    items = [_item(found, item, place) for place, item in enumerate(found.brief.items, start=1)]
    known = sum(1 for item in items if item["is_known"])
    return {
        **header_of(drift, [], "brief"), "may_see_company": actor.may("clients.company.view"), "errors": errors, "items": items,
        "answers": [{"label": _(one.label), "text": _answer(one.field, one.text)} for one in found.brief.answers],
        "left_out": ", ".join(f"{one.count} {rule_words(one.rule)}" for one in found.brief.left_out if one.rule != "price"),
        "unreadable": sum(one.count for one in found.brief.left_out if one.rule == "price"),
        "ledger_href": reverse("project_ledger", kwargs={"project_id": project_id}), "words": found.brief.words,
        "most_words": MOST_WORDS, "most_items": MOST_ITEMS, "known": known, "unknown": len(items) - known,
        "known_words": _("%(known)s of %(all)s known by you") % {"known": known, "all": len(items)},
        "is_reader": actor.person_id is not None,
        "readers": [
            {"face": face(one.name, one.person_id), "known": one.known, "total": one.total, "is_done": one.known == one.total,
             "words": _("%(known)s of %(all)s") % {"known": one.known, "all": one.total}}
            for one in found.readers
        ],
        "handoff_href": address_of("handoff", handoff_id=found.handoff_id)
        if found.handoff_id and actor.may("handoff.handoff.view") else "",
        "siblings": [
            {"number": number, "name": name, "href": reverse("project_brief", kwargs={"project_id": key})} for key, number, name in found.siblings
        ],
        "unknown_words": ngettext("%(n)s left to read", "%(n)s left to read", len(items) - known) % {"n": len(items) - known},
    }


def _item(found: ProjectBrief, item: BriefItem, place: int) -> dict[str, Any]:
    tone, icon = rule_look(item.rule)
    noun, _colon, key = item.ref.partition(":")
    return {
        "place": place, "text": item.text, "rule": rule_words(item.rule), "tone": tone, "icon": icon, "source": item.source,
        "href": address_of("promise", promise_id=int(key)) if noun == "promises.promise" else "", "is_known": item.key in found.known,
        "value": f"{item.key}|{item.digest}",
    }


def _answer(field: str, text: str) -> str:
    """Dates in words; the brief itself keeps them as they are counted."""
    day = FormReader({"day": text}).day("day") if field in ("promised_finish_date", "kickoff_date") else None
    return date_words(day) if day else _("None") if text == "None" else text


@page(permission="delivery.project.view")
def project_brief(request: SignedInRequest, project_id: int) -> HttpResponse:
    """What everybody on a project must know, on one page."""
    return render(request, "delivery/brief.html", _context(request, project_id), block="sheet")


@page(permission="delivery.project.view", methods=("POST",))
def brief_known(request: SignedInRequest, project_id: int) -> HttpResponse:
    """I know this: one item, or all that were on the page."""
    items = dict(value.partition("|")[::2] for value in request.POST.getlist("item")[:MOST_ITEMS])
    try:
        acknowledge_brief(actor=request.actor, project_id=project_id, items=items, now=request.now)
    except Refused as refusal:
        if not refusal.errors:
            raise
        return render(request, "delivery/brief.html", _context(request, project_id, refusal.errors), block="sheet", status=422)
    if not request.headers.get("HX-Request"):
        return go_to(request, address_of("project_brief", project_id=project_id))
    return render(request, "delivery/brief.html", _context(request, project_id), block="sheet")
