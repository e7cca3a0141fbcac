"""What a service costs in another currency: by the book, or by the dated rate, said beside the line, never dropped."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.edges.web.sales.desk import sign_in
from tests.people import NOW, Cast, Sale, make_cast, make_sale, token_of
from wonward.domains.catalog.operations import change_service, create_services
from wonward.domains.catalog.queries import get_service, list_service_history
from wonward.domains.catalog.types import BookEntry, NewService
from wonward.domains.sales.history import record_past_deals
from wonward.domains.sales.operations.deals import change_deal, create_deals
from wonward.domains.sales.operations.lines import change_lines
from wonward.domains.sales.operations.proposals import create_proposal, save_proposal
from wonward.domains.sales.queries.deals import get_deal, list_lines
from wonward.domains.sales.queries.proposals import get_proposal
from wonward.domains.sales.types import LineRow, NewDeal, NewLine, NextAction, PastDeal
from wonward.domains.sales.types.proposals import ProposalLine
from wonward.foundation.organisation.operations import set_rate
from wonward.foundation.organisation.types import Conversion, Exchange
from wonward.journeys.handoff.models import ScopeBaseline
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.errors import NotAllowed, Refused, Stale
from wonward.kernel.money import Money

RATE_DAY = date(2026, 11, 2)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast: Cast) -> Sale:
    set_rate(currency="USD", valid_from_date=RATE_DAY, rate=Decimal("0.8"), now=NOW)
    return make_sale(cast)


def dollars(amount: int) -> Money:
    return Money(amount * 100, "USD")


def put_book(cast: Cast, sale: Sale, *entries: BookEntry) -> None:
    change_service(actor=cast.owner, service_id=sale.service_id, changes={"book": list(entries)}, now=NOW)


def sell_in_dollars(cast: Cast, sale: Sale, *, service_id: int | None = None, price: Money | None = None) -> int:
    new = NewDeal(
        name="Shop for Boston", company_id=sale.company_id, next_action=NextAction("call", date(2026, 11, 25)), value=dollars(100_000),
        lines=(NewLine(service_id or sale.service_id, unit_price=price),),
    )
    return create_deals(actor=cast.seller, deals=[new], now=NOW)[0]


def line_of(cast: Cast, deal_id: int) -> LineRow:
    (line,) = list_lines(deal=get_deal(actor=cast.seller, deal_id=deal_id))
    return line


@pytest.mark.django_db
class TestADeal:
    def test_a_deal_in_dollars_takes_the_price_of_the_book(self, cast: Cast, sale: Sale) -> None:
        put_book(cast, sale, BookEntry("USD", dollars(92_000)))
        line = line_of(cast, sell_in_dollars(cast, sale))
        assert (line.unit_price, line.conversion) == (dollars(92_000), None)

    def test_without_one_the_price_is_converted_by_the_dated_rate_and_says_so(self, cast: Cast, sale: Sale) -> None:
        line = line_of(cast, sell_in_dollars(cast, sale))
        assert line.unit_price == dollars(105_000)
        assert line.conversion == Conversion("EUR", Decimal("1.25"), RATE_DAY)

    def test_a_price_agreed_by_hand_stands_as_it_is(self, cast: Cast, sale: Sale) -> None:
        line = line_of(cast, sell_in_dollars(cast, sale, price=dollars(99_000)))
        assert (line.unit_price, line.conversion) == (dollars(99_000), None)

    def test_a_service_without_price_or_rate_is_refused_by_name_until_it_is_priced(self, cast: Cast, sale: Sale) -> None:
        (swiss,) = create_services(actor=cast.owner, services=[NewService(name="Alpine shoot", price=Money(900_000, "CHF"))], now=NOW)
        with pytest.raises(Refused, match="no exchange rate for CHF") as refused:
            sell_in_dollars(cast, sale, service_id=swiss)
        assert [error.field for error in refused.value.errors] == ["lines[0].unit_price"]
        assert line_of(cast, sell_in_dollars(cast, sale, service_id=swiss, price=dollars(10_000))).unit_price == dollars(10_000)

    def test_saving_the_lines_again_keeps_what_was_converted_at_the_rate_of_its_day(self, cast: Cast, sale: Sale) -> None:
        deal_id = sell_in_dollars(cast, sale)
        set_rate(currency="USD", valid_from_date=date(2026, 11, 10), rate=Decimal("0.5"), now=NOW)
        line = line_of(cast, deal_id)
        change_lines(actor=cast.seller, deal_id=deal_id, lines=[NewLine(sale.service_id, Decimal(2), line.unit_price)], now=NOW)
        again = line_of(cast, deal_id)
        assert (again.unit_price, again.conversion) == (line.unit_price, line.conversion)

    def test_another_currency_takes_listed_prices_from_the_book_and_converts_agreed_ones(self, cast: Cast, sale: Sale) -> None:
        put_book(cast, sale, BookEntry("USD", dollars(92_000)))
        change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"value": dollars(92_000)}, now=NOW)
        assert line_of(cast, sale.deal_id).unit_price == dollars(92_000)
        change_lines(actor=cast.seller, deal_id=sale.deal_id, lines=[NewLine(sale.service_id, Decimal(1), dollars(80_000))], now=NOW)
        change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"value": Money(6_400_000, "EUR")}, now=NOW)
        line = line_of(cast, sale.deal_id)
        assert (line.unit_price, line.conversion) == (Money(6_400_000, "EUR"), Conversion("USD", Decimal("0.8"), RATE_DAY))

    def test_who_sees_no_prices_sees_no_conversion(self, cast: Cast, sale: Sale) -> None:
        deal_id = sell_in_dollars(cast, sale)
        (line,) = list_lines(deal=replace(get_deal(actor=cast.seller, deal_id=deal_id), has_value_right=False))
        assert (line.unit_price, line.conversion) == (None, None)

    def test_a_past_deal_from_a_file_is_priced_by_the_book_too(self, cast: Cast, sale: Sale) -> None:
        put_book(cast, sale, BookEntry("USD", dollars(92_000)))
        past = PastDeal(
            name="Old shop", status="won", closed_date=date(2026, 11, 5), opened_date=date(2026, 11, 3), owner_id=cast.seller.person_id,
            company_id=sale.company_id, value=dollars(90_000), lines=(NewLine(sale.service_id),),
        )
        (deal_id,) = record_past_deals(actor=cast.owner, deals=[past], now=NOW)
        assert line_of(cast, deal_id).unit_price == dollars(92_000)

    def test_the_win_freezes_the_line_in_the_currency_it_was_sold_in(self, cast: Cast, sale: Sale) -> None:
        put_book(cast, sale, BookEntry("USD", None, dollars(50_000)))
        deal_id = sell_in_dollars(cast, sale)
        close_deal_as_won(actor=cast.seller, deal_id=deal_id, brief=sale.brief(), now=NOW)
        (line,) = ScopeBaseline.objects.get().document["lines"]
        assert (line["unit_price"], line["unit_cost"]) == ("105000.00 USD", "50000.00 USD")
        assert line["conversion"] == {"currency": "EUR", "rate": "1.25", "rate_date": "2026-11-02"}


@pytest.mark.django_db
class TestAProposal:
    def test_it_carries_the_conversion_of_the_deal_and_a_new_line_brings_its_own_price(self, cast: Cast, sale: Sale) -> None:
        (care,) = create_services(actor=cast.owner, services=[NewService(name="Care", price=Money(80_000, "EUR"), cost=Money(40_000, "EUR"))], now=NOW)
        key = create_proposal(actor=cast.seller, deal_id=sell_in_dollars(cast, sale), now=NOW)
        content = get_proposal(actor=cast.seller, proposal_id=key, now=NOW).content
        assert content.lines[0].conversion == Conversion("EUR", Decimal("1.25"), RATE_DAY)
        save_proposal(actor=cast.seller, proposal_id=key, content=replace(content, lines=(*content.lines, ProposalLine("Care", service_id=care))), now=NOW)
        first, second = get_proposal(actor=cast.owner, proposal_id=key, now=NOW).content.lines
        assert (first.unit_price, second.unit_price, second.cost) == (dollars(105_000), dollars(1_000), dollars(500))
        assert second.conversion == first.conversion

    def test_its_page_says_where_a_price_came_from(self, cast: Cast, sale: Sale) -> None:
        key = create_proposal(actor=cast.seller, deal_id=sell_in_dollars(cast, sale), now=NOW)
        text = sign_in(cast.seller).get(reverse("proposal", kwargs={"proposal_id": key})).content.decode()
        assert "converted from EUR at 1.25 of 2 Nov 2026" in text


@pytest.mark.django_db
class TestTheBook:
    def test_it_is_edited_on_the_page_of_the_service_with_history_and_undo(self, cast: Cast, sale: Sale) -> None:
        client = sign_in(cast.owner)
        page = reverse("service", kwargs={"service_id": sale.service_id})
        form = {
            "name": "Website", "placement": "by_template", "price": "84000", "price_currency": "EUR", "book_rows": "2",
            "book_currency-0": "usd", "book_price-0": "92,000", "book_cost-0": "", "book_currency-1": "", "book_price-1": "",
        }
        service = get_service(actor=cast.owner, service_id=sale.service_id)
        form |= {"name": service.name, "template_id": str(service.template_id), "version": str(service.version)}
        assert client.post(page, form).status_code == 302
        assert [entry.price for entry in get_service(actor=cast.owner, service_id=sale.service_id).book] == [dollars(92_000)]
        shown = client.get(reverse("templates")).content.decode()
        assert "is saved" in shown
        assert 'name="book_rows" value="0"' in shown
        row = get_service(actor=cast.owner, service_id=sale.service_id)
        assert client.post(page, form | {"book_rows": "0", "version": str(row.version)}).status_code == 302
        assert get_service(actor=cast.owner, service_id=sale.service_id).book == ()
        history = list_service_history(actor=cast.owner, service_id=sale.service_id)
        assert [entry["price"] for entry in history[0].changes["book"][0]] == ["92000.00 USD"]
        assert "92000.00 USD" in client.get(page).content.decode()

    def test_a_wrong_currency_is_named_and_what_was_typed_stays(self, cast: Cast, sale: Sale) -> None:
        page = reverse("service", kwargs={"service_id": sale.service_id})
        form = {"name": "Website", "placement": "by_template", "book_rows": "1", "book_currency-0": "<b", "book_price-0": "77"}
        answer = sign_in(cast.owner).post(page, form)
        assert answer.status_code == 422
        assert "is not the code of a currency" in answer.content.decode()
        assert 'value="77"' in answer.content.decode()

    def test_the_api_reads_and_replaces_it_and_says_where_a_line_came_from(self, cast: Cast, sale: Sale, client) -> None:
        head = {"HTTP_AUTHORIZATION": f"Bearer {token_of(cast.owner)}", "content_type": "application/json"}
        book = [{"currency": "USD", "price": {"amount": "92000.00", "currency": "USD"}, "cost": None}]
        answer = client.patch(f"/api/v1/services/{sale.service_id}", json.dumps({"book": book}), **head)
        assert (answer.status_code, answer.json()["book"]) == (200, book)
        wrong = client.patch(f"/api/v1/services/{sale.service_id}", json.dumps({"book": book * 2}), **head)
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "book[1].currency")
        assert client.patch(f"/api/v1/services/{sale.service_id}", json.dumps({"book": []}), **head).json()["book"] == []
        deal = client.get(f"/api/v1/deals/{sell_in_dollars(cast, sale)}", HTTP_AUTHORIZATION=head["HTTP_AUTHORIZATION"]).json()
        assert deal["lines"][0]["conversion"] == {"currency": "EUR", "rate": "1.25", "rate_date": "2026-11-02"}

    def test_its_own_currency_stands_outside_and_a_new_own_currency_takes_the_place_of_a_line(self, cast: Cast, sale: Sale) -> None:
        with pytest.raises(Refused, match="own currency"):
            put_book(cast, sale, BookEntry("EUR", Money(1, "EUR")))
        put_book(cast, sale, BookEntry("USD", dollars(92_000)))
        change_service(actor=cast.owner, service_id=sale.service_id, changes={"price": dollars(95_000)}, now=NOW)
        row = get_service(actor=cast.owner, service_id=sale.service_id)
        assert (row.price, row.book) == (dollars(95_000), ())

    def test_strangers_change_nothing_and_a_stale_form_is_told(self, cast: Cast, sale: Sale) -> None:
        with pytest.raises(NotAllowed):
            change_service(actor=cast.member, service_id=sale.service_id, changes={"book": []}, now=NOW)
        with pytest.raises(Stale):
            change_service(actor=cast.owner, service_id=sale.service_id, changes={"book": []}, version=99, now=NOW)

    def test_who_sees_no_costs_leaves_them_as_they_are(self, cast: Cast, sale: Sale) -> None:
        put_book(cast, sale, BookEntry("USD", dollars(92_000), dollars(50_000)))
        blind = replace(cast.owner, grants={right: scope for right, scope in cast.owner.grants.items() if right != "catalog.cost.view"})
        assert get_service(actor=blind, service_id=sale.service_id).book == (BookEntry("USD", dollars(92_000)),)
        change_service(actor=blind, service_id=sale.service_id, changes={"book": [BookEntry("USD", dollars(93_000))]}, now=NOW)
        assert get_service(actor=cast.owner, service_id=sale.service_id).book == (BookEntry("USD", dollars(93_000), dollars(50_000)),)


_rates = st.decimals(min_value="0.0001", max_value="100000", places=4)


@given(_rates, _rates, st.integers(0, 10**9))
def test_a_conversion_is_its_rate_times_the_amount_rounded_once(first: Decimal, second: Decimal, minor: int) -> None:
    exchange = Exchange("EUR", {"USD": (first, date(2026, 1, 2)), "CHF": (second, date(2026, 1, 9))})
    converted, said = exchange.convert(Money(minor, "USD"), "CHF")
    assert abs(converted.minor - said.rate * minor) <= Decimal("0.5")
    assert (said.currency, said.rate_date) == ("USD", date(2026, 1, 2))


def test_a_missing_rate_is_named_and_the_reporting_currency_needs_none() -> None:
    exchange = Exchange("EUR", {"USD": (Decimal("0.8"), RATE_DAY)})
    assert (exchange.missing("EUR", "USD"), exchange.missing("USD", "CHF")) == ("", "CHF")
    assert exchange.convert(Money(100, "USD"), "EUR")[0] == Money(80, "EUR")
    assert exchange.convert(Money(100, "EUR"), "USD")[0] == Money(125, "USD")
