"""The sums of the table of deals are kept while nothing is written: nobody reads those of others, and no change is missed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.edges.web.sales.desk import sign_in
from tests.elsewhere import elsewhere
from tests.people import NOW, make_cast, make_sale
from wonward.domains.sales.operations.deals import change_deal
from wonward.kernel.actor import Actor
from wonward.kernel.money import Money

TABLE = "?status=open"


def page_of(client: Client) -> tuple[str, list[str]]:
    with CaptureQueriesContext(connection) as asked:
        page = client.get(reverse("deals_table") + TABLE)
    assert page.status_code == 200
    return page.content.decode(), [query["sql"] for query in asked.captured_queries]


def sums_asked(client: Client) -> int:
    return sum("SUM(" in sql for sql in page_of(client)[1])


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_sum_is_asked_once_until_somebody_writes_and_belongs_to_those_who_see_the_same_deals() -> None:
    cast = make_cast()
    sale = make_sale(cast)
    seller, teammate = sign_in(cast.seller), sign_in(cast.teammate)

    def change(actor: Actor, **changes: Any) -> None:
        elsewhere(lambda: change_deal(actor=actor, deal_id=sale.deal_id, changes=changes, now=NOW))

    assert "€84,000" in page_of(seller)[0]
    first, again = page_of(seller), page_of(seller)
    assert first[0].count("€84,000") == again[0].count("€84,000")
    assert (sums_asked(seller), sums_asked(teammate)) == (0, 1)

    change(cast.seller, value=Money(9_100_000, "EUR"))
    for client in (seller, teammate):
        page, asked = page_of(client)
        assert "€91,000" in page
        assert "€84,000" not in page
        assert any("SUM(" in sql for sql in asked)

    change(cast.seller, is_restricted=True)
    assert "€91,000" in page_of(seller)[0]
    assert "€91,000" not in page_of(teammate)[0]
    assert "€91,000" not in page_of(teammate)[0]
    assert "€91,000" in page_of(seller)[0]
