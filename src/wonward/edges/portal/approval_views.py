"""The page on which somebody at the client approves, without an account."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _

from wonward.domains.approvals.operations import delegate_by_link, note_sighting_by_link
from wonward.domains.approvals.queries import get_public_approval, get_public_file
from wonward.domains.approvals.types import DECISIONS, PublicApproval
from wonward.edges.portal.pages import OutsiderRequest, draw, portal_page, sender_of
from wonward.foundation.database.retries import retry_on_serialization_failure
from wonward.foundation.files.rules import delivery_headers
from wonward.foundation.files.storage import current_storage
from wonward.journeys.promises.operations import answer_approval_by_link
from wonward.kernel.errors import NotFound, Refused

LONGEST = 4000


@portal_page(methods=("GET", "POST"), areas=("delivery", "portal"))
def public_approval(request: OutsiderRequest, token: str) -> HttpResponse:
    """Read what is asked, approve it, say what should change, or let somebody else answer."""
    shown = get_public_approval(token=token, now=request.now)
    errors: dict[str, str] = {}
    message, status, handed_to = "", 200, ""
    if request.method == "POST":
        try:
            if request.POST.get("do") == "hand_on":
                handed_to = delegate_by_link(
                    token=token, name=request.POST.get("delegate_name", "")[:200], email=request.POST.get("delegate_email", "")[:254],
                    now=request.now,
                )
            else:
                _answer(request, token)
        except Refused as refusal:
            errors = {error.field: error.message for error in refusal.errors}
            message, status = "" if errors else refusal.message, 422
        shown = get_public_approval(token=token, now=request.now)
    return draw(request, "portal/approval.html", _context(request, token, shown, errors, message, handed_to), status=status)


def _answer(request: OutsiderRequest, token: str) -> None:
    decision = request.POST.get("do", "")
    if decision not in DECISIONS:
        raise Refused(_("Please choose one of the two answers."))
    retry_on_serialization_failure(answer_approval_by_link)(
        token=token, decision=decision, words=request.POST.get("words", "").replace("\x00", "")[:LONGEST],
        name=request.POST.get("name", "").replace("\x00", "")[:200], address=sender_of(request), now=request.now,
    )


def _context(
    request: OutsiderRequest, token: str, shown: PublicApproval, errors: dict[str, str], message: str, handed_to: str
) -> dict[str, Any]:
    return {
        "shown": shown, "errors": errors, "message": message, "values": request.POST, "token": token, "handed_to": handed_to,
        "paragraphs": [part for part in shown.words.splitlines() if part.strip()], "answer_name": request.POST.get("name", shown.name),
    }


@portal_page(methods=("POST",), areas=("delivery", "portal"))
def public_approval_seen(request: OutsiderRequest, token: str) -> HttpResponse:
    """The page was really looked at: sent by its own script, so that mail scanners leave no trace."""
    get_public_approval(token=token, now=request.now)
    note_sighting_by_link(token=token, now=request.now)
    return HttpResponse(status=204)


@portal_page(areas=("delivery", "portal"))
def public_approval_file(request: OutsiderRequest, token: str, place: int) -> HttpResponse:
    """One of the files that were put forward, always as a download."""
    shown = get_public_file(token=token, place=place, now=request.now)
    try:
        response = FileResponse(current_storage().open(shown.sha256))
    except FileNotFoundError:
        raise NotFound("file", place) from None
    for header, value in delivery_headers(shown.name, shown.media_type).items():
        response.headers[header] = value
    return response  # type: ignore[return-value]
