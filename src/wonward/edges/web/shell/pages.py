"""How a function becomes a page: its permission is declared beside it and walked by the tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import quote

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.urls import reverse

from wonward.edges.web.shell.addresses import address_of
from wonward.foundation.events.queries import latest_event_id
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotAllowed

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class PageRule:
    """What the permission walk knows of a page; `permission` None means any signed-in person, "" everybody."""

    permission: str | None
    methods: tuple[str, ...]


class SignedInRequest(HttpRequest):
    """A request of somebody signed in; `now` is read once, at the edge.

    `newest_event_id` is that of a moment before the page read anything: its event stream goes on from there.
    """

    actor: Actor
    now: datetime
    newest_event_id: int | None


View = Callable[Concatenate[SignedInRequest, P], HttpResponseBase]


def page(
    *, permission: str | None, methods: Sequence[str] = ("GET",)
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """Guard a view: sign-in, method, permission. The rule stays readable on the function as `page`."""

    def guard(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method not in (*methods, "HEAD") or (request.method == "HEAD" and "GET" not in methods):
                return HttpResponseNotAllowed(methods)
            actor: Actor | None = getattr(request, "actor", None)
            if permission != "" and actor is None:
                return to_sign_in(request)
            if permission and actor is not None and not actor.may(permission):
                raise NotAllowed("Your access role does not include this page.")
            is_page = actor is not None and not is_fragment(request)
            request.newest_event_id = latest_event_id() if is_page else None  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)  # type: ignore[arg-type]

        guarded.page = PageRule(permission, tuple(methods))  # type: ignore[attr-defined]
        return guarded

    return guard


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a stranger to the sign-in, and back afterwards; a fragment asks the browser to go there."""
    target = f"{reverse('sign_in')}?next={quote(request.get_full_path())}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": address_of("sign_in")})
    return HttpResponseRedirect(target)


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"


def read_clock() -> datetime:
    """The instant of this request; the only place of the office that reads the clock."""
    return datetime.now(UTC)


def rule_of(view: Any) -> PageRule | None:
    """The rule of a view, or None for a function that never became a page."""
    return getattr(view, "page", None)
