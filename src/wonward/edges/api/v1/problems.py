"""Everything that goes wrong, as RFC 9457 problem documents."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DataError, IntegrityError
from django.http import Http404, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException, UnreadablePostError
from ninja.errors import HttpError, ValidationError

from wonward.foundation.database.retries import is_temporarily_unavailable
from wonward.kernel.errors import Conflict, FieldError, NotAllowed, NotFound, Refused, Stale
from wonward.kernel.money import Money
from wonward.kernel.wording import heard, joined, worded

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 2
_LONGEST_PLACE = 300
_log = logging.getLogger("wonward.api")


class ProblemError(msgspec.Struct, frozen=True):
    """One thing wrong with one field; `field` is a dotted path from the root of what was sent."""

    field: str
    code: str
    message: str


class Problem(msgspec.Struct, frozen=True):
    """What went wrong, for a program (`type`, `status`, `errors`) and for a person (`title`, `detail`)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemError]


class StaleProblem(msgspec.Struct, frozen=True):
    """Somebody changed the record in between; nothing was written."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemError]
    current: dict[str, Any]
    yours: dict[str, Any]


class Wrong(Exception):
    """A request the edge itself turns away, before any operation is asked."""

    def __init__(
        self, status: int, code: str, detail: str, errors: Sequence[FieldError] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.errors, self.headers = tuple(errors), dict(headers or {})


def problem(
    status: int, code: str, detail: str, errors: Iterable[FieldError] = (), headers: Mapping[str, str] | None = None,
    **more: Any,
) -> HttpResponse:
    """The answer for one problem."""
    document = {
        "type": f"urn:wonward:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": printable(heard(detail)),
        "errors": [
            {"field": printable(error.field)[:_LONGEST_PLACE], "code": error.code, "message": printable(error.message)}
            for error in errors
        ],
        **more,
    }
    return HttpResponse(msgspec.json.encode(document), status=status, content_type=MEDIA_TYPE, headers=headers)


def problem_of(error: Exception) -> HttpResponse:
    """The answer for whatever was raised on the way. Only what nobody foresaw is a 500."""
    if isinstance(error, Wrong):
        return problem(error.status, error.code, error.detail, error.errors, error.headers)
    if isinstance(error, ValidationError):
        return _problem_of_shape(error)
    if isinstance(error, Stale):
        return problem(412, "stale", error.message, current=plain(error.current), yours=plain(error.yours))
    for kind, status in ((NotAllowed, 403), (Conflict, 409)):
        if isinstance(error, kind):
            return problem(status, error.code, error.message, error.errors)
    if isinstance(error, Refused):
        too_large = any(one.code == "too_large" for one in error.errors)
        return problem(413 if too_large else 422, error.code, error.message, error.errors)
    if isinstance(error, NotFound):
        return problem(404, "not_found", error.message)
    return _problem_of_transport(error)


def _problem_of_transport(error: Exception) -> HttpResponse:
    if isinstance(error, Http404):
        return problem(404, "not_found", "There is nothing at this address.")
    if isinstance(error, RequestDataTooBig):
        return problem(413, "too_large", "What you sent is too large.")
    if isinstance(error, HttpError):
        return problem(error.status_code, "unreadable", "The body is not readable JSON.")
    if isinstance(error, SuspiciousOperation | MultiPartParserError | UnreadablePostError | RawPostDataException):
        return problem(400, "unreadable", "This request could not be understood.")
    if is_temporarily_unavailable(error):
        headers = {"Retry-After": str(RETRY_SECONDS)}
        return problem(503, "unavailable", "The database is busy or read-only. Nothing was changed.", headers=headers)
    if isinstance(error, IntegrityError):
        _log.warning("a constraint refused a write that the rules let through", exc_info=error)
        return problem(409, "conflict", "Another record already stands where this one would; nothing was changed.")
    if isinstance(error, DataError | OverflowError):
        _log.warning("the database refused a value that the rules let through", exc_info=error)
        return problem(422, "refused", "One of the values cannot be stored; nothing was changed.")
    _log.exception("unexpected failure", exc_info=error)
    return problem(500, "unexpected", "Something went wrong on our side. Nothing you sent was stored.")


def _problem_of_shape(error: ValidationError) -> HttpResponse:
    """Unknown keys are 400; wrong types and missing keys are 422; both name every field."""
    errors = list({one.field: one for one in map(_shape_error, reversed(error.errors))}.values())[::-1]
    unknown = [one for one in errors if one.code == "unknown_key"]
    if unknown:
        return problem(400, "unknown_key", joined(one.words for one in unknown[:3]), errors)
    return problem(422, "invalid", errors[0].words if errors else "This request is not valid.", errors)


_SHAPES = {"missing": "required", "extra_forbidden": "unknown_key"}
_SHAPE_WORDS = {str(one): one for one in (
    worded("input should be a valid integer"), worded("input should be a valid integer, unable to parse string as an integer"),
    worded("input should be a valid string"), worded("input should be a valid boolean"), worded("input should be a valid list"),
    worded("input should be a valid boolean, unable to interpret input"), worded("input should be a valid number"),
    worded("input should be a valid number, unable to parse string as a number"), worded("input should be a valid dictionary"),
    worded("input should be an object"), worded("input should be a valid date in the format YYYY-MM-DD"),
    worded("input should be a valid dictionary or object to extract fields from"),
)}


def _shape_error(raw: Mapping[str, Any]) -> FieldError:
    place = place_of(raw["loc"])
    code = _SHAPES.get(raw["type"], "invalid")
    if code == "unknown_key":
        return FieldError(place, worded("“{place}” is not known here.", place=place[:80]), code)
    if code == "required":
        return FieldError(place, worded("{place} is required.", place=place or worded("The body")), code)
    message = str(raw["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    is_code = message[:2].isupper()
    reason = (message if is_code else f"{message[:1].lower()}{message[1:]}").removesuffix(".")
    return FieldError(place, worded("{place}: {reason}.", place=place or worded("The body"), reason=_SHAPE_WORDS.get(reason, reason)), code)


def place_of(loc: Sequence[Any]) -> str:
    """`("body", "body", "items", 3, "key")` becomes `items[3].key`."""
    parts = list(loc)[1:]
    if parts and parts[0] in ("body", "where"):
        parts = parts[1:]
    if loc[:1] == ("query",):
        # A parameter holds no parts: what pydantic adds names the forms it may take.
        parts = [*parts[:1], *(part for part in parts[1:] if isinstance(part, int))]
    place = ""
    for part in parts:
        place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else str(part)
    return place


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a conflict in the words of the API."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Money):
        return {"amount": str(value.amount), "currency": value.currency}
    return printable(value) if isinstance(value, str) else msgspec.to_builtins(value, enc_hook=str)


def printable(text: str) -> str:
    """Text that any encoding can carry."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "�")
