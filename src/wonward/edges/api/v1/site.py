"""The API as one site: who asks, how often, what the request may carry, and problems for answers."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, re_path
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.security import HttpBearer

from wonward.edges.api.v1 import (
    approvals,
    audit,
    balance,
    baselines,
    bulk_changes,
    calendars,
    capacity,
    communications,
    companies,
    contacts,
    contract_terms,
    custom_fields,
    date_answers,
    deal_members,
    deal_stakeholders,
    deals,
    dependencies,
    document_versions,
    documents,
    emails,
    events,
    exit_criteria,
    handoff_insight,
    handoff_work,
    handoffs,
    house,
    imports,
    leads,
    leveling,
    me,
    merging,
    metrics,
    notes,
    objectives,
    outside_dependencies,
    owed_answers,
    people,
    pipelines,
    plan_files,
    project_changes,
    project_endings,
    projects,
    promises,
    proposals,
    retention,
    scenarios,
    searching,
    services,
    standing,
    tasks,
    team,
    template_files,
    templates,
    track_record,
    webhooks,
    win_previews,
    work,
)
from wonward.edges.api.v1.auth import actor_from_bearer
from wonward.edges.api.v1.description import complete
from wonward.edges.api.v1.limits import LIMIT
from wonward.edges.api.v1.problems import Wrong, problem, problem_of
from wonward.edges.api.v1.routes import (
    ANYBODY,
    MULTIPART,
    ROUTES,
    ApiRequest,
    ApiRoute,
    StrictParser,
    router,
)
from wonward.foundation.access.policy import require
from wonward.kernel.errors import FieldError, Stale
from wonward.kernel.wording import worded

AREAS = (
    me,
    companies,
    contacts,
    contract_terms,
    people,
    merging,
    templates,
    template_files,
    services,
    pipelines,
    deals,
    deal_members,
    deal_stakeholders,
    exit_criteria,
    handoffs,
    handoff_work,
    handoff_insight,
    baselines,
    win_previews,
    project_changes,
    project_endings,
    projects,
    tasks,
    team,
    work,
    approvals,
    audit,
    plan_files,
    standing,
    objectives,
    house,
    retention,
    scenarios,
    dependencies,
    outside_dependencies,
    owed_answers,
    promises,
    proposals,
    communications,
    emails,
    documents,
    document_versions,
    notes,
    events,
    imports,
    balance,
    bulk_changes,
    calendars,
    capacity,
    leveling,
    date_answers,
    track_record,
    leads,
    metrics,
    custom_fields,
    searching,
    webhooks,
)
_ROOM_FOR_FORM_BYTES = 1024 * 1024


class Bearer(HttpBearer):
    """Described for OpenAPI; the site has looked at the token before."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return getattr(request, "actor", None)


def _make_api() -> NinjaAPI:
    api = NinjaAPI(
        title="Wonward", version="1", urls_namespace="api-v1", openapi_url=None, docs_url=None, parser=StrictParser(),
        auth=Bearer(),
        description="Companies, deals, handoffs, projects and promises. Errors are application/problem+json (RFC 9457).",
    )
    for kind in (Exception, Http404, HttpError, ValidationError):
        api.add_exception_handler(kind, _raise)
    api.add_router("", router)
    return api


def _raise(request: HttpRequest, error: Any) -> HttpResponse:
    """Ninja answers nothing itself; the gate knows every problem."""
    raise error


def _patterns(api: NinjaAPI) -> list[URLPattern]:
    """Ninja's addresses, each behind the site's own gate."""
    by_path: dict[str, dict[str, ApiRoute]] = {}
    for one in ROUTES:
        by_path.setdefault(one.path, {})[one.method] = one
    found: dict[str, URLPattern] = {}
    for pattern in cast(list[URLPattern], api.urls[0]):
        address = str(pattern.pattern)
        known = by_path.get("/" + address.replace("<record:", "{").replace(">", "}"))
        if known:
            found[address] = path(address, _gate(known, pattern.callback))
    return list(found.values())


