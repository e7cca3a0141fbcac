"""Dependencies through the API: within a plan, and on other projects of the same client."""

from __future__ import annotations

import pytest

from tests.domains.delivery.plan import make_plan
from tests.edges.api.client import Api, fields_of
from tests.people import NOW, TODAY, make_cast
from wonward.domains.delivery.types import NewProject, NewTask
from wonward.journeys.promises.operations import change_plan, open_project

pytestmark = pytest.mark.django_db


def test_a_task_waits_for_one_of_another_project_of_its_client_and_of_no_other_client():
    cast = make_cast()
    ours, foreign = make_plan(cast), make_plan(cast, name="Shop", company="Harbour Foods")
    new = NewProject("Campaign", ours.company_id, cast.manager.person_id, TODAY, None, ())
    campaign = open_project(actor=cast.owner, new=new, now=NOW)
    print_it = change_plan(actor=cast.manager, project_id=campaign, changes=[NewTask("Print it")], now=NOW).outcome.touched_ids[0]
    api = Api(cast.manager)
    status, done = api.post("/dependencies", {"from_id": print_it, "to_id": ours.ids["build"]})
    assert (status, done["dependency"], done["task"]["id"]) == (201, None, ours.ids["build"])
    place = api.last.headers["Location"].removeprefix("/api/v1")
    assert place.startswith("/outside-dependencies/")
    assert api.get(place)[1]["from_id"] == print_it
    status, refused = api.post("/dependencies", {"from_id": foreign.ids["workshop"], "to_id": ours.ids["build"]})
    assert (status, fields_of(refused)) == (422, ["from_id"])
    assert "“Discovery workshop”" in refused["errors"][0]["message"]
    assert "Harbour Foods" in refused["errors"][0]["message"]
    assert api.post("/dependencies", {"from_id": 999_999, "to_id": ours.ids["build"]})[0] == 404
    assert api.post("/dependencies", {"from_id": ours.ids["build"], "to_id": 999_999})[0] == 404
    status, inner = api.post("/dependencies", {"from_id": ours.ids["workshop"], "to_id": ours.ids["build"]})
    assert (status, inner["dependency"]["type"]) == (201, "FS")
    status, contained = api.post("/dependencies", {"from_id": ours.ids["concept"], "to_id": ours.ids["workshop"]})
    assert (status, fields_of(contained)) == (422, ["to_id"])
    assert "lies in the other" in contained["errors"][0]["message"]


def test_how_a_task_waits_is_changed_in_place_at_the_version_its_author_saw():
    cast = make_cast()
    plan, api = make_plan(cast), Api(cast.manager)
    status, made = api.post("/dependencies", {"from_id": plan.ids["workshop"], "to_id": plan.ids["build"], "type": "SS", "lag_days": 2})
    place = f"/dependencies/{made['dependency']['id']}"
    status, changed = api.patch(place, {"type": "FF", "lag_days": -0.5}, If_Match='"1"')
    assert (status, changed["dependency"]["type"], changed["dependency"]["lag_days"]) == (200, "FF", -0.5)
    assert api.patch(place, {"lag_unit": "elapsed"}, If_Match='"1"')[0] == 412
    status, elapsed = api.patch(place, {"lag_unit": "elapsed"})
    assert (elapsed["dependency"]["type"], elapsed["dependency"]["lag_days"], elapsed["dependency"]["lag_unit"]) == ("FF", -0.5, "elapsed")
    assert api.get(place)[1]["version"] == 3
    assert (api.patch(place, {"type": "XX"})[0], fields_of(api.patch(place, {"type": "XX"})[1])) == (422, ["type"])
    assert api.delete(place, If_Match='"2"')[0] == 412
    assert api.delete(place, If_Match='"3"')[0] == 200
    assert api.get(place)[0] == 404


def test_a_task_is_put_on_its_days_by_hand_and_says_what_it_does_not_wait_for():
    cast = make_cast()
    plan, api = make_plan(cast), Api(cast.manager)
    build, workshop = plan.ids["build"], plan.ids["workshop"]
    place = f"/tasks/{build}"
    api.post("/dependencies", {"from_id": workshop, "to_id": build})
    early = api.get(f"/tasks/{workshop}")[1]["start_date"]
    status, changed = api.patch(place, {"manual": {"start_date": early, "finish_date": "2027-02-05"}, "reason": "As agreed."})
    assert (status, changed["task"]["manual"]) == (200, {"start_date": early, "finish_date": "2027-02-05"})
    assert (changed["task"]["start_date"], changed["task"]["finish_date"]) == (early, "2027-02-05")
    assert any("starts before “Discovery workshop” is finished" in words for words in changed["unkept_waits"])
    status, refused = api.patch(place, {"manual": {"start_date": "2027-02-05", "finish_date": "2027-02-01"}})
    assert (status, fields_of(refused)) == (422, ["manual"])
    status, freed = api.patch(place, {"manual": None, "reason": "By the plan."})
    assert (status, freed["task"]["manual"], freed["unkept_waits"]) == (200, None, [])
    status, made = api.post("/tasks", {"project_id": plan.project_id, "name": "Fixed", "duration_days": 2, "manual": {"start_date": "2027-02-01"}})
    assert (status, made["task"]["manual"]) == (201, {"start_date": "2027-02-01", "finish_date": "2027-02-02"})
