"""Columns that have a place here are filled in; records as the interfaces of other products give them are read."""

from __future__ import annotations

import json

import pytest

from tests.journeys.imports.imported import apply, bring, field_of, stage
from tests.people import NOW, make_cast
from wonward.domains.clients.queries import find_refusals, list_companies, list_contacts
from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.types import DealFilter
from wonward.journeys.imports.operations import undo_import

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


def deals_of(cast):
    return {deal.name: deal for deal in list_deals(actor=cast.seller, where=DealFilter(), now=NOW)}


def test_a_chance_of_its_own_comes_along_and_that_of_the_stage_stays_the_stages(cast):
    text = "Deal name,Deal stage,Probability (%)\nOwn,Discovery,37\nUsual,Discovery,{usual}\nNone,Discovery,\n"
    assert bring(cast.seller, "deals", "Deal name,Deal stage\nFirst,Discovery\n").counts["created"] == 1
    usual = deals_of(cast)["First"].probability
    bring(cast.seller, "deals", text.format(usual=usual))
    found = deals_of(cast)
    assert (found["Own"].probability, found["Usual"].probability, found["None"].probability) == (37, usual, usual)
    again = bring(cast.seller, "deals", "Record ID,Deal name,Deal stage,Probability\n7,Kept,Discovery,40\n")
    assert again.counts["created"] == 1
    bring(cast.seller, "deals", "Record ID,Deal name,Deal stage,Probability\n7,Kept,Discovery,55\n")
    assert deals_of(cast)["Kept"].probability == 55


def test_companies_bring_their_number_address_source_and_tags(cast):
    text = "Id,Name,Phone,Billing Address,Account Source,Tags\n1,Acme,+49 30 123456,\"Ring 1, 10115 Berlin\",Fair,\"vip, retail\"\n"
    done = bring(cast.seller, "companies", text)
    assert done.losses == ()
    (company,) = list_companies(actor=cast.seller)
    assert (company.phone, company.address, company.source, company.tags) == ("+49 30 123456", "Ring 1, 10115 Berlin", "Fair", ("vip", "retail"))
    bring(cast.seller, "companies", text.replace("Fair", "Referral").replace("vip, ", ""))
    (company,) = list_companies(actor=cast.seller)
    assert (company.source, company.tags) == ("Referral", ("retail",))


def test_contacts_bring_source_second_address_and_what_they_refused_and_the_undo_takes_them(cast):
    text = "Contact ID,Name,Person - Email - Work,Person - Email - Home,Lead Source,Email Opt Out,Do Not Call\n1,Jo Day,jo@acme.test,jo@home.test,Fair,1,0\n2,Al Bee,al@beta.test,,,0,\n"
    staged = stage(cast.seller, "contacts", text)
    assert [field_of(staged, header) for header in ("Person - Email - Work", "Person - Email - Home", "Email Opt Out")] == ["email", "work_email", "no_email"]
    done = apply(cast.seller, staged)
    people = {row.name: row for row in list_contacts(actor=cast.seller)}
    assert people["Jo Day"].source == "Fair"
    ids = [row.id for row in people.values()]
    assert find_refusals(contact_ids=ids, purpose="email") == {people["Jo Day"].id}
    assert find_refusals(contact_ids=ids, purpose="phone") == set()
    assert bring(cast.seller, "contacts", text).counts["unchanged"] == 2
    undo_import(actor=cast.seller, batch_id=done.id, now=NOW)
    assert list_contacts(actor=cast.seller) == []


def test_records_wrapped_in_properties_with_their_associations(cast):
    companies = {"results": [{"id": "9", "properties": {"name": "Acme", "domain": "acme.test"}, "createdAt": "2026-05-06T11:48:03.785Z", "archived": False}]}
    bring(cast.seller, "companies", json.dumps(companies), name="companies.json", source="hubspot")
    deals = {"results": [{
        "id": "51", "properties": {"dealname": "Site", "dealstage": "closedwon", "amount": "1200", "closedate": "2026-02-03T00:00:00Z", "hs_object_id": "51"},
        "associations": {"companies": {"results": [{"id": "9", "type": "deal_to_company"}, {"id": "9", "type": "deal_to_company_unlabeled"}]}},
    }]}
    done = bring(cast.seller, "deals", json.dumps(deals), name="deals.json", source="hubspot")
    assert done.counts["created"] == 1
    (deal,) = deals_of(cast).values()
    assert (deal.name, deal.status, deal.company_name, str(deal.value.amount), deal.external_id) == ("Site", "won", "Acme", "1200.00", "51")


def test_records_with_their_organisation_person_and_owner_spelled_out_inside(cast):
    deals = {"success": True, "data": [{
        "id": 1, "title": "Test deal", "status": "open", "value": 1000, "currency": "EUR", "stage_id": 2,
        "org_id": {"name": "Acme", "people_count": 1, "value": 5},
        "person_id": {"name": "Jo Day", "email": [{"value": "jo@home.test", "primary": False}, {"value": "jo@acme.test", "primary": True}], "value": 7},
        "user_id": {"id": 3, "name": "Mara Klein", "email": "seller@studio.test"},
    }]}
    staged = stage(cast.teammate, "deals", json.dumps(deals), name="deals.json")
    assert [(value.about, value.value) for value in staged.values if value.about == "stage"] == [("stage", "2")]
    apply(cast.teammate, staged)
    (deal,) = deals_of(cast).values()
    assert (deal.name, deal.company_name, deal.owner_name, deal.value.minor) == ("Test deal", "Acme", "Mara Klein", 100_000)
    (person,) = list_contacts(actor=cast.seller)
    assert (person.name, person.email, person.company_name) == ("Jo Day", "jo@acme.test", "Acme")