def _gate(routes: Mapping[str, ApiRoute], view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @csrf_exempt
    def answer(request: HttpRequest, **values: Any) -> HttpResponseBase:
        try:
            _let_in(cast(ApiRequest, request), routes)
            return view(request, **values)
        except Stale as error:
            return _with_current_version(request, problem_of(error), routes, view, values)
        except Exception as error:
            return problem_of(error)

    return answer


def _let_in(request: ApiRequest, routes: Mapping[str, ApiRoute]) -> None:
    """Everything that can be said before the body is read."""
    route = routes.get(request.method or "")
    if route is None:
        allowed = ", ".join(sorted(routes))
        raise Wrong(405, "method_not_allowed", worded("Here you can {allowed}.", allowed=allowed), headers={"Allow": allowed})
    request.now = datetime.now(UTC)
    if route.permission != ANYBODY:
        _identify(request)
    if unknown := sorted(set(request.GET) - route.query):
        errors = [FieldError(name, worded("“{name}” is not a parameter of this address.", name=name[:80]), "unknown_parameter") for name in unknown]
        raise Wrong(400, "unknown_parameter", errors[0].words, errors)
    if route.permission and route.is_collection:
        require(request.actor, route.permission)
    _check_content(request, route)


def _identify(request: ApiRequest) -> None:
    header = request.headers.get("Authorization", "")
    actor = actor_from_bearer(header, request.now)
    if actor is None:
        raise Wrong(
            401, "unauthorized", "Send a valid token as “Authorization: Bearer TOKEN”.", headers={"WWW-Authenticate": "Bearer"}
        )
    request.actor = actor
    if "Accept-Language" not in request.headers:
        translation.activate(actor.language)
    seconds = LIMIT.wait(hashlib.sha256(header.encode()).hexdigest())
    if seconds:
        headers = {"Retry-After": str(math.ceil(seconds))}
        raise Wrong(429, "too_many_requests", "This token sends more requests a second than it may.", headers=headers)


def _check_content(request: HttpRequest, route: ApiRoute) -> None:
    length = request.META.get("CONTENT_LENGTH") or "0"
    size = int(length) if length.isdigit() else 0
    if not route.takes:
        return
    if route.takes == MULTIPART:
        if size > settings.UPLOAD_LIMIT_BYTES + _ROOM_FOR_FORM_BYTES:
            raise Wrong(413, "too_large", "What you sent is too large.")
        if request.content_type != MULTIPART:
            raise Wrong(415, "unsupported_media_type", "Send the file as multipart/form-data.")
    elif size > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise Wrong(413, "too_large", "What you sent is too large.")
    elif size and request.content_type not in ("", "application/json"):
        raise Wrong(415, "unsupported_media_type", "Send the body as application/json.")


def _with_current_version(
    request: HttpRequest, response: HttpResponse, routes: Mapping[str, ApiRoute], view: Callable[..., HttpResponseBase],
    values: Mapping[str, Any],
) -> HttpResponse:
    """A conflict also tells the version to go on from, as far as the record can be read."""
    if "GET" in routes:
        request.method = "GET"
        try:
            tag = view(request, **values).headers.get("ETag", "")
        except Exception:
            return response
        if tag:
            response.headers["ETag"] = tag
            document = msgspec.json.decode(response.content)
            document["current"]["version"] = int(tag.strip('"'))
            response.content = msgspec.json.encode(document)
    return response


API = _make_api()


def describe() -> dict[str, Any]:
    """The OpenAPI document of everything here."""
    return complete(API.get_openapi_schema(path_prefix="/api/v1/"), ROUTES)


@csrf_exempt
def show_description(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document; it is no secret, so it needs no token."""
    if request.method != "GET":
        return problem(405, "method_not_allowed", "Here you can GET.", headers={"Allow": "GET"})
    return HttpResponse(msgspec.json.encode(describe()), content_type="application/json")


@csrf_exempt
def show_nothing(request: HttpRequest, **_: Any) -> HttpResponse:
    """What every other address below `/api/` answers."""
    return problem(404, "not_found", "There is nothing at this address.")


urlpatterns = [
    path("openapi.json", show_description, name="openapi"),
    *_patterns(API),
    re_path("^", show_nothing),
]
