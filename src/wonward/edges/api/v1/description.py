"""The OpenAPI document: what Ninja knows of requests, and every answer a route may give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from wonward.edges.api.v1.problems import MEDIA_TYPE, Problem, StaleProblem
from wonward.edges.api.v1.routes import ANYBODY, ApiRoute

_REF = "#/components/schemas/{name}"
BYTES = bytes
_ETAG = {"description": "The version of the record.", "schema": {"type": "string"}}
_IF_MATCH = {
    "in": "header", "name": "If-Match", "required": False, "schema": {"type": "string"},
    "description": "The ETag of the record as last read; another version is 412.",
}
_IDEMPOTENCY_KEY = {
    "in": "header", "name": "Idempotency-Key", "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    "description": "The same key with the same request gets the first answer again; with another request, 409.",
}
_SENTENCES = {
    400: "An unknown parameter or key, or unreadable JSON.", 401: "No valid token.", 403: "Known, but not yours to do.",
    404: "Missing, or not for your eyes.", 405: "Not this method.", 409: "A conflict of state or Idempotency-Key.",
    412: "The record was changed in between.", 413: "Too large.", 415: "Another media type is expected.",
    422: "A rule refuses; `errors` names the fields.", 429: "Too many requests.", 503: "The database is busy or read-only.",
}


def complete(document: Mapping[str, Any], routes: Iterable[ApiRoute]) -> dict[str, Any]:
    """The document with answers, their schemas, headers and security added."""
    known = list(routes)
    shapes = [shape for route in known for shape in route.answers.values() if shape not in (None, BYTES)]
    _, schemas = msgspec.json.schema_components([*shapes, Problem, StaleProblem], ref_template=_REF)
    by_name = {route.name: route for route in known}
    paths: dict[str, Any] = {}
    for address, methods in document["paths"].items():
        paths[address] = {method: _operation(details, by_name[details["operationId"]]) for method, details in methods.items()}
    components = dict(document["components"])
    components["schemas"] = dict(sorted({**components.get("schemas", {}), **schemas}.items()))
    return {
        "openapi": document["openapi"],
        "info": document["info"],
        "servers": [{"url": "/"}],
        "paths": dict(sorted(paths.items())),
        "components": components,
    }


def _operation(details: Mapping[str, Any], route: ApiRoute) -> dict[str, Any]:
    found = dict(details)
    found["parameters"] = [_int64(parameter) for parameter in details.get("parameters", [])]
    if route.method == "POST":
        found["parameters"].append(_IDEMPOTENCY_KEY)
    if route.method in ("PATCH", "DELETE", "PUT"):
        found["parameters"].append(_IF_MATCH)
    if route.permission == ANYBODY:
        found.pop("security", None)
    found["x-permission"] = route.permission
    found["responses"] = _answers(route)
    return found


def _int64(parameter: Mapping[str, Any]) -> dict[str, Any]:
    if parameter["in"] != "path":
        return dict(parameter)
    return {**parameter, "schema": {"type": "integer", "format": "int64", "minimum": 1, "maximum": 2**63 - 1}}


def _answers(route: ApiRoute) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if route.method in ("PUT", "PATCH", "POST") and 201 not in route.answers:
        found["204"] = {"description": "Done; the record is no longer for your eyes."}
    for status, shape in sorted(route.answers.items()):
        found[str(status)] = _answer(status, shape)
    for status in sorted(_problems(route)):
        shape = StaleProblem if status == 412 else Problem
        found[str(status)] = {
            "description": _SENTENCES[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": _REF.format(name=shape.__name__)}}},
        }
    return found


def _answer(status: int, shape: Any) -> dict[str, Any]:
    if shape is BYTES:
        content: dict[str, Any] = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
    else:
        (schema,), _ = msgspec.json.schema_components([shape], ref_template=_REF)
        content = {"application/json": {"schema": schema}}
    answer: dict[str, Any] = {"description": HTTPStatus(status).phrase, "content": content}
    if status == 201:
        answer["headers"] = {"Location": {"schema": {"type": "string"}}, "ETag": _ETAG}
    return answer


def _problems(route: ApiRoute) -> set[int]:
    found = {400, 401, 403, 429, 503}
    if route.permission == ANYBODY:
        found -= {401, 403, 429}
    if not route.is_collection or route.query:
        found |= {404, 422}
    if route.takes:
        found |= {409, 413, 415, 422, 404}
    if route.method in ("POST", "DELETE"):
        found.add(409)
    if route.method in ("PATCH", "DELETE", "PUT"):
        found |= {409, 412}
    if "deals" in route.path or "tasks" in route.path or "dependencies" in route.path:
        found.add(412) if route.method != "GET" else None
    return found
