"""Beside the chance somebody entered stands what the own history says of deals in the same stage."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale
from wonward.domains.sales.operations.deals import create_deals, lose_deal
from wonward.domains.sales.queries.reports import list_chances
from wonward.domains.sales.types import NewDeal, NextAction

pytestmark = pytest.mark.django_db


def lose(cast: Cast, sale: Sale, count: int) -> None:
    """Deals that began in the first stage and were lost."""
    new = [NewDeal(f"Gone {place}", sale.company_id, NextAction("call", NOW.date())) for place in range(count)]
    for key in create_deals(actor=cast.seller, deals=new, now=NOW):
        lose_deal(actor=cast.seller, deal_id=key, reason="Too dear", now=NOW)


def test_a_deal_shows_what_history_says_once_there_is_enough_of_it(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    desk, here = sign_in(cast.seller), reverse("deal_chance", args=[sale.deal_id])
    strip = f"{reverse('deal_capacity', args=[sale.deal_id])}?with=chance"
    assert strip in desk.get(reverse("deal", args=[sale.deal_id])).content.decode()
    lose(cast, sale, 3)
    assert "3 of 20 deals yet" in desk.get(strip).content.decode()
    assert "Own history" not in desk.get(strip.partition("?")[0]).content.decode()
    assert "3 of 20 deals yet" in desk.get(here).content.decode()
    lose(cast, sale, 21)
    chance = next(iter(list_chances().values()))
    assert chance.found < chance.entered
    assert f"Own history: {chance.found}%, 24 deals" in desk.get(here).content.decode()
    lose_deal(actor=cast.seller, deal_id=sale.deal_id, reason="Too dear", now=NOW)
    assert desk.get(here).content.decode().strip() == ""
    assert sign_in(cast.member).get(here).status_code in (403, 404)


def test_the_table_has_a_column_for_it(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    lose(cast, sale, 24)
    found = next(iter(list_chances().values())).found
    table = reverse("deals_table")
    assert f">{found}%<" in sign_in(cast.seller).get(f"{table}?columns=chance").content.decode()
    assert f">{found}%<" not in sign_in(cast.seller).get(table).content.decode()
