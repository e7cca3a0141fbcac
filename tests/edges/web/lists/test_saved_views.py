"""A seller keeps a way of looking at deals; a teammate finds it, a stranger does not."""

from __future__ import annotations

import html
import re
from typing import Any

from tests.people import NOW
from wonward.foundation.saved_views.operations import save_view
from wonward.foundation.saved_views.types import Audience, ViewState


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
