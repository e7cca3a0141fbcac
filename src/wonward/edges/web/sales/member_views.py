"""Colleagues on a deal besides its owner: who helps, and as what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.sales.operations.members import put_deal_member, remove_deal_member
from wonward.domains.sales.queries.deals import get_deal, list_members, require_right_to_change
from wonward.domains.sales.types import MemberRow
from wonward.domains.staff.queries import list_people
from wonward.edges.web.sales.deal_page import PARTS, members_of
from wonward.edges.web.sales.page_context import deal_context, parts_of
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.fields import FormReader, errors_by_field
from wonward.edges.web.shell.navigation import DELIVERY, initials_of
from wonward.edges.web.shell.pages import SignedInRequest, is_fragment, page
from wonward.edges.web.shell.render import render, render_block
from wonward.edges.web.shell.replies import go_to, with_toast
from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.errors import NotAllowed, Refused

PAGE = "sales/members.html"


def _context(request: SignedInRequest, deal_id: int) -> dict[str, Any]:
    deal = get_deal(actor=request.actor, deal_id=deal_id)
    rows = list_members(deal_id=deal_id)
    known = {deal.owner_id, *(row.person_id for row in rows)}
    may_edit = request.actor.may("sales.deal.edit")
    if may_edit:
        try:
            require_right_to_change(actor=request.actor, deal=deal, permission="sales.deal.edit")
        except NotAllowed:
            may_edit = False
    people = list_people(actor=request.actor) if may_edit else []
    return {
        "deal": deal, "rows": members_of(rows), "owner_initials": initials_of(deal.owner_name), "parts": _choosable(rows), "may_edit": may_edit, "errors": {},
        "choices": [(row.id, row.name) for row in people if row.id not in known], "here": address_of("deal_members", deal_id=deal_id),
    }


def _choosable(rows: Iterable[MemberRow]) -> list[tuple[str, Any]]:
    """What a colleague may do on the deal; advice of delivery where there is one, or somebody gives it already."""
    has_delivery = get_organisation().is_on(DELIVERY) or any(row.part == "delivery" for row in rows)
    return [(key, words) for key, words in PARTS.items() if has_delivery or key != "delivery"]


@page(permission="sales.deal.view")
def deal_members(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Everybody on the deal, with what they do."""
    context = _context(request, deal_id)
    return render_block(request, PAGE, "drawer_body", context) if is_fragment(request) else render(request, PAGE, context)


@page(permission="sales.deal.edit", methods=("POST",))
def deal_member(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """Put a colleague on the deal, say anew what they do, or take them off; each can be undone where it happened."""
    reader = FormReader(request.POST)
    person_id, part, is_gone = reader.number("person_id"), reader.text("part", limit=24) or "helps", reader.flag("is_gone")
    undo: dict[str, Any]
    try:
        reader.finish()
        if person_id is None:
            raise Refused.field("person_id", _("Choose a colleague."), "required")
        if is_gone:
            gone = remove_deal_member(actor=request.actor, deal_id=deal_id, person_id=person_id, now=request.now)
            said, undo = _("%(name)s is no longer on the deal.") % {"name": gone.name}, {"person_id": person_id, "part": gone.part}
        else:
            before = put_deal_member(actor=request.actor, deal_id=deal_id, person_id=person_id, part=part, now=request.now)
            said = _("Saved.") if before else _("Added; they see the deal and were told.")
            undo = {"person_id": person_id, "part": before.part} if before else {"person_id": person_id, "is_gone": "1"}
    except Refused as refusal:
        if not refusal.errors:
            raise
        context = _context(request, deal_id) | {"errors": errors_by_field(refusal.errors)}
        if is_fragment(request):
            return render_block(request, PAGE, "drawer_body", context, status=422)
        return render(request, PAGE, context, status=422)
    if not is_fragment(request):
        return go_to(request, address_of("deal_members", deal_id=deal_id))
    answer = render_block(request, PAGE, "drawer_body", _context(request, deal_id))
    if request.headers.get("HX-Current-URL", "").rstrip("/").endswith(address_of("deal", deal_id=deal_id).rstrip("/")):
        answer.content += parts_of(request, deal_context(request, deal_id), ("facts",))
    return with_toast(answer, said, undo_url=request.path, undo_values=undo)
