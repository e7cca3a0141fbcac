"""A sale of the seller, and the handoff its win makes."""

from __future__ import annotations

import pytest

from tests.people import NOW, Cast, Sale, make_cast, make_sale
from tests.remembered import remembered
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.handoff.types import ClosedDeal


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast: Cast) -> Sale:
    return make_sale(cast)


@pytest.fixture
def won(cast: Cast, sale: Sale) -> ClosedDeal:
    return win(cast, sale)


@remembered
def win(cast: Cast, sale: Sale) -> ClosedDeal:
    return close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
