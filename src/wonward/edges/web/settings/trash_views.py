"""The trash: what lies there, into it, and out of it."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.records import read_ref, record_address
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to
from wonward.edges.web.shell.saved_lists import ListColumn, SavedList, look_at, register_list
from wonward.edges.web.shell.saying import go_on, take_said
from wonward.foundation.access.policy import closed_prefixes
from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.house.operations import bring_back, trash_record
from wonward.journeys.house.queries.trash import list_trash
from wonward.kernel.errors import NotFound, Refused

AT_ONCE = 50
_SET_UP = {"sales.pipeline": ("pipeline", "pipeline_id"), "access.team": ("team", "team_id")}
TRASH = register_list(SavedList(
    "house.trash", "trash", gettext_lazy("Trash"), gettext_lazy("All of the trash"), "house.trash.view", ("kind", "q"),
    (
        ListColumn("name", gettext_lazy("Name"), is_fixed=True), ListColumn("kind", gettext_lazy("Kind"), is_sortable=False),
        ListColumn("rows", gettext_lazy("Rows"), is_number=True, is_sortable=False), ListColumn("trashed_at", gettext_lazy("Put there")),
        ListColumn("by", gettext_lazy("By"), is_sortable=False), ListColumn("goes", gettext_lazy("Goes for good"), is_sortable=False),
    ),
))


@page(permission=None, methods=("GET", "POST"))
def trash(request: SignedInRequest) -> HttpResponse:
    """What lies in the trash; a POST with a reference puts a record there."""
    if request.method == "POST":
        try:
            ref = read_ref(request.POST.get("ref", ""))
        except Refused:
            raise NotFound("record", request.POST.get("ref", "")[:60]) from None
        item_id = trash_record(actor=request.actor, ref=ref, reason=request.POST.get("reason", "").strip()[:2000], now=request.now)
        return go_on(
            request, address_of("trash"), _("It is in the trash."), undo_url=address_of("trash_return", item_id=item_id), undo={}
        )
    look = look_at(request, TRASH)
    place, noun, text = look.query.get("page", "1"), look.query.get("kind", ""), look.query.get("q", "").strip()[:120]
    number = max(1, int(place)) if place.isdecimal() and len(place) < 7 else 1
    words = {
        "clients.company": _("Company"), "clients.contact": _("Contact"), "sales.lead": _("Lead"), "sales.deal": _("Deal"),
        "delivery.project": _("Project"), "delivery.task": _("Task"), "sales.pipeline": _("Pipeline"), "access.team": _("Team"),
    }
    rows = list_trash(actor=request.actor, noun=noun if noun in words else "", text=text, sort=look.state.sort or "-trashed_at", offset=(number - 1) * AT_ONCE, limit=AT_ONCE + 1)
    context = {
        "tab": "trash", "said": take_said(request), "rows": [(words.get(row.noun, row.noun), row) for row in rows[:AT_ONCE]],
        "look": look, "sort": look.state.sort or "-trashed_at", "sort_href": look.without("sort", "page"), "page_href": look.without("page"), "text": text, "kind": noun,
        "kinds": [(key, label) for key, label in words.items() if not key.startswith(closed_prefixes(get_organisation().areas))], "kept": look.kept("q", "kind"), "number": number, "has_more": len(rows) > AT_ONCE,
    }
    return render(request, "settings/trash.html", context)


@page(permission=None, methods=("POST",))
def trash_return(request: SignedInRequest, item_id: int) -> HttpResponse:
    """Bring a record back, and go to it."""
    ref = bring_back(actor=request.actor, item_id=item_id, now=request.now)
    if ref.noun in _SET_UP:
        route, key = _SET_UP[ref.noun]
        return go_on(request, address_of(route, **{key: ref.id}), _("It is back as it was."))
    return go_to(request, record_address(ref) or address_of("trash"))
