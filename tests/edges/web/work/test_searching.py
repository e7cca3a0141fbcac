"""Search on the screen: by words, numbers, types, clients and owners, never beyond what one sees."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.people import NOW, make_sale
from wonward.domains.sales.operations.deals import change_deal
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.search.queries import search_records

pytestmark = pytest.mark.django_db
PALETTE = {"HX-Request": "true"}


@pytest.fixture
def world(cast: Any) -> Any:
    north = make_sale(cast)
    south = make_sale(cast, name="Brand refresh", company="Southport Foods")
    change_deal(actor=cast.owner, deal_id=south.deal_id, changes={"owner_id": cast.teammate.person_id}, now=NOW)
    deliver_all()
    return north, south


def deliver_all() -> None:
    while deliver_pending(now=NOW):
        pass


def _titles(client: Any, query: str) -> list[str]:
    page = client.get("/search/", {"q": query}, headers=PALETTE).content.decode()
    return re.findall(r'<span class="palette__icon">.*?</span><span>([^<]+)</span>', page, re.DOTALL)


def test_a_client_an_owner_and_a_type_narrow_what_is_found(world: Any, cast: Any, sign_in: Any) -> None:
    seller = sign_in(cast.seller)
    assert set(_titles(seller, "client:northwind")) == {"Northwind Robotics", "Hanne Dahl", "Website replatform"}
    assert _titles(seller, "client:northwind type:deal") == ["Website replatform"]
    assert _titles(seller, "deals client:southport") == ["Brand refresh"]
    assert _titles(seller, 'owner:"sam peer"') == ["Brand refresh"]
    assert _titles(seller, "owner:me deals") == ["Website replatform"]
    assert _titles(seller, "client:southport website") == []


def test_a_number_with_its_sign_finds_its_record_first(world: Any, cast: Any, sign_in: Any) -> None:
    number = search_records(cast.owner, "website", nouns=("sales.deal",)).hits[0].number
    assert _titles(sign_in(cast.seller), f"#{number}")[0] == "Website replatform"


def test_what_a_filter_names_and_nobody_finds_is_said(world: Any, cast: Any, sign_in: Any) -> None:
    seller = sign_in(cast.seller)
    for query, words in (("client:nobody", "No client “nobody”."), ("owner:zorro", "No colleague “zorro”."), ("type:dog", "There is no type “dog”.")):
        assert words in seller.get("/search/", {"q": query}).content.decode()


def test_filters_show_nothing_that_is_hidden(world: Any, cast: Any, sign_in: Any) -> None:
    north, _south = world
    change_deal(actor=cast.owner, deal_id=north.deal_id, changes={"is_restricted": True}, now=NOW)
    deliver_all()
    assert "Website replatform" in _titles(sign_in(cast.seller), "client:northwind")
    for actor in (cast.teammate, cast.manager, cast.member):
        assert "Website replatform" not in _titles(sign_in(actor), "client:northwind")
        page = sign_in(actor).get("/search/", {"recent": f"sales.deal:{north.deal_id}"}, headers=PALETTE).content.decode()
        assert "Website replatform" not in page


def test_what_was_looked_at_last_comes_first_by_its_name_of_today(world: Any, cast: Any, sign_in: Any) -> None:
    north, south = world
    query = {"recent": f"sales.deal:{south.deal_id},clients.company:{north.company_id},nonsense,sales.deal:999999"}
    page = sign_in(cast.seller).get("/search/", query, headers=PALETTE).content.decode()
    names = re.findall(r"</span><span>([^<]+)</span>", page)
    assert names == ["Brand refresh, Southport Foods", "Northwind Robotics"]


def test_the_palette_offers_what_one_may_do_and_no_more(cast: Any, sign_in: Any) -> None:
    def local(actor: Any) -> str:
        return sign_in(actor).get("/").content.decode().partition('id="palette-local"')[2]

    assert 'href="/deals/new/"' in local(cast.seller)
    assert 'href="/deals/new/"' not in local(cast.member)
    assert 'href="/settings/people/invite/"' not in local(cast.seller)
    assert 'href="/settings/people/invite/"' in local(cast.owner)


def test_a_pinned_record_stands_in_the_rail_and_first_in_the_palette_until_it_is_pinned_no_more(
    world: Any, cast: Any, sign_in: Any
) -> None:
    north, _south = world
    seller, ref = sign_in(cast.seller), f"sales.deal:{north.deal_id}"
    assert "/records/pinned/" not in seller.get("/").content.decode()
    assert 'value="1"' in seller.get("/records/notices/", {"ref": ref}, headers=PALETTE).content.decode()
    assert seller.post("/records/pin/", {"ref": ref, "is_pinned": "1"}, headers=PALETTE).status_code == 204
    assert 'hx-get="/records/pinned/"' in seller.get("/").content.decode()
    rail = seller.get("/records/pinned/", headers=PALETTE).content.decode()
    assert f'href="/deals/{north.deal_id}/"' in rail
    assert "<html" not in rail
    palette = seller.get("/search/", {"recent": f"clients.company:{north.company_id},{ref}"}, headers=PALETTE).content.decode()
    assert re.findall(r'<span class="palette__detail">([^<]+)</span>', palette) == ["Pinned", "Recent"]
    for stranger in (cast.member, cast.marketer):
        assert sign_in(stranger).post("/records/pin/", {"ref": ref, "is_pinned": "1"}, headers=PALETTE).status_code == 404
    assert seller.post("/records/pin/", {"ref": ref, "is_pinned": "0"}).status_code == 302
    assert "Nothing is pinned" in seller.get("/records/pinned/").content.decode()
