"""Owner, teammate, stranger: the same rights through the API as everywhere."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.edges.api.client import Api, fields_of
from tests.people import make_cast, make_sale
from wonward.edges.api.v1.routes import ROUTES

pytestmark = pytest.mark.django_db


def test_the_owner_of_a_deal_changes_it_a_teammate_may_only_look_and_a_stranger_finds_nothing():
    cast = make_cast()
    sale = make_sale(cast)
    path, change = f"/deals/{sale.deal_id}", {"name": "Another name"}
    action = {"kind": "call", "due_date": "2026-12-01"}
    lost = {"outcome": "lost", "reason": "Price"}
    for api, seen, changed in (
        (Api(cast.teammate), 200, 403), (Api(cast.marketer), 404, 404), (Api(cast.member), 404, 404), (Api(cast.manager), 404, 404),
        (Api(cast.finance), 200, 403), (Api(cast.seller), 200, 200), (Api(cast.owner), 200, 200),
    ):
        assert api.get(path)[0] == seen
        assert api.patch(path, change)[0] == changed
        assert api.put(f"{path}/next-action", action)[0] == changed
        if changed != 200:
            assert api.post(f"{path}/closing", lost)[0] == changed
    assert Api(cast.seller).get(path)[1]["status"] == "open"


def test_foreign_ids_in_a_body_look_like_missing_ones():
    cast = make_cast()
    sale = make_sale(cast)
    member = Api(cast.member)
    for body in ({"kind": "note", "body": "x", "refs": [f"sales.deal:{sale.deal_id}"]}, {"kind": "note", "body": "x", "refs": ["sales.deal:424242"]}):
        status, problem = member.post("/communications", body)
        assert (status, fields_of(problem)) == (422, ["refs[0]"])
    for key in (sale.deal_id, 424242):
        assert member.get(f"/communications?ref=sales.deal:{key}")[0] == 404
        assert Api(cast.manager).get(f"/promises?deal_id={key}")[0] == 404
        file = SimpleUploadedFile("a.txt", b"hello")
        assert member.upload("/documents", {"file": file, "refs": f"sales.deal:{key}"})[0] == 404


def test_money_is_there_for_those_with_the_right_alone():
    cast = make_cast()
    sale = make_sale(cast)
    seller = Api(cast.seller)
    closed = seller.post(f"/deals/{sale.deal_id}/closing", {"outcome": "won", "brief": {
        "scope_summary": "All", "promised_finish_date": "2027-03-19", "no_constraints": True,
        "main_stakeholder_id": sale.contact_id, "kickoff_date": "2026-12-01",
    }})[1]
    handoff = f"/handoffs/{closed['handoff']['id']}"
    value = {"amount": "84000.00", "currency": "EUR"}
    assert seller.get(handoff)[1]["value"] == Api(cast.manager).get(handoff)[1]["value"] == value
    service = f"/services/{sale.service_id}"
    assert Api(cast.member).get(service)[1]["price"] is None
    assert (seller.get(service)[1]["price"], seller.get(service)[1]["cost"]) == (value, None)
    assert Api(cast.finance).get(service)[1]["cost"] == {"amount": "49600.00", "currency": "EUR"}
    for name, actor in cast.everybody().items():
        status, shown = Api(actor).get(f"/deals/{sale.deal_id}")
        if not actor.may("sales.value.view"):
            assert status == 404 or (shown["value"], shown["lines"][0]["unit_price"]) == (None, None), name


def test_lists_need_their_right_and_say_so():
    cast = make_cast()
    for name, actor in cast.everybody().items():
        api = Api(actor)
        for route in ROUTES:
            if route.method == "GET" and route.is_collection and route.permission:
                query = "?ref=staff.person:1" if route.name == "read_communications" else ""
                status, _ = api.get(route.path + query)
                assert (status == 403) == (not actor.may(route.permission)), (name, route.path)


def test_a_client_team_is_the_members_only_way_in():
    cast = make_cast()
    sale = make_sale(cast)
    member = Api(cast.member)
    assert member.get(f"/companies/{sale.company_id}")[0] == 404
    assert member.patch(f"/companies/{sale.company_id}", {"country": "X"})[0] == 404
    assert member.patch(f"/contacts/{sale.contact_id}", {"title": "X"})[0] == 404
    assert member.get("/companies")[1]["items"] == []


def test_documents_are_downloads_and_hang_on_what_you_see():
    cast = make_cast()
    sale = make_sale(cast)
    seller = Api(cast.seller)
    ref = f"sales.deal:{sale.deal_id}"
    svg = SimpleUploadedFile("../../evil\".svg", b"<svg onload='alert(1)'/>", content_type="image/png")
    status, document = seller.upload("/documents", {"file": svg, "refs": f'["{ref}"]'}, Idempotency_Key="doc")
    assert (status, document["name"], document["media_type"]) == (201, "evil\".svg", "image/svg+xml")
    again = SimpleUploadedFile("../../evil\".svg", b"<svg onload='alert(1)'/>", content_type="image/png")
    assert seller.upload("/documents", {"file": again, "refs": f'["{ref}"]'}, Idempotency_Key="doc")[1]["id"] == document["id"]
    content = f"/documents/{document['id']}/content"
    assert seller.get(content)[0] == 200
    assert seller.last.headers["Content-Type"] == "application/octet-stream"
    assert seller.last.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(seller.last.streaming_content) == b"<svg onload='alert(1)'/>"
    assert Api(cast.member).get(content)[0] == 404
    assert [row["id"] for row in seller.get(f"/documents?ref={ref}")[1]["items"]] == [document["id"]]
    for fields, status, field in (
        ({"refs": ref}, 422, "file"), ({"file": SimpleUploadedFile("a", b"a")}, 422, "refs"),
        ({"file": SimpleUploadedFile("a", b"a"), "refs": "nonsense"}, 422, "refs[0]"),
        ({"file": SimpleUploadedFile("a", b"a"), "refs": ref, "x": "1"}, 400, "x"),
        ({"file": SimpleUploadedFile("a", b"a"), "refs": ref, "privacy": "secret"}, 422, "privacy"),
    ):
        found, problem = seller.upload("/documents", fields)
        assert (found, fields_of(problem)) == (status, [field])


def test_a_file_that_is_too_large_is_413(settings):
    settings.UPLOAD_LIMIT_BYTES = 10
    cast = make_cast()
    sale = make_sale(cast)
    file = SimpleUploadedFile("a.bin", b"x" * 11)
    assert Api(cast.seller).upload("/documents", {"file": file, "refs": f"sales.deal:{sale.deal_id}"})[0] == 413


def test_promises_are_settled_covered_and_versioned():
    cast = make_cast()
    sale = make_sale(cast)
    seller = Api(cast.seller)
    promise = seller.post("/promises", {"deal_id": sale.deal_id, "kind": "quality", "text": "No errors", "weight": 3})[1]
    path = f"/promises/{promise['id']}"
    assert fields_of(seller.patch(path, {"state": "waived"})[1]) == ["reason"]
    assert seller.patch(path, {"state": "nonsense"}, If_Match='"9"')[0] == 412
    status, waived = seller.patch(path, {"state": "waived", "reason": "Client agreed"}, If_Match='"1"')
    assert (status, waived["state"], waived["version"], waived["state_reason"]) == (200, "waived", 2, "Client agreed")
    assert seller.delete(f"{path}/covers/424242")[0] == 404
    assert seller.post(f"{path}/covers", {"task_id": 424242})[0] == 404
    assert Api(cast.member).get(path)[0] == Api(cast.member).patch(path, {"state": "kept"})[0] == 404
    assert fields_of(seller.post("/promises", {"kind": "quality", "text": "x"})[1]) == ["deal_id"]
    assert fields_of(seller.post("/promises", {"deal_id": sale.deal_id, "kind": "wish", "text": "x"})[1]) == ["kind"]
