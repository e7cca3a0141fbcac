"""Programs write, change, compare, send and take back proposals as the screens do."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from tests.edges.api.client import Api, fields_of
from tests.people import Cast, Sale, make_cast, make_sale
from wonward.domains.sales.models import Contract, Proposal, ProposalLink
from wonward.foundation.access.models import IdempotentReply

pytestmark = pytest.mark.django_db
SOON = (datetime.now(UTC).date() + timedelta(days=20)).isoformat()


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast: Cast) -> Sale:
    return make_sale(cast)


@pytest.fixture
def api(cast: Cast) -> Api:
    return Api(cast.seller)


def euro(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def begin(api: Api, sale: Sale) -> dict[str, object]:
    status, made = api.post(f"/deals/{sale.deal_id}/proposals")
    assert status == 201
    assert api.last.headers["Location"] == f"/api/v1/proposals/{made['id']}"
    return dict(made)


def test_a_proposal_begins_with_the_services_of_its_deal_and_is_found_in_the_list(api: Api, sale: Sale) -> None:
    made = begin(api, sale)
    (line,) = made["lines"]
    assert (line["service_id"], line["unit_price"], line["total"]) == (sale.service_id, euro("84000.00"), euro("84000.00"))
    assert [one["role"] for one in line["role_hours"]] == ["Strategist", "Designer", "Developer", "Editor"]
    assert (made["status"], made["shown_number"], made["sums"]["effort_minutes"]) == ("draft", 1, 10_080)
    for where in ("", f"?deal_id={sale.deal_id}", "?status=draft", f"?q={made['number']}", "?q=replatform"):
        assert [row["id"] for row in api.get(f"/proposals{where}")[1]["items"]] == [made["id"]], where
    for where in (f"?deal_id={sale.deal_id + 1}", "?status=sent", "?q=nothing", "?updated_since=2090-01-01T00:00:00Z"):
        assert api.get(f"/proposals{where}")[1]["items"] == [], where


def test_lines_discounts_hours_and_words_change_and_a_refusal_names_its_place(api: Api, sale: Sale) -> None:
    made = begin(api, sale)
    here = f"/proposals/{made['id']}"
    lines = [
        {"service_id": sale.service_id, "name": "Website", "unit_price": euro("1000.00"), "quantity": 2, "discount_percent": 10,
         "role_hours": [{"role": "Designer", "minutes": 600}]},
        {"name": "Care", "unit_price": euro("50.00"), "is_option": True},
    ]
    status, shown = api.patch(here, {"lines": lines, "discount": euro("100.00"), "tax_percent": 19, "intro": "As we spoke."}, If_Match=f'"{made["version"]}"')
    assert status == 200
    sums = shown["sums"]
    assert (sums["net"], sums["total"], sums["to_pay"]) == (euro("1800.00"), euro("1700.00"), euro("2023.00"))
    assert (sums["effort_minutes"], sums["role_hours"]) == (1200, [{"role": "Designer", "minutes": 1200}])
    assert (shown["title"], shown["intro"], shown["lines"][1]["is_option"]) == ("Website replatform", "As we spoke.", True)
    assert api.patch(here, {"intro": "Late."}, If_Match='"1"')[0] == 412
    for body, fields in (
        ({"lines": [{"name": "Care", "unit_price": euro("50.00"), "discount": euro("50.01")}]}, ["lines[0].discount"]),
        ({"lines": [{"name": "Care", "unit_price": euro("50.00")}]}, ["discount"]),
        ({"discount": None, "lines": [{"name": "", "quantity": 0}]}, ["lines[0].name", "lines[0].quantity"]),
        ({"discount": None, "lines": [{"name": "Care", "quantity": -3, "unit_price": euro("50.00")}]}, ["lines[0].quantity"]),
        ({"discount": None, "lines": [{"name": "Care", "unit_price": euro("-50.00")}]}, ["lines[0].unit_price"]),
        ({"lines": [{"name": "Care", "price": 5}]}, ["lines[0].price"]), ({"title": " "}, ["title"]),
    ):
        status, problem = api.patch(here, body)
        assert (status in (400, 422), fields_of(problem)) == (True, fields), body
    assert api.get(here)[1]["lines"] == shown["lines"]


def test_after_sending_a_change_begins_the_next_version_and_tells_what_is_different(api: Api, sale: Sale) -> None:
    made = begin(api, sale)
    here = f"/proposals/{made['id']}"
    status, sent = api.post(f"{here}/sending", {"valid_until": SOON, "recipient": "Hanne"}, Idempotency_Key="send-1")
    assert status == 201
    assert sent["link"].startswith("http")
    assert (sent["proposal"]["status"], len(sent["proposal"]["links"])) == ("sent", 1)
    again = api.post(f"{here}/sending", {"valid_until": SOON, "recipient": "Hanne"}, Idempotency_Key="send-1")
    assert (again[0], again[1]["link"], ProposalLink.objects.count()) == (201, None, 1)
    assert sent["link"].rsplit("/p/")[1].strip("/") not in "".join(map(str, IdempotentReply.objects.values_list("body", flat=True)))
    status, changed = api.patch(here, {"lines": [{"service_id": sale.service_id, "name": "Website", "unit_price": euro("80000.00")}]})
    assert (status, changed["shown_number"], changed["numbers"], changed["sent_at"]) == (200, 2, [1, 2], None)
    assert any("80000" in one["after"] for one in changed["differences"])
    assert api.get(f"{here}/versions/1")[1]["lines"][0]["unit_price"] == euro("84000.00")
    assert api.get(f"{here}/versions/3")[0] == 404


def test_a_withdrawn_proposal_opens_nothing_and_an_answer_stands_on_the_page(api: Api, sale: Sale) -> None:
    made = begin(api, sale)
    here = f"/proposals/{made['id']}"
    link = api.post(f"{here}/sending", {"valid_until": SOON})[1]["link"]
    path = "/p/" + link.split("/p/")[1]
    status, told = api.post(f"{here}/comments", {"text": "The second week works."})
    assert (status, told["comments"][-1]["text"], told["comments"][-1]["is_client"]) == (201, "The second week works.", False)
    assert "The second week works." in Client().get(path).content.decode()
    status, closed = api.post(f"{here}/withdrawal")
    assert (status, [one["is_live"] for one in closed["links"]]) == (200, [False])
    assert Client().get(path).status_code == 404


def test_the_file_is_a_draft_first_and_the_sealed_document_once_it_is_signed(api: Api, sale: Sale) -> None:
    made = begin(api, sale)
    here = f"/proposals/{made['id']}"
    api.get(f"{here}/content")
    assert api.last.content.startswith(b"%PDF")
    link = api.post(f"{here}/sending", {"valid_until": SOON})[1]["link"]
    ProposalLink.objects.update(expires_at=datetime(2060, 1, 1, tzinfo=UTC))
    signed = Client().post("/p/" + link.split("/p/")[1], {"do": "sign", "name": "Hanne Dahl", "is_agreed": "on", "seen": "8400000"})
    assert signed.status_code == 200
    contract = api.get(here)[1]["contract"]
    assert (contract["signer_name"], contract["total"]) == ("Hanne Dahl", euro("84000.00"))
    api.get(f"{here}/content")
    assert hashlib.sha256(api.last.content).hexdigest() == contract["document_sha256"] == Contract.objects.get().document_sha256
    assert api.patch(here, {"intro": "More."})[0] == 409
    assert api.post(f"{here}/sending", {"valid_until": SOON})[0] == 409


def test_costs_are_told_only_to_who_may_know_them_and_strangers_find_nothing(cast: Cast, sale: Sale, api: Api) -> None:
    made = begin(api, sale)
    here = f"/proposals/{made['id']}"
    mine, boss = api.get(here)[1], Api(cast.owner).get(here)[1]
    assert (mine["lines"][0]["cost"], mine["sums"]["cost"], mine["sums"]["margin_percent"]) == (None, None, None)
    assert (boss["lines"][0]["cost"], boss["sums"]["cost"], boss["sums"]["margin_percent"]) == (euro("49600.00"), euro("49600.00"), 41)
    assert Api(cast.member).get(here)[0] == 404
    assert Api(cast.teammate).patch(here, {"intro": "Mine."})[0] == 403
    assert Api(cast.seller, scopes=["sales.deal.view"]).get(here)[0] in (403, 404)
    assert Proposal.objects.count() == 1
