"""Contracts and their renewals, as programs keep them."""

from __future__ import annotations

import pytest

from tests.edges.api.client import Api
from tests.people import NOW, make_cast, make_sale
from wonward.journeys.handoff.operations import close_deal_as_won

pytestmark = pytest.mark.django_db
TERM = {"starts_date": "2026-12-01", "ends_date": "2027-11-30", "notice_days": 90}


def test_a_contract_is_given_a_term_renewed_once_and_listed():
    cast = make_cast()
    sale = make_sale(cast)
    api, place = Api(cast.seller), f"/deals/{sale.deal_id}/contract-term"
    assert api.put(place, TERM)[0] == 409
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    assert api.get(place)[0] == 404
    status, term = api.put(place, TERM)
    assert (status, term["notice_date"], term["opens_date"], term["renewal"]) == (200, "2027-09-01", "2027-07-03", "offer")
    assert Api(cast.teammate).put(place, TERM)[0] == 403
    assert api.put(place, {**TERM, "ends_date": "2026-01-01"})[0] == 422
    assert api.put(f"{place}/ending", {"reason": "The shop is closed."})[1]["state"] == "ending"
    assert api.put(f"{place}/ending", {"reason": ""})[1]["end_reason"] == ""
    status, renewed = api.post(f"/deals/{sale.deal_id}/renewal", {})
    assert (status, renewed["state"]) == (201, "offered")
    assert api.get(f"/deals/{renewed['renewal_deal_id']}")[1]["name"] == "Website replatform 2027"
    assert api.post(f"/deals/{sale.deal_id}/renewal", {})[0] == 409
    assert [one["deal_id"] for one in api.get("/contract-terms?state=offered")[1]["items"]] == [sale.deal_id]
    assert api.get("/contract-terms?state=renewed")[1]["items"] == []
    assert [one["deal_id"] for one in api.get(f"/contract-terms?company_id={sale.company_id}")[1]["items"]] == [sale.deal_id]
    assert api.get("/contract-terms?updated_since=2100-01-01T00:00:00Z")[1]["items"] == []


def test_a_term_is_removed_while_nothing_renews_it():
    cast = make_cast()
    sale = make_sale(cast)
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    api, place = Api(cast.seller), f"/deals/{sale.deal_id}/contract-term"
    api.put(place, TERM)
    assert api.delete(place)[0] == 204
    assert api.get(place)[0] == 404
    assert api.delete(place)[0] == 404
