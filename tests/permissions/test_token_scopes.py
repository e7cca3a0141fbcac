"""Every scope × every method × every route: a route is reached by the scope it declares and by no other, and a refusal writes nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction
from django.test import Client

from tests.people import token_of
from tests.permissions.lines import Line, address, fill
from tests.permissions.table import API
from tests.permissions.walker import Walker
from tests.permissions.watch import MAY_CHANGE_ON_REFUSAL, WriteWatch
from wonward.edges.api.v1.routes import ANYBODY, ROUTES
from wonward.edges.api.v1.site import describe
from wonward.foundation.access.policy import PERMISSIONS

pytestmark = pytest.mark.django_db
ASKED = [line for line in API if line.permission not in (None, ANYBODY)]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Routes that weigh one thing against another ask for the right to see both.
ALSO = {"/capacity/balance": "staff.booking.view", "/capacity/outlook": "staff.booking.view"}
REFUSED, REFUSED_FORM = (403, 404), (403, 404, 415)


@contextmanager
def _for_a_while() -> Iterator[None]:
    """Nothing of it stays in the world of the walk."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _answer(walker: Walker, line: Line, token: str) -> tuple[int, set[str]]:
    """What the owner's token is answered, and the tables the request wrote."""
    body = fill(line.body, walker.world, line.families[0])
    query = f"?{urlencode(fill(line.query, walker.world, line.families[0]) or {})}" if line.query else ""
    watch = WriteWatch()
    with _for_a_while(), connection.execute_wrapper(watch):
        answer = Client(raise_request_exception=False).generic(
            line.method, f"/api/v1{address(line, walker.world, line.families[0])}{query}",
            b"" if body is None or line.is_form else json.dumps(body).encode(), content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )
    return answer.status_code, watch.tables - MAY_CHANGE_ON_REFUSAL


@pytest.mark.parametrize("line", ASKED, ids=lambda line: f"{line.method}-{line.name}")
def test_a_token_without_the_scope_of_a_route_is_refused_though_its_owner_may_everything(walker: Walker, line: Line):
    with _for_a_while():
        token = token_of(walker.world.actors["owner"], sorted(set(PERMISSIONS) - {line.permission}))
        status, written = _answer(walker, line, token)
    assert status in (REFUSED_FORM if line.is_form else REFUSED)
    assert written == set()


def _matrix(walker: Walker, *, every: int) -> list[str]:
    """What is wrong with every route × every `every`th scope alone, other ones from route to route."""
    wrong = []
    with _for_a_while():
        tokens = {scope: token_of(walker.world.actors["owner"], [scope]) for scope in sorted(PERMISSIONS)}
        for place, line in enumerate(ASKED):
            for scope in [*tokens][place % every :: every]:
                if scope == line.permission:
                    continue
                status, written = _answer(walker, line, tokens[scope])
                if status not in (REFUSED_FORM if line.is_form else REFUSED) or written:
                    wrong.append(f"{line.method} {line.path} asks for {line.permission}; {scope} alone gets {status} and writes {sorted(written)}")
            if line.method == "GET" and "{" not in line.path and not line.target:
                asked = [line.permission or "", *([ALSO[line.path]] if line.path in ALSO else [])]
                status, _ = _answer(walker, line, token_of(walker.world.actors["owner"], asked))
                if status != 200:
                    wrong.append(f"{line.method} {line.path} asks for {asked}, which gets {status}")
    return wrong


def test_a_route_is_reached_by_its_own_scope_and_by_no_other_one_alone(walker: Walker):
    assert "\n".join(_matrix(walker, every=29)) == ""


@pytest.mark.long
def test_a_route_is_reached_by_none_of_many_scopes_but_its_own(walker: Walker):
    assert "\n".join(_matrix(walker, every=1 if os.environ.get("FULL") == "1" else 8)) == ""


def test_a_method_no_route_declares_is_refused_for_every_address_and_writes_nothing(walker: Walker):
    declared: dict[str, set[str]] = {}
    for route in ROUTES:
        declared.setdefault(route.path, set()).add(route.method)
    documented = {path.removeprefix("/api/v1"): {method.upper() for method in methods} for path, methods in describe()["paths"].items()}
    assert declared == documented
    lines = {line.name: line for line in API}
    wrong = []
    with _for_a_while():
        token = token_of(walker.world.actors["owner"])
        for route in ROUTES:
            line = lines[route.name]
            for method in set(METHODS) - declared[route.path]:
                status, written = _answer(walker, Line("api", line.name, method, line.path, None, line.target, line.families), token)
                if status != 405 or written:
                    wrong.append(f"{method} {route.path} gets {status} and writes {sorted(written)}")
            declared[route.path] = set(METHODS)
    assert wrong == []
