"""What Django itself refuses before a view is reached: an address that leads nowhere, and a form that is not ours any more."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from wonward.edges.web.shell.render import error_response
from wonward.kernel.wording import worded


def show_missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """No page has this address."""
    return error_response(request, 404, "")


def show_stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was opened under another sign-in, or comes from somewhere else."""
    return error_response(request, 403, worded("This form was opened before you signed in or out. Load its page again and send it once more; nothing was stored."))
