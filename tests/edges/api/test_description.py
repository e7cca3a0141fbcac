"""The OpenAPI document is complete, is the one checked in, and what the API does agrees with it."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.edges.api.client import Api
from tests.figures import tell
from tests.people import make_cast, make_sale, token_of
from wonward.config.wsgi import application
from wonward.edges.api.v1.inputs import Body
from wonward.edges.api.v1.routes import ANYBODY, ROUTES
from wonward.edges.api.v1.site import describe
from wonward.foundation.access.policy import PERMISSIONS

CHECKED_IN = Path(__file__).parents[3] / "docs" / "openapi.json"
ROLES = ("owner", "seller", "manager", "member", "finance")
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def test_the_checked_in_document_is_what_the_api_says_of_itself():
    assert json.loads(CHECKED_IN.read_text()) == json.loads(json.dumps(describe())), (
        "run `python -m wonward openapi > docs/openapi.json`"
    )


def test_the_permission_table_and_the_document_know_the_same_routes():
    document = describe()
    described = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in document["paths"].items()
        for method in methods
    }
    assert {(route.method, route.path) for route in ROUTES} == described
    assert len(ROUTES) == len(described)
    for route in ROUTES:
        assert route.permission in (None, ANYBODY) or route.permission in PERMISSIONS, route


def test_no_two_bodies_have_one_name_in_the_document():
    kinds, names = list(Body.__subclasses__()), []
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        if kind.__module__.startswith("wonward."):
            names.append(kind.__name__)
    assert sorted(names) == sorted(set(names)), "one would be described by the fields of the other"


def test_every_route_with_a_body_carries_an_example_of_known_keys():
    document = describe()
    for route in ROUTES:
        if route.takes == "application/json" and route.is_body_required:
            schema = document["paths"][f"/api/v1{route.path}"][route.method.lower()]["requestBody"]["content"]
            name = schema["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
            assert route.example, route
            assert set(route.example) <= set(document["components"]["schemas"][name]["properties"]), route


@pytest.mark.django_db
def test_the_document_is_served_to_everybody():
    status, document = Api(None).get("/openapi.json")
    assert (status, document["openapi"]) == (200, "3.1.0")


@pytest.fixture
def one_connection():
    """Requests stay on the test's own connection, whose transaction is rolled back."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _explore(examples: int, *, share: int = 1, is_drawn_anew: bool = False) -> None:
    """Requests made up for every `share`th operation, by five roles in turn: none breaks the API, and every answer is a declared one."""
    cast = make_cast()
    make_sale(cast)
    roles = itertools.cycle([token_of(getattr(cast, role)) for role in ROLES])
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    count = 0
    for found in itertools.islice(schema.get_all_operations(), 0, None, share):

        @settings(
            max_examples=examples, deadline=None, database=None, derandomize=not is_drawn_anew, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=found.ok().as_strategy())
        def send(case):
            nonlocal count
            count += 1
            case.call_and_validate(headers={"Authorization": f"Bearer {next(roles)}"}, checks=CHECKS)

        send()
        # The next operation begins with another role, or few examples would always meet the same ones.
        next(roles)
    tell("requests made up from the description, by five roles", count=count, operations=len(ROUTES) // share)


@pytest.mark.django_db
@pytest.mark.usefixtures("one_connection")
def test_made_up_requests_of_five_roles_get_declared_answers():
    _explore(4, share=10)


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.usefixtures("one_connection")
def test_many_made_up_requests_of_five_roles_get_declared_answers():
    """Each role sends three to every operation, `FULL=1` ten; on PostgreSQL, which takes fewer words and numbers for good."""
    _explore((10 if os.environ.get("FULL") == "1" else 3) * len(ROLES), is_drawn_anew=True)
