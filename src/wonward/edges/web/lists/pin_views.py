"""Single records kept at hand: in the left rail, and first in the palette."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.records import PLACES, read_ref, record_address
from wonward.edges.web.shell.render import render
from wonward.edges.web.shell.replies import go_to, nothing
from wonward.foundation.access.policy import names_of
from wonward.foundation.saved_views.operations import pin_record
from wonward.foundation.saved_views.queries import list_pinned_records


@page(permission=None)
def pinned_records(request: SignedInRequest) -> HttpResponse:
    """The records I pinned: a part of the left rail, or a page of its own."""
    refs = [ref for ref in list_pinned_records(actor=request.actor) if ref.noun in PLACES]
    names = names_of(refs)
    context = {"rows": [(names[ref], PLACES[ref.noun].icon, record_address(ref), ref) for ref in refs if ref in names]}
    return render(request, "lists/pinned.html", context, block="rail")


@page(permission=None, methods=("POST",))
def record_pin(request: SignedInRequest) -> HttpResponse:
    """Keep a record at hand, or no longer."""
    ref = read_ref(request.POST.get("ref", ""))
    wants = request.POST.get("is_pinned") == "1"
    pin_record(actor=request.actor, ref=ref, is_pinned=wants, now=request.now)
    if not is_fragment(request):
        return go_to(request, address_of("pinned_records"))
    words = _("Pinned. You find it in the left rail and first in the palette.") if wants else _("Pinned no more.")
    return nothing(words, closes_drawer=True)
