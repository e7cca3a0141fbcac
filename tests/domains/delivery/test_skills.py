"""What a task asks of whoever does it, and who has it."""

from __future__ import annotations

import pytest

from tests.domains.delivery.plan import Plan, make_plan
from tests.people import NOW, WEBSITE, Cast
from wonward.domains.catalog.operations import change_template, create_template
from wonward.domains.catalog.queries import compare_versions
from wonward.domains.catalog.rules.checking import check_items
from wonward.domains.delivery.models import Task
from wonward.domains.delivery.operations import ask_for_skills
from wonward.domains.delivery.queries.blueprints import get_project_items
from wonward.domains.delivery.queries.skills import find_asked_skills, get_skill_match
from wonward.domains.delivery.types import TaskChange
from wonward.domains.staff.operations import put_skills
from wonward.foundation.audit.queries import list_history
from wonward.kernel.errors import NotAllowed, NotFound, Refused
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db


def asked(task_id: int) -> dict[str, int]:
    return {one.name: one.level for one in find_asked_skills([task_id]).get(task_id, ())}


def test_a_skill_is_asked_for_however_it_is_written_and_put_back_exactly(plan: Plan, cast: Cast) -> None:
    build = plan.ids["build"]
    assert ask_for_skills(actor=cast.manager, task_id=build, put={"French": 3, " Vue ": 2}, now=NOW) == {}
    before = ask_for_skills(actor=cast.manager, task_id=build, put={"french": 4}, remove=["VUE"], now=NOW)
    assert (before, asked(build)) == ({"French": 3, "Vue": 2}, {"French": 4})
    ask_for_skills(actor=cast.manager, task_id=build, put=before, now=NOW)
    assert asked(build) == before


def test_who_may_not_change_the_plan_asks_for_nothing(plan: Plan, cast: Cast) -> None:
    for actor, refusal in ((cast.seller, NotAllowed), (cast.marketer, NotFound)):
        with pytest.raises(refusal):
            ask_for_skills(actor=actor, task_id=plan.ids["build"], put={"French": 3}, now=NOW)
    assert asked(plan.ids["build"]) == {}


@pytest.mark.parametrize(("name", "put", "words"), [
    ("build", {"French": 6}, "a level is 1"), ("build", {"x" * 121: 3}, "120 characters"), ("build", {f"s{n}": 1 for n in range(11)}, "at most 10"),
    ("live", {"French": 1}, "Only a task"), ("concept", {"French": 1}, "Only a task"),
])
def test_what_makes_no_sense_is_refused_and_writes_nothing(name: str, put: dict[str, int], words: str, plan: Plan, cast: Cast) -> None:
    with pytest.raises(Refused, match=words):
        ask_for_skills(actor=cast.manager, task_id=plan.ids[name], put=put, now=NOW)
    assert asked(plan.ids[name]) == {}


def test_those_who_have_it_come_first_and_the_others_say_what_they_lack(plan: Plan, cast: Cast) -> None:
    build = plan.ids["build"]
    put_skills(actor=cast.owner, person_id=cast.member.person_id, skills={"French": 3}, now=NOW)
    put_skills(actor=cast.owner, person_id=cast.manager.person_id, skills={"French": 2}, now=NOW)
    assert get_skill_match(actor=cast.manager, task_id=build).candidates == ()
    ask_for_skills(actor=cast.manager, task_id=build, put={"French": 3}, now=NOW)
    match = get_skill_match(actor=cast.manager, task_id=build)
    assert [one.person_id for one in match.able] == [cast.member.person_id]
    assert match.candidates[0].person_id == cast.member.person_id
    assert [one.name for one in match.lacking_of(cast.manager.person_id)] == ["French"]
    assert match.lacking_of(cast.member.person_id) == ()


def test_the_history_tells_what_was_asked_for_before_and_after(plan: Plan, cast: Cast) -> None:
    ask_for_skills(actor=cast.manager, task_id=plan.ids["build"], put={"French": 3}, now=NOW)
    changes = [entry.changes for entry in list_history(actor=cast.owner, ref=Ref("delivery.task", plan.ids["build"])) if "skills" in entry.changes]
    assert changes == [{"skills": [{}, {"French": 3}]}]


def test_the_next_of_a_series_asks_for_the_same(plan: Plan, cast: Cast) -> None:
    workshop = plan.ids["workshop"]
    ask_for_skills(actor=cast.manager, task_id=workshop, put={"French": 3}, now=NOW)
    plan.change(TaskChange(workshop, {"repeat_every": 1, "repeat_unit": "week"}))
    plan.change(TaskChange(workshop, {"percent_complete": 100}), reason="Done")
    (following,) = Task.objects.filter(project_id=plan.project_id, name="Discovery workshop").exclude(pk=workshop)
    assert asked(following.pk) == {"French": 3}


def test_a_template_asks_for_skills_in_the_project_it_makes_and_takes_them_back_from_one(cast: Cast) -> None:
    from_plan = french_plan(cast)
    build = from_plan.ids["build"]
    assert asked(build) == {"French": 3, "Vue": 1}
    items = {item["key"]: item for item in get_project_items(actor=cast.manager, project_id=from_plan.project_id)}
    assert items["build"]["skills"] == [{"name": "French", "level": 3}, {"name": "Vue", "level": 1}]
    assert "skills" not in items["migrate"]
    assert check_items(list(items.values())) == []


def french_plan(cast: Cast) -> Plan:
    """The project of a template whose builder must speak French."""
    return make_plan(cast, items=[
        {**item, "skills": [{"name": "French", "level": 3}, {"name": "Vue"}]} if item["key"] == "build" else item for item in WEBSITE
    ])


@pytest.mark.parametrize(("key", "skills", "words"), [
    ("build", [{"name": "French", "level": 6}], "level, 1 to 5"), ("build", [{"name": "French"}, {"name": "french"}], "for one twice"),
    ("live", [{"name": "French"}], "not a task"), ("build", [{"name": f"s{n}"} for n in range(11)], "more than 10"),
])
def test_a_template_that_asks_wrongly_is_told_so(key: str, skills: list[dict[str, object]], words: str) -> None:
    items = [{**item, "skills": skills} if item["key"] == key else item for item in WEBSITE]
    assert any(words in error.message for error in check_items(items))


def test_a_new_version_of_a_template_says_that_its_skills_changed(cast: Cast) -> None:
    template_id = create_template(actor=cast.owner, name="Site", items=WEBSITE, now=NOW)
    asking = [{**item, "skills": [{"name": "French", "level": 3}]} if item["key"] == "build" else item for item in WEBSITE]
    change_template(actor=cast.owner, template_id=template_id, name="Site", items=asking, now=NOW)
    (change,) = compare_versions(actor=cast.owner, template_id=template_id, before=1, after=2)
    assert change.fields == {"skills": ([], [{"name": "French", "level": 3}])}
