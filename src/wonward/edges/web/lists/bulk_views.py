"""Changing many rows of a list at once: choose what, look at every row, apply, take it back as one."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext as _

from wonward.edges.web.lists.bulk_words import (
    Namer,
    ShownRow,
    bulk_look,
    controls_of,
    count_words,
    read_asked,
    status_look,
)
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import errors_by_field
from wonward.edges.web.shell.formats import moment
from wonward.edges.web.shell.next_actions import kind_choices
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.records import record_address
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to
from wonward.edges.web.shell.saved_lists import LISTS, SavedList, find_list, state_in
from wonward.foundation.access.policy import closed_prefixes
from wonward.foundation.organisation.queries import get_organisation
from wonward.foundation.saved_views.rules import write_state
from wonward.journeys.automation.operations import apply_bulk_change, start_bulk_change, undo_bulk_change
from wonward.journeys.automation.queries import (
    get_bulk_change,
    list_bulk_changes,
    list_bulk_fields,
    list_bulk_rows,
)
from wonward.journeys.automation.types import MOST_ROWS, TRASHED, BulkChangeRow, BulkStatus, RowStatus
from wonward.kernel.errors import NotAllowed, NotFound, Refused
from wonward.kernel.ref import Ref

ROWS_PER_PAGE = 50
_MOST_TICKED = 500


def _list_of(request: SignedInRequest) -> SavedList:
    found = find_list(request.actor, request.GET.get("list") or request.POST.get("list", ""))
    if found.bulk is None:
        raise NotFound("list", found.key)
    if not (found.is_open_to(request.actor) and request.actor.may(found.bulk.permission)):
        raise NotAllowed(_("Your access role does not include changing these."))
    return found


@page(permission=None, methods=("POST",))
def new_bulk(request: SignedInRequest) -> HttpResponse:
    """Choose what to change about the ticked rows, or about all that match; then look at what it would do."""
    found = _list_of(request)
    assert found.bulk is not None
    query = dict(write_state(state_in(found, request.GET)))
    matching = found.bulk.find_ids(request, query, MOST_ROWS + 1)
    ticked = _ticked(request.POST)
    errors: dict[str, str] = {}
    if request.POST.get("step") == "look":
        try:
            asked = read_asked(request.POST, list_bulk_fields(found.bulk.noun, actor=request.actor))
            ids = matching if request.POST.get("scope") == "all" else ticked
            bulk_id = start_bulk_change(actor=request.actor, noun=found.bulk.noun, ids=ids, asked=asked, now=request.now)
            return go_to(request, address_of("bulk", bulk_id=bulk_id))
        except NotAllowed:
            raise
        except Refused as refusal:
            errors = errors_by_field(refusal.errors) or {"": refusal.message}
    return _form(request, found, ticked, len(matching), errors)


def _ticked(data: QueryDict) -> list[int]:
    texts = data.getlist("row")
    if len(texts) > _MOST_TICKED:
        raise Refused.field("row", _("Tick at most %(n)s rows, or choose all that match.") % {"n": _MOST_TICKED}, "range")
    return list(dict.fromkeys(int(text) for text in texts if text.isdecimal() and len(text) < 16))


def _form(request: SignedInRequest, found: SavedList, ticked: list[int], matching: int, errors: dict[str, str]) -> HttpResponse:
    assert found.bulk is not None
    noun = found.bulk.noun
    controls = controls_of(list_bulk_fields(noun, actor=request.actor), request.actor)
    context = {
        "list": found, "back": address_of(found.route), "ticked": ticked, "errors": errors, "values": request.POST, "action": request.get_full_path(),
        "controls": controls, "title": count_words(noun, len(ticked)), "kinds": kind_choices(with_parked=True),
        "scope": request.POST.get("scope", "ticked"), "all_words": _("All %(rows)s that match the list") % {"rows": count_words(noun, matching)},
        "ticked_words": _("The %(rows)s I ticked") % {"rows": count_words(noun, len(ticked))},
        "has_more": len(ticked) < matching <= MOST_ROWS, "most": MOST_ROWS, "is_too_many": matching > MOST_ROWS,
        "emptied": [(one.key, one.label) for one in controls if one.may_be_empty], "is_deals": noun == "sales.deal",
    }
    status = 422 if errors else 200
    if is_fragment(request):
        return render_block(request, "lists/new_bulk.html", "drawer_body", context, status=status)
    return render(request, "lists/new_bulk.html", context, status=status)


@page(permission=None)
def bulks(request: SignedInRequest) -> HttpResponse:
    """One's own bulk changes, each with its way back."""
    closed = closed_prefixes(get_organisation().areas)
    found = [bulk for bulk in list_bulk_changes(actor=request.actor) if not bulk.noun.startswith(closed)]
    rows = []
    for bulk in found:
        fields = list_bulk_fields(bulk.noun, actor=request.actor)
        rows.append({
            "href": address_of("bulk", bulk_id=bulk.id), "words": count_words(bulk.noun, bulk.row_count), "look": bulk_look(bulk.status),
            "asked": _asked_words(Namer(fields, request.actor, asked=bulk.asked), bulk), "when": moment(bulk.created_at, request.actor.time_zone),
        })
    return render(request, "lists/bulks.html", {"rows": rows})


