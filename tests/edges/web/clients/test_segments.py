"""A segment is a saved view of companies: it narrows contacts and deals by its name."""

from __future__ import annotations

import re

import pytest

from tests.edges.web.lists.test_saved_views import text_of
from tests.people import NOW, make_sale
from wonward.domains.clients.operations import change_company, create_companies
from wonward.domains.clients.types import NewCompany


def names_in(page: str) -> list[str]:
    return re.findall(r'class="table__link"[^>]*>([^<]+)<', page)


@pytest.fixture
def segment(cast, sale, sign_in):
    """Companies of tier A, kept by the seller; its id."""
    change_company(actor=cast.seller, company_id=sale.company_id, changes={"tier": "A", "tags": ["Fair"], "country": "Norway"}, version=None, now=NOW)
    make_sale(cast, name="Elsewhere", company="Alder")
    create_companies(actor=cast.seller, companies=[NewCompany(name="Birch", owner_id=cast.teammate.person_id)], now=NOW)
    answer = sign_in(cast.seller).post("/views/new/", {"state": "list=clients.companies&tier=A", "name": "Key clients", "audience": "everyone"})
    return re.search(r"saved=(\d+)", answer["Location"])[1]


def test_companies_are_narrowed_by_tier_owner_tag_and_country(cast, sale, sign_in, segment):
    desk = sign_in(cast.seller)
    for query, found in (
        ("tier=A", ["Northwind Robotics"]), ("tag=fair", ["Northwind Robotics"]), ("country=norway", ["Northwind Robotics"]), ("tier=-", ["Alder", "Birch"]),
        (f"owner={cast.teammate.person_id}", ["Birch"]), ("owner=none", ["Alder", "Northwind Robotics"]), ("tier=A&country=Chile", []),
    ):
        assert names_in(text_of(desk, f"/companies/?{query}")) == found
    assert "No company fits" in text_of(desk, "/companies/?tier=C")


def test_a_segment_narrows_contacts_deals_and_their_files(cast, sale, sign_in, segment):
    desk = sign_in(cast.teammate)
    companies = text_of(desk, f"/companies/?saved={segment}")
    assert names_in(companies) == ["Northwind Robotics"]
    assert f"/deals/table/?segment={segment}" in companies
    deals = text_of(desk, f"/deals/table/?segment={segment}")
    assert names_in(deals) == ["Website replatform"]
    assert "Key clients" in deals
    contacts = text_of(desk, f"/contacts/?segment={segment}")
    assert contacts.count('class="table__link"') == 1
    assert "Key clients" in contacts
    assert len(desk.get(f"/contacts/export/?as=csv&segment={segment}").content.splitlines()) == 2
    assert len(desk.get(f"/deals/export/?as=csv&segment={segment}").content.splitlines()) == 2


def test_a_segment_that_is_gone_or_hidden_shows_nothing_rather_than_everything(cast, sale, sign_in, segment):
    desk = sign_in(cast.seller)
    hidden = sign_in(cast.owner).post("/views/new/", {"state": "list=clients.companies&tier=A", "name": "Mine", "audience": "private"})["Location"].partition("saved=")[2]
    for asked in ("987654321", hidden, "x"):
        assert names_in(text_of(desk, f"/deals/table/?segment={asked}")) == []
        assert names_in(text_of(desk, f"/contacts/?segment={asked}")) == []
