"""What is known of one person: where it lies, out as a file, and gone."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.clients.queries import get_contact
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.saying import go_on, take_said
from wonward.foundation.files.rules import delivery_headers
from wonward.journeys.house.operations import (
    ask_to_erase_colleague,
    ask_to_erase_person,
    ask_where_colleague_is,
    ask_where_person_is,
    export_person,
)
from wonward.journeys.house.queries.colleague import get_former
from wonward.journeys.house.queries.errands import list_errands
from wonward.journeys.house.types import ErrandKind, ErrandRow
from wonward.kernel.errors import Refused

_RIGHT = "house.person.erase"


@page(permission=_RIGHT, methods=("GET", "POST"))
def person_privacy(request: SignedInRequest, contact_id: int) -> HttpResponse:
    """Every place of a person before it is erased; a POST with a reason erases."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            ask_to_erase_person(actor=request.actor, contact_id=contact_id, reason=_reason(request), now=request.now)
            return go_on(request, address_of("person_privacy", contact_id=contact_id), _("The person is being erased. You may leave this page."))
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    plan, erasure = (_latest(request, kind, contact_id) for kind in (ErrandKind.PERSON_PLAN, ErrandKind.PERSON))
    context = {
        "tab": "", "said": take_said(request), "contact": get_contact(actor=request.actor, contact_id=contact_id), "errors": errors,
        "reason": request.POST.get("reason", ""), "is_under_way": any(one is not None and one.is_under_way for one in (plan, erasure)),
        "plan": _told(plan), "erasure": _told(erasure),
    }
    return render(request, "settings/privacy.html", context, block="sheet", status=422 if errors else 200)


def _reason(request: SignedInRequest) -> str:
    reader = FormReader(request.POST)
    reason = reader.text("reason", limit=500)
    reader.finish()
    return reason


@page(permission=_RIGHT, methods=("GET", "POST"))
def colleague_privacy(request: SignedInRequest, person_id: int) -> HttpResponse:
    """Every place of a former colleague before it is erased; a POST with a reason erases."""
    person = get_former(actor=request.actor, person_id=person_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            ask_to_erase_colleague(actor=request.actor, person_id=person_id, reason=_reason(request), now=request.now)
            return go_on(request, address_of("colleague_privacy", person_id=person_id), _("The person is being erased. You may leave this page."))
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    plan, erasure = (_latest(request, kind, person_id, "person_id") for kind in (ErrandKind.FORMER_PLAN, ErrandKind.FORMER))
    context = {
        "tab": "people", "said": take_said(request), "person": person, "errors": errors, "reason": request.POST.get("reason", ""),
        "is_under_way": any(one is not None and one.is_under_way for one in (plan, erasure)), "plan": _told(plan), "erasure": _told(erasure),
    }
    return render(request, "settings/colleague_privacy.html", context, block="sheet", status=422 if errors else 200)


@page(permission=_RIGHT, methods=("POST",))
def colleague_look(request: SignedInRequest, person_id: int) -> HttpResponse:
    """Look for every place of a former colleague."""
    ask_where_colleague_is(actor=request.actor, person_id=person_id, now=request.now)
    return go_on(request, address_of("colleague_privacy", person_id=person_id), _("Every table and file is being looked through."))


def _latest(request: SignedInRequest, kind: ErrandKind, key: int, name: str = "contact_id") -> ErrandRow | None:
    return next((one for one in list_errands(actor=request.actor, kind=kind, limit=50) if one.given.get(name) == key), None)


def _told(one: ErrandRow | None) -> dict[str, Any] | None:
    """Numbers by table; what stays, and why."""
    if one is None or one.is_under_way:
        return None
    whys = {
        "contract": _("Contracts are kept: the law asks for it."), "invoice": _("Invoices are kept: the law asks for it."),
        "sealed": _("It is sealed; to change it would break the seal."),
    }
    report = one.report
    kept = [(name.partition(":")[0], whys[name.partition(":")[2]], count) for name, count in report.get("kept", {}).items()]
    places = list(report.get("places", {}).items())
    return {
        "failure": one.failure, "created_at": one.created_at, "asked_by": one.asked_by, "places": places, "kept": kept,
        "sum": sum(count for _name, count in places), "files": report.get("files", 0), "unread": report.get("unread", 0),
    }


@page(permission=_RIGHT, methods=("POST",))
def person_look(request: SignedInRequest, contact_id: int) -> HttpResponse:
    """Look for every place of a person."""
    ask_where_person_is(actor=request.actor, contact_id=contact_id, now=request.now)
    return go_on(request, address_of("person_privacy", contact_id=contact_id), _("Every table and file is being looked through."))


@page(permission=_RIGHT, methods=("POST",))
def person_file(request: SignedInRequest, contact_id: int) -> HttpResponse:
    """What is known of a person, to be read; who took it is noted."""
    response = HttpResponse(export_person(actor=request.actor, contact_id=contact_id, now=request.now))
    for header, value in delivery_headers(f"contact-{contact_id}.txt", "text/plain").items():
        response.headers[header] = value
    return response
