"""What holds for every route: problems, unknown keys, versions, pages, tokens, repeats."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest

from tests.edges.api.client import Api, fields_of
from tests.people import make_cast, make_sale
from wonward.edges.api.v1 import site
from wonward.edges.api.v1.limits import RateLimit
from wonward.edges.api.v1.routes import ANYBODY, MULTIPART, ROUTES, ApiRoute

pytestmark = pytest.mark.django_db


def _address(route: ApiRoute, key: int = 999_999) -> str:
    path = route.path
    while "{" in path:
        path = path[: path.index("{")] + str(key) + path[path.index("}") + 1 :]
    return path


WRITES = [route for route in ROUTES if route.takes and route.takes != MULTIPART]


def test_every_route_without_a_token_is_unauthorized_and_says_how():
    api = Api(None)
    for route in ROUTES:
        if route.permission == ANYBODY:
            continue
        status, problem = api.send(route.method, _address(route))
        assert (status, problem["status"]) == (401, 401), route
        assert api.last.headers["WWW-Authenticate"] == "Bearer"
        assert api.last.headers["Content-Type"] == "application/problem+json"


def test_a_bad_token_is_unauthorized():
    for header in ("Bearer nonsense", "Basic abc", "Bearer", "bearer  ", "Bearer \u00fc"):
        assert Api(None).get("/me", Authorization=header)[0] == 401, header


def test_an_unknown_query_parameter_is_refused_on_every_route(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(site, "LIMIT", RateLimit(0))
    api = Api(make_cast().owner)
    for route in ROUTES:
        status, problem = api.send(route.method, _address(route) + "?nonsense=1")
        assert (status, fields_of(problem)) == (400, ["nonsense"]), route


def test_an_unknown_key_is_refused_on_every_body(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(site, "LIMIT", RateLimit(0))
    api = Api(make_cast().owner)
    for route in WRITES:
        status, problem = api.send(route.method, _address(route), {**route.example, "nonsense": 1})
        assert (status, "nonsense" in fields_of(problem)) == (400, True), route


def test_unknown_keys_deep_inside_are_named_by_their_place():
    api = Api(make_cast().owner)
    status, problem = api.post("/templates", {"name": "T", "items": [{"key": "a", "kind": "task", "name": "A", "x": 1}]})
    assert (status, fields_of(problem)) == (400, ["items[0].x"])


def test_a_body_that_is_not_json_is_400_and_another_media_type_415():
    api = Api(make_cast().owner)
    for raw in (b"{", b"\xff\xfe", b'{"name": NaN}', b'{"name": "a", "name": "b"}', b"[" * 100_000, b"1" * 5000):
        status, problem = api.send("POST", "/companies", raw=raw)
        assert status == 400, raw[:20]
        assert problem["type"] == "urn:wonward:problem:unreadable"
    assert api.send("POST", "/companies", raw=b"name=x", content_type="application/x-www-form-urlencoded")[0] == 415
    assert api.send("POST", "/documents", {"refs": []})[0] == 415
    assert api.send("POST", "/companies", raw=b'"' + b"x" * 5_000_000 + b'"')[0] == 413


def test_other_methods_and_other_addresses_are_problems_too():
    api = Api(make_cast().owner)
    status, problem = api.send("TRACE", "/deals")
    assert (status, problem["status"], api.last.headers["Allow"]) == (405, 405, "GET, POST")
    for path in ("/nothing", "/deals/", "/deals/abc", "/deals/99999999999999999999", "/deals/-1", "/deals/1/closing/x", ""):
        status, problem = api.get(path)
        assert (status, problem["status"]) == (404, 404), path
    assert api.get("/api/")[0] == 404
    assert api.get("/api/v2/deals")[1]["title"] == "Not Found"
    assert api.get("/deals/9223372036854775807")[0] == 404


HOSTILE = [
    ({"name": "a\u0000b"}, 422, "name"), ({"name": "\ud800"}, 422, "name"), ({"name": 5}, 422, "name"),
    ({"name": None}, 422, "name"), ({}, 422, "name"), ({"name": "A", "owner_id": "12"}, 422, "owner_id"),
    ({"name": "A", "owner_id": True}, 422, "owner_id"), ({"name": "A", "owner_id": 2**70}, 422, "owner_id"),
    ({"name": "A", "owner_id": 1.0}, 422, "owner_id"), ({"name": "A", "employees": 2**31}, 422, "employees"),
    ({"name": "A", "owner_id": 424242}, 422, "owner_id"), ({"name": "A", "parent_id": 424242}, 422, "parent_id"),
    ({"name": "A", "tier": "Z"}, 422, "tier"), ({"name": "   "}, 422, "name"), ({"name": "x" * 201}, 422, "name"),
    ({"name": "A", "\ud800": 1}, 422, ""), ({"name": "A", "a\u0000": 1}, 400, "a�"),
]


def test_a_value_that_cannot_be_is_refused_by_name():
    api = Api(make_cast().owner)
    for body, expected, field in HOSTILE:
        status, problem = api.send("POST", "/companies", raw=json.dumps(body).encode())
        assert (status, fields_of(problem)) == (expected, [field]), body


def spoiled(schema: dict[str, Any], parts: dict[str, Any], wrong: Any) -> Any:
    """A body with every key of a schema in its place and `wrong` wherever a value would stand."""
    for form in (schema, *schema.get("anyOf", ())):
        found = parts[form["$ref"].rsplit("/", 1)[1]] if "$ref" in form else form
        if "properties" in found:
            return {name: spoiled(one, parts, wrong) for name, one in found["properties"].items()}
        if found.get("type") == "array":
            return [spoiled(found["items"], parts, wrong)]
    return wrong


@cache
def _document() -> dict[str, Any]:
    return site.describe()


@pytest.mark.parametrize("wrong", ["x", True, 1.5, [1], {"so": 1}])
def test_every_field_of_every_body_is_named_as_it_was_sent(wrong: Any) -> None:
    document = _document()
    parts, api, named = document["components"]["schemas"], Api(make_cast().owner), 0
    for route in WRITES:
        if route.path == "/me":
            continue
        body = document["paths"][f"/api/v1{route.path}"][route.method.lower()]["requestBody"]["content"]["application/json"]["schema"]
        status, problem = api.send(route.method, _address(route), spoiled(body, parts, wrong))
        assert status < 500, route
        for error in (problem or {}).get("errors", ()):
            assert re.fullmatch(r"[a-z0-9_]+(\[\d+\])*(\.[a-z0-9_]+(\[\d+\])*)*", error["field"]), (route.path, error)
            assert "_read_" not in error["message"], error
            named += 1
        if problem:
            assert len(fields_of(problem)) == len(set(fields_of(problem))), (route.path, problem)
    assert named > 200


@pytest.mark.parametrize("field", ["duration_days", "effort_minutes", "efforts[0].minutes"])
@pytest.mark.parametrize("wrong", ["three", True, [3], None])
def test_a_number_or_so_much_per_unit_of_a_wrong_type_is_one_mistake_at_its_field(field: str, wrong: Any) -> None:
    if wrong is None and "efforts" not in field:
        return
    item: dict[str, Any] = {"key": "a", "kind": "task", "name": "A"}
    item |= {"efforts": [{"role": "Designer", "minutes": wrong}]} if "efforts" in field else {field: wrong}
    status, problem = Api(make_cast().owner).post("/templates", {"name": "T", "items": [item]})
    assert (status, fields_of(problem)) == (422, [f"items[0].{field}"])


def test_a_part_of_so_much_per_unit_is_named_too() -> None:
    api = Api(make_cast().owner)
    item = {"key": "a", "kind": "task", "name": "A", "duration_days": {"base": 1, "per_unit": "x"}, "effort_minutes": {"per_unit": 2, "y": 1}}
    status, problem = api.post("/templates", {"name": "T", "items": [item]})
    assert (status, set(fields_of(problem))) == (400, {"items[0].duration_days.per_unit", "items[0].effort_minutes.y"})


WRONG_DEALS = [
        ({"value": {"amount": "1.234", "currency": "EUR"}}, "value"), ({"value": {"amount": 5, "currency": "EUR"}}, "value.amount"),
        ({"value": {"amount": "1e9", "currency": "EUR"}}, "value.amount"), ({"value": "5"}, "value"),
        ({"value": {"amount": "5.00", "currency": "USD"}}, "value.currency"),
        ({"value": {"amount": "-5.00", "currency": "EUR"}}, "value"),
        ({"next_action": {"kind": "dance", "due_date": "2026-11-20"}}, "next_action.kind"),
        ({"next_action": {"kind": "call", "due_date": "20.11.2026"}}, "next_action.due_date"),
        ({"next_action": {"kind": "call"}}, "next_action.due_date"),
        ({"next_action": {"kind": "parked", "due_date": "2099-11-20"}}, "next_action.note"),
        ({"lines": [{"service_id": 424242}]}, "lines[0].service_id"),
        ({"lines": [{"service_id": None, "quantity": 0.001}]}, "lines[0].quantity"),
        ({"lines": [{"service_id": None, "quantity": "2"}]}, "lines[0].quantity"),
        ({"lines": [{"service_id": None, "quantity": 0}]}, "lines[0].quantity"),
        ({"company_id": 424242}, "company_id"), ({"stage_id": 424242}, "stage_id"), ({"pipeline_id": 424242}, "pipeline_id"),
        ({"owner_id": 424242}, "owner_id"), ({"expected_close_date": "2026-02-30"}, "expected_close_date"),
]


def test_a_deal_names_what_is_wrong_with_it():
    cast = make_cast()
    sale = make_sale(cast)
    api = Api(cast.seller)
    good = {"name": "D", "company_id": sale.company_id, "next_action": {"kind": "call", "due_date": "2026-11-20"}}
    for change, field in WRONG_DEALS:
        if "quantity" in field:
            change = {"lines": [{**change["lines"][0], "service_id": sale.service_id}]}
        status, problem = api.post("/deals", {**good, **change})
        assert (status, fields_of(problem)) == (422, [field]), change


def test_versions_travel_as_etags_and_a_stale_one_shows_both_values():
    cast = make_cast()
    sale = make_sale(cast)
    api, path = Api(cast.seller), f"/deals/{sale.deal_id}"
    assert api.get(path)[0] == 200
    first = api.last.headers["ETag"]
    assert (first, api.patch(path, {"name": "Second name"}, If_Match=first)[0]) == ('"1"', 200)
    assert api.last.headers["ETag"] == '"2"'
    status, problem = api.patch(path, {"name": "Third name"}, If_Match=first)
    assert status == 412
    assert (problem["current"], problem["yours"]) == ({"name": "Second name", "version": 2}, {"name": "Third name"})
    assert api.last.headers["ETag"] == '"2"'
    won = next(stage["id"] for stage in api.get("/pipelines")[1]["items"][0]["stages"] if stage["kind"] == "won")
    assert api.patch(path, {"stage_id": won}, If_Match=first)[0] == 412, "the version is judged before any rule"
    assert api.patch(path, {"name": "Third name"}, If_Match="nonsense")[0] == 412
    assert api.patch(path, {"name": "Third name"}, If_Match="*")[0] == 200
    assert api.get(path)[1]["name"] == "Third name"


def test_a_patch_that_moves_and_changes_does_both_or_neither():
    cast = make_cast()
    sale = make_sale(cast)
    api, path = Api(cast.seller), f"/deals/{sale.deal_id}"
    stages = [stage["id"] for stage in api.get("/pipelines")[1]["items"][0]["stages"]]
    assert api.patch(path, {"stage_id": stages[1], "name": " "})[0] == 422
    assert api.get(path)[1]["stage_id"] == stages[0]
    assert api.patch(path, {"stage_id": stages[1], "name": "Moved"})[1]["stage_id"] == stages[1]


def test_pages_follow_each_other_without_a_gap():
    cast = make_cast()
    api = Api(cast.seller)
    for number in range(7):
        api.post("/companies", {"name": f"Company {number}"})
    seen, cursor = [], ""
    while True:
        status, part = api.get(f"/companies?limit=3&sort=-name&cursor={cursor}")
        assert status == 200
        seen += [row["name"] for row in part["items"]]
        if part["next"] is None:
            break
        cursor = part["next"]
    assert seen == [f"Company {number}" for number in range(6, -1, -1)]
    assert [row["name"] for row in api.get("/companies?q=pany 4")[1]["items"]] == ["Company 4"]
    newest = api.get("/companies?sort=-updated_at&limit=1")[1]["items"][0]
    since = api.get(f"/companies?updated_since={newest['updated_at']}")[1]["items"]
    assert newest["id"] in [row["id"] for row in since]


WRONG_QUERIES = [
    ("limit=0", "limit"), ("limit=201", "limit"), ("limit=ten", "limit"), ("limit=1.0", "limit"), ("cursor=zzz", "cursor"),
     ("sort=password", "sort"), ("updated_since=yesterday", "updated_since"), ("q=%00", "q"), ("owner_id=x", "owner_id"),
     ("owner_id=99999999999999999999", "owner_id"), ("is_history=maybe", "is_history"), ("status=gone", "status"),
     ("updated_since=2026-11-19T09:30:00", "updated_since"), ("updated_since=0001-01-01T00:00:00%2B14:00", "updated_since"),
]


def test_a_parameter_with_a_wrong_value_is_named():
    api = Api(make_cast().owner)
    for query, field in WRONG_QUERIES:
        status, problem = api.get(f"/deals?{query}")
        assert (status, fields_of(problem)) == (422, [field]), query


def test_deals_are_filtered_by_status_owner_and_company():
    cast = make_cast()
    first, second = make_sale(cast), make_sale(cast, name="Other", company="Other Ltd")
    api = Api(cast.seller)
    api.post(f"/deals/{second.deal_id}/closing", {"outcome": "lost", "reason": "Price"})
    for query, wanted in (
        ("status=open", [first.deal_id]), ("status=lost", [second.deal_id]), ("is_history=true", []),
        (f"company_id={first.company_id}", [first.deal_id]), (f"owner_id={cast.teammate.person_id}", []),
    ):
        assert [row["id"] for row in api.get(f"/deals?{query}")[1]["items"]] == wanted, query


def test_a_repeat_with_the_same_key_gets_the_first_answer_and_adds_nothing():
    cast = make_cast()
    api = Api(cast.seller)
    status, first = api.post("/companies", {"name": "Once"}, Idempotency_Key="k1")
    location = api.last.headers["Location"]
    status_again, again = api.post("/companies", {"name": "Once"}, Idempotency_Key="k1")
    assert (status, status_again, again) == (201, 201, first)
    assert (api.last.headers["Location"], api.last.headers["Idempotent-Replayed"]) == (location, "true")
    assert len(api.get("/companies?q=Once")[1]["items"]) == 1
    assert api.post("/companies", {"name": "Twice"}, Idempotency_Key="k1")[0] == 409
    assert api.post("/contacts", {"name": "Once", "company_id": None}, Idempotency_Key="k1")[0] == 409
    assert Api(cast.teammate).post("/companies", {"name": "Theirs"}, Idempotency_Key="k1")[0] == 201
    assert api.post("/companies", {"name": "X"}, Idempotency_Key="x" * 201)[0] == 400


def test_a_refused_request_leaves_its_key_free():
    cast = make_cast()
    sale = make_sale(cast)
    api, closing = Api(cast.seller), f"/deals/{make_sale(cast, company='B').deal_id}/closing"
    assert api.post(closing, {"outcome": "won", "brief": {}}, Idempotency_Key="win")[0] == 422
    assert api.get(f"/deals/{sale.deal_id}")[1]["status"] == "open"
    assert api.post(closing, {"outcome": "lost", "reason": "Price"}, Idempotency_Key="win")[0] == 201
    status, again = api.post(closing, {"outcome": "lost", "reason": "Price"}, Idempotency_Key="win")
    assert (status, again["replayed"]) == (201, False)


def test_a_token_may_do_less_than_its_user():
    cast = make_cast()
    sale = make_sale(cast)
    reader = Api(cast.seller, scopes=["sales.deal.view"])
    assert reader.get(f"/deals/{sale.deal_id}")[1]["value"] is None, "values are a right of their own"
    assert reader.patch(f"/deals/{sale.deal_id}", {"name": "X"})[0] == 403
    assert reader.post("/companies", {"name": "X"})[0] == 403
    assert reader.get("/companies")[0] == 403
    assert list(reader.get("/me")[1]["permissions"]) == ["sales.deal.view"]


def test_too_many_requests_are_told_when_to_come_back(monkeypatch):
    times = [0.0]
    monkeypatch.setattr(site, "LIMIT", RateLimit(2, clock=lambda: times[0]))
    cast = make_cast()
    api, other = Api(cast.seller), Api(cast.teammate)
    assert [api.get("/me")[0] for _ in range(3)] == [200, 200, 429]
    assert api.last.headers["Retry-After"] == "1"
    assert other.get("/me")[0] == 200
    times[0] = 1.0
    assert api.get("/me")[0] == 200


def test_a_database_that_is_busy_is_503_and_says_when_to_come_back(monkeypatch):
    from django.db import OperationalError

    def locked(**_: object) -> None:
        raise OperationalError("database is locked")

    api = Api(make_cast().seller)
    monkeypatch.setattr("wonward.edges.api.v1.companies.create_companies", locked)
    assert api.post("/companies", {"name": "X"})[0] == 503
    assert api.last.headers["Retry-After"] == "2"


def test_the_csrf_cookie_and_the_session_play_no_part():
    from django.test import Client

    cast = make_cast()
    api = Api(cast.seller)
    api.client = Client(enforce_csrf_checks=True)
    assert api.post("/companies", {"name": "X"})[0] == 201
    assert "Access-Control-Allow-Origin" not in api.last.headers
