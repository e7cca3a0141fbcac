"""Programs search over everything they see, and over nothing else."""

from __future__ import annotations

import pytest

from tests.edges.api.client import Api
from tests.people import NOW, Cast, Sale, make_cast, make_sale
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.sales.operations.deals import change_deal
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast: Cast) -> Sale:
    return make_sale(cast)


def found(api: Api, query: str) -> list[str]:
    while deliver_pending(now=NOW):
        pass
    status, document = api.get(f"/search?{query}")
    assert status == 200, document
    return [hit["ref"] for hit in document["items"]]


def test_records_of_every_kind_are_found_by_words_and_by_number(cast: Cast, sale: Sale) -> None:
    log_communications(actor=cast.seller, now=NOW, entries=[
        NewCommunication(kind=CommunicationKind.NOTE, refs=(Ref("sales.deal", sale.deal_id),), body="They fear the relaunch.", happened_at=NOW)
    ])
    api = Api(cast.seller)
    assert set(found(api, "q=northwind")) >= {f"clients.company:{sale.company_id}", f"sales.deal:{sale.deal_id}"}
    assert found(api, "q=northwind&noun=clients.company") == [f"clients.company:{sale.company_id}"]
    assert [ref.partition(":")[0] for ref in found(api, "q=relaunch")] == ["comms.communication"]
    number = api.get(f"/deals/{sale.deal_id}")[1]["number"]
    assert found(api, f"q={number}")[0] == f"sales.deal:{sale.deal_id}"
    assert len(found(api, "q=northwind&limit=1")) == 1


def test_nobody_finds_what_they_do_not_see(cast: Cast, sale: Sale) -> None:
    assert f"sales.deal:{sale.deal_id}" in found(Api(cast.teammate), "q=replatform")
    change_deal(actor=cast.seller, deal_id=sale.deal_id, changes={"is_restricted": True}, now=NOW)
    assert found(Api(cast.teammate), "q=replatform") == []
    assert f"sales.deal:{sale.deal_id}" in found(Api(cast.seller), "q=replatform")
    assert {ref.partition(":")[0] for ref in found(Api(cast.member), "q=northwind")} == {"catalog.service"}
    assert "sales.deal" not in {ref.partition(":")[0] for ref in found(Api(cast.seller, scopes=["clients.company.view"]), "q=northwind")}


def test_a_search_needs_words_and_known_kinds(cast: Cast) -> None:
    api = Api(cast.seller)
    for query in ("", "q=", "q=a&noun=house.errand", "q=a&limit=0", "q=a&colour=red"):
        assert api.get(f"/search?{query}")[0] in (400, 422), query
    assert Api(None).get("/search?q=a")[0] == 401
