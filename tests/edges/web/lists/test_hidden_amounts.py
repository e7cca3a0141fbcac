"""Custom fields of money are for those with the right to amounts; to the others they are as unknown as a field that is not there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.edges.api.client import Api
from tests.people import NOW
from wonward.domains.sales.operations.deals import create_deals
from wonward.domains.sales.types import NewDeal, NextAction
from wonward.foundation.custom_fields.operations import add_field, set_values
from wonward.foundation.custom_fields.types import FieldKind, NewField
from wonward.journeys.automation.queries import list_bulk_fields
from wonward.journeys.imports.queries import list_fields as list_import_fields
from wonward.kernel.errors import Refused
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
CANARY = "48,271.93"
TRACES = ("48271", "48,271", "4827193", "Media budget", "media_budget")


@pytest.fixture
def deals(cast: Any, sale: Any) -> tuple[int, int]:
    """Two deals of the member, the first with an amount; a company with one."""
    first, second = create_deals(actor=cast.owner, now=NOW, deals=[
        NewDeal(name=name, company_id=sale.company_id, owner_id=cast.member.person_id, next_action=NextAction("call", NOW.date(), "Call"))
        for name in ("Aardvark relaunch", "Zebra relaunch")
    ])
    for noun, ref_id in (("sales.deal", first), ("clients.company", sale.company_id)):
        add_field(actor=cast.owner, new=NewField(noun, "Media budget", FieldKind.MONEY), now=NOW)
        set_values(actor=cast.owner, ref=Ref(noun, ref_id), values={"media_budget": "48271.93"}, now=NOW)
    return first, second


def _no_trace(answer: Any, *, but: str = "") -> str:
    text = str(b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode())
    for trace in TRACES:
        assert trace not in text.replace(but, "") if but else trace not in text, (answer.request["PATH_INFO"], trace)
    return text


def test_the_seller_reads_narrows_and_exports_the_amount(cast: Any, sale: Any, deals: tuple[int, int], sign_in: Any) -> None:
    seller = sign_in(cast.seller)
    assert CANARY in seller.get(f"/deals/{deals[0]}/").content.decode()
    assert CANARY in seller.get("/deals/table/?columns=name,cf_media_budget&cf_media_budget=40000..").content.decode()
    assert "Media budget" in seller.get("/deals/export/?as=csv").content.decode()
    assert seller.get("/records/history/", {"ref": f"sales.deal:{deals[0]}"}).content.decode().count("48271.93") == 1
    api = Api(cast.seller)
    assert [row["id"] for row in api.get("/deals?field=media_budget:40000..")[1]["items"]] == [deals[0]]
    assert api.get(f"/custom-values?ref=sales.deal:{deals[0]}")[1]["values"]["media_budget"]["amount"] == "48271.93"


def test_a_member_of_the_deal_finds_no_trace_of_it_on_pages_lists_files_and_history(
    cast: Any, sale: Any, deals: tuple[int, int], sign_in: Any
) -> None:
    member = sign_in(cast.member)
    _no_trace(member.get(f"/deals/{deals[0]}/"))
    _no_trace(member.get("/views/filters/", {"list": "deals"}))
    _no_trace(member.get("/views/columns/", {"list": "deals"}))
    _no_trace(member.get("/deals/export/?as=csv"))
    _no_trace(member.get("/search/", {"q": "48271"}), but="48271")
    history = member.get("/records/history/", {"ref": f"sales.deal:{deals[0]}"})
    assert history.status_code == 200
    assert "48271" not in history.content.decode()
    for ref, key in ((f"sales.deal/{deals[0]}", "media_budget"), (f"sales.deal/{deals[0]}", "nothing")):
        refused = member.post(f"/records/{ref}/fields/{key}/", {"value": "1"}, headers={"HX-Request": "true"})
        assert refused.status_code in (403, 404)


def test_a_filter_or_order_by_a_hidden_amount_is_the_one_of_an_unknown_field(cast: Any, sale: Any, deals: tuple[int, int], sign_in: Any) -> None:
    member, api = sign_in(cast.member), Api(cast.member)
    for asked in ("cf_{}=40000..&columns=name", "cf_{}=none&columns=name", "sort=cf_{}", "sort=-cf_{}"):
        known, unknown = (member.get(f"/deals/table/?{asked.format(key)}") for key in ("media_budget", "nothing_here"))
        assert known.status_code == unknown.status_code == 200
        rows = [[answer.content.decode().find(f'href="/deals/{deal_id}/"') > 0 for deal_id in deals] for answer in (known, unknown)]
        assert rows[0] == rows[1], asked
        places = [[answer.content.decode().find(f'href="/deals/{deal_id}/"') for deal_id in deals] for answer in (known, unknown)]
        assert (places[0][0] < places[0][1]) == (places[1][0] < places[1][1]), asked
    known, unknown = (api.get(f"/deals?field={key}:40000..") for key in ("media_budget", "nothing_here"))
    assert known[0] == unknown[0] == 422
    assert known[1]["errors"][0]["message"] == unknown[1]["errors"][0]["message"].replace("nothing_here", "media_budget")


def test_a_program_of_the_member_neither_reads_nor_names_nor_writes_the_amount(cast: Any, sale: Any, deals: tuple[int, int]) -> None:
    api = Api(cast.member)
    assert "media_budget" not in [row["key"] for row in api.get("/custom-fields?noun=sales.deal")[1]["items"]]
    status, told = api.get(f"/custom-values?ref=sales.deal:{deals[0]}")
    assert (status, "media_budget" in told["values"]) == (200, False)
    assert "media_budget" in [row["key"] for row in Api(cast.seller).get("/custom-fields?noun=sales.deal")[1]["items"]]


def test_a_marketer_who_may_change_companies_is_offered_the_amount_nowhere(cast: Any, sale: Any, deals: tuple[int, int], sign_in: Any) -> None:
    marketer = sign_in(cast.marketer)
    _no_trace(marketer.get(f"/companies/{sale.company_id}/"))
    _no_trace(marketer.get("/companies/export/?as=csv"))
    assert "cf_media_budget" not in [field.key for field in list_bulk_fields("clients.company", actor=cast.marketer)]
    assert "cf_media_budget" in [field.key for field in list_bulk_fields("clients.company", actor=cast.seller)]
    assert "cf_media_budget" not in dict(list_import_fields("companies", actor=cast.marketer))
    with pytest.raises(Refused, match="There is no custom field media_budget"):
        set_values(actor=cast.marketer, ref=Ref("clients.company", sale.company_id), values={"media_budget": "1"}, now=NOW)
