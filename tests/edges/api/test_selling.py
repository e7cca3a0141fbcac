"""Selling over the API: words found by stem, people on a deal, second chances, ids of others, and what may be twice."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.edges.api.client import Api, fields_of
from tests.edges.web.sales.desk import sign_in
from tests.people import NOW, make_cast, make_sale
from wonward.domains.sales.operations.deals import lose_deal
from wonward.foundation.events.dispatcher import deliver_pending

pytestmark = pytest.mark.django_db
CALL = {"kind": "call", "due_date": "2099-12-01"}


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def sale(cast):
    return make_sale(cast)


@pytest.fixture
def api(cast):
    return Api(cast.seller)


def bodies(api, query):
    status, found = api.get(f"/communications?{query}")
    assert status == 200, found
    return [entry["body"] for entry in found["items"]]


def said(api, sale, body, at, **more):
    status, entry = api.post("/communications", {"kind": "call", "refs": [f"sales.deal:{sale.deal_id}"], "body": body, "happened_at": at, **more})
    assert status == 201, entry
    return entry


def test_the_log_finds_words_by_their_stem_people_by_what_they_took_part_in_and_days(cast, sale, api):
    with_hanne = {"participants": [f"clients.contact:{sale.contact_id}"]}
    said(api, sale, "We discussed migrating the templates", "2026-08-10T10:00:00Z", **with_hanne)
    said(api, sale, "Asked about the prices of hosting", "2026-09-10T10:00:00Z", **with_hanne)
    said(api, sale, "Nothing with her", "2026-10-10T10:00:00Z")
    while deliver_pending(now=datetime.now(UTC)):
        pass
    deal, contact = f"ref=sales.deal:{sale.deal_id}", f"ref=clients.contact:{sale.contact_id}"
    assert bodies(api, f"{deal}&q=migrated") == ["We discussed migrating the templates"]
    assert bodies(api, f"{deal}&q=template") == ["We discussed migrating the templates"]
    assert bodies(api, contact) == ["Asked about the prices of hosting", "We discussed migrating the templates"]
    assert bodies(api, f"{contact}&q=price") == ["Asked about the prices of hosting"]
    assert bodies(api, f"{deal}&since=2026-09-01T00:00:00Z&until=2026-10-01T00:00:00Z") == ["Asked about the prices of hosting"]
    assert bodies(api, f"{contact}&since=2026-09-01T00:00:00Z") == ["Asked about the prices of hosting"]


def test_what_a_contact_took_part_in_stays_with_those_who_see_its_record(cast, sale, api):
    with_hanne = {"participants": [f"clients.contact:{sale.contact_id}"], "privacy": "restricted"}
    said(api, sale, "Between us", "2026-08-10T10:00:00Z", **with_hanne)
    contact = f"ref=clients.contact:{sale.contact_id}"
    assert bodies(api, contact) == ["Between us"]
    assert bodies(Api(cast.teammate), contact) == []


def test_an_entry_is_hung_on_another_record(cast, sale, api):
    entry = said(api, sale, "About the other one", "2026-08-10T10:00:00Z")
    path = f"/communications/{entry['id']}/place"
    status, moved = api.put(path, {"refs": [f"clients.company:{sale.company_id}"], "privacy": "client"})
    assert (status, moved["refs"], moved["privacy"]) == (200, [f"clients.company:{sale.company_id}"], "client")
    assert bodies(api, f"ref=sales.deal:{sale.deal_id}") == []
    status, refused = api.put(path, {"refs": ["sales.deal:9999"]})
    assert (status, fields_of(refused)) == (422, ["refs[0]"])
    assert api.put(path, {"refs": []})[0] == 422


def test_the_clients_people_on_a_deal_are_read_named_and_taken_off(cast, sale, api):
    path = f"/deals/{sale.deal_id}/stakeholders"
    part = {"decision_role": "decides", "influence": "high", "stance": "for", "is_main": True}
    status, found = api.put(f"{path}/{sale.contact_id}", part)
    assert status == 200
    (row,) = [one for one in found["items"] if one["contact_id"] == sale.contact_id]
    assert {name: row[name] for name in part} == part
    assert api.get(path)[1] == found
    status, refused = api.put(f"{path}/{sale.contact_id}", {"decision_role": "reigns"})
    assert (status, fields_of(refused)) == (422, ["decision_role"])
    status, left = api.delete(f"{path}/{sale.contact_id}")
    assert (status, left["items"]) == (200, [])
    assert api.delete(f"{path}/{sale.contact_id}")[0] == 200
    assert api.delete(f"/deals/9999/stakeholders/{sale.contact_id}")[0] == 404


def test_a_lost_deal_and_a_lead_put_away_come_back(cast, sale, api):
    lose_deal(actor=cast.seller, deal_id=sale.deal_id, reason="Price", now=NOW)
    status, done = api.post(f"/deals/{sale.deal_id}/reopening", {"reason": "", **CALL})
    assert (status, done) == (200, {"deal_id": sale.deal_id, "handoff_id": None})
    assert api.get(f"/deals/{sale.deal_id}")[1]["status"] == "open"
    lead = api.post("/leads", {"name": "Signe"})[1]["id"]
    assert api.post(f"/leads/{lead}/reopening")[0] == 409
    assert api.post(f"/leads/{lead}/closing", {"reason": "No fit"})[0] == 201
    status, again = api.post(f"/leads/{lead}/reopening")
    assert (status, again["status"]) == (200, "open")


def test_a_reason_that_does_not_fit_is_refused_and_not_cut(cast, sale, api):
    lead = api.post("/leads", {"name": "Signe"})[1]["id"]
    closings = (f"/deals/{sale.deal_id}/closing", {"outcome": "lost"}), (f"/leads/{lead}/closing", {})
    for path, more in closings:
        status, refused = api.post(path, {**more, "reason": "x" * 301})
        assert (status, fields_of(refused)) == (422, ["reason"]), path
    assert (api.get(f"/deals/{sale.deal_id}")[1]["status"], api.get(f"/leads/{lead}")[1]["status"]) == ("open", "open")
    for path, more in closings:
        assert api.post(path, {**more, "reason": "é" * 300})[0] == 201
    assert api.get(f"/deals/{sale.deal_id}")[1]["lost_reason"] == "é" * 300


def test_an_entry_at_the_end_of_time_is_refused_and_the_pages_go_on(cast, sale, api):
    body = {"kind": "call", "body": "When?", "refs": [f"sales.deal:{sale.deal_id}"]}
    status, refused = api.post("/communications", {**body, "happened_at": "9999-12-31T23:59:59Z"})
    assert (status, fields_of(refused)) == (422, ["happened_at"])
    assert api.post("/communications", {**body, "happened_at": "2199-12-31T23:59:59Z"})[0] == 201
    browser = sign_in(cast.seller)
    assert {browser.get(path).status_code for path in (f"/deals/{sale.deal_id}/", "/log/", f"/companies/{sale.company_id}/")} == {200}


def test_a_deal_is_parked_until_a_day_to_come(cast, sale, api):
    for day in ("2020-01-01", "2026-11-19"):
        action = {"kind": "parked", "due_date": day, "note": "Budget"}
        status, refused = api.put(f"/deals/{sale.deal_id}/next-action", action)
        assert (status, fields_of(refused)) == (422, ["due_date"]), day
        status, refused = api.post("/deals", {"name": "Other", "company_id": sale.company_id, "next_action": action})
        assert (status, fields_of(refused)) == (422, ["next_action.due_date"])
    assert api.put(f"/deals/{sale.deal_id}/next-action", {"kind": "parked", "due_date": "2099-01-01", "note": "Budget"})[0] == 200


@pytest.mark.parametrize(("path", "more"), [
    ("deals", {"next_action": CALL, "company_id": "company"}), ("companies", {}), ("contacts", {"company_id": "company"}), ("leads", {}),
])
def test_an_id_of_another_product_names_one_record(sale, api, path, more):
    body = {"name": "First", "external_id": "e-1", **{name: sale.company_id if value == "company" else value for name, value in more.items()}}
    status, made = api.post(f"/{path}", body)
    assert status == 201
    status, refused = api.post(f"/{path}", {**body, "name": "Second"})
    assert (status, fields_of(refused)) == (409, ["external_id"])
    status, found = api.get(f"/{path}?external_id=e-1")
    assert (status, [row["id"] for row in found["items"]]) == (200, [made["id"]])


def test_an_open_deal_like_a_new_one_is_named_and_refuses_nothing(cast, sale, api):
    body = {"name": "Website  Replatform", "company_id": sale.company_id, "next_action": CALL}
    status, made = api.post("/deals", body)
    assert status == 201
    assert [(one["id"], one["score"]) for one in made["possible_duplicates"]] == [(sale.deal_id, 100)]
    assert api.post("/deals", {**body, "name": "A film"})[1]["possible_duplicates"] == []
    assert api.post("/deals", {**body, "name": "Website replatform 2027"})[1]["possible_duplicates"] == []
    lose_deal(actor=cast.seller, deal_id=made["id"], reason="Twice", now=NOW)
    assert [one["id"] for one in api.post("/deals", {**body, "name": "Website Replatfrom"})[1]["possible_duplicates"]] == [sale.deal_id]


def test_where_a_lead_came_from_is_known_with_and_without_its_prefix(api):
    status, lead = api.post("/leads", {"name": "Signe", "utm": {"utm_source": "google", "campaign": "spring"}})
    assert (status, lead["utm"]) == (201, {"source": "google", "campaign": "spring"})


def test_an_address_that_is_none_is_refused_on_a_contact(sale, api):
    status, refused = api.post("/contacts", {"name": "Jo", "email": "foo", "company_id": sale.company_id})
    assert (status, fields_of(refused)) == (422, ["email"])
