"""The drawers behind the bar above a list: keep it as a view, choose its columns, rename, share, pin, delete."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from wonward.domains.staff.queries import list_people
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to
from wonward.edges.web.shell.saved_lists import (
    SAVED,
    SavedList,
    audience_choices,
    find_list,
    shown_columns,
    state_in,
    view_href,
)
from wonward.foundation.custom_fields.queries import PREFIX, list_fields
from wonward.foundation.custom_fields.types import FieldKind
from wonward.foundation.saved_views.operations import change_view, delete_view, pin_view, save_view
from wonward.foundation.saved_views.queries import get_view
from wonward.foundation.saved_views.rules import write_state
from wonward.foundation.saved_views.types import Audience
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotAllowed, Refused, Stale


def _list_of(actor: Actor, key: str) -> SavedList:
    """The list an address names, for somebody who may open it."""
    found = find_list(actor, key)
    if not found.is_open_to(actor):
        raise NotAllowed(_("Your access role does not include this list."))
    return found


def _audience(reader: FormReader) -> Audience:
    try:
        return Audience(reader.text("audience", limit=10) or "private")
    except ValueError:
        raise Refused.field("audience", _("Choose who finds this view."), "unknown") from None


@page(permission=None, methods=("GET", "POST"))
def new_view(request: SignedInRequest) -> HttpResponse:
    """Keep what is on the screen under a name."""
    asked = QueryDict(request.POST.get("state", "")) if request.method == "POST" else request.GET
    found = _list_of(request.actor, asked.get("list", ""))
    state = state_in(found, asked)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            reader = FormReader(request.POST)
            name = reader.text("name", limit=200)
            audience = _audience(reader)
            reader.finish()
            view_id = save_view(
                actor=request.actor, list_key=found.key, name=name, state=state, audience=audience, is_pinned=reader.flag("is_pinned"),
                now=request.now,
            )
            return go_to(request, view_href(found, view_id))
        except NotAllowed:
            raise
        except Refused as refusal:
            errors = errors_by_field(refusal.errors) or {"name": refusal.message}
    return _form(request, found, {
        "action": address_of("new_view"), "errors": errors, "values": request.POST, "view": None,
        "state": urlencode({"list": found.key, **write_state(state)}), "words": _words_of(found, state),
    })


@page(permission=None, methods=("GET", "POST"))
def saved_view(request: SignedInRequest, view_id: int) -> HttpResponse:
    """Open a saved view; its form renames and shares it."""
    view = get_view(actor=request.actor, view_id=view_id)
    found = _list_of(request.actor, view.list_key)
    if request.method == "GET" and "edit" not in request.GET:
        return go_to(request, view_href(found, view_id))
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            reader = FormReader(request.POST)
            name, version = reader.text("name", limit=200), reader.version()
            audience = _audience(reader) if "audience" in request.POST else None
            reader.finish()
            change_view(actor=request.actor, view_id=view_id, name=name, audience=audience, version=version, now=request.now)
            return go_to(request, view_href(found, view_id))
        except (NotAllowed, Stale):
            raise
        except Refused as refusal:
            errors = errors_by_field(refusal.errors) or {"name": refusal.message}
    return _form(request, found, {
        "action": address_of("saved_view", view_id=view_id), "errors": errors, "view": view,
        "values": request.POST or {"name": view.name, "audience": view.audience.value}, "words": _words_of(found, view.state),
    })


def _form(request: SignedInRequest, found: SavedList, context: dict[str, Any]) -> HttpResponse:
    may_share = request.actor.may("saved_views.view.share")
    context |= {"list": found, "audiences": audience_choices(request.actor.team_id is not None) if may_share else [], "back": found.base}
    return _drawer(request, "lists/view_form.html", context, status=422 if context["errors"] else 200)


def _drawer(request: SignedInRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return render_block(request, template, "drawer_body", context, status=status)
    return render(request, template, context, status=status)


def _words_of(found: SavedList, state: Any) -> list[str]:
    """What a view keeps, in a few words."""
    labels = {column.key: str(column.label) for column in found.columns}
    words = [_("%(count)s filters") % {"count": len(state.filters)}] if state.filters else []
    words.append(_("%(count)s columns") % {"count": len(shown_columns(found, state))} if found.columns else "")
    if state.group:
        words.append(_("grouped by %(column)s") % {"column": dict(found.groups).get(state.group, state.group)})
    if state.sort:
        words.append(_("sorted by %(column)s") % {"column": labels.get(state.sort.removeprefix("-"), state.sort.removeprefix("-"))})
    return [one for one in words if one]


@page(permission=None)
def view_columns(request: SignedInRequest) -> HttpResponse:
    """Choose columns and their order, the grouping, and what is added up."""
    found = _list_of(request.actor, request.GET.get("list", ""))
    state = state_in(found, request.GET)
    shown = [column.key for column in shown_columns(found, state)]
    fixed = [column.key for column in found.columns if column.is_fixed]
    movable = _moved([key for key in shown if key not in fixed], request.GET.get("up", ""), request.GET.get("down", ""))
    by_key = {column.key: column for column in found.columns}
    rest = [column.key for column in found.columns if column.key not in shown]
    kept = {name: value for name, value in write_state(state).items() if name not in ("columns", "group", "sums")}
    if request.GET.get(SAVED, "").isdecimal():
        kept[SAVED] = request.GET[SAVED]
    here = address_of("view_columns")
    context = {
        "list": found, "back": found.base, "fixed": [by_key[key] for key in fixed],
        "chosen": [by_key[key] for key in movable], "others": [by_key[key] for key in rest], "kept": kept,
        "sums": [column for column in found.columns if column.has_sum], "summed": found.sums if state.sums is None else state.sums,
        "group": state.group, "here": f"{here}?{urlencode({'list': found.key, **kept})}",
    }
    return _drawer(request, "lists/columns.html", context)


@page(permission=None)
def view_filters(request: SignedInRequest) -> HttpResponse:
    """Conditions on the custom fields of a list."""
    found = _list_of(request.actor, request.GET.get("list", ""))
    state = state_in(found, request.GET)
    rows = list_fields(actor=request.actor, noun=found.noun) if found.noun else []
    mine = {f"{PREFIX}{row.key}" for row in rows}
    kept = {name: value for name, value in write_state(state).items() if name not in mine}
    if request.GET.get(SAVED, "").isdecimal():
        kept[SAVED] = request.GET[SAVED]
    people = [(str(one.id), one.name) for one in list_people(actor=request.actor)] if any(row.kind is FieldKind.PERSON for row in rows) else []
    context = {
        "list": found, "back": found.base, "kept": kept, "values": dict(state.filters), "prefix": PREFIX,
        "rows": rows, "choices": {row.key: [(choice, choice) for choice in row.choices] for row in rows}, "people": [("me", _("Me")), ("none", _("Nobody")), *people],
    }
    return _drawer(request, "lists/filters.html", context)


def _moved(keys: list[str], up: str, down: str) -> list[str]:
    """The keys with one of them a place further up or down."""
    wanted, step = (up, -1) if up in keys else (down, 1)
    if wanted in keys:
        at = keys.index(wanted)
        to = at + step
        if 0 <= to < len(keys):
            keys[at], keys[to] = keys[to], keys[at]
    return keys


@page(permission=None, methods=("POST",))
def view_state(request: SignedInRequest, view_id: int) -> HttpResponse:
    """Let a view keep what is on the screen."""
    view = get_view(actor=request.actor, view_id=view_id)
    found = _list_of(request.actor, view.list_key)
    change_view(actor=request.actor, view_id=view_id, state=state_in(found, QueryDict(request.POST.get("state", ""))), now=request.now)
    return go_to(request, view_href(found, view_id))


@page(permission=None, methods=("POST",))
def view_pin(request: SignedInRequest, view_id: int) -> HttpResponse:
    """Keep a view in the left rail, or no longer."""
    view = get_view(actor=request.actor, view_id=view_id)
    pin_view(actor=request.actor, view_id=view_id, is_pinned=request.POST.get("is_pinned") == "1", now=request.now)
    return go_to(request, view_href(_list_of(request.actor, view.list_key), view_id))


@page(permission=None, methods=("POST",))
def view_deletion(request: SignedInRequest, view_id: int) -> HttpResponse:
    """Drop a view; the list stays as it is."""
    view = get_view(actor=request.actor, view_id=view_id)
    found = _list_of(request.actor, view.list_key)
    delete_view(actor=request.actor, view_id=view_id, now=request.now)
    return go_to(request, found.base)
