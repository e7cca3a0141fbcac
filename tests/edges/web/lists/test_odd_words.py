"""Odd words in addresses and forms narrow a list, or find nothing; they never break it, on either database."""

from __future__ import annotations

import pytest

from tests.edges.api.client import Api
from tests.edges.web.sales.desk import SignIn
from tests.people import Cast, Sale
from wonward.domains.sales.queries.deals import get_deal

ZERO = "\x00"
LISTS = {
    "/deals/": ("q",), "/deals/table/": ("q", "source", "reason", "cf_tags", "closes"), "/companies/": ("q", "tag", "industry", "country"),
    "/contacts/": ("q", "tag", "title", "source"), "/leads/": ("q", "source"), "/search/": ("q",), "/proposals/": ("q",), "/renewals/": ("q",),
    "/deals/export/": ("q",), "/leads/export/": ("q",), "/companies/export/": ("q",), "/contacts/export/": ("q",),
}
ODD = (ZERO, f"Web{ZERO}site", "%", "_", "'", '"', "\\", "' OR 1=1 --", "x" * 5000, "\u202eabc", "(((", "&|!:*", "99999999999999999999", "9999-12", "<script>")


@pytest.mark.parametrize(("place", "names"), LISTS.items())
def test_no_word_breaks_a_list(cast: Cast, sale: Sale, sign_in: SignIn, place: str, names: tuple[str, ...]) -> None:
    desk = sign_in(cast.seller)
    found = {(name, odd[:12]): desk.get(place, {name: odd}).status_code for name in names for odd in ODD}
    assert set(found.values()) == {200}, {key: status for key, status in found.items() if status != 200}


def test_a_zero_character_among_the_letters_changes_nothing(cast: Cast, sale: Sale, sign_in: SignIn) -> None:
    desk = sign_in(cast.seller)
    assert "Website replatform" in desk.get("/deals/table/", {"q": f"Web{ZERO}site"}).content.decode()
    answer = desk.post(f"/deals/{sale.deal_id}/fields/source/", {"source": f"Fa{ZERO}ir"})
    assert (answer.status_code, get_deal(actor=cast.seller, deal_id=sale.deal_id).source) == (200, "Fair")
    look = desk.post("/bulk/new/?list=sales.deals", {"row": sale.deal_id, "step": "look", "set_source": f"Trade{ZERO} fair"})
    assert desk.post(look["Location"] + "applying/", follow=True).status_code == 200
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).source == "Trade fair"


@pytest.mark.parametrize("sign", ["%", "_", "\\"])
def test_signs_of_patterns_stand_for_themselves(cast: Cast, sale: Sale, sign_in: SignIn, sign: str) -> None:
    assert "Website replatform" not in sign_in(cast.seller).get("/deals/table/", {"q": sign}).content.decode()


def test_a_program_is_told_of_its_zero_character(cast: Cast, sale: Sale) -> None:
    assert Api(cast.seller).patch(f"/deals/{sale.deal_id}", {"source": f"Fa{ZERO}ir"})[0] in (400, 422)
    assert Api(cast.seller).get("/search?q=a%00b")[0] in (200, 400, 422)


@pytest.mark.parametrize("place", ["/deals/{}/", "/deals/columns/{}/", "/leads/{}/", "/companies/{}/", "/contacts/{}/", "/proposals/{}/", "/bulk/{}/", "/views/{}/"])
def test_a_number_beyond_every_id_is_no_record(cast: Cast, sale: Sale, sign_in: SignIn, place: str) -> None:
    desk = sign_in(cast.seller)
    desk.raise_request_exception = False
    assert desk.get(place.format("9" * 23)).status_code in (200, 404)
