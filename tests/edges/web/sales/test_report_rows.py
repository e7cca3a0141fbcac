"""Every number of the reports opens the rows it counts."""

from __future__ import annotations

import html
import re

import pytest
from django.urls import reverse

from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale, make_sale
from wonward.domains.sales.operations.deals import lose_deal

pytestmark = pytest.mark.django_db


def test_a_reason_of_losses_opens_the_deals_lost_for_it(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    other = make_sale(cast, name="Another deal", company="Alder & Sons")
    lose_deal(actor=cast.seller, deal_id=sale.deal_id, reason="Price & terms", now=NOW)
    lose_deal(actor=cast.seller, deal_id=other.deal_id, reason="No budget", now=NOW)
    desk = sign_in(cast.leader)
    page = desk.get(reverse("sales_reports")).content.decode()
    href = html.unescape(re.search(r'href="([^"]*)">Price &amp; terms<', page)[1])
    table = desk.get(href).content.decode()
    assert "Website replatform" in table
    assert "Another deal" not in table
    assert "Price &amp; terms" in table


def test_every_figure_of_the_reports_is_a_link_that_opens(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    lose_deal(actor=cast.seller, deal_id=sale.deal_id, reason="Price", now=NOW)
    desk = sign_in(cast.leader)
    page = desk.get(reverse("sales_reports")).content.decode()
    hrefs = {html.unescape(found) for found in re.findall(r'href="(/(?:deals/table|leads)/[^"]*)"', page)}
    assert len(hrefs) > 5
    assert {href: desk.get(href).status_code for href in hrefs} == dict.fromkeys(hrefs, 200)
