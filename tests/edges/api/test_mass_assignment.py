"""A body can set nothing but what its schema names: generated from every schema and the columns of the tables behind it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
from django.db import connection

from tests.edges.api.client import Api, fields_of
from tests.owner_guard import written_tables
from tests.people import NOW, make_cast, make_sale
from wonward.edges.api.v1 import site
from wonward.edges.api.v1.limits import RateLimit
from wonward.edges.api.v1.routes import JSON, ROUTES, ApiRoute
from wonward.edges.api.v1.site import describe
from wonward.journeys.imports.operations import stage_import

# What an attacker tries, whatever the table is called.
COVETED = frozenset([
    "id", "pk", "uuid", "owner", "owner_id", "organisation", "organisation_id", "tenant_id", "user", "user_id", "version", "role", "role_id",
    "access_role", "roles", "is_admin", "is_staff", "is_superuser", "permissions", "scopes", "scope", "password", "token", "is_restricted",
    "is_system", "created_at", "updated_at", "created_by", "author_id", "actor", "deleted_at", "archived_at", "status", "state", "__class__",
])
# Objects whose keys are data of the house, each judged by its operation.
MAPS = {
    "PATCH /leads/{lead_id}.qualification", "POST /leads.qualification", "POST /leads.utm", "POST /deals/{deal_id}/closing.brief.extra",
    "POST /handoffs/{handoff_id}/answers.answers", "POST /imports/{import_id}/commit.mapping",
    "POST /bulk-changes.changes", *(f"POST /imports/{{import_id}}/commit.{name}" for name in ("stages", "owners", "companies", "services")), "POST /projects/{project_id}/brief/acknowledgements.items", "PUT /custom-values.values", "PUT /custom-values.values{}",
    "POST /template-files.file", "POST /deals.custom", "POST /deals.custom{}", "POST /leads/{lead_id}/conversion.custom", "POST /leads/{lead_id}/conversion.custom{}",
}
WRITES = [route for route in ROUTES if route.takes == JSON]


@cache
def _document() -> dict[str, Any]:
    return describe()


def _schema(route: ApiRoute) -> Mapping[str, Any]:
    body = _document()["paths"][f"/api/v1{route.path}"][route.method.lower()]["requestBody"]
    return _resolved(body["content"][JSON]["schema"])


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    return _document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema


def _objects(schema: Mapping[str, Any], place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(place, schema) of every object in a body, the body first."""
    found = _resolved(schema)
    if found.get("type") == "object" or "properties" in found:
        yield place, found
    for other in (*found.get("anyOf", ()), *found.get("allOf", ()), *found.get("oneOf", ())):
        yield from _objects(other, place)
    if "items" in found:
        yield from _objects(found["items"], f"{place}[]")
    for name, part in found.get("properties", {}).items():
        yield from _objects(part, f"{place}.{name}")
    if isinstance(found.get("additionalProperties"), Mapping):
        yield from _objects(found["additionalProperties"], f"{place}{{}}")


