"""A route without a line in the table, a line without a route, or a view without a rule fails the build."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.permissions.lines import Line
from tests.permissions.matrix import render
from tests.permissions.table import API, WEB
from wonward.edges.api.v1.routes import ROUTES
from wonward.edges.api.v1.site import describe
from wonward.edges.web.shell.pages import rule_of
from wonward.foundation.access.policy import PERMISSIONS

OPEN_TO_EVERYBODY = {
    "sign_in", "sign_in_code", "passkey_question", "passkey_sign_in", "forgotten_password", "new_password", "invitation", "logo", "public_form", "public_proposal",
    "public_proposal_file", "public_approval", "public_approval_seen", "public_approval_file", "person_calendar", "project_calendar_feed", "healthz", "readyz",
}
NOT_IN_THE_TABLE = {"openapi", "show_nothing"}


def _leaves(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _leaves(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            yield address, pattern


def _shape(path: str) -> str:
    return re.sub(r"<[^>]+>|\{[^}]+\}", "*", path.strip("^").lstrip("/"))


def _pages() -> dict[tuple[str, str], tuple[Any, str]]:
    found = {}
    for address, pattern in _leaves(get_resolver().url_patterns):
        name = pattern.name or getattr(pattern.callback, "__name__", "")
        if address.startswith(("api", "^api")) or name in NOT_IN_THE_TABLE:
            continue
        rule = rule_of(pattern.callback)
        assert rule is not None, f"The view at /{address} never became a page: it has no rule."
        for method in rule.methods:
            found[name, method] = (rule, _shape(address))
    return found


def _by_name(lines: tuple[Line, ...]) -> dict[tuple[str, str], Line]:
    found = {(line.name, line.method): line for line in lines}
    assert len(found) == len(lines), "A route stands twice in the table."
    return found


def test_every_page_has_a_rule_and_every_method_of_it_a_line_with_the_same_permission_and_address():
    lines, pages = _by_name(WEB), _pages()
    assert {key for key in pages if key[0] not in OPEN_TO_EVERYBODY} == set(lines)
    for key, line in lines.items():
        rule, shape = pages[key]
        assert (rule.permission, shape) == (line.permission, _shape(line.path)), key


def test_only_the_sign_in_what_outsiders_are_sent_and_two_words_for_machines_are_open_to_everybody():
    assert {name for (name, _), (rule, _) in _pages().items() if rule.permission == ""} == OPEN_TO_EVERYBODY


def test_every_route_of_the_api_has_a_line_with_the_same_permission_and_address():
    lines = _by_name(API)
    assert {(route.name, route.method) for route in ROUTES} == set(lines)
    for route in ROUTES:
        line = lines[route.name, route.method]
        assert (route.permission, _shape(route.path)) == (line.permission, _shape(line.path)), route.name


def test_the_resolver_and_the_description_know_no_address_of_the_api_that_the_table_does_not_know():
    known = {_shape(line.path) for line in API}
    routed = {
        _shape(address.removeprefix("api/v1/")) for address, pattern in _leaves(get_resolver().url_patterns)
        if address.startswith("api/v1/") and getattr(pattern.callback, "__name__", "") == "answer"
    }
    described = {
        (_shape(address.removeprefix("/api/v1/")), method.upper())
        for address, methods in describe()["paths"].items() for method in methods
    }
    assert routed == known
    assert described == {(_shape(line.path), line.method) for line in API}


def test_every_filter_of_a_list_by_an_id_is_walked():
    by_name = {line.name: line for line in API}
    for route in ROUTES:
        line = by_name[route.name]
        walked = {name for one in (line.query, *line.filters) for name in one}
        asked = {name for name in route.query if name.endswith("_id") or name == "ref"} - {"external_id", "pipeline_id"}
        assert asked <= walked, f"{route.name} is not walked by {', '.join(sorted(asked - walked))}."


def test_every_permission_of_the_table_is_declared():
    named = {name for line in (*API, *WEB) for name in (line.permission, line.right) if name}
    assert named <= set(PERMISSIONS)


def test_the_page_for_people_says_what_the_table_says():
    page = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
    assert page.read_text() == render(API, WEB), "Run `python -m tests.permissions.matrix > docs/permissions.md`."
