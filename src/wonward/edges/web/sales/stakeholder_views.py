"""Who decides: the client's people on a deal as a map and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.domains.clients.queries import list_contact_choices, list_contacts, list_stakeholders
from wonward.domains.clients.types import StakeholderRow
from wonward.domains.sales.operations.stakeholders import put_deal_stakeholder, remove_deal_stakeholder
from wonward.domains.sales.queries.deals import get_deal
from wonward.edges.web.sales.deal_page import DECISION_ROLES
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.navigation import initials_of
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to, with_toast
from wonward.kernel.errors import Refused
from wonward.kernel.ref import Ref

INFLUENCES = {"high": gettext_lazy("High"), "medium": gettext_lazy("Medium"), "low": gettext_lazy("Low")}
STANCES = {"for": gettext_lazy("For us"), "neutral": gettext_lazy("Neutral"), "against": gettext_lazy("Against us")}
_WIDTH, _HEIGHT, _LEFT, _TOP = 640, 300, 76, 10
_CELL_WIDTH, _CELL_HEIGHT = (_WIDTH - _LEFT) // 3, (_HEIGHT - _TOP - 30) // 3
_COLUMNS, _ROWS = ("against", "neutral", "for"), ("high", "medium", "low")
_PER_LINE, _STEP = 4, 42


@dataclass(frozen=True, slots=True)
class Mark:
    """Somebody on the map."""

    x: int
    y: int
    initials: str
    name: str
    tone: str
    is_main: bool


def map_of(rows: list[StakeholderRow]) -> dict[str, Any]:
    """Where everybody stands: against us to for us from left to right, influence from bottom to top."""
    places: dict[tuple[int, int], int] = {}
    marks = []
    for row in rows:
        column = _COLUMNS.index(row.stance) if row.stance in _COLUMNS else 1
        line = _ROWS.index(row.influence) if row.influence in _ROWS else 1
        place = places[column, line] = places.get((column, line), -1) + 1
        x = _LEFT + column * _CELL_WIDTH + 28 + place % _PER_LINE * _STEP
        y = _TOP + line * _CELL_HEIGHT + 26 + place // _PER_LINE * 34
        marks.append(Mark(x, y, initials_of(row.name), row.name, {"for": "ok", "against": "bad"}.get(row.stance, ""), row.is_main))
    return {
        "marks": marks, "width": _WIDTH, "height": _HEIGHT,
        "columns": [(str(STANCES[key]), _LEFT + place * _CELL_WIDTH + _CELL_WIDTH // 2) for place, key in enumerate(_COLUMNS)],
        "lines": [(str(INFLUENCES[key]), _TOP + place * _CELL_HEIGHT + _CELL_HEIGHT // 2) for place, key in enumerate(_ROWS)],
        "cells": [
            (_LEFT + column * _CELL_WIDTH, _TOP + line * _CELL_HEIGHT, _CELL_WIDTH - 4, _CELL_HEIGHT - 4) for column in range(3) for line in range(3)
        ],
        "words": "; ".join(
            f"{row.name}: {STANCES.get(row.stance, _('not known'))}, {_('influence')} {INFLUENCES.get(row.influence, _('not known'))}" for row in rows
        ),
    }


def _context(request: SignedInRequest, deal_id: int) -> dict[str, Any]:
    deal = get_deal(actor=request.actor, deal_id=deal_id)
    rows = list_stakeholders(ref=Ref("sales.deal", deal_id))
    known = {row.contact_id for row in rows}
    choices = list_contact_choices(actor=request.actor, company_id=deal.company_id) if deal.company_id else []
    gaps = []
    if not any(row.is_main for row in rows):
        gaps.append(_("Nobody is the main contact."))
    if not any(row.decision_role == "decides" for row in rows):
        gaps.append(_("Nobody is known to decide."))
    gaps += [_("%(name)s has much influence and is against us.") % {"name": row.name} for row in rows if row.stance == "against" and row.influence == "high"]
    return {
        "deal": deal, "rows": rows, "map": map_of(rows) if rows else None, "gaps": gaps if rows else [],
        "choices": [(row.id, f"{row.name}, {row.title}" if row.title else row.name) for row in choices if row.id not in known],
        "roles": list(DECISION_ROLES.items()), "influences": list(INFLUENCES.items()), "stances": list(STANCES.items()),
        "may_edit": request.actor.may("sales.deal.edit"), "errors": {}, "failed_id": 0, "here": address_of("deal_stakeholders", deal_id=deal_id),
    }


@page(permission="sales.deal.view")
def deal_stakeholders(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """The map and the table of one deal."""
    context = _context(request, deal_id)
    if request.headers.get("HX-Request"):
        return render_block(request, "sales/stakeholders.html", "people", context)
    return render(request, "sales/stakeholders.html", context)


@page(permission="sales.deal.edit", methods=("POST",))
def deal_stakeholder(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Name somebody on the deal, say anew what part they play, or take them off."""
    reader = FormReader(request.POST)
    contact_id, name = reader.number("contact_id"), reader.text("name", limit=200)
    values = {key: reader.text(key, limit=24) for key in ("decision_role", "influence", "stance")}
    preference, is_main = reader.text("preference", limit=200), reader.flag("is_main")
    undo: dict[str, Any] = {}
    said = _("Saved.")
    try:
        reader.finish()
        if contact_id is None:
            contact_id = _by_name(request, name)
        if reader.flag("is_gone"):
            gone = remove_deal_stakeholder(actor=request.actor, deal_id=deal_id, contact_id=contact_id, now=request.now)
            said = _("%(name)s is no longer on the deal.") % {"name": gone.name}
            undo = {"undo_url": request.path, "undo_values": {
                "contact_id": contact_id, "decision_role": gone.decision_role, "influence": gone.influence, "stance": gone.stance,
                "preference": gone.preference, "is_main": "1" if gone.is_main else "",
            }}
        else:
            put_deal_stakeholder(
                actor=request.actor, deal_id=deal_id, contact_id=contact_id, **values, preference=preference, is_main=is_main, now=request.now
            )
    except Refused as refusal:
        if not refusal.errors:
            raise
        context = _context(request, deal_id) | {"errors": errors_by_field(refusal.errors), "failed_id": contact_id or 0}
        return render_block(request, "sales/stakeholders.html", "people", context, status=422)
    if not is_fragment(request):
        return go_to(request, address_of("deal_stakeholders", deal_id=deal_id))
    return with_toast(render_block(request, "sales/stakeholders.html", "people", _context(request, deal_id)), said, **undo)


def _by_name(request: SignedInRequest, name: str) -> int:
    found = list_contacts(actor=request.actor, text=name, limit=3) if name else []
    if len(found) != 1:
        raise Refused.field("contact_id", _("Choose somebody.") if not name else _("Nobody is called that.") if not found else _("Several people fit."))
    return found[0].id
