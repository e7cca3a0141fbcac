"""A deal is opened and expected on days somebody sells on, whichever way they come."""

from __future__ import annotations

from datetime import date

import pytest

from tests.edges.api.client import Api
from tests.edges.web.sales.desk import sign_in
from tests.people import NOW, Cast, Sale, make_cast, make_sale
from wonward.domains.sales.operations.deals import change_deal, create_deals
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.sales.types import NewDeal, NextAction
from wonward.journeys.automation.operations import apply_bulk_change, start_bulk_change
from wonward.journeys.automation.queries import list_bulk_rows
from wonward.kernel.errors import Refused

pytestmark = pytest.mark.django_db
IMPOSSIBLE = (date(1, 1, 1), date(1899, 12, 31), date(2201, 1, 1), date(9999, 12, 31))


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast: Cast) -> Sale:
    return make_sale(cast)


@pytest.mark.parametrize("day", IMPOSSIBLE)
@pytest.mark.parametrize("field", ["expected_close_date", "opened_date"])
def test_a_new_deal_names_the_day_it_cannot_have(cast: Cast, sale: Sale, field: str, day: date) -> None:
    new = NewDeal(name="Shop", company_id=sale.company_id, next_action=NextAction("call", NOW.date()), **{field: day})  # type: ignore[arg-type]
    with pytest.raises(Refused) as refusal:
        create_deals(actor=cast.seller, deals=[new], now=NOW)
    assert [(error.field, error.code) for error in refusal.value.errors] == [(field, "range")]
    assert day.isoformat() in str(refusal.value)


@pytest.mark.parametrize("day", IMPOSSIBLE)
def test_no_way_of_changing_a_deal_puts_its_close_where_no_year_is(cast: Cast, sale: Sale, day: date) -> None:
    with pytest.raises(Refused, match="lies outside the years 1900 to 2200"):
        change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"expected_close_date": day}, now=NOW)
    assert Api(cast.seller).patch(f"/deals/{sale.deal_id}", {"expected_close_date": day.isoformat()})[0] == 422
    bulk_id = start_bulk_change(actor=cast.seller, noun="sales.deal", ids=[sale.deal_id], asked={"expected_close_date": day.isoformat()}, now=NOW)
    apply_bulk_change(actor=cast.seller, bulk_id=bulk_id, now=NOW)
    (row,) = list_bulk_rows(actor=cast.seller, bulk_id=bulk_id)
    assert (row.status, row.code) == ("refused", "range")
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).expected_close_date is None


def test_the_form_says_it_beside_the_day(cast: Cast, sale: Sale) -> None:
    desk = sign_in(cast.seller)
    answer = desk.post(f"/deals/{sale.deal_id}/fields/expected_close_date/", {"expected_close_date": "0001-01-01"})
    assert (answer.status_code, "lies outside the years 1900 to 2200" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(2000, 2, 29), date(2200, 12, 31), None])
def test_any_other_day_is_taken(cast: Cast, sale: Sale, day: date | None) -> None:
    change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"expected_close_date": day}, now=NOW)
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).expected_close_date == day