def _asked_words(namer: Namer, bulk: BulkChangeRow) -> str:
    return " · ".join(f"{namer.label(key)}: {namer.value(key, value)}" for key, value in bulk.asked.items())


@page(permission=None)
def bulk(request: SignedInRequest, bulk_id: int) -> HttpResponse:
    """One bulk change: what it would do row by row, how far it is, what came of it."""
    return render(request, "lists/bulk.html", _context(request, bulk_id), block="sheet")


def _context(request: SignedInRequest, bulk_id: int) -> dict[str, Any]:
    actor = request.actor
    found = get_bulk_change(actor=actor, bulk_id=bulk_id)
    if found.noun.startswith(closed_prefixes(get_organisation().areas)):
        raise NotFound("bulk change", bulk_id)
    wanted = request.GET.get("rows", "")
    wanted = wanted if wanted in set(RowStatus) else ""
    place = request.GET.get("page", "1")
    number = max(1, int(place)) if place.isdecimal() and len(place) < 7 else 1
    rows = list_bulk_rows(actor=actor, bulk_id=bulk_id, status=wanted, offset=(number - 1) * ROWS_PER_PAGE, limit=ROWS_PER_PAGE)
    namer = Namer(list_bulk_fields(found.noun, actor=actor), actor, rows, found.asked)
    source = next((one for one in LISTS.values() if one.bulk and one.bulk.noun == found.noun), None)
    href = address_of("bulk", bulk_id=bulk_id)
    words = count_words(found.noun, found.row_count)
    total = found.counts.get(wanted, 0) if wanted else found.row_count
    ready = found.counts.get(RowStatus.READY, 0)
    return {
        "bulk": found, "look": bulk_look(found.status), "title": words, "is_trash": TRASHED in found.asked,
        "heading": (_("Put %(rows)s into the trash") if TRASHED in found.asked else _("Change %(rows)s")) % {"rows": words},
        "asked": [(namer.label(key), namer.value(key, value)) for key, value in found.asked.items()],
        "rows": [_shown(found.noun, row, namer) for row in rows], "href": href, "wanted": wanted,
        "chips": [(status_look(RowStatus(key)), count, key) for key, count in sorted(found.counts.items())],
        "page_number": number, "pages": max(1, -(-total // ROWS_PER_PAGE)), "total": total,
        "page_href": f"{href}?rows={wanted}&" if wanted else f"{href}?", "ready_words": count_words(found.noun, ready), "ready": ready,
        "may_apply": found.status is BulkStatus.READY and ready > 0, "may_undo": found.status is BulkStatus.DONE and found.counts.get(RowStatus.DONE, 0) > 0,
        "progress": f"{found.handled} / {found.row_count}", "progress_share": round(1000 * found.handled / found.row_count) if found.row_count else 0,
        "back": address_of(source.route) if source else "", "back_words": str(source.label) if source else "",
    }


def _shown(noun: str, row: Any, namer: Namer) -> ShownRow:
    words, tone, icon = status_look(row.status)
    is_away = row.status is RowStatus.DONE and any(one.field == TRASHED for one in row.changes)
    gate = address_of("deal_won", deal_id=row.ref_id) if row.code == "gate" and noun == "sales.deal" else ""
    return ShownRow(
        row.name, "" if is_away else record_address(Ref(noun, row.ref_id)), words, tone, icon, row.message, gate,
        [(namer.label(one.field), namer.value(one.field, one.before), namer.value(one.field, one.after)) for one in row.changes],
    )


@page(permission=None, methods=("POST",))
def bulk_applying(request: SignedInRequest, bulk_id: int) -> HttpResponse:
    """Write what was looked at."""
    apply_bulk_change(actor=request.actor, bulk_id=bulk_id, now=request.now)
    return _drawn_again(request, bulk_id)


@page(permission=None, methods=("POST",))
def bulk_undoing(request: SignedInRequest, bulk_id: int) -> HttpResponse:
    """Take the whole change back; what somebody touched since stays and is listed."""
    undo_bulk_change(actor=request.actor, bulk_id=bulk_id, now=request.now)
    return _drawn_again(request, bulk_id)


def _drawn_again(request: SignedInRequest, bulk_id: int) -> HttpResponse:
    if is_fragment(request):
        return render_block(request, "lists/bulk.html", "sheet", _context(request, bulk_id))
    return HttpResponseRedirect(address_of("bulk", bulk_id=bulk_id))
