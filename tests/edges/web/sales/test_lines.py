"""The services of a deal: what its page shows to whom, and what the editor answers."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from tests.domains.sales.catalogue import Catalogue, make_catalogue
from tests.edges.web.sales.desk import SignIn
from tests.edges.web.sales.test_deal import no_database_in_templates
from tests.people import NOW, Cast, Sale
from wonward.domains.sales.operations.deals import change_deal, lose_deal
from wonward.domains.sales.operations.lines import change_lines
from wonward.domains.sales.queries.deals import get_deal, list_lines
from wonward.domains.sales.types import LineRow, NewLine
from wonward.kernel.money import Money

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def catalogue(cast: Cast) -> Catalogue:
    return make_catalogue(cast)


def url(sale: Sale, view: str = "deal_lines") -> str:
    return reverse(view, kwargs={"deal_id": sale.deal_id})


def on_the_page(sale: Sale) -> dict[str, str]:
    return {**HTMX, "HX-Current-URL": f"http://testserver{url(sale, 'deal')}"}


def lines_of(cast: Cast, sale: Sale) -> list[LineRow]:
    return list_lines(deal=get_deal(actor=cast.seller, deal_id=sale.deal_id))


def form(*rows: dict[str, Any], version: int = 1, do: str = "") -> dict[str, Any]:
    """What the browser sends for these rows, drawn for the services they name."""
    data: dict[str, Any] = {"version": version, "rows": len(rows)}
    if do:
        data["do"] = do
    for place, row in enumerate(rows):
        full = {"key": f"r{place}", "quantity": "1", "price": "", "drawn": row.get("service", ""), **row}
        data |= {f"{name}-{place}": value for name, value in full.items()}
    return data


class TestThePanel:
    """On the deal's page."""

    def test_it_shows_quantity_price_sum_and_options(self, sale: Sale, cast: Cast, catalogue: Catalogue, sign_in: SignIn) -> None:
        change_lines(
            actor=cast.seller, deal_id=sale.deal_id, now=NOW,
            lines=[NewLine(catalogue.campaign, Decimal("2.5"), options=("SEO",)), NewLine(catalogue.campaign), NewLine(catalogue.hosting),
                   NewLine(catalogue.campaign, options=())],
        )
        page = sign_in(cast.seller).get(url(sale, "deal")).content.decode()
        for words in ("2.5 × €12,000", "€30,000", "SEO", "All options", "No options", "1 × €90.50", "€54,090.50", "Edit services"):
            assert words in page

    def test_a_value_entered_by_hand_is_told_from_the_sum(self, sale: Sale, cast: Cast, sign_in: SignIn) -> None:
        change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"value": Money(8_000_000, "EUR")}, now=NOW)
        page = sign_in(cast.seller).get(url(sale, "deal")).content.decode()
        assert "value of €80,000 was entered by hand." in page

    def test_those_who_may_not_change_it_see_the_lines_without_controls(self, sale: Sale, cast: Cast, sign_in: SignIn) -> None:
        for colleague in (cast.teammate, cast.finance):
            page = sign_in(colleague).get(url(sale, "deal")).content.decode()
            assert "Website Northwind Robotics" in page
            assert url(sale) not in page

    def test_a_closed_deal_shows_them_without_controls(self, sale: Sale, cast: Cast, sign_in: SignIn) -> None:
        lose_deal(actor=cast.seller, deal_id=sale.deal_id, reason="Price", now=NOW)
        client = sign_in(cast.seller)
        assert url(sale) not in client.get(url(sale, "deal")).content.decode()
        assert client.get(url(sale), headers=HTMX).status_code == 409

    def test_nothing_sold_is_said_in_a_sentence(self, sale: Sale, cast: Cast, sign_in: SignIn) -> None:
        change_lines(actor=cast.seller, deal_id=sale.deal_id, lines=[], now=NOW)
        page = sign_in(cast.seller).get(url(sale, "deal")).content.decode()
        assert "Nothing is sold yet." in page
        assert "Add services" in page


