"""The ledger by REST: made, narrowed, covered, settled, reworded and replaced, with versions and reasons."""

from __future__ import annotations

import pytest

from tests.edges.api.client import Api
from tests.journeys.promises.world import SAID_AT, World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def test_a_promise_is_made_with_its_words_and_told_with_its_because(world: World) -> None:
    api = Api(world.cast.seller)
    status, made = api.post("/promises", {
        "deal_id": world.sale.deal_id, "kind": "quality", "text": "A fast search", "promise_key": "search", "weight": 4,
        "source": {"ref": f"comms.communication:{world.entry_id}", "quote": "answer in under a second"},
    })
    assert (status, made["key"], made["column"], made["because"]) == (201, "search", "uncovered", "No work covers it")
    assert made["source"]["speaker"] == "Hanne Dahl"
    assert made["source"]["said_at"] == SAID_AT.isoformat().replace("+00:00", "Z")
    wrong = {"deal_id": world.sale.deal_id, "kind": "quality", "text": "Slow",
             "source": {"ref": f"comms.communication:{world.entry_id}", "quote": "take your time"}}
    status, refused = api.post("/promises", wrong)
    assert (status, refused["errors"][0]["field"]) == (422, "source.quote")
    never = {**wrong, "source": {"quote": "", "said_at": "9999-12-31T23:59:59Z"}}
    status, refused = api.post("/promises", never)
    assert (status, refused["errors"][0]["field"]) == (422, "source.said_at")


def test_the_list_is_narrowed_by_column_state_and_kind(world: World) -> None:
    api = Api(world.cast.manager)
    texts = {}
    for where in ("column=uncovered", "column=planned", "state=confirmed", "kind=quality", "column=apart"):
        status, page = api.get(f"/promises?project_id={world.project_id}&{where}")
        assert status == 200
        texts[where] = {row["text"] for row in page["items"]}
    assert texts["column=uncovered"] == texts["kind=quality"] == {"Search answers in a second"}
    assert texts["column=apart"] == set()
    assert texts["column=planned"] | texts["column=uncovered"] == texts["state=confirmed"]
    assert api.get("/promises?column=lost")[0] in (400, 422)


def test_covering_keeping_and_taking_off_follow_each_other(world: World) -> None:
    api, key, task = Api(world.cast.manager), world.promise_ids["search"], world.task("live").id
    status, covered = api.post(f"/promises/{key}/covers", {"task_id": task})
    assert (status, covered["column"], [cover["task_id"] for cover in covered["covers"]]) == (201, "planned", [task])
    assert api.patch(f"/promises/{key}", {"state": "kept"})[1]["column"] == "kept"
    assert api.patch(f"/promises/{key}", {"state": "broken"})[1]["errors"][0]["field"] == "reason"
    assert api.patch(f"/promises/{key}", {"state": "confirmed"})[1]["column"] == "planned"
    status, bare = api.send("DELETE", f"/promises/{key}/covers/{task}")
    assert (status, bare["column"]) == (200, "uncovered")


def test_a_confirmed_promise_is_reworded_only_by_replacing_it(world: World) -> None:
    api, key = Api(world.cast.seller), world.promise_ids["templates"]
    assert api.patch(f"/promises/{key}", {"text": "48 templates"})[1]["errors"][0]["field"] == "text"
    assert api.patch(f"/promises/{key}", {"weight": 5, "is_client_visible": False})[1]["weight"] == 5
    assert api.patch(f"/promises/{key}", {"weight": 5, "state": "kept"})[0] == 422
    body = {"kind": "deliverable", "text": "48 templates", "due_date": "2027-01-15"}
    assert api.post(f"/promises/{key}/replacement", body)[0] == 422
    status, new = api.post(f"/promises/{key}/replacement", body | {"reason": "Six more after the audit."})
    assert (status, api.last.headers["Location"].endswith(f"/promises/{new['id']}")) == (201, True)
    old = api.get(f"/promises/{key}")[1]
    assert (old["state"], old["replaced_by_id"], old["state_by"]) == ("replaced", new["id"], "Mara Klein")
    assert old["because"] == f"Replaced by {new['number']}: Six more after the audit."
    assert api.post(f"/promises/{key}/replacement", body | {"reason": "Again."})[0] == 409


def test_a_stale_version_changes_nothing_and_shows_both(world: World) -> None:
    api, key = Api(world.cast.seller), world.promise_ids["templates"]
    status, problem = api.patch(f"/promises/{key}", {"state": "kept"}, If_Match='"1"')
    assert (status, problem["current"]["state"]) == (412, "confirmed")
    assert world.promise("templates").state == "confirmed"


def test_the_why_of_a_task_by_rest(world: World) -> None:
    status, why = Api(world.cast.manager).get(f"/tasks/{world.task('build').id}/why")
    assert (status, [row["source"]["quote"] for row in why["items"]]) == (200, ["all 42 templates"])


def test_teammate_reads_and_finance_and_stranger_change_nothing(world: World) -> None:
    key = world.promise_ids["templates"]
    assert Api(world.cast.teammate).get(f"/promises/{key}")[0] == 200
    assert Api(world.cast.finance).patch(f"/promises/{key}", {"state": "kept"})[0] == 403
    assert Api(world.cast.marketer).patch(f"/promises/{key}", {"state": "kept"})[0] == 404
    assert Api(None).patch(f"/promises/{key}", {"state": "kept"})[0] == 401
