"""The services of a deal as programs read and replace them."""

from __future__ import annotations

import pytest

from tests.domains.sales.catalogue import make_catalogue
from tests.edges.api.client import Api, fields_of
from tests.people import make_cast, make_sale

pytestmark = pytest.mark.django_db


def test_lines_are_read_with_their_options_and_their_total():
    cast = make_cast()
    sale, catalogue = make_sale(cast), make_catalogue(cast)
    lines = [{"service_id": catalogue.campaign, "quantity": 1.5, "options": ["SEO"]}, {"service_id": catalogue.hosting}]
    status, deal = Api(cast.seller).post(
        "/deals", {"name": "Spring", "company_id": sale.company_id, "lines": lines, "next_action": {"kind": "call", "due_date": "2026-12-01"}},
    )
    assert status == 201
    assert deal["lines"] == [
        {"service_id": catalogue.campaign, "service_name": "Campaign", "quantity": 1.5, "options": ["SEO"],
         "unit_price": {"amount": "12000.00", "currency": "EUR"}, "conversion": None, "role_hours": None},
        {"service_id": catalogue.hosting, "service_name": "Hosting", "quantity": 1.0, "options": None,
         "unit_price": {"amount": "90.50", "currency": "EUR"}, "conversion": None, "role_hours": None},
    ]
    assert deal["value"] == deal["lines_total"] == {"amount": "18090.50", "currency": "EUR"}


def test_a_patch_replaces_them_as_a_whole_and_keeps_a_value_entered_by_hand():
    cast = make_cast()
    sale, catalogue = make_sale(cast), make_catalogue(cast)
    api = Api(cast.seller)
    status, deal = api.patch(
        f"/deals/{sale.deal_id}", {"lines": [{"service_id": catalogue.campaign}], "value": {"amount": "9000.00", "currency": "EUR"}}
    )
    assert (status, [line["service_id"] for line in deal["lines"]]) == (200, [catalogue.campaign])
    assert (deal["value"]["amount"], deal["lines_total"]["amount"]) == ("9000.00", "12000.00")
    status, deal = api.patch(f"/deals/{sale.deal_id}", {"lines": []})
    assert (status, deal["lines"], deal["lines_total"], deal["value"]["amount"]) == (200, [], None, "9000.00")


def test_a_line_that_cannot_be_sold_is_named_and_nothing_else_of_the_patch_happens():
    cast = make_cast()
    sale, catalogue = make_sale(cast), make_catalogue(cast)
    api = Api(cast.seller)
    status, problem = api.patch(
        f"/deals/{sale.deal_id}",
        {"source": "Fair", "lines": [{"service_id": catalogue.campaign, "options": ["Print"]}, {"service_id": catalogue.gone}]},
    )
    assert status == 422
    assert fields_of(problem) == ["lines[0].options", "lines[1].service_id"]
    assert api.get(f"/deals/{sale.deal_id}")[1]["source"] == ""


def test_a_stale_patch_answers_both_lists():
    cast = make_cast()
    sale, catalogue = make_sale(cast), make_catalogue(cast)
    api = Api(cast.seller)
    assert api.patch(f"/deals/{sale.deal_id}", {"lines": [{"service_id": catalogue.hosting}]}, If_Match='"1"')[0] == 200
    status, problem = api.patch(f"/deals/{sale.deal_id}", {"lines": [{"service_id": catalogue.campaign}]}, If_Match='"1"')
    assert status == 412
    assert [line["service_id"] for line in problem["current"]["lines"]] == [catalogue.hosting]
    assert [line["service_id"] for line in problem["yours"]["lines"]] == [catalogue.campaign]


def test_who_may_not_see_values_reads_lines_without_money():
    cast = make_cast()
    sale = make_sale(cast)
    api = Api(cast.owner, scopes=["sales.deal.view"])
    deal = api.get(f"/deals/{sale.deal_id}")[1]
    assert (deal["lines"][0]["unit_price"], deal["lines_total"], deal["value"]) == (None, None, None)