class TestTheEditor:
    """A form that is drawn by the server after every press."""

    def test_it_opens_with_what_is_sold(
        self, sale: Sale, cast: Cast, catalogue: Catalogue, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        change_lines(
            actor=cast.seller, deal_id=sale.deal_id, now=NOW, lines=[NewLine(catalogue.campaign, Decimal(3), Money(1_150_050, "EUR"), ("SEO",))]
        )
        with no_database_in_templates(monkeypatch):
            page = sign_in(cast.seller).get(url(sale), headers=HTMX).content.decode()
        assert 'name="quantity-0" value="3"' in page
        assert 'name="price-0" value="11500.50"' in page
        assert re.search(r'value="SEO" checked', page)
        assert re.search(r'value="Copywriting">', page)
        assert "€34,501.50" in page
        assert "Fax campaign" not in page

    def test_it_is_a_page_of_its_own_too(self, sale: Sale, cast: Cast, sign_in: SignIn) -> None:
        client = sign_in(cast.seller)
        assert "<html" in client.get(url(sale)).content.decode()
        answer = client.post(url(sale), form({"service": sale.service_id, "quantity": "2"}))
        assert (answer.status_code, answer.headers["Location"]) == (302, url(sale, "deal"))
        assert lines_of(cast, sale)[0].quantity == 2

    def test_rows_are_added_moved_and_taken_away_without_writing(
        self, sale: Sale, cast: Cast, catalogue: Catalogue, sign_in: SignIn
    ) -> None:
        client = sign_in(cast.seller)
        rows = ({"service": sale.service_id, "quantity": "7"}, {"service": catalogue.hosting, "quantity": "9"})
        moved = client.post(url(sale), form(*rows, do="up:1"), headers=HTMX).content.decode()
        assert re.findall(r'name="quantity-\d" value="(\d+)"', moved) == ["9", "7"]
        assert re.findall(r'name="key-\d" value="(\w+)"', moved) == ["r1", "r0"]
        fewer = client.post(url(sale), form(*rows, do="remove:0"), headers=HTMX).content.decode()
        assert re.findall(r'name="quantity-\d" value="(\d+)"', fewer) == ["9"]
        more = client.post(url(sale), form(*rows, do="add"), headers=HTMX).content.decode()
        assert re.findall(r'name="key-\d" value="(\w+)"', more) == ["r0", "r1", "r2"]
        assert [row.service_id for row in lines_of(cast, sale)] == [sale.service_id]

    def test_choosing_a_service_brings_its_price_and_its_options(
        self, sale: Sale, cast: Cast, catalogue: Catalogue, sign_in: SignIn
    ) -> None:
        row = {"service": catalogue.campaign, "drawn": sale.service_id, "price": "84000", "drawn_price": "84000"}
        page = sign_in(cast.seller).post(url(sale), form(row, do="look"), headers=HTMX).content.decode()
        assert 'name="price-0" value="12000"' in page
        assert page.count(" checked>") == 2

    def test_a_price_that_was_typed_survives_another_service(self, sale: Sale, cast: Cast, catalogue: Catalogue, sign_in: SignIn) -> None:
        row = {"service": catalogue.campaign, "drawn": sale.service_id, "price": "999", "drawn_price": "84000"}
        page = sign_in(cast.seller).post(url(sale), form(row, do="look"), headers=HTMX).content.decode()
        assert 'name="price-0" value="999"' in page

    def test_sums_are_told_while_typing(self, sale: Sale, cast: Cast, catalogue: Catalogue, sign_in: SignIn) -> None:
        rows = ({"service": catalogue.campaign, "quantity": "1,5", "price": "10 000"}, {"service": catalogue.hosting, "quantity": "2"})
        page = sign_in(cast.seller).post(url(sale), form(*rows, do="sum"), headers=HTMX).content.decode()
        assert "<form" not in page
        assert re.findall(r'id="sum-(\w+)"[^>]*>([^<]+)<', page) == [("r0", "€15,000"), ("r1", "€181")]
        assert "€15,181" in page
        assert "value follows" in page

    def test_saving_redraws_the_page_and_closes_the_drawer(self, sale: Sale, cast: Cast, catalogue: Catalogue, sign_in: SignIn) -> None:
        rows = (
            {"service": catalogue.campaign, "quantity": "2", "price": "11,000", "option": ["SEO"]},
            {"service": catalogue.campaign, "open": "1", "option": ["SEO", "Copywriting"]}, {"service": "", "drawn": ""},
        )
        answer = sign_in(cast.seller).post(url(sale), form(*rows), headers=on_the_page(sale))
        assert answer.status_code == 200
        assert {"drawer:close", "Services saved."} <= {word for word in ("drawer:close", "Services saved.") if word in answer.headers["HX-Trigger"]}
        assert "€34,000" in answer.content.decode()
        assert [(row.quantity, row.unit_price, row.options) for row in lines_of(cast, sale)] == [
            (2, Money(1_100_000, "EUR"), ("SEO",)), (1, Money(1_200_000, "EUR"), None),
        ]

    def test_unticking_an_option_of_an_open_line_is_a_choice(self, sale: Sale, cast: Cast, catalogue: Catalogue, sign_in: SignIn) -> None:
        sign_in(cast.seller).post(url(sale), form({"service": catalogue.campaign, "open": "1"}), headers=on_the_page(sale))
        assert lines_of(cast, sale)[0].options == ()

    def test_a_value_entered_by_hand_stays_and_is_said_to(self, sale: Sale, cast: Cast, catalogue: Catalogue, sign_in: SignIn) -> None:
        change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"value": Money(8_000_000, "EUR")}, now=NOW)
        answer = sign_in(cast.seller).post(url(sale), form({"service": catalogue.campaign}, version=2), headers=on_the_page(sale))
        assert "80,000, as it was entered." in answer.headers["HX-Trigger"]

    def test_what_cannot_be_read_or_sold_is_said_beside_its_field_and_nothing_is_lost(
        self, sale: Sale, cast: Cast, catalogue: Catalogue, sign_in: SignIn
    ) -> None:
        client = sign_in(cast.seller)
        rows = (
            {"service": "", "quantity": "3"}, {"service": catalogue.hosting, "quantity": "many"},
            {"service": catalogue.hosting, "price": "cheap"},
        )
        answer = client.post(url(sale), form(*rows), headers=on_the_page(sale))
        page = answer.content.decode()
        assert answer.status_code == 422
        for place in ("service-r0", "quantity-r1", "price-r2"):
            assert f'href="#field-{place}"' in page
            assert f'id="error-{place}"' in page
        assert 'value="many"' in page
        assert 'value="cheap"' in page
        rows = ({"service": sale.service_id, "quantity": "0"}, {"service": catalogue.campaign, "option": ["SEO", "Print"]})
        answer = client.post(url(sale), form(*rows), headers=on_the_page(sale))
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "A quantity lies above 0" in page
        assert "has no option “Print”" in page
        assert "no longer in the template" in page
        assert lines_of(cast, sale)[0].quantity == 1

    def test_a_stale_form_shows_both_and_can_be_saved_over(self, sale: Sale, cast: Cast, catalogue: Catalogue, sign_in: SignIn) -> None:
        change_lines(actor=cast.owner, deal_id=sale.deal_id, lines=[NewLine(catalogue.hosting, Decimal(4))], now=NOW)
        client = sign_in(cast.seller)
        mine = {"service": catalogue.campaign, "quantity": "2", "option": ["SEO"]}
        answer = client.post(url(sale), form(mine), headers=on_the_page(sale))
        page = answer.content.decode()
        assert answer.status_code == 412
        assert "4 × €90.50" in page
        assert 'name="quantity-0" value="2"' in page
        assert 'name="version" value="2"' in page
        assert lines_of(cast, sale)[0].service_id == catalogue.hosting
        assert client.post(url(sale), form(mine, version=2), headers=on_the_page(sale)).status_code == 200
        assert lines_of(cast, sale)[0].service_id == catalogue.campaign

    def test_only_those_on_the_deal_get_it_and_strangers_find_nothing(self, sale: Sale, cast: Cast, sign_in: SignIn) -> None:
        for colleague, status in ((cast.teammate, 403), (cast.finance, 403), (cast.member, 403), (cast.manager, 404), (cast.owner, 200)):
            assert sign_in(colleague).get(url(sale), headers=HTMX).status_code == status
            if status != 200:
                answer = sign_in(colleague).post(url(sale), form({"service": sale.service_id, "quantity": "5"}), headers=HTMX)
                assert answer.status_code == status
        assert lines_of(cast, sale)[0].quantity == 1

    @pytest.mark.parametrize("more", [{"rows": "99999999999"}, {"rows": "-1"}, {"rows": "x"}, {"version": "x"}, {"do": "up:99"}, {"do": "dance"},
                                      {"service-0": "9" * 30}, {"quantity-0": "1e999999"}, {"key-0": '"><b>'}, {"quantity-0": "NaN"}])
    def test_a_form_that_nobody_drew_is_answered_all_the_same(
        self, more: dict[str, str], sale: Sale, cast: Cast, sign_in: SignIn
    ) -> None:
        data = {**form({"service": sale.service_id}, do="look"), **more}
        for do in (data["do"], "sum", "save"):
            answer = sign_in(cast.seller).post(url(sale), {**data, "do": do}, headers=on_the_page(sale))
            assert answer.status_code in (200, 422)
            assert "<b>" not in answer.content.decode()


