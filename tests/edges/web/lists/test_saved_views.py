"""A seller keeps a way of looking at deals; a teammate finds it, a stranger does not."""

from __future__ import annotations

import html
import re
from typing import Any

from tests.people import NOW, make_sale
from wonward.domains.clients.operations import create_companies
from wonward.domains.clients.types import NewCompany
from wonward.foundation.custom_fields.operations import add_field, delete_field, restore_field, set_values
from wonward.foundation.custom_fields.types import FieldKind, NewField
from wonward.foundation.saved_views.operations import save_view
from wonward.foundation.saved_views.types import Audience, ViewState
from wonward.kernel.ref import Ref


def heads(page: str) -> list[str]:
    table = page[page.index("<thead>") : page.index("</thead>")]
    cells = [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<th[^>]*>(.*?)</th>", table, re.S)]
    return [cell for cell in cells if cell != "Choose all on this page"]


def text_of(client: Any, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def test_what_is_on_the_screen_is_kept_and_opens_again(cast, sale, sign_in):
    client = sign_in(cast.seller)
    drawer = text_of(client, "/views/new/?list=sales.deals&columns=number,value&group=owner&sort=-value&status=all")
    state = html.unescape(re.search(r'name="state" value="([^"]*)"', drawer)[1])
    saved = client.post("/views/new/", {"state": state, "name": "By seller", "is_pinned": "on"})
    assert saved.status_code == 302
    page = text_of(client, saved["Location"])
    assert heads(page) == ["Deal", "Number", "Value"]
    assert "Mara Klein <span" in page
    assert "1 deal · €84" in page
    assert page.count("By seller") >= 2
    assert "rowgroup" in page
    assert "<tfoot>" in page


def test_a_changed_view_says_so_and_is_kept_again(cast, sale, sign_in):
    view_id = save_view(actor=cast.seller, list_key="sales.deals", name="Mine", state=ViewState(sort="-value"), now=NOW)
    client = sign_in(cast.seller)
    assert "Changed</span>" not in text_of(client, f"/deals/table/?saved={view_id}")
    changed = text_of(client, f"/deals/table/?saved={view_id}&sort=name&columns=number")
    assert "Changed</span>" in changed
    state = html.unescape(re.search(rf'action="/views/{view_id}/state/"><input type="hidden" name="state" value="([^"]*)"', changed)[1])
    assert client.post(f"/views/{view_id}/state/", {"state": state}).status_code == 302
    assert heads(text_of(client, f"/deals/table/?saved={view_id}")) == ["Deal", "Number"]


def test_a_stranger_sees_the_list_as_it_comes(cast, sale, sign_in):
    view_id = save_view(actor=cast.seller, list_key="sales.deals", name="Secret plan", state=ViewState(columns=("number",)), now=NOW)
    page = text_of(sign_in(cast.teammate), f"/deals/table/?saved={view_id}")
    assert "Secret plan" not in page
    assert len(heads(page)) == 9
    assert sign_in(cast.teammate).post(f"/views/{view_id}/deletion/").status_code == 404


def test_columns_are_chosen_and_moved_in_the_drawer(cast, sale, sign_in):
    client = sign_in(cast.seller)
    drawer = client.get("/views/columns/?list=sales.deals&columns=value,stage,number&down=value", headers={"HX-Request": "true"}).content.decode()
    chosen = re.findall(r'name="columns" value="(\w+)" checked', drawer)
    assert chosen == ["stage", "value", "number"]
    assert heads(text_of(client, "/deals/table/?columns=stage&columns=value&sums=none")) == ["Deal", "Stage", "Value"]


def test_a_view_of_a_list_one_may_not_open_is_not_in_the_rail(cast, sale, sign_in):
    save_view(actor=cast.seller, list_key="sales.leads", name="Late ones", state=ViewState(), audience=Audience.EVERYONE, is_pinned=True, now=NOW)
    assert "Late ones" in text_of(sign_in(cast.seller), "/companies/")
    assert sign_in(cast.member).get("/views/new/?list=sales.leads").status_code == 403


def test_companies_and_leads_are_looked_at_in_the_same_way(cast, sale, sign_in):
    client = sign_in(cast.seller)
    assert heads(text_of(client, "/companies/?columns=number,tier")) == ["Name", "Number", "Tier"]
    saved = client.post("/views/new/", {"state": "list=sales.leads&view=late&sort=-score", "name": "Late and hot", "audience": "everyone"})
    assert "Late and hot" in text_of(client, saved["Location"])

def test_a_view_on_a_field_that_is_gone_shows_nothing_instead_of_everything(cast, sale, sign_in):
    field_id = add_field(actor=cast.owner, new=NewField("sales.deal", "Region", FieldKind.TEXT), now=NOW)
    set_values(actor=cast.seller, ref=Ref("sales.deal", sale.deal_id), values={"region": "North"}, now=NOW)
    make_sale(cast, name="Another deal", company="Alder")
    view_id = save_view(actor=cast.owner, list_key="sales.deals", name="North", state=ViewState(filters=(("cf_region", "North"),)), audience=Audience.EVERYONE, now=NOW)
    seller = sign_in(cast.seller)
    assert "Another deal" not in text_of(seller, f"/deals/table/?saved={view_id}")
    delete_field(actor=cast.owner, field_id=field_id, now=NOW)
    for address in (f"/deals/table/?saved={view_id}", f"/deals/table/?saved={view_id}&cf_region=North&sort=name"):
        page = text_of(seller, address)
        assert ("Another deal" in page, "Website replatform" in page, "North" in page) == (False, False, True)
    form = seller.post(f"/bulk/new/?list=sales.deals&saved={view_id}&cf_region=North", {"row": [], "scope": "all", "step": "look", "set_source": "Fair"})
    assert form.status_code == 422
    restore_field(actor=cast.owner, field_id=field_id, now=NOW)
    assert "Website replatform" in text_of(seller, f"/deals/table/?saved={view_id}")


def test_a_segment_on_a_field_that_is_gone_holds_nobody(cast, sale, sign_in):
    field_id = add_field(actor=cast.owner, new=NewField("clients.company", "Region", FieldKind.TEXT), now=NOW)
    view_id = save_view(actor=cast.owner, list_key="clients.companies", name="North", state=ViewState(filters=(("cf_region", "North"),)), audience=Audience.EVERYONE, now=NOW)
    delete_field(actor=cast.owner, field_id=field_id, now=NOW)
    assert "Website replatform" not in text_of(sign_in(cast.seller), f"/deals/table/?segment={view_id}")
    assert "Northwind Robotics" not in text_of(sign_in(cast.teammate), f"/companies/?saved={view_id}")


def test_the_only_condition_of_a_view_can_be_taken_away(cast, sale, sign_in):
    for list_key, place, state in (
        ("sales.deals", "/deals/table/", (("source", "Fair"),)), ("sales.deals", "/deals/table/", (("q", "Nowhere"),)), ("sales.deals", "/deals/table/", (("urgency", "overdue"),)),
        ("clients.companies", "/companies/", (("industry", "IT"),)), ("clients.contacts", "/contacts/", (("source", "Fair"),)), ("sales.deals", "/deals/table/", (("cf_gone", "x"),)),
    ):
        view_id = save_view(actor=cast.seller, list_key=list_key, name=f"Only {state[0]}", state=ViewState(filters=state), now=NOW)
        seller = sign_in(cast.seller)
        page = html.unescape(text_of(seller, f"{place}?saved={view_id}"))
        ways = [way for way in re.findall(r'<a class="chip[^"]*"[^>]*href="([^"]*)"', page) if f"{state[0][0]}=" not in way]
        assert [f"saved={view_id}" in way and "Northwind Robotics" in text_of(seller, way) for way in ways] == [True] * len(ways), (state, ways)
        assert ways or state[0][0] == "q"


def test_the_second_page_of_a_view_without_its_condition_goes_on_without_it(cast, sale, sign_in):
    create_companies(actor=cast.owner, companies=[NewCompany(name=f"Company {place:02}") for place in range(60)], now=NOW)
    view_id = save_view(actor=cast.seller, list_key="clients.companies", name="IT", state=ViewState(filters=(("industry", "IT"),)), now=NOW)
    seller = sign_in(cast.seller)
    first = html.unescape(text_of(seller, f"/companies/?saved={view_id}&industry="))
    onward = re.search(r'href="([^"]*page=2)"', first)[1]
    assert "Northwind Robotics" in text_of(seller, onward)
