"""What cannot be true of a company or contact is refused by name: circles of who brought whom, and web addresses that are none."""

from __future__ import annotations

import pytest

from tests.edges.api.client import Api
from tests.people import NOW, Cast, make_cast
from wonward.domains.clients.operations import (
    change_company,
    change_contact,
    create_companies,
    create_contacts,
    merge_records,
    undo_merge,
)
from wonward.domains.clients.queries import get_company, get_contact, who_brought
from wonward.domains.clients.types import NewCompany, NewContact
from wonward.domains.sales.operations.conversion import convert_lead
from wonward.domains.sales.operations.leads import create_leads
from wonward.domains.sales.types import NextAction
from wonward.domains.sales.types.leads import Conversion, NewLead
from wonward.kernel.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def contacts(cast: Cast, *names: str) -> list[int]:
    return create_contacts(actor=cast.seller, contacts=[NewContact(name=name) for name in names], now=NOW)


def brought(cast: Cast, contact_id: int, by: int | None) -> None:
    change_contact(actor=cast.owner, contact_id=contact_id, changes={"referred_by_id": by}, version=None, now=NOW)


def test_nobody_brings_whom_they_were_brought_by_however_long_the_way_round(cast: Cast) -> None:
    ada, ben, cleo = contacts(cast, "Ada", "Ben", "Cleo")
    brought(cast, ada, ben)
    brought(cast, ben, cleo)
    for by in (ada, ben):
        with pytest.raises(Refused) as refusal:
            brought(cast, cleo, by)
        assert [(error.field, error.code) for error in refusal.value.errors] == [("referred_by_id", "circle")]
    assert get_contact(actor=cast.owner, contact_id=cleo).referred_by_id is None
    brought(cast, ben, None)
    brought(cast, cleo, ada)
    assert who_brought(cleo) == [ada, ben]


def test_a_program_is_refused_the_same_circle(cast: Cast) -> None:
    ada, ben = contacts(cast, "Ada", "Ben")
    api = Api(cast.owner)
    assert api.patch(f"/contacts/{ada}", {"referred_by_id": ben})[0] == 200
    assert api.patch(f"/contacts/{ben}", {"referred_by_id": ada})[0] == 422


def test_a_merge_closes_no_circle_and_its_undo_brings_back_what_was_said(cast: Cast) -> None:
    ada, twin, ben = contacts(cast, "Ada", "Ada again", "Ben")
    brought(cast, ben, twin)
    brought(cast, ada, ben)
    merge_id = merge_records(actor=cast.owner, noun="clients.contact", source_id=twin, target_id=ada, now=NOW)
    assert (who_brought(ada), who_brought(ben)) == ([], [ada])
    undo_merge(actor=cast.owner, merge_id=merge_id, now=NOW)
    assert (who_brought(ada), who_brought(ben)) == ([ben, twin], [twin])


@pytest.mark.parametrize("domain", ["exa mple.com", "anna@northwind.test", "northwind", "north<b>wind.com", ".com", "a..b", f"{'x' * 220}.com"])
def test_what_is_no_web_address_is_said_and_not_kept(cast: Cast, domain: str) -> None:
    with pytest.raises(Refused) as refusal:
        create_companies(actor=cast.seller, companies=[NewCompany(name="Northwind", domain=domain)], now=NOW)
    assert [error.field for error in refusal.value.errors] == ["domain"]
    (company_id,) = create_companies(actor=cast.seller, companies=[NewCompany(name="Northwind", domain="northwind.test")], now=NOW)
    with pytest.raises(Refused, match="is not a web address"):
        change_company(actor=cast.owner, company_id=company_id, changes={"domain": domain}, version=None, now=NOW)
    assert get_company(actor=cast.owner, company_id=company_id).domain == "northwind.test"


@pytest.mark.parametrize(("typed", "kept"), [
    ("https://www.Northwind.test/team?x=1", "northwind.test"), ("northwind.test:8080", "northwind.test"), ("bücher.example", "bücher.example"),
    ("https://northwind.test?utm=1", "northwind.test"), ("xn--bcher-kva.example.", "xn--bcher-kva.example"), ("", ""), ("  ", ""),
])
def test_web_addresses_are_kept_as_their_host(cast: Cast, typed: str, kept: str) -> None:
    (company_id,) = create_companies(actor=cast.seller, companies=[NewCompany(name="Northwind", domain=typed)], now=NOW)
    assert get_company(actor=cast.owner, company_id=company_id).domain == kept


def test_a_lead_who_typed_words_for_a_website_still_becomes_a_client(cast: Cast) -> None:
    (lead_id,) = create_leads(actor=cast.seller, now=NOW, leads=[NewLead(name="Signe", company_name="Pellworth", email="signe@pellworth.test", website="we have none yet")])
    done = convert_lead(actor=cast.seller, lead_id=lead_id, conversion=Conversion(next_action=NextAction("call", NOW.date())), now=NOW)
    assert done.company_id is not None
    assert get_company(actor=cast.seller, company_id=done.company_id).domain == "pellworth.test"
