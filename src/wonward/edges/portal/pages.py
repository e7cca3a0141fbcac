"""How a function becomes a page for outsiders: no sign-in, no session, a strict method list, and its own headers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from wonward.foundation.organisation.queries import get_organisation
from wonward.kernel.errors import NotFound

P = ParamSpec("P")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors {frames}"
)


@dataclass(frozen=True, slots=True)
class PortalRule:
    """What the permission walk knows of a page: "" is everybody."""

    permission: str
    methods: tuple[str, ...]


class OutsiderRequest(HttpRequest):
    """A request of a stranger; `now` is read once, at the edge."""

    now: datetime


View = Callable[Concatenate[OutsiderRequest, P], HttpResponse]


def portal_page(
    *, methods: Sequence[str] = ("GET",), areas: Sequence[str] = ()
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Guard a page for outsiders. Nobody's session counts here, so there is nothing another site could misuse.

    While one of its `areas` is switched off the page says so and takes nothing in.
    """

    def guard(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method not in (*methods, "HEAD") or (request.method == "HEAD" and "GET" not in methods):
                return HttpResponseNotAllowed(methods)
            request.actor = None  # type: ignore[attr-defined]
            organisation = get_organisation()
            with translation.override(organisation.language):
                if not all(organisation.is_on(area) for area in areas):
                    return draw(request, "portal/closed.html", {}, status=404)
                try:
                    return view(request, *args, **kwargs)  # type: ignore[arg-type]
                except NotFound:
                    return draw(request, "portal/gone.html", {}, status=404)

        guarded.page = PortalRule("", tuple(methods))  # type: ignore[attr-defined]
        return csrf_exempt(guarded)

    return guard


def draw(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200, is_framed: bool = False
) -> HttpResponse:
    """A page with our name on it; `is_framed` lets other sites show it inside theirs."""
    values = {**context, "organisation": get_organisation(), "is_framed": is_framed, "language": translation.get_language() or "en"}
    response = HttpResponse(render_to_string(template, values, request), status=status)
    response.headers["Content-Security-Policy"] = _POLICY.format(frames="*" if is_framed else "'none'")
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def sender_of(request: HttpRequest) -> str:
    """Who sends, as far as the connection tells."""
    return str(request.META.get("REMOTE_ADDR", ""))


def sign_opening(at: datetime, purpose: str) -> str:
    """When a page was drawn, in a way the visitor cannot change."""
    return signing.Signer(key=settings.SECRET_KEY, salt=f"portal.{purpose}").sign(str(int(at.timestamp())))


def read_opening(token: str, purpose: str, zone: Any) -> datetime | None:
    """The instant of `sign_opening`; None when it was not ours."""
    try:
        text = signing.Signer(key=settings.SECRET_KEY, salt=f"portal.{purpose}").unsign(token)
    except signing.BadSignature:
        return None
    return datetime.fromtimestamp(int(text), tz=zone)
