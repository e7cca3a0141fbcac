"""A stage that asks for fields of the house lets no deal begin in it without them, on whichever way the deal comes."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests.journeys.imports.imported import apply, stage
from tests.people import NOW, token_of
from wonward.domains.sales.operations.leads import create_leads
from wonward.domains.sales.queries.deals import list_deals
from wonward.domains.sales.queries.leads import get_lead
from wonward.domains.sales.queries.pipelines import list_pipelines
from wonward.domains.sales.types import DealFilter
from wonward.domains.sales.types.leads import NewLead
from wonward.foundation.custom_fields.operations import add_field, change_field, set_values
from wonward.foundation.custom_fields.queries import values_by_record
from wonward.foundation.custom_fields.types import FieldKind, NewField
from wonward.kernel.actor import system_actor
from wonward.kernel.errors import Refused
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def second(cast: Any) -> Any:
    """The second open stage, which asks for the tender number."""
    row = [one for one in list_pipelines()[0].stages if one.kind == "open"][1]
    field_id = add_field(actor=cast.owner, new=NewField("sales.deal", "Tender number", FieldKind.TEXT), now=NOW)
    change_field(actor=cast.owner, field_id=field_id, places=[Ref("sales.stage", row.id)], now=NOW)
    return row


def _deals(cast: Any) -> set[str]:
    return {row.name for row in list_deals(actor=cast.owner, where=DealFilter(), now=NOW)}


def _tender(deal_id: int) -> object:
    return values_by_record(actor=system_actor(), noun="sales.deal", ids=[deal_id]).get(deal_id, {}).get("tender_number")


def test_the_api_opens_the_deal_only_with_the_field(cast: Any, sale: Any, second: Any) -> None:
    client = Client(headers={"Authorization": f"Bearer {token_of(cast.seller)}"})
    body = {"name": "Shop", "company_id": sale.company_id, "stage_id": second.id, "next_action": {"kind": "call", "due_date": "2027-01-05"}}
    refused = client.post("/api/v1/deals", json.dumps(body), content_type="application/json")
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["custom.tender_number"]
    assert "Shop" not in _deals(cast)
    opened = client.post("/api/v1/deals", json.dumps({**body, "custom": {"tender_number": "T-17"}}), content_type="application/json")
    assert (opened.status_code, _tender(opened.json()["id"])) == (201, "T-17")


def test_the_form_asks_for_the_field_and_says_which_stage_wants_it(cast: Any, sale: Any, second: Any, sign_in: Any) -> None:
    seller = sign_in(cast.seller)
    form = seller.get("/deals/new/", headers=HTMX).content.decode()
    assert 'name="custom.tender_number"' in form
    assert f"Asked for by {second.name}." in form
    typed = {"name": "Shop", "company_id": sale.company_id, "stage_id": second.id, "next_kind": "call", "next_due_date": "2027-01-05"}
    refused = seller.post("/deals/new/", typed, headers=HTMX)
    assert (refused.status_code, "Fill in “Tender number”." in refused.content.decode()) == (422, True)
    assert seller.post("/deals/new/", {**typed, "custom.tender_number": "T-18"}, headers=HTMX).status_code in (200, 204, 302)
    (deal_id,) = (row.id for row in list_deals(actor=cast.owner, where=DealFilter(), now=NOW) if row.name == "Shop")
    assert _tender(deal_id) == "T-18"


def test_a_lead_becomes_a_deal_of_that_stage_only_with_the_field(cast: Any, second: Any, sign_in: Any) -> None:
    (lead_id,) = create_leads(actor=cast.seller, leads=[NewLead(name="Ida Holm", company_name="Holm")], now=NOW)
    seller = sign_in(cast.seller)
    assert 'name="custom.tender_number"' in seller.get(f"/leads/{lead_id}/conversion/", headers=HTMX).content.decode()
    typed = {"company_id": "0", "company_name": "Holm", "contact_id": "0", "deal_name": "Shop", "stage_id": second.id, "next_kind": "call", "next_due_date": "2027-01-05"}
    refused = seller.post(f"/leads/{lead_id}/conversion/", typed, headers=HTMX)
    assert refused.status_code == 422
    assert get_lead(actor=cast.owner, lead_id=lead_id).status == "open"
    assert seller.post(f"/leads/{lead_id}/conversion/", {**typed, "custom.tender_number": "T-19"}, headers=HTMX).status_code in (200, 204, 302)
    deal_id = get_lead(actor=cast.owner, lead_id=lead_id).deal_id
    assert deal_id
    assert _tender(deal_id) == "T-19"


def test_a_file_brings_rows_with_the_field_and_names_those_without(cast: Any, second: Any) -> None:
    file = f"Deal Name,Stage,Tender number\nWith,{second.name},T-20\nWithout,{second.name},\n"
    done = apply(cast.seller, stage(cast.seller, "deals", file))
    assert "With" in _deals(cast)
    assert "Without" not in _deals(cast)
    assert (done.counts["created"], done.counts["skipped"]) == (1, 1)


def test_what_the_stage_asks_for_is_not_emptied_while_the_deal_stands_in_it(cast: Any, sale: Any, second: Any) -> None:
    client = Client(headers={"Authorization": f"Bearer {token_of(cast.seller)}"})
    body = {
        "name": "Shop", "company_id": sale.company_id, "stage_id": second.id, "custom": {"tender_number": "T-21"},
        "next_action": {"kind": "call", "due_date": "2027-01-05"},
    }
    deal_id = client.post("/api/v1/deals", json.dumps(body), content_type="application/json").json()["id"]
    with pytest.raises(Refused, match="asks for “Tender number”"):
        set_values(actor=cast.seller, ref=Ref("sales.deal", deal_id), values={"tender_number": ""}, now=NOW)
    set_values(actor=cast.seller, ref=Ref("sales.deal", deal_id), values={"tender_number": "T-22"}, now=NOW)
    assert _tender(deal_id) == "T-22"
    set_values(actor=cast.seller, ref=Ref("sales.deal", sale.deal_id), values={"tender_number": "T-1"}, now=NOW)
    set_values(actor=cast.seller, ref=Ref("sales.deal", sale.deal_id), values={"tender_number": ""}, now=NOW)
    assert date(2027, 1, 5) > NOW.date()