class TestTheHoursByRole:
    """Of each service, on the panel and in the editor."""

    def test_they_are_shown_changed_and_given_back_to_the_template(self, sale: Sale, cast: Cast, catalogue: Catalogue, sign_in: SignIn) -> None:
        change_lines(actor=cast.seller, deal_id=sale.deal_id, now=NOW, lines=[NewLine(catalogue.campaign, hours=(("Designer", 2400),))])
        desk = sign_in(cast.seller)
        assert "Hours of each role in one: Designer 40" in desk.get(url(sale, "deal")).content.decode()
        editor = desk.get(url(sale)).content.decode()
        assert 'name="hours-0" value="Designer 40"' in editor
        row = {"service": catalogue.campaign, "price": "12000"}
        version = get_deal(actor=cast.seller, deal_id=sale.deal_id).version
        desk.post(url(sale), form({**row, "hours": "Designer 24; <b>Editor</b> 7,5 h"}, version=version))
        (line,) = lines_of(cast, sale)
        assert line.hours == (("Designer", 1440), ("<b>Editor</b>", 450))
        page = desk.get(url(sale, "deal")).content.decode()
        assert "Designer 24; &lt;b&gt;Editor&lt;/b&gt; 7.5" in page
        desk.post(url(sale), form(row, version=version + 1))
        assert lines_of(cast, sale)[0].hours == line.hours
        desk.post(url(sale), form({**row, "hours": ""}, version=version + 1))
        assert not lines_of(cast, sale)[0].hours
        assert "Hours of each role" not in desk.get(url(sale, "deal")).content.decode()

    def test_what_are_no_hours_is_said_beside_the_field_and_keeps_what_was_typed(self, sale: Sale, cast: Cast, catalogue: Catalogue, sign_in: SignIn) -> None:
        answer = sign_in(cast.seller).post(url(sale), form({"service": catalogue.campaign, "hours": "Designer plenty"}))
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "“Designer plenty” is none." in page
        assert 'value="Designer plenty"' in page
        assert 'id="error-hours-r0"' in page
        refused = sign_in(cast.seller).post(url(sale), form({"service": catalogue.campaign, "hours": f"{'R' * 300} 4"})).content.decode()
        assert 'id="error-hours-r0"' in refused

    def test_another_service_in_the_row_does_not_take_the_hours_of_the_former(self, sale: Sale, cast: Cast, catalogue: Catalogue, sign_in: SignIn) -> None:
        row = {"service": catalogue.hosting, "drawn": catalogue.campaign, "hours": "Designer 24"}
        sign_in(cast.seller).post(url(sale), form(row))
        assert not lines_of(cast, sale)[0].hours
