"""The public proposal: what a client reads, asks, and signs."""

from __future__ import annotations

import io
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.sales.operations.proposals import (
    ask_about_proposal,
    note_opening,
    token_digest_of,
)
from wonward.domains.sales.queries.documents import draw_proposal, read_signed_document
from wonward.domains.sales.queries.proposals import choose_options, get_public_proposal
from wonward.domains.sales.types.proposals import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    PublicProposal,
    Signature,
)
from wonward.edges.portal.pages import OutsiderRequest, draw, portal_page, sender_of
from wonward.foundation.files.rules import delivery_headers
from wonward.foundation.files.storage import put_stream
from wonward.foundation.organisation.queries import get_organisation
from wonward.journeys.handoff.operations import accept_proposal
from wonward.kernel.errors import Refused


@portal_page(methods=("GET", "POST"), areas=("sales", "portal"))
def public_proposal(request: OutsiderRequest, token: str) -> HttpResponse:
    """The page behind a link: read, choose options, ask, sign."""
    shown = get_public_proposal(digest=token_digest_of(token), now=request.now)
    errors: dict[str, str] = {}
    message, status = "", 200
    if request.method == "POST":
        try:
            if request.POST.get("do") == "ask":
                ask_about_proposal(token=token, name=request.POST.get("asker", "")[:160], text=request.POST.get("text", "").replace("\r\n", "\n"), now=request.now)
                message = _("Your question is with %(name)s.") % {"name": shown.contact_name or get_organisation().name}
            else:
                _sign(request, token, shown)
            shown = get_public_proposal(digest=token_digest_of(token), now=request.now)
        except Refused as refusal:
            errors = {error.field: error.message for error in refusal.errors}
            message, status = "" if errors else refusal.message, 422
    elif request.GET.get("from") != "office":
        note_opening(token=token, now=request.now)
    return draw(request, "portal/proposal.html", _context(request, token, shown, errors, message), status=status)


def _sign(request: OutsiderRequest, token: str, shown: PublicProposal) -> None:
    signature = _signature(request)
    content, sums = choose_options(shown, signature.chosen)
    if shown.state == "open" and request.POST.get("seen") != str(sums.to_pay.minor):
        raise Refused(_("With what you ticked the price is now as shown above. Please sign once more."))
    document = draw_proposal(
        organisation=get_organisation().name, number=f"{shown.number} v{shown.version_number}", content=content, sums=sums,
        signature=(signature.name.strip(), signature.email.strip(), signature.address, request.now),
    )
    accept_proposal(token=token, signature=signature, document=put_stream(io.BytesIO(document)), now=request.now)


def _signature(request: OutsiderRequest) -> Signature:
    places = [place for place in request.POST.getlist("option") if place.isdecimal() and len(place) < 4]
    return Signature(
        name=request.POST.get("name", "").replace("\x00", "")[:LONGEST_NAME + 1], email=request.POST.get("email", "").replace("\x00", "")[:LONGEST_ADDRESS + 1],
        address=sender_of(request), chosen=frozenset(int(place) for place in places), is_agreed=request.POST.get("is_agreed") == "on",
    )


def _context(request: OutsiderRequest, token: str, shown: PublicProposal, errors: dict[str, str], message: str) -> dict[str, Any]:
    ticked = _signature(request).chosen if request.POST.get("do") == "sign" and shown.state == "open" else None
    content, sums = choose_options(shown, ticked) if ticked is not None else (shown.content, shown.sums)
    lines = list(enumerate(content.lines))
    return {
        "shown": shown, "content": content, "sums": sums, "included": [line for _place, line in lines if not line.is_option],
        "options": [(place, line) for place, line in lines if line.is_option], "promises": [line.promise for line in content.lines if line.promise and line.counts],
        "values": request.POST, "errors": errors, "message": message, "token": token,
        "valid_until": shown.valid_until, "terms": [part for part in content.terms.splitlines() if part.strip()],
    }


@portal_page(areas=("sales", "portal"))
def public_proposal_file(request: OutsiderRequest, token: str) -> HttpResponse:
    """The same as a PDF; once it is signed, the sealed document itself."""
    shown = get_public_proposal(digest=token_digest_of(token), now=request.now)
    if shown.document_sha256:
        content = read_signed_document(shown.document_sha256)
    else:
        content = draw_proposal(
            organisation=get_organisation().name, number=f"{shown.number} v{shown.version_number}", content=shown.content, sums=shown.sums,
            valid_until=shown.valid_until,
        )
    return HttpResponse(content, headers=delivery_headers(f"{shown.number}-v{shown.version_number}.pdf", "application/pdf"))
