"""Later pages of the list of deals go on where the page before ended, in every order and within every group."""

from __future__ import annotations

import pytest

from tests.people import NOW, make_cast, make_sale
from wonward.domains.sales.queries.deals import GROUPS, SORTS, list_deals
from wonward.domains.sales.types import DealFilter
from wonward.kernel.errors import NotAllowed

pytestmark = pytest.mark.django_db


def test_pages_follow_each_other_in_every_order(django_assert_num_queries):
    cast = make_cast()
    for name in ("Northwind Robotics", "Alder & Co", "Zeta Works", "Birch", "Mills"):
        make_sale(cast, company=name)
    list_deals(actor=cast.owner, where=DealFilter(status="open"), now=NOW)
    for sort in SORTS:
        for group in ("", *GROUPS):
            whole = list_deals(actor=cast.owner, where=DealFilter(status="open"), now=NOW, sort=sort, group=group)
            with django_assert_num_queries(9):
                pages = [
                    list_deals(actor=cast.owner, where=DealFilter(status="open"), now=NOW, sort=sort, group=group, offset=begin, limit=2)
                    for begin in (0, 2, 4)
                ]
            assert len(whole) == 5
            assert [row for page in pages for row in page] == whole, (sort, group)


def test_a_later_page_holds_what_the_viewer_sees_and_the_filter_asks_for():
    cast = make_cast()
    shown = [make_sale(cast, company=f"Client {n}").deal_id for n in range(3)]
    everything = DealFilter(status="open")
    assert [row.id for row in list_deals(actor=cast.seller, where=everything, now=NOW, sort="id", offset=1, limit=5)] == shown[1:]
    assert list_deals(actor=cast.seller, where=DealFilter(status="won"), now=NOW, sort="id", offset=1) == []
    for actor in cast.everybody().values():
        whole = list_deals(actor=actor, where=everything, now=NOW, sort="id")
        assert list_deals(actor=actor, where=everything, now=NOW, sort="id", offset=1) == whole[1:]
    with pytest.raises(NotAllowed):
        list_deals(actor=cast.seller, where=everything, now=NOW, sort="nonsense", offset=1)
