"""Templates and services through the API: versions, previews, archives and other names."""

from __future__ import annotations

import pytest

from tests.edges.api.client import Api, fields_of
from tests.people import NOW, WEBSITE, Cast, make_cast, make_sale
from wonward.domains.catalog.operations import create_services
from wonward.domains.catalog.types import NewService
from wonward.journeys.handoff.operations import close_deal_as_won

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


PAGES = [
    {"key": "plan", "kind": "task", "name": "Plan", "start_offset_days": 2, "efforts": [{"role": "Strategist", "minutes": {"per_unit": 30}}]},
    {"key": "page", "kind": "task", "name": "Page", "repeat": "quantity", "after": [{"key": "plan"}], "duration_days": 0.5},
    {"key": "seo", "kind": "task", "name": "SEO", "when": {"option": "seo"}, "after": [{"key": "page", "lag_days": 1, "lag_unit": "elapsed"}]},
    {"key": "ok", "kind": "approval", "name": "Approved", "after": [{"key": "seo"}], "promise_key": "finish"},
]


def test_a_template_is_previewed_with_its_quantity_and_options(cast: Cast) -> None:
    manager = Api(cast.manager)
    status, template = manager.post("/templates", {"name": "Pages", "items": PAGES, "note": "First"})
    assert (status, template["number"], template["is_archived"]) == (201, 1, False)
    status, plan = Api(cast.seller).get(f"/templates/{template['id']}/preview?start_date=2026-12-05&quantity=3&options=")
    assert (status, plan["effort_minutes"]) == (200, 90)
    assert [(row["key"], row["start_date"]) for row in plan["items"]] == [
        ("plan", "2026-12-09"), ("page#1", "2026-12-10"), ("page#2", "2026-12-10"), ("page#3", "2026-12-10"), ("ok", "2026-12-11")
    ]
    status, full = manager.get(f"/templates/{template['id']}/preview?start_date=2026-12-05")
    assert [row["key"] for row in full["items"]] == ["plan", "page", "seo", "ok"]
    assert manager.get(f"/templates/{template['id']}/preview")[0] == 422
    assert manager.get(f"/templates/{template['id']}/preview?start_date=2026-12-05&colour=red")[0] == 400


def test_the_next_version_names_what_is_wrong_and_an_old_form_is_stale(cast: Cast) -> None:
    manager = Api(cast.manager)
    _, template = manager.post("/templates", {"name": "Pages", "items": PAGES})
    path = f"/templates/{template['id']}"
    broken = [PAGES[0], {**PAGES[1], "after": [{"key": "plan", "type": "FF"}, {"key": "nowhere"}]}]
    status, refusal = manager.post(f"{path}/versions", {"items": broken})
    assert (status, fields_of(refusal)) == (422, ["items[1].after[1].key"])
    status, template = manager.post(f"{path}/versions", {"items": PAGES[:2], "note": "Shorter"}, If_Match='"1"')
    assert (status, template["number"], len(template["items"]), manager.last.headers["ETag"]) == (201, 2, 2, '"2"')
    assert manager.post(f"{path}/versions", {"items": PAGES[:1]}, If_Match='"1"')[0] == 412
    _, versions = manager.get(f"{path}/versions")
    assert [(row["number"], row["note"], row["author"], row["items"]) for row in versions] == [
        (2, "Shorter", "Tom Brandt", None), (1, "", "Tom Brandt", None)
    ]
    assert manager.get(f"{path}/versions/1")[1]["items"] == PAGES
    assert Api(cast.seller).post(f"{path}/versions", {"items": PAGES[:1]})[0] == 403


def test_an_archived_template_leaves_the_list_and_comes_back(cast: Cast) -> None:
    manager = Api(cast.manager)
    _, template = manager.post("/templates", {"name": "Pages", "items": PAGES})
    path = f"/templates/{template['id']}"
    assert manager.post(f"{path}/archiving", {})[1]["is_archived"] is True
    assert manager.get("/templates")[1]["items"] == []
    assert [row["id"] for row in manager.get("/templates?is_archived=true")[1]["items"]] == [template["id"]]
    assert manager.post(f"{path}/archiving", {"is_archived": False})[1]["is_archived"] is False
    assert len(manager.get("/templates")[1]["items"]) == 1


def test_a_service_is_changed_archived_and_brought_back_unless_its_name_is_taken(cast: Cast) -> None:
    seller = Api(cast.seller)
    _, service = seller.post("/services", {"name": "Website", "placement": "own_project"})
    assert service["placement"] == "own_project"
    path = f"/services/{service['id']}"
    status, service = seller.patch(path, {"effort_minutes": 600, "price": {"amount": "10.00", "currency": "EUR"}}, If_Match='"1"')
    assert (status, service["effort_minutes"], service["price"]["amount"]) == (200, 600, "10.00")
    assert seller.patch(path, {"effort_minutes": 700}, If_Match='"1"')[0] == 412
    assert seller.patch(path, {"placement": "elsewhere"})[0] == 422
    assert fields_of(seller.patch(path, {"template_id": 987654321})[1]) == ["template_id"]
    assert seller.post(f"{path}/archiving", {})[1]["is_archived"] is True
    assert seller.get("/services")[1]["items"] == []
    seller.post("/services", {"name": "website"})
    assert seller.post(f"{path}/archiving", {"is_archived": False})[0] == 409
    assert Api(cast.member).patch(path, {"effort_minutes": 1})[0] == 403


def test_a_service_to_review_becomes_another_name_of_one_we_have(cast: Cast) -> None:
    sale = make_sale(cast)
    (stray,) = create_services(actor=cast.seller, services=[NewService(name="Web site", is_to_review=True)], now=NOW)
    seller = Api(cast.seller)
    status, merged = seller.post(f"/services/{stray}/merging", {"into_id": sale.service_id})
    assert (status, merged["merged_into_id"], merged["is_to_review"]) == (200, sale.service_id, False)
    assert stray not in [row["id"] for row in seller.get("/services")[1]["items"]]
    assert seller.post(f"/services/{stray}/merging", {"into_id": sale.service_id})[0] == 404
    assert fields_of(seller.post(f"/services/{sale.service_id}/merging", {"into_id": stray})[1]) == ["into_id"]
    status, deal = seller.post("/deals", {
        "name": "By its other name", "company_id": sale.company_id, "lines": [{"service_id": stray, "quantity": 1}],
        "next_action": {"kind": "call", "due_date": "2026-11-20", "note": "Call"},
    })
    assert (status, deal["value"]["amount"]) == (201, "84000.00")
    closed = close_deal_as_won(actor=cast.seller, deal_id=deal["id"], brief=sale.brief(), now=NOW)
    _, tasks = Api(cast.manager).get(f"/projects/{closed.project_ids[0]}/tasks")
    assert [row["key"] for row in tasks["items"]] == [item["key"] for item in WEBSITE]
