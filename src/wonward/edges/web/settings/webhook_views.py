"""Webhooks: who is told of what, and how it went."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.saying import go_on, take_said
from wonward.foundation.access.policy import closed_prefixes
from wonward.foundation.organisation.queries import get_organisation
from wonward.foundation.webhooks.operations import (
    add_webhook,
    change_webhook,
    remove_webhook,
    renew_secret,
    send_again,
)
from wonward.foundation.webhooks.queries import (
    get_webhook,
    list_fact_names,
    list_sendings,
    list_webhooks,
)
from wonward.foundation.webhooks.rules import by_package
from wonward.kernel.errors import Refused

AT_ONCE = 50
_RIGHT = "webhooks.webhook.manage"


@page(permission=_RIGHT, methods=("GET", "POST"))
def webhooks(request: SignedInRequest) -> HttpResponse:
    """Every webhook; a POST adds one and shows its secret."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            name, address, events, *_more = _read(request)
            webhook_id, secret = add_webhook(actor=request.actor, name=name, address=address, events=events, now=request.now)
            return _show(request, webhook_id, secret=secret)
        except Refused as refusal:
            if not refusal.errors:
                raise
            errors = errors_by_field(refusal.errors)
    context = {
        "tab": "webhooks", "said": take_said(request), "rows": list_webhooks(actor=request.actor), "errors": errors, "values": request.POST, **_form(request, ()),
    }
    return render(request, "settings/webhooks.html", context, status=422 if errors else 200)


@page(permission=_RIGHT, methods=("GET", "POST"))
def webhook(request: SignedInRequest, webhook_id: int) -> HttpResponse:
    """One webhook and what it sent; a POST changes it."""
    if request.method != "POST":
        return _show(request, webhook_id)
    before = get_webhook(actor=request.actor, webhook_id=webhook_id)
    try:
        name, address, events, is_active, version = _read(request)
        change_webhook(
            actor=request.actor, webhook_id=webhook_id, name=name, address=address, events=events, is_active=is_active, version=version, now=request.now
        )
    except Refused as refusal:
        if not refusal.errors:
            raise
        return _show(request, webhook_id, errors=errors_by_field(refusal.errors), status=422)
    undo = {"name": before.name, "address": before.address, "events": " ".join(before.events), "is_active": "on" if before.is_active else ""}
    here = address_of("webhook", webhook_id=webhook_id)
    return go_on(request, here, _("Saved."), undo_url=here, undo=undo)


def _read(request: SignedInRequest) -> tuple[str, str, list[str], bool, int | None]:
    reader = FormReader(request.POST)
    name, address = reader.text("name", limit=200), reader.text("address", limit=600)
    is_active, version = reader.flag("is_active"), reader.version()
    reader.finish()
    return name, address, _sent_events(request), is_active, version


def _sent_events(request: SignedInRequest) -> list[str]:
    """A name a box, or, from an undo, all in one line."""
    return [name for line in request.POST.getlist("events") for name in line.split()]


def _closed() -> tuple[str, ...]:
    """How the names of facts begin that belong to areas which are off."""
    return tuple(prefix.rstrip(".") for prefix in closed_prefixes(get_organisation().areas))


def _form(request: SignedInRequest, chosen: tuple[str, ...]) -> dict[str, Any]:
    closed = _closed()
    names = sorted(name for name in {*list_fact_names(), *chosen} if not name.startswith(closed))
    return {"facts": by_package(names), "chosen": set(_sent_events(request) or chosen)}


def _show(
    request: SignedInRequest, webhook_id: int, *, secret: str = "", errors: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    row = get_webhook(actor=request.actor, webhook_id=webhook_id)
    place = request.GET.get("page", "1")
    number = max(1, int(place)) if place.isdecimal() and len(place) < 7 else 1
    rows = list_sendings(actor=request.actor, webhook_id=webhook_id, offset=(number - 1) * AT_ONCE, limit=AT_ONCE + 1)
    closed = _closed()
    words = {"waiting": (_("Waiting"), "info"), "taken": (_("Taken"), "ok"), "given_up": (_("Given up"), "bad")}
    context = {
        "tab": "webhooks", "said": take_said(request), "row": row, "secret": secret, "errors": errors or {}, "number": number,
        "has_more": len(rows) > AT_ONCE, "sendings": [(one, *words[one.state.value]) for one in rows[:AT_ONCE] if not one.event_name.startswith(closed)],
        "values": request.POST if errors else {"name": row.name, "address": row.address}, **_form(request, row.events),
    }
    return render(request, "settings/webhook.html", context, status=status)


@page(permission=_RIGHT, methods=("POST",))
def webhook_secret(request: SignedInRequest, webhook_id: int) -> HttpResponse:
    """Another secret, shown once."""
    return _show(request, webhook_id, secret=renew_secret(actor=request.actor, webhook_id=webhook_id, now=request.now))


@page(permission=_RIGHT, methods=("POST",))
def webhook_removal(request: SignedInRequest, webhook_id: int) -> HttpResponse:
    """Tell an address nothing any more."""
    remove_webhook(actor=request.actor, webhook_id=webhook_id, now=request.now)
    return go_on(request, address_of("webhooks"), _("The webhook is removed."))


@page(permission=_RIGHT, methods=("POST",))
def webhook_again(request: SignedInRequest, webhook_id: int, sending_id: int) -> HttpResponse:
    """Send a fact once more."""
    send_again(actor=request.actor, webhook_id=webhook_id, sending_id=sending_id, now=request.now)
    return go_on(request, address_of("webhook", webhook_id=webhook_id), _("It is being sent again."))
