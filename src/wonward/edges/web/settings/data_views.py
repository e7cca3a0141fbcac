"""Everything out as files."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _

from wonward.edges.web.settings.saying import go_on, take_said
from wonward.edges.web.shell.addresses import address_of
from wonward.edges.web.shell.pages import SignedInRequest, page
from wonward.edges.web.shell.render import render
from wonward.foundation.files.rules import delivery_headers, limit_in_words
from wonward.journeys.house.operations import ask_for_export, take_export
from wonward.journeys.house.queries.errands import list_errands
from wonward.journeys.house.types import ErrandKind, ErrandRow

_EXPORT = "house.export.make"


@page(permission=_EXPORT)
def house_data(request: SignedInRequest) -> HttpResponse:
    """What can be taken out, and what was."""
    return render(request, "settings/data.html", _context(request), block="exports")


def _context(request: SignedInRequest) -> dict[str, Any]:
    exports = list_errands(actor=request.actor, kind=ErrandKind.EXPORT)
    return {
        "tab": "house_data", "said": take_said(request), "exports": [_shown(one) for one in exports],
        "is_under_way": any(one.is_under_way for one in exports),
    }


def _shown(one: ErrandRow) -> dict[str, Any]:
    words = {
        "waiting": (_("Waiting"), ""), "running": (_("Being written"), "info"), "done": (_("Ready"), "ok"),
        "failed": (_("Failed"), "bad"), "gone": (_("Cleared away"), ""),
    }
    label, tone = words[one.state]
    return {
        "id": one.id, "words": label, "tone": tone, "is_ready": one.state == "done", "failure": one.failure, "size": limit_in_words(one.size),
        "rows": sum(one.report.get("rows", {}).values()), "files": one.report.get("files", 0), "created_at": one.created_at,
        "asked_by": one.asked_by,
    }


@page(permission=_EXPORT, methods=("POST",))
def house_export(request: SignedInRequest) -> HttpResponse:
    """Let everything be written into a file."""
    ask_for_export(actor=request.actor, now=request.now)
    return go_on(request, address_of("house_data"), _("Everything is being written. You may leave this page."))


@page(permission=_EXPORT, methods=("POST",))
def house_export_file(request: SignedInRequest, errand_id: int) -> FileResponse:
    """The file of a finished export; who took it is noted."""
    file = take_export(actor=request.actor, errand_id=errand_id, now=request.now)
    response = FileResponse(file.stream)
    for header, value in delivery_headers(file.name, "application/zip").items():
        response.headers[header] = value
    return response
