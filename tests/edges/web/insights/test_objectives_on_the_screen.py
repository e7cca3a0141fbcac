"""Objectives on the screen and by the API: set, followed to their records, put away and brought back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.people import NOW, token_of
from wonward.journeys.handoff.operations import close_deal_as_won

pytestmark = pytest.mark.django_db
QUARTER = {"period": "quarter", "whose": "", "name": "Win the quarter", "measure": "wins", "target": "4"}


def test_a_leader_sets_an_objective_and_everybody_follows_it_to_the_deal(cast: Any, sale: Any, sign_in: Any) -> None:
    leader = sign_in(cast.leader)
    answer = leader.post("/objectives/new/", QUARTER)
    assert answer.status_code == 302
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    for actor in (cast.seller, cast.manager):
        page = sign_in(actor).get(answer.url).content.decode()
        assert "1 of 4" in page
        assert f'href="/deals/{sale.deal_id}/"' in page
        assert "Win the quarter" in sign_in(actor).get("/").content.decode()
    assert f"/deals/{sale.deal_id}/" not in sign_in(cast.marketer).get(answer.url).content.decode()


def test_what_cannot_be_read_is_said_beside_its_field_and_nothing_typed_is_lost(cast: Any, sign_in: Any) -> None:
    answer = sign_in(cast.leader).post("/objectives/new/", QUARTER | {"target": "many", "links": "D-99999"}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“many” is not a number." in page
    assert "There is no deal or project D-99999." in page
    assert 'value="Win the quarter"' in page


def test_a_stale_form_is_told_so_and_changes_nothing(cast: Any, sign_in: Any) -> None:
    leader = sign_in(cast.leader)
    place = leader.post("/objectives/new/", QUARTER).url
    typed = QUARTER | {"version": "1", "period": "own", "starts_date": "2026-10-01", "ends_date": "2026-12-31"}
    assert leader.post(f"{place}editing/", typed | {"target": "5"}).status_code == 302
    assert leader.post(f"{place}editing/", typed | {"target": "6"}).status_code == 412
    assert "0 of 5" in leader.get(place).content.decode()


def test_an_objective_is_put_away_with_an_undo_beside_it(cast: Any, sign_in: Any) -> None:
    leader = sign_in(cast.leader)
    place = leader.post("/objectives/new/", QUARTER).url
    away = leader.post(f"{place}archiving/", {"version": "1"}, follow=True).content.decode()
    assert "The objective was put away." in away
    assert "Win the quarter" not in leader.get("/objectives/").content.decode()
    leader.post(f"{place}archiving/", {"version": "2", "back": "1"})
    assert "Win the quarter" in leader.get("/objectives/").content.decode()


def test_the_api_says_the_same_and_links_to_a_deal(cast: Any, sale: Any) -> None:
    def ask(actor: Any, method: str, path: str, body: Any = None, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {token_of(actor)}", **more}
        return getattr(Client(), method)(f"/api/v1{path}", data=body, content_type="application/json", headers=headers)

    body = {
        "name": "Win it", "measure": "wins", "target": 1, "starts_date": "2026-10-01", "ends_date": "2026-12-31",
        "links": [f"sales.deal:{sale.deal_id}"],
    }
    made = ask(cast.leader, "post", "/objectives", body)
    assert (made.status_code, made.json()["links"], made.json()["progress"]["value"]) == (201, body["links"], 0)
    path = f"/objectives/{made.json()['id']}"
    close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    assert ask(cast.member, "get", path).json()["progress"]["standing"] == "reached"
    assert ask(cast.member, "get", path).json()["links"] == []
    assert [row["ref"] for row in ask(cast.seller, "get", f"{path}/facts").json()["items"]] == body["links"]
    assert ask(cast.leader, "patch", path, {"target": 3}, **{"If-Match": '"9"'}).status_code == 412
    assert ask(cast.leader, "patch", path, {"target": 3}, **{"If-Match": '"1"'}).json()["progress"]["target"] == 3
    assert ask(cast.seller, "patch", path, {"target": 2}).status_code == 403
