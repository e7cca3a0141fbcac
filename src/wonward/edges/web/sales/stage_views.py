"""What a deal's stage wants confirmed before the deal goes on."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.sales.operations.exit_criteria import confirm_exit_criterion
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.sales.queries.reports import list_chances
from wonward.edges.web.sales.page_context import deal_context
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to, with_toast


@page(permission="sales.deal.view")
def deal_chance(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """What our own history says of deals that stood where this one stands."""
    deal = get_deal(actor=request.actor, deal_id=deal_id)
    found = list_chances().get(deal.stage_id) if deal.status == "open" else None
    return render(request, "shell/parts/chance.html", {"found": found})


@page(permission="sales.deal.edit", methods=("POST",))
def deal_exit_criterion(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Confirm one exit criterion, or take the confirmation back."""
    reader = FormReader(request.POST)
    key, is_met = reader.text("key", limit=64), reader.flag("is_met")
    reader.finish()
    confirm_exit_criterion(actor=request.actor, deal_id=deal_id, key=key, is_met=is_met, now=request.now)
    if not is_fragment(request):
        return go_to(request, address_of("deal", deal_id=deal_id))
    answer = render_block(request, "sales/deal.html", "aside", deal_context(request, deal_id))
    return with_toast(
        answer, _("Confirmed.") if is_met else _("Taken back."), undo_url=request.path, undo_values={"key": key, "is_met": "" if is_met else "1"}
    )
