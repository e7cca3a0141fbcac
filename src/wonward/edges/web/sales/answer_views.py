"""A client who waits for an answer, and whoever says that none is needed."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.sales.operations.answers import settle_answer
from wonward.edges.web.sales.page_context import deal_context
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.render import render_block
from wonward.edges.web.shell.replies import go_to, with_toast


@page(permission="sales.deal.edit", methods=("POST",))
def deal_answer(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Say that what the client wrote needs no answer, or take that back."""
    reader = FormReader(request.POST)
    is_settled = reader.flag("is_settled")
    reader.finish()
    settle_answer(actor=request.actor, deal_id=deal_id, is_settled=is_settled, now=request.now)
    if not is_fragment(request):
        return go_to(request, address_of("deal", deal_id=deal_id))
    answer = render_block(request, "sales/deal.html", "aside", deal_context(request, deal_id))
    return with_toast(
        answer, _("Nobody waits any more.") if is_settled else _("The client waits again."), undo_url=request.path,
        undo_values={"is_settled": "" if is_settled else "1"},
    )