@cache
def _columns(package: str) -> set[str]:
    """Every column of every table of a package."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name.startswith(f"{package}_")]
        return {column.name for name in tables for column in connection.introspection.get_table_description(cursor, name)}


def _packages(route: ApiRoute) -> set[str]:
    """The packages whose tables a route may write: that of its right, and what its address names."""
    named = {"deals": "sales", "leads": "sales", "companies": "clients", "contacts": "clients", "projects": "delivery", "tasks": "delivery",
             "people": "staff", "tokens": "access", "handoffs": "handoff", "promises": "promises", "documents": "files", "communications": "comms"}
    first = route.path.split("/")[1]
    return {(route.permission or "access").partition(".")[0], named.get(first, "access")}


def _with(place: list[str], names: Mapping[str, Any]) -> Any:
    """The names inside the object at a place of a body: `lines[]` is the first of a list."""
    if not place:
        return dict(names)
    name, rest = place[0], place[1:]
    inner = _with(rest, names)
    while name.endswith("[]"):
        name, inner = name[:-2], [inner]
    return {name: inner}


def test_every_object_of_every_body_is_closed_but_for_the_maps_known_by_name():
    for route in WRITES:
        for place, schema in _objects(_schema(route), f"{route.method} {route.path}"):
            if place in MAPS:
                assert schema.get("additionalProperties") is not False, f"{place} is closed: take it out of MAPS"
            else:
                assert schema.get("additionalProperties") is False, f"{place} takes any key"


def _refusals(api: Api, route: ApiRoute) -> Iterator[tuple[str, int, set[str], set[str]]]:
    """(place, status, names that were not refused by name, tables written) of every object of a body with names planted in it."""
    path = route.path
    while "{" in path:
        path = f"{path[: path.index('{')]}999999{path[path.index('}') + 1 :]}"
    columns = COVETED.union(*(_columns(package) for package in _packages(route)))
    for place, schema in _objects(_schema(route), ""):
        if "{}" in place or any(f"{route.method} {route.path}{place}".startswith(one) for one in MAPS):
            continue
        names = columns - set(schema.get("properties", {}))
        written: set[str] = set()

        def watch(execute: Any, sql: Any, *rest: Any, into: set[str] = written) -> Any:
            into |= written_tables(str(sql))
            return execute(sql, *rest)

        body = {**route.example, **_with([step for step in place.split(".") if step], dict.fromkeys(names, 1))}
        with connection.execute_wrapper(watch):
            status, problem = api.send(route.method, path, body)
        told = {field.rsplit(".", 1)[-1] for field in fields_of(problem)}
        yield place, status, names - told, written - {"access_idempotentreply"}


@pytest.mark.django_db
def test_no_column_and_no_coveted_name_beside_the_schema_is_taken_by_any_body(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(site, "LIMIT", RateLimit(0))
    api = Api(make_cast().owner)
    wrong, asked = [], 0
    for route in WRITES:
        for place, status, taken, written in _refusals(api, route):
            asked += 1
            if (status, taken, written) != (400, set(), set()):
                wrong.append(f"{route.method} {route.path}{place} answers {status}, does not name {sorted(taken)}, writes {sorted(written)}")
    assert wrong == []
    assert asked > len(WRITES)


@pytest.mark.django_db
def test_a_map_sets_its_own_keys_and_never_a_column():
    cast = make_cast()
    sale = make_sale(cast)
    api = Api(cast.owner)
    before = api.get(f"/deals/{sale.deal_id}")[1]
    for name in sorted(COVETED):
        status, _ = api.send("PUT", "/custom-values", {"ref": f"sales.deal:{sale.deal_id}", "values": {name: "1"}})
        assert status in (400, 422), name
    deal = {"name": "Another", "company_id": sale.company_id, "next_action": {"kind": "call", "due_date": "2027-01-05"}}
    for name in sorted(COVETED):
        status, _ = api.post("/deals", {**deal, "custom": {name: "1"}})
        assert status == 422, name
    for name in sorted(COVETED - {"owner_id"}):
        status, _ = api.post("/bulk-changes", {"noun": "sales.deal", "ids": [sale.deal_id], "changes": {name: 1}})
        assert status in (400, 422), name
    assert api.get(f"/deals/{sale.deal_id}")[1] == before
    status, lead = api.post("/leads", {"name": "Signe Holt", "utm": dict.fromkeys(("score", "status", "owner_id", "id"), "99")})
    if status == 201:
        plain = api.post("/leads", {"name": "Signe Holt the second"})[1]
        assert {key: lead[key] for key in ("status", "score", "owner_id")} == {key: plain[key] for key in ("status", "score", "owner_id")}
    else:
        assert status in (400, 422)
    file = io.BytesIO(b"name,secret\nFar Away Ltd,1\n")
    batch_id = stage_import(actor=cast.owner, kind="companies", file_name="companies.csv", stream=file, now=NOW)
    for name in sorted(COVETED - {"owner"}):
        assert api.post(f"/imports/{batch_id}/commit", {"mapping": {"name": "name", "secret": name}})[0] in (400, 422), name
    for name in ("status", "score", "owner_id"):
        assert api.post("/leads", {"name": "Signe Holt", "qualification": {name: {"state": "clear", "note": "1"}}})[0] in (400, 422), name
