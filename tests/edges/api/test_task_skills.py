"""Skills of tasks as programs read and write them."""

from __future__ import annotations

import pytest

from tests.domains.delivery.plan import make_plan
from tests.edges.api.client import Api
from tests.people import NOW, make_cast
from wonward.domains.delivery.types import TaskChange
from wonward.domains.staff.operations import put_skills

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    cast = make_cast()
    return cast, make_plan(cast)


def test_a_task_asks_for_skills_and_says_whether_its_assignee_has_them(house):
    cast, plan = house
    api, path = Api(cast.manager), f"/tasks/{plan.ids['build']}"
    put_skills(actor=cast.owner, person_id=cast.manager.person_id, skills={"French": 3}, now=NOW)
    status, document = api.post(f"{path}/skills", {"put": [{"name": "French", "level": 3}, {"name": "Vue", "level": 2}]})
    assert (status, document["skills"]) == (200, [{"name": "French", "level": 3, "is_met": None}, {"name": "Vue", "level": 2, "is_met": None}])
    plan.change(TaskChange(plan.ids["build"], {"assignee_id": cast.manager.person_id}))
    assert [one["is_met"] for one in api.get(f"{path}/details")[1]["skills"]] == [True, False]
    people = api.get(f"{path}/candidates")[1]["items"]
    assert (people[0]["person_id"], people[0]["lacks"]) == (cast.manager.person_id, ["Vue"])
    assert all(len(one["lacks"]) == 2 for one in people[1:])
    assert api.post(f"{path}/skills", {"remove": ["vue"]})[1]["skills"] == [{"name": "French", "level": 3, "is_met": True}]


def test_a_level_there_is_none_of_is_refused_at_its_field(house):
    cast, plan = house
    status, problem = Api(cast.manager).post(f"/tasks/{plan.ids['build']}/skills", {"put": [{"name": "French", "level": 6}]})
    assert (status, problem["errors"][0]["field"]) == (422, "skills")
    assert Api(cast.seller).post(f"/tasks/{plan.ids['build']}/skills", {"put": [{"name": "French", "level": 3}]})[0] == 403


def test_a_template_sent_with_skills_is_read_back_with_them(house):
    cast, _ = house
    items = [{"key": "texts", "kind": "task", "name": "Write the texts", "skills": [{"name": "French", "level": 3}]}]
    status, made = Api(cast.owner).post("/templates", {"name": "Texts", "items": items})
    assert status == 201
    assert Api(cast.owner).get(f"/templates/{made['id']}")[1]["items"][0]["skills"] == [{"name": "French", "level": 3}]
