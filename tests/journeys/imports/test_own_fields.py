"""Columns of a file go into fields the house has made itself."""

from __future__ import annotations

import pytest

from tests.journeys.imports.imported import apply, bring, field_of, messages, stage
from tests.people import NOW, Cast, make_cast
from wonward.domains.clients.queries import list_companies
from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.types import DealFilter
from wonward.foundation.custom_fields.operations import add_field
from wonward.foundation.custom_fields.queries import values_by_record
from wonward.foundation.custom_fields.types import FieldKind, NewField
from wonward.journeys.imports.queries import list_fields
from wonward.kernel.actor import system_actor
from wonward.kernel.errors import Refused
from wonward.kernel.money import Money

pytestmark = pytest.mark.django_db
HEAD = "Company,Contract until,Bühne,Budget,Seats,Account lead,Merkmale\n"
FILE = HEAD + "Acme,31.12.2027,Gold,1.250.50 EUR,12,Mara Klein,a; b\nBeta,15.01.2028,Nope,,x,Nobody Here,\n".replace("1.250.50", '"1.250,50')
FILE = FILE.replace(" EUR,", ' EUR",')


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    for label, kind, choices in (
        ("Contract until", FieldKind.DATE, ()), ("Bühne", FieldKind.CHOICE, ("Gold", "Silver")), ("Budget", FieldKind.MONEY, ()),
        ("Seats", FieldKind.NUMBER, ()), ("Account lead", FieldKind.PERSON, ()),
    ):
        add_field(actor=cast.owner, new=NewField("clients.company", label, kind, choices), now=NOW)
    return cast


def values(cast: Cast) -> dict[str, dict[str, object]]:
    rows = {row.id: row.name for row in list_companies(actor=cast.owner)}
    found = values_by_record(actor=system_actor(), noun="clients.company", ids=list(rows))
    return {name: dict(found.get(key, {})) for key, name in rows.items()}


def test_columns_named_like_fields_of_the_house_fill_them_and_what_does_not_fit_is_said(cast: Cast) -> None:
    staged = stage(cast.seller, "companies", FILE)
    assert field_of(staged, "Contract until") == "cf_contract_until"
    assert field_of(staged, "Merkmale") == ""
    said = messages(staged)
    assert "“Nope” is none of the choices: Gold, Silver." in said
    assert "“Nobody Here” is not a colleague." in said
    done = apply(cast.seller, staged)
    assert done.counts["created"] == 2
    acme, beta = values(cast)["Acme"], values(cast)["Beta"]
    assert str(acme["contract_until"]) == "2027-12-31"
    assert (acme["buhne" if "buhne" in acme else "buehne"], acme["budget"], int(str(acme["seats"]))) == ("Gold", Money(125_050, "EUR"), 12)
    assert acme["account_lead"] == cast.seller.person_id
    assert set(beta) == {"contract_until"}


def test_the_same_file_again_changes_nothing_and_a_changed_cell_changes_its_field_alone(cast: Cast) -> None:
    bring(cast.seller, "companies", FILE)
    assert bring(cast.seller, "companies", FILE).counts["unchanged"] == 2
    again = bring(cast.seller, "companies", FILE.replace("Gold", "Silver"))
    assert (again.counts["updated"], again.counts["unchanged"]) == (1, 1)
    acme = values(cast)["Acme"]
    assert "Silver" in acme.values()
    assert str(acme["contract_until"]) == "2027-12-31"


def test_a_column_is_sent_to_a_field_by_hand_and_unknown_ones_are_refused(cast: Cast) -> None:
    add_field(actor=cast.owner, new=NewField("sales.deal", "Tender number", FieldKind.TEXT), now=NOW)
    assert ("cf_tender_number", "Tender number") in list_fields("deals", actor=cast.owner)
    bring(cast.seller, "deals", "Deal Name,Ref no\nRelaunch,T-17\n", mapping={"Ref no": "cf_tender_number"})
    (deal,) = list_deals(actor=cast.seller, where=DealFilter(), now=NOW)
    assert values_by_record(actor=system_actor(), noun="sales.deal", ids=[deal.id])[deal.id] == {"tender_number": "T-17"}
    with pytest.raises(Refused, match="is not a field of deals"):
        stage(cast.seller, "deals", "Deal Name,Ref no\nRelaunch,T-17\n", mapping={"Ref no": "cf_nothing"})
