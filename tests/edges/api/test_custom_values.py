"""What records hold in their custom fields comes along with them, in lists and one by one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.edges.api.client import Api
from tests.people import NOW, Cast, Sale, make_cast, make_sale
from wonward.domains.clients.operations import create_companies
from wonward.domains.clients.types import NewCompany
from wonward.domains.sales.operations.leads import create_leads
from wonward.domains.sales.types.leads import NewLead
from wonward.foundation.custom_fields.operations import add_field, set_values
from wonward.foundation.custom_fields.queries import list_fields
from wonward.foundation.custom_fields.types import FieldKind, NewField
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
NOUNS = {
    "clients.company": "/companies", "clients.contact": "/contacts", "sales.deal": "/deals", "sales.lead": "/leads",
    "delivery.project": "/projects", "delivery.task": "/tasks",
}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast: Cast) -> Sale:
    return make_sale(cast)


def _ids(cast: Cast, sale: Sale) -> dict[str, int]:
    (lead_id,) = create_leads(actor=cast.seller, leads=[NewLead("Somebody", owner_id=cast.seller.person_id)], now=NOW)
    won = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    project_id = won.project_ids[0]
    task_id = Api(cast.owner).get(f"/projects/{project_id}/tasks")[1]["items"][0]["id"]
    return {
        "clients.company": sale.company_id, "clients.contact": sale.contact_id, "sales.deal": sale.deal_id, "sales.lead": lead_id,
        "delivery.project": project_id, "delivery.task": task_id,
    }


def _listed(api: Api, ids: dict[str, int], noun: str) -> Any:
    address = f"/projects/{ids['delivery.project']}/tasks" if noun == "delivery.task" else NOUNS[noun]
    return next(row for row in api.get(f"{address}?limit=200")[1]["items"] if row["id"] == ids[noun])


def test_every_kind_of_record_carries_its_values_alone_and_in_its_list(cast: Cast, sale: Sale) -> None:
    ids, api = _ids(cast, sale), Api(cast.owner)
    for noun, key in ids.items():
        add_field(actor=cast.owner, new=NewField(noun, "Region", FieldKind.TEXT), now=NOW)
        assert _listed(api, ids, noun)["custom"] == {}
        set_values(actor=cast.owner, ref=Ref(noun, key), values={"region": "North"}, now=NOW)
        assert _listed(api, ids, noun)["custom"] == {"region": "North"}
        assert api.get(f"{NOUNS[noun]}/{key}")[1]["custom"] == {"region": "North"}


def test_amounts_are_shown_to_those_alone_who_see_amounts(cast: Cast, sale: Sale) -> None:
    add_field(actor=cast.owner, new=NewField("clients.company", "Budget", FieldKind.MONEY), now=NOW)
    add_field(actor=cast.owner, new=NewField("clients.company", "Seats", FieldKind.NUMBER), now=NOW)
    budget = {"amount": "1200.00", "currency": "EUR"}
    answer = Api(cast.owner).put("/custom-values", {"ref": f"clients.company:{sale.company_id}", "values": {"budget": budget, "seats": "40"}})
    assert answer[0] == 200
    assert Api(cast.seller).get(f"/companies/{sale.company_id}")[1]["custom"] == {"budget": budget, "seats": "40"}
    for api in (Api(cast.manager), Api(cast.marketer)):
        assert api.get("/companies")[1]["items"][0]["custom"] == {"seats": "40"}
        assert api.get(f"/companies/{sale.company_id}")[1]["custom"] == {"seats": "40"}


def test_values_of_many_records_are_read_at_once(cast: Cast, sale: Sale) -> None:
    def count() -> int:
        api = Api(cast.owner)
        api.get("/companies")
        with CaptureQueriesContext(connection) as seen:
            assert api.get("/companies")[0] == 200
        return len(seen)

    set_values(actor=cast.owner, ref=Ref("clients.company", sale.company_id), values={"tags": ["One"]}, now=NOW)
    few = count()
    for key in create_companies(actor=cast.owner, companies=[NewCompany(f"Company {place}") for place in range(20)], now=NOW):
        set_values(actor=cast.owner, ref=Ref("clients.company", key), values={"tags": ["One", "Two"]}, now=NOW)
    assert count() == few


def test_a_field_moves_among_the_others_by_its_position(cast: Cast) -> None:
    first, second = (add_field(actor=cast.owner, new=NewField("sales.deal", label, FieldKind.TEXT), now=NOW) for label in ("First", "Second"))
    api = Api(cast.owner)
    place = max(row["position"] for row in api.get("/custom-fields?noun=sales.deal")[1]["items"] if row["id"] in (first, second))
    status, row = api.patch(f"/custom-fields/{first}", {"position": place + 5})
    assert (status, row["position"]) == (200, place + 5)
    assert [row.id for row in list_fields(actor=cast.owner, noun="sales.deal") if row.id in (first, second)] == [second, first]
    assert api.patch(f"/custom-fields/{first}", {"position": 0})[0] == 422
