"""The few answers a form gives: go there, show a toast, replace a part."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from wonward.edges.web.shell.pages import is_fragment


def go_to(request: HttpRequest, url: str, *, toast: str = "") -> HttpResponse:
    """After a write: htmx is told to load the page, a plain form is redirected."""
    if is_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def with_toast(
    response: HttpResponse, text: str, *, undo_url: str = "", undo_values: dict[str, Any] | None = None,
    closes_drawer: bool = False,
) -> HttpResponse:
    """Let the page say what happened, with an Undo where there is an inverse; the drawer closes if its work is done."""
    detail: dict[str, Any] = {"text": text}
    if undo_url:
        detail |= {"undo_url": undo_url, "undo_values": undo_values or {}}
    response.headers["HX-Trigger"] = json.dumps({"toast": detail, **({"drawer:close": {}} if closes_drawer else {})})
    return response


def closing_drawer(response: HttpResponse) -> HttpResponse:
    """Close the side sheet once the answer is in."""
    events = json.loads(response.headers.get("HX-Trigger", "{}"))
    response.headers["HX-Trigger"] = json.dumps(events | {"drawer:close": {}})
    return response


def nothing(toast: str = "", **undo: Any) -> HttpResponse:
    """Done, with nothing to swap in."""
    response = HttpResponse(status=204)
    return with_toast(response, toast, **undo) if toast else response


def query_href(request: HttpRequest, *, without: tuple[str, ...]) -> str:
    """The address as it is, without some of its parameters, ready for one more."""
    query = request.GET.copy()
    for name in without:
        query.pop(name, None)
    text = query.urlencode()
    return f"{request.path}?{text}&" if text else f"{request.path}?"
