"""A segment is a saved view of companies: it narrows contacts and deals by its name."""

from __future__ import annotations

import re

import pytest

from tests.edges.api.client import Api
from tests.edges.web.lists.test_saved_views import text_of
from tests.people import NOW, make_sale
from wonward.domains.clients.operations import (
    change_company,
    change_contact,
    create_companies,
    create_contacts,
    put_contact_points,
)
from wonward.domains.clients.types import NewCompany, NewContact
from wonward.domains.sales.operations.stakeholders import put_deal_stakeholder


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


@pytest.fixture
def buyers(cast, sale, sign_in):
    """Contacts tagged “Buyer” whom an e-mail reaches, kept for everyone by the seller; its id."""
    change_contact(actor=cast.seller, contact_id=sale.contact_id, changes={"tags": ["Buyer"], "title": "Purchasing lead", "source": "Fair"}, version=None, now=NOW)
    put_contact_points(actor=cast.seller, contact_id=sale.contact_id, points=[("email", "main@north.example")], now=NOW)
    put_deal_stakeholder(actor=cast.seller, deal_id=sale.deal_id, contact_id=sale.contact_id, decision_role="decides", now=NOW)
    make_sale(cast, name="Third", company="Cedar")
    create_contacts(actor=cast.seller, contacts=[NewContact(name="Zoe", phone="+49 30 5550100", tags=("Buyer",)), NewContact(name="Kim")], now=NOW)
    answer = sign_in(cast.seller).post("/views/new/", {"state": "list=clients.contacts&tag=Buyer&reach=email", "name": "Buyers", "audience": "everyone"})
    return re.search(r"saved=(\d+)", answer["Location"])[1]


def test_contacts_are_narrowed_by_tag_title_source_and_how_they_are_reached(cast, sale, sign_in, buyers):
    desk = sign_in(cast.seller)
    main = names_in(text_of(desk, "/contacts/?title=purchasing"))
    assert len(main) == 1
    for query, found in (
        ("tag=Buyer", [*main, "Zoe"]), ("source=fair", main), ("reach=phone&tag=Buyer", ["Zoe"]), ("reach=email&tag=Buyer", main), ("reach=-&q=Kim", ["Kim"]),
        ("source=-&tag=Buyer", ["Zoe"]), ("reach=-&tag=Buyer", []), ("title=nobody+at+all", []),
    ):
        assert sorted(names_in(text_of(desk, f"/contacts/?{query}"))) == sorted(found), query
    assert "Nobody fits" in text_of(desk, "/contacts/?title=nobody+at+all")
    assert sorted(names_in(text_of(desk, "/contacts/?tag=Buyer&reach=pigeon"))) == sorted([*main, "Zoe"])


def test_a_segment_of_contacts_narrows_the_deals_they_play_a_part_in_and_their_file(cast, sale, sign_in, buyers):
    desk = sign_in(cast.teammate)
    contacts = text_of(desk, f"/contacts/?saved={buyers}")
    assert len(names_in(contacts)) == 1
    assert f"/deals/table/?people={buyers}" in contacts
    deals = text_of(desk, f"/deals/table/?people={buyers}")
    assert names_in(deals) == ["Website replatform"]
    assert "Buyers" in deals
    assert len(desk.get(f"/contacts/export/?as=csv&saved={buyers}").content.splitlines()) == 2
    assert len(desk.get(f"/deals/export/?as=csv&people={buyers}").content.splitlines()) == 2


def test_a_segment_of_contacts_stands_on_a_segment_of_companies(cast, sale, sign_in, segment, buyers):
    desk = sign_in(cast.seller)
    answer = desk.post("/views/new/", {"state": f"list=clients.contacts&segment={segment}", "name": "At key clients", "audience": "private"})
    stacked = re.search(r"saved=(\d+)", answer["Location"])[1]
    assert names_in(text_of(desk, f"/deals/table/?people={stacked}")) == ["Website replatform"]


def test_a_segment_of_contacts_that_is_gone_or_hidden_shows_no_deal(cast, sale, sign_in, buyers):
    desk = sign_in(cast.seller)
    hidden = sign_in(cast.owner).post("/views/new/", {"state": "list=clients.contacts&tag=Buyer", "name": "Mine", "audience": "private"})["Location"].partition("saved=")[2]
    for asked in ("987654321", hidden, "x"):
        assert names_in(text_of(desk, f"/deals/table/?people={asked}")) == []


def test_many_contacts_of_a_segment_are_changed_at_once_and_nobody_else(cast, sale, sign_in, buyers):
    desk = sign_in(cast.seller)
    answer = desk.post("/bulk/new/?list=clients.contacts&tag=Buyer&reach=phone", {"row": [], "scope": "all", "step": "look", "set_source": "Fair"})
    assert "Change 1 contact" in text_of(desk, answer["Location"])


def test_the_api_narrows_contacts_as_their_list_does(cast, sale, sign_in, buyers):
    api = Api(cast.seller)
    for query, count in (("tag=Buyer", 2), ("tag=Buyer&reach=email", 1), ("title=purchasing", 1), ("source=-&tag=Buyer", 1), ("reach=-&q=Kim", 1)):
        status, found = api.get(f"/contacts?{query}")
        assert (status, len(found["items"])) == (200, count), query
    assert api.get("/contacts?reach=pigeon")[0] == 422


def test_the_api_narrows_by_segments_and_to_nothing_by_one_that_is_not_found(cast, sale, sign_in, segment):
    api = Api(cast.teammate)

    def names(path: str) -> list[str]:
        status, page = api.get(path)
        assert status == 200
        return [one["name"] for one in page["items"]]

    assert names(f"/companies?segment_id={segment}") == ["Northwind Robotics"]
    assert names(f"/companies?segment_id={segment}&q=alder") == []
    assert names(f"/deals?segment_id={segment}") == ["Website replatform"]
    assert names(f"/contacts?company_segment_id={segment}") == ["Hanne Dahl"]
    mine = sign_in(cast.seller).post("/views/new/", {"state": f"list=clients.contacts&segment={segment}", "name": "Key people", "audience": "private"})
    people = re.search(r"saved=(\d+)", mine["Location"])[1]
    own = Api(cast.seller)
    assert [one["name"] for one in own.get(f"/contacts?segment_id={people}&q=hanne")[1]["items"]] == ["Hanne Dahl"]
    for path in (f"/contacts?segment_id={people}", "/contacts?segment_id=999999", "/companies?segment_id=999999",
                 f"/deals?people_segment_id={people}", "/deals?segment_id=999999"):
        assert names(path) == []
