"""How a function becomes a route of the API: declared once, walked by the tests, described in OpenAPI."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial, wraps
from typing import Any, NoReturn, TypeVar, get_type_hints

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import register_converter
from ninja import Router
from ninja.parser import Parser
from pydantic import BaseModel

from wonward.edges.api.v1.inputs import LARGEST_ID
from wonward.edges.api.v1.problems import Wrong
from wonward.foundation.access.operations import Reply, answer_once
from wonward.foundation.database.retries import retry_on_serialization_failure
from wonward.kernel.actor import Actor
from wonward.kernel.wording import worded

LONGEST_KEY = 200
ANYBODY = ""
JSON, MULTIPART = "application/json", "multipart/form-data"


class ApiRequest(HttpRequest):
    """A request with a good token; `now` is read once, at the edge."""

    actor: Actor
    now: datetime


Handler = TypeVar("Handler", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True, slots=True)
class ApiRoute:
    """One method of one path. `permission` None: any token; "": no token. `example` is a body that is fine but for its ids."""

    method: str
    path: str
    name: str
    permission: str | None
    answers: Mapping[int, Any]
    query: frozenset[str] = frozenset()
    takes: str = ""
    is_body_required: bool = False
    example: Mapping[str, Any] = field(default_factory=dict)
    keeps_own_replies: bool = False

    @property
    def is_collection(self) -> bool:
        """Whether the path names no single record: then a missing right is no secret."""
        return "{" not in self.path


class RecordId:
    """Digits in a path that any database can hold; everything else is no address."""

    regex = "[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > LARGEST_ID:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        return str(value)


class StrictParser(Parser):
    """JSON as it is written down: no NaN, no infinity, no key twice."""

    def parse_body(self, request: HttpRequest) -> Any:
        return json.loads(request.body.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_each_once)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON.")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("A key stands there twice.")
    return found


register_converter(RecordId, "record")
router = Router()
ROUTES: list[ApiRoute] = []


def route(
    method: str, path: str, *, permission: str | None, answers: Mapping[int, Any], example: Mapping[str, Any] | None = None,
    takes: str = "", keeps_own_replies: bool = False, openapi: Mapping[str, Any] | None = None,
) -> Callable[[Handler], Handler]:
    """Register a handler. Its parameters are the path's, `where` (a query model) and `body` (a Body)."""

    def register(handler: Handler) -> Handler:
        hints = get_type_hints(handler, include_extras=True)
        signature = inspect.signature(handler)
        body = hints.get("body")
        declared = ApiRoute(
            method, path.replace("{record:", "{"), handler.__name__, permission, dict(answers), _query_of(hints.get("where")),
            takes or (JSON if body else ""), bool(body) and signature.parameters["body"].default is inspect.Parameter.empty,
            dict(example or {}), keeps_own_replies,
        )

        @wraps(handler)
        def endpoint(request: ApiRequest, **values: Any) -> HttpResponseBase:
            return _carry_out(declared, request, partial(handler, request, **values))

        parameters = [
            parameter.replace(annotation=hints[name]) for name, parameter in signature.parameters.items()
        ]
        endpoint.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=parameters, return_annotation=HttpResponseBase
        )
        router.add_api_operation(
            path, [method], endpoint, operation_id=handler.__name__, summary=(handler.__doc__ or "").strip().split("\n")[0],
            tags=[path.split("/")[1]], openapi_extra=dict(openapi or {}),
        )
        ROUTES.append(declared)
        return handler

    return register


def _query_of(model: type[BaseModel] | None) -> frozenset[str]:
    return frozenset(model.model_fields) if model else frozenset()


def _carry_out(declared: ApiRoute, request: ApiRequest, call: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Run the handler, again when the database lost a race, once per Idempotency-Key."""
    if declared.method == "POST" and not declared.keeps_own_replies:
        return once(request, request.body, call)
    return retry_on_serialization_failure(call)()


def once(request: ApiRequest, content: bytes, call: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The answer to a POST; with an Idempotency-Key a repeat gets the first answer again. `content` tells requests apart."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return retry_on_serialization_failure(call)()
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        raise Wrong(400, "bad_key", worded("An Idempotency-Key has 1 to {longest_key} visible characters.", longest_key=LONGEST_KEY))
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode() + content).hexdigest()
    assert request.actor.user_id is not None
    reply = retry_on_serialization_failure(answer_once)(
        user_id=request.actor.user_id, key=key, request_digest=digest, answer=lambda: _reply_of(call()), now=request.now
    )
    response = HttpResponse(reply.body, status=reply.status, headers=reply.headers)
    if reply.is_replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _reply_of(response: HttpResponseBase) -> Reply:
    assert isinstance(response, HttpResponse)
    return Reply(response.status_code, response.content.decode(), dict(response.headers))


def version_asked(request: HttpRequest) -> int | None:
    """The version `If-Match` names; None without one, -1 for a tag no record ever has."""
    header = request.headers.get("If-Match", "").strip()
    if header in ("", "*"):
        return None
    tag = header.removeprefix("W/").strip('"')
    return int(tag) if tag.isascii() and tag.isdigit() and len(tag) < 10 else -1
