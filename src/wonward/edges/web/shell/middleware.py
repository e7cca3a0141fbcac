"""Around every request: headers, who asks, and refusals turned into answers."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils import translation

from wonward.edges.web.shell.identity import actor_from_session
from wonward.edges.web.shell.pages import read_clock
from wonward.edges.web.shell.render import error_response
from wonward.foundation.audit.operations import note_opening
from wonward.foundation.audit.queries import openings_of_this_reading
from wonward.foundation.database.reading import one_reading
from wonward.foundation.database.retries import is_temporarily_unavailable
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused, Stale

Respond = Callable[[HttpRequest], HttpResponse]
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
_ZERO = "\x00"
log = logging.getLogger("wonward.web")


def security_headers(respond: Respond) -> Respond:
    """The same strict headers on every answer."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        response.headers.setdefault("Content-Security-Policy", CSP)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if settings.SESSION_COOKIE_SECURE:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answer


class TypedText:
    """What was typed holds no zero characters: nobody types them, and PostgreSQL keeps none. Programs are told instead."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/api/"):
            request.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "").replace("%00", "").replace(_ZERO, "")
        return self.respond(request)

    def process_view(self, request: HttpRequest, view: Callable[..., HttpResponse], _args: object, _named: object) -> None:
        """Forms have been read by now, to be told from forged ones; what takes any form is left to read it itself."""
        if request.method != "POST" or getattr(view, "csrf_exempt", False):
            return
        if any(_ZERO in text for name, texts in request.POST.lists() for text in (name, *texts)):
            request.POST = _without_zeros(request.POST)  # type: ignore[assignment]


def _without_zeros(data: QueryDict) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, texts in data.lists():
        found.setlist(name.replace(_ZERO, ""), [text.replace(_ZERO, "") for text in texts])
    found._mutable = False
    return found


def read_once(respond: Respond) -> Respond:
    """A request that may not write asks for the settings once, however many panels need them."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return respond(request)
        with one_reading():
            response = respond(request)
            _write_openings_down(request, response)
            return response

    return answer


def _write_openings_down(request: HttpRequest, response: HttpResponse) -> None:
    """Who opened a restricted record or took a list out is the one thing that reading writes; parts of a page count with it."""
    actor = getattr(request, "actor", None)
    if actor is not None and response.status_code == 200 and "HX-Request" not in request.headers:
        for what, ref, detail in openings_of_this_reading():
            note_opening(actor=actor, what=what, ref=ref, detail=detail, now=request.now)  # type: ignore[attr-defined]


def signed_in_actor(respond: Respond) -> Respond:
    """Put the actor and the instant on the request. Programs identify themselves by token instead."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.now = read_clock()  # type: ignore[attr-defined]
        request.actor = None  # type: ignore[attr-defined]
        if not request.path.startswith("/api/") and request.COOKIES.get(settings.SESSION_COOKIE_NAME):
            actor = actor_from_session(request.session)
            request.actor = actor  # type: ignore[attr-defined]
        actor = request.actor  # type: ignore[attr-defined]
        if request.path.startswith("/api/"):
            translation.activate(translation.get_language_from_request(request) if "Accept-Language" in request.headers else settings.LANGUAGE_CODE)
        else:
            translation.activate(actor.language if actor else translation.get_language_from_request(request))
        return respond(request)

    return answer


class Refusals:
    """Turns what operations raise into an answer a person can read. Programs have their own translation."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Django calls this for whatever a view raises."""
        if isinstance(error, Http404 | NotFound) or _is_beyond_every_id(error):
            message = error.message if isinstance(error, NotFound) else ""
            return error_response(request, 404, message)
        for kind, status in ((Stale, 412), (NotAllowed, 403), (Conflict, 409), (Refused, 422)):
            if isinstance(error, kind):
                return error_response(request, status, error.message, error.errors)
        if isinstance(error, RequestDataTooBig):
            return error_response(request, 413, "What you sent is too large.")
        if isinstance(error, SuspiciousOperation):
            return error_response(request, 400, "This request could not be understood.")
        if is_temporarily_unavailable(error):
            response = error_response(request, 503, "The database is busy. Nothing was changed; try again in a moment.")
            response.headers["Retry-After"] = "2"
            return response
        log.exception("unexpected failure on %s", request.path, exc_info=error)
        return error_response(request, 500, "Something went wrong on our side. Nothing you entered was stored.")


def _is_beyond_every_id(error: Exception) -> bool:
    """A number in an address that is larger than SQLite counts: there is no such record, as on PostgreSQL."""
    return isinstance(error, OverflowError) and "SQLite INTEGER" in str(error)


refusals = Refusals
typed_text = TypedText
