"""An owner adds a field, a seller fills it in where it stands, the table shows it."""

from __future__ import annotations

import re

from tests.edges.web.lists.test_saved_views import heads, text_of


def test_a_field_travels_from_the_settings_to_the_deal_to_the_table(cast, sale, sign_in):
    owner, seller = sign_in(cast.owner), sign_in(cast.seller)
    added = owner.post("/settings/fields/", {"noun": "sales.deal", "label": "Seats", "kind": "number"})
    assert added.status_code == 302
    assert "Seats" in text_of(seller, f"/deals/{sale.deal_id}/")
    answer = seller.post(f"/records/sales.deal/{sale.deal_id}/fields/seats/", {"value": "1 250"})
    assert "1,250" in answer.content.decode()
    refused = seller.post(f"/records/sales.deal/{sale.deal_id}/fields/seats/", {"value": "many"})
    assert refused.status_code == 422
    assert "“many” is not a number." in refused.content.decode()
    table = text_of(seller, "/deals/table/?columns=cf_seats,value&cf_seats=1000..")
    assert heads(table) == ["Deal", "Seats", "Value"]
    assert "1,250" in table
    assert "Seats: 1000.." in table
    assert "No deal fits" in text_of(seller, "/deals/table/?cf_seats=..10")
    assert "Seats" in text_of(seller, "/views/filters/?list=sales.deals")


def test_a_field_the_gate_asks_for_says_so_when_it_is_to_be_deleted(cast, sale, sign_in):
    owner = sign_in(cast.owner)
    owner.post("/settings/fields/", {"noun": "sales.deal", "label": "Order number", "kind": "text"})
    page = text_of(owner, "/settings/fields/")
    number = re.search(r'href="/settings/fields/(\d+)/"', page)[1]
    gate = text_of(owner, f"/settings/fields/{number}/").split("the gate to Won")[0].rsplit('value="', 1)[1].split('"')[0]
    saved = owner.post(f"/settings/fields/{number}/", {"label": "Order number", "places": gate, "version": "1", "position": "1"})
    assert saved.status_code == 302
    assert "asked for by" in text_of(owner, "/settings/fields/")
    answer = owner.post(f"/settings/fields/{number}/deletion/")
    assert answer.status_code == 409
    assert "the gate to Won" in answer.content.decode()
