"""What is sold on a deal: who may change it, what is refused by name, and what becomes of the deal's value."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.domains.sales.catalogue import Catalogue, make_catalogue
from tests.people import NOW, Cast, Sale, make_cast, make_sale
from wonward.domains.catalog.operations import archive_service
from wonward.domains.sales.operations.deals import change_deal, create_deals, lose_deal
from wonward.domains.sales.operations.lines import change_lines, revise_deal
from wonward.domains.sales.queries.deals import get_deal, list_lines, list_lines_of_deals
from wonward.domains.sales.types import LineRow, NewDeal, NewLine, NextAction
from wonward.foundation.audit.queries import list_history
from wonward.foundation.events.models import OutboxEvent
from wonward.foundation.organisation.models import ExchangeRate
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.actor import Actor, Scope
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused, Stale
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast: Cast) -> Sale:
    return make_sale(cast)


@pytest.fixture
def catalogue(cast: Cast) -> Catalogue:
    return make_catalogue(cast)


def euros(amount: int) -> Money:
    return Money(amount * 100, "EUR")


def lines_of(actor: Actor, sale: Sale) -> list[LineRow]:
    return list_lines(deal=get_deal(actor=actor, deal_id=sale.deal_id))


def value_of(cast: Cast, sale: Sale) -> Money | None:
    return get_deal(actor=cast.seller, deal_id=sale.deal_id).value


def sell(actor: Actor, sale: Sale, *lines: NewLine, **more: Any) -> Any:
    return change_lines(actor=actor, deal_id=sale.deal_id, lines=lines, now=NOW, **more)


def refused(actor: Actor, sale: Sale, *lines: NewLine) -> list[tuple[str, str]]:
    before = lines_of(actor, sale)
    with pytest.raises(Refused) as refusal:
        sell(actor, sale, *lines)
    assert lines_of(actor, sale) == before
    return [(error.field, error.message) for error in refusal.value.errors]


class TestWhatIsStored:
    """Order, quantities, prices, options."""

    def test_new_lines_replace_the_former_ones_in_their_order(self, cast: Cast, sale: Sale, catalogue: Catalogue) -> None:
        sell(cast.seller, sale, NewLine(catalogue.hosting, Decimal("2.5")), NewLine(catalogue.campaign, unit_price=euros(11_000)))
        assert [(row.service_name, row.quantity, row.unit_price, row.total) for row in lines_of(cast.seller, sale)] == [
            ("Hosting", Decimal("2.5"), Money(9_050, "EUR"), Money(22_625, "EUR")),
            ("Campaign", Decimal(1), euros(11_000), euros(11_000)),
        ]

    def test_the_first_line_is_the_main_service(self, cast: Cast, sale: Sale, catalogue: Catalogue) -> None:
        sell(cast.seller, sale, NewLine(catalogue.hosting), NewLine(catalogue.campaign))
        assert get_deal(actor=cast.seller, deal_id=sale.deal_id).service_name == "Hosting"
        sell(cast.seller, sale)
        assert get_deal(actor=cast.seller, deal_id=sale.deal_id).service_name == ""

    def test_a_line_says_which_options_are_sold_or_leaves_it_open(self, cast: Cast, sale: Sale, catalogue: Catalogue) -> None:
        sell(
            cast.seller, sale, NewLine(catalogue.campaign), NewLine(catalogue.campaign, options=()),
            NewLine(catalogue.campaign, options=("Copywriting", "SEO", "SEO")),
        )
        assert [row.options for row in lines_of(cast.seller, sale)] == [None, (), ("SEO", "Copywriting")]

    def test_a_deal_is_opened_with_options_too(self, cast: Cast, sale: Sale, catalogue: Catalogue) -> None:
        action = NextAction("call", NOW.date(), "Call Hanne")
        new = NewDeal("Spring", sale.company_id, action, lines=(NewLine(catalogue.campaign, options=("SEO",)),))
        (deal_id,) = create_deals(actor=cast.seller, deals=[new], now=NOW)
        (line,) = list_lines(deal=get_deal(actor=cast.seller, deal_id=deal_id))
        assert line.options == ("SEO",)
        with pytest.raises(Refused, match="“Campaign” has no option “Print”"):
            create_deals(
                actor=cast.seller, deals=[replace(new, lines=(NewLine(catalogue.campaign, options=("Print",)),))], now=NOW
            )

    def test_the_change_is_told_with_before_and_after(self, cast: Cast, sale: Sale, catalogue: Catalogue) -> None:
        OutboxEvent.objects.all().delete()
        sell(cast.seller, sale, NewLine(catalogue.campaign, Decimal(2), options=("SEO",)))
        (entry,) = [row for row in list_history(actor=cast.owner, ref=Ref("sales.deal", sale.deal_id)) if "lines" in row.changes]
        (before,), (after,) = entry.changes["lines"]
        assert (before["service"], before["quantity"], before["options"]) == ("Website Northwind Robotics", "1", None)
        assert after == {
            "service_id": catalogue.campaign, "service": "Campaign", "quantity": "2", "unit_price": "12000.00 EUR", "options": ["SEO"],
        }
        assert entry.changes["value"] == ["84000.00 EUR", "24000.00 EUR"]
        assert [event.name for event in OutboxEvent.objects.all()] == ["sales.deal.changed"]

    def test_the_same_lines_again_write_nothing(self, cast: Cast, sale: Sale) -> None:
        before = get_deal(actor=cast.seller, deal_id=sale.deal_id)
        answer = sell(cast.seller, sale, NewLine(sale.service_id))
        assert not answer.is_changed
        assert get_deal(actor=cast.seller, deal_id=sale.deal_id) == before


class TestTheValue:
    """It follows the lines unless somebody entered it."""

    def test_a_value_that_was_the_sum_follows_the_new_sum(self, cast: Cast, sale: Sale, catalogue: Catalogue) -> None:
        answer = sell(cast.seller, sale, NewLine(sale.service_id), NewLine(catalogue.campaign, Decimal(2)))
        assert not answer.is_value_kept
        assert value_of(cast, sale) == euros(108_000)
        sell(cast.seller, sale)
        assert value_of(cast, sale) is None
        sell(cast.seller, sale, NewLine(catalogue.campaign))
        assert value_of(cast, sale) == euros(12_000)

    def test_a_value_entered_by_hand_stays_and_the_answer_says_so(self, cast: Cast, sale: Sale, catalogue: Catalogue) -> None:
        change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"value": euros(80_000)}, now=NOW)
        answer = sell(cast.seller, sale, NewLine(sale.service_id), NewLine(catalogue.campaign))
        assert answer.is_value_kept
        assert value_of(cast, sale) == euros(80_000)

    def test_a_value_sent_with_the_lines_is_one_entered_by_hand(self, cast: Cast, sale: Sale, catalogue: Catalogue) -> None:
        revise_deal(
            actor=cast.seller, deal_id=sale.deal_id, changes={"value": euros(84_000), "owner_id": cast.teammate.person_id},
            lines=[NewLine(catalogue.campaign)], now=NOW,
        )
        deal = get_deal(actor=cast.seller, deal_id=sale.deal_id)
        assert (deal.value, deal.owner_id, deal.service_name) == (euros(84_000), cast.teammate.person_id, "Campaign")

    def test_a_value_in_another_currency_takes_its_prices_along_by_the_rate_of_the_day(self, cast: Cast, sale: Sale) -> None:
        ExchangeRate.objects.create(currency="USD", valid_from_date=NOW.date(), rate=Decimal("0.9"))
        change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"value": Money(9_000_000, "USD")}, now=NOW)
        (line,) = lines_of(cast.seller, sale)
        assert (line.unit_price, line.conversion and line.conversion.currency) == (Money(9_333_333, "USD"), "EUR")

    def test_a_price_in_another_currency_than_the_deal_is_refused(self, cast: Cast, sale: Sale) -> None:
        assert refused(cast.seller, sale, NewLine(sale.service_id, unit_price=Money(700, "USD"))) == [
            ("lines[0].unit_price", "The prices of this deal are in EUR, not in USD."),
        ]

    def test_more_than_an_amount_can_be_is_refused(self, cast: Cast, sale: Sale, catalogue: Catalogue) -> None:
        dear = NewLine(catalogue.campaign, Decimal(1_000_000), Money(10**15, "EUR"))
        assert refused(cast.seller, sale, dear) == [("lines", "Together these services cost more than a deal can be worth.")]


class TestRefusals:
    """Every line that cannot be sold is named, and nothing is written."""

    def test_each_wrong_line_is_named_with_its_field(self, cast: Cast, sale: Sale, catalogue: Catalogue) -> None:
        found = refused(
            cast.seller, sale, NewLine(99_999), NewLine(catalogue.gone), NewLine(catalogue.campaign, Decimal(0)),
            NewLine(catalogue.campaign, Decimal("1.005")), NewLine(catalogue.campaign, unit_price=Money(-1, "EUR")),
            NewLine(catalogue.campaign, options=("SEO", "Print")), NewLine(catalogue.hosting, options=("SEO",)),
        )
        assert found == [
            ("lines[0].service_id", "There is no service 99999."),
            ("lines[1].service_id", "“Fax campaign” is archived and no longer sold."),
            ("lines[2].quantity", "A quantity lies above 0 and below a million."),
            ("lines[3].quantity", "A quantity has at most two decimal places."),
            ("lines[4].unit_price", "A price cannot be negative."),
            ("lines[5].options", "“Campaign” has no option “Print”; it has SEO, Copywriting."),
            ("lines[6].options", "“Hosting” has no option “SEO”; it has none."),
        ]

    def test_a_service_archived_after_it_was_sold_stays_on_the_deal(self, cast: Cast, sale: Sale, catalogue: Catalogue) -> None:
        archive_service(actor=cast.owner, service_id=sale.service_id, now=NOW)
        sell(cast.seller, sale, NewLine(sale.service_id), NewLine(catalogue.hosting))
        assert len(lines_of(cast.seller, sale)) == 2

    def test_a_stale_version_is_told_both_values(self, cast: Cast, sale: Sale, catalogue: Catalogue) -> None:
        sell(cast.seller, sale, NewLine(catalogue.hosting), version=1)
        with pytest.raises(Stale) as stale:
            sell(cast.seller, sale, NewLine(catalogue.campaign), version=1)
        assert [row.service_name for row in stale.value.current["lines"]] == ["Hosting"]
        assert stale.value.yours["lines"] == [NewLine(catalogue.campaign)]
        assert [row.service_name for row in lines_of(cast.seller, sale)] == ["Hosting"]

    @pytest.mark.parametrize("outcome", ["won", "lost"])
    def test_a_closed_deal_keeps_what_was_sold(self, outcome: str, cast: Cast, sale: Sale, catalogue: Catalogue) -> None:
        if outcome == "won":
            close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
        else:
            lose_deal(actor=cast.seller, deal_id=sale.deal_id, reason="Price", now=NOW)
        with pytest.raises(Conflict, match=f"is {outcome}; its services can no longer change"):
            sell(cast.seller, sale, NewLine(catalogue.campaign))

    def test_only_those_on_the_deal_change_it_and_strangers_do_not_know_it(self, cast: Cast, sale: Sale, catalogue: Catalogue) -> None:
        for colleague in (cast.teammate, cast.finance):
            with pytest.raises(NotAllowed):
                sell(colleague, sale, NewLine(catalogue.campaign))
        with pytest.raises(NotFound):
            sell(cast.member, sale, NewLine(catalogue.campaign))
        sell(cast.owner, sale, NewLine(catalogue.campaign))


class TestWithoutTheRightToPrices:
    """Somebody who edits deals without seeing values neither reads nor writes a price."""

    @pytest.fixture
    def blind(self, cast: Cast) -> Actor:
        return replace(cast.seller, grants={**cast.seller.grants, "sales.value.view": Scope.NONE})

    def test_prices_are_not_shown(self, blind: Actor, sale: Sale) -> None:
        assert [(row.unit_price, row.total) for row in lines_of(blind, sale)] == [(None, None)]

    def test_lines_keep_the_prices_they_had_and_new_ones_take_the_list_price(
        self, blind: Actor, cast: Cast, sale: Sale, catalogue: Catalogue
    ) -> None:
        sell(cast.seller, sale, NewLine(sale.service_id, unit_price=euros(70_000)))
        sell(blind, sale, NewLine(catalogue.campaign), NewLine(sale.service_id, Decimal(2)))
        assert [row.unit_price for row in lines_of(cast.seller, sale)] == [euros(12_000), euros(70_000)]

    def test_a_price_is_refused(self, blind: Actor, sale: Sale) -> None:
        assert refused(blind, sale, NewLine(sale.service_id, unit_price=euros(1))) == [
            ("lines[0].unit_price", "Your access role does not include prices; leave the price out."),
        ]

    def test_a_stale_answer_shows_none_either(self, blind: Actor, sale: Sale, catalogue: Catalogue) -> None:
        with pytest.raises(Stale) as stale:
            sell(blind, sale, NewLine(catalogue.campaign), version=9)
        assert [row.unit_price for row in stale.value.current["lines"]] == [None]

    def test_an_export_of_lines_is_redacted_in_the_same_way(self, blind: Actor, cast: Cast, sale: Sale) -> None:
        for actor, price in ((cast.owner, euros(84_000)), (blind, None)):
            (row,) = list_lines_of_deals(actor=actor, deal_ids=[sale.deal_id])
            assert (row.deal_id, row.position, row.service_id, row.unit_price) == (sale.deal_id, 0, sale.service_id, price)
        assert list_lines_of_deals(actor=cast.member, deal_ids=[sale.deal_id]) == []
