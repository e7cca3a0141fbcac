"""What the timeline's script asks for, and what a change moves before anybody says yes."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.edges.api.client import Api
from tests.edges.web.delivery.test_handoffs import win
from tests.edges.web.sales.desk import SignIn
from tests.people import NOW, Cast, Sale, make_sale
from wonward.domains.delivery.queries.columns import day_number
from wonward.domains.delivery.queries.projects import get_project, list_baselines
from wonward.domains.delivery.queries.tasks import get_task, list_dependencies, list_tasks
from wonward.domains.delivery.types import MovedTasks, NewTask, TaskChange, TaskRow
from wonward.journeys.handoff.operations import accept_handoff
from wonward.journeys.promises.operations import change_plan

pytestmark = pytest.mark.django_db
SCRIPT = {"HX-Request": "true", "Accept": "application/json"}


@pytest.fixture
def project_id(cast: Cast, sale: Sale) -> int:
    closed = win(cast, sale)
    accept_handoff(actor=cast.manager, handoff_id=closed.handoff_id, now=NOW)
    return closed.project_ids[0]


def plan_of(cast: Cast, project_id: int) -> dict[str, TaskRow]:
    return {task.key: task for task in list_tasks(actor=cast.manager, project_id=project_id)}


def post(client: Client, name: str, project_id: int, values: dict[str, Any]) -> Any:
    return client.post(reverse(name, args=[project_id]), values, headers=SCRIPT)


def test_the_plan_comes_in_columns_of_one_length(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    url = reverse("plan_data", args=[project_id])
    found = client.get(url).json()
    assert {len(column) for column in found["rows"].values()} == {6}
    workshop = plan_of(cast, project_id)["workshop"]
    place = found["rows"]["id"].index(workshop.id)
    assert found["rows"]["start"][place] == day_number(date(2026, 12, 1))
    assert found["rows"]["level"][place] == 1
    assert found["baseline"]["finish"][place] == found["rows"]["finish"][place]
    assert len(found["links"]["source"]) == 5
    assert client.get(f"{url}?state={found['state']}").status_code == 204


def test_a_move_is_shown_with_everything_it_would_take_along_and_writes_nothing(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    before = plan_of(cast, project_id)
    answer = post(sign_in(cast.manager), "plan_move", project_id, {"task_id": before["workshop"].id, "days": 4, "look": "1"})
    assert answer.status_code == 422
    found = answer.json()
    assert found["outcome"] == "look"
    assert "more tasks move" in found["html"]
    assert "It waits for “Discovery workshop”." in found["html"]
    assert before["build"].id in found["moved"]["id"]
    assert plan_of(cast, project_id) == before


def test_a_move_is_saved_and_put_back_in_one_step(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    before = plan_of(cast, project_id)
    saved = post(client, "plan_move", project_id, {"task_id": before["workshop"].id, "days": 4}).json()
    assert saved["outcome"] == "saved"
    assert plan_of(cast, project_id)["workshop"].start_date == date(2026, 12, 7)
    assert set(saved["rows"]["id"]) >= {before["workshop"].id, before["build"].id}
    back = post(client, "plan_undo", project_id, {"plan_version": saved["undo"]["plan_version"]})
    assert back.status_code == 200
    after = plan_of(cast, project_id)
    assert {key: (row.start_date, row.finish_date, row.constraint_date) for key, row in after.items()} == {
        key: (row.start_date, row.finish_date, row.constraint_date) for key, row in before.items()
    }


def test_an_undo_after_a_colleagues_change_is_refused(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    tasks = plan_of(cast, project_id)
    saved = post(client, "plan_move", project_id, {"task_id": tasks["workshop"].id, "days": 1}).json()
    change_plan(actor=cast.owner, project_id=project_id, changes=[TaskChange(tasks["build"].id, {"name": "Build it"})], now=NOW)
    assert post(client, "plan_undo", project_id, {"plan_version": saved["undo"]["plan_version"]}).status_code == 412
    assert plan_of(cast, project_id)["build"].name == "Build it"


def test_several_tasks_move_at_once(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    tasks = plan_of(cast, project_id)
    ids = [tasks["workshop"].id, tasks["build"].id]
    post(sign_in(cast.manager), "plan_move", project_id, {"task_id": ids, "days": 10})
    after = plan_of(cast, project_id)
    assert after["workshop"].start_date == date(2026, 12, 15)
    assert after["build"].constraint_date is not None
    assert after["build"].start_date > tasks["build"].start_date


def test_a_phase_moves_by_what_comes_first_in_it(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    tasks = plan_of(cast, project_id)
    post(sign_in(cast.manager), "plan_move", project_id, {"task_id": tasks["concept"].id, "days": 4})
    after = plan_of(cast, project_id)
    assert after["workshop"].constraint_date == date(2026, 12, 7)
    assert after["wireframes"].constraint_date is None
    assert after["concept"].start_date == date(2026, 12, 7)


def test_keeping_the_gaps_moves_what_was_held_behind(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    tasks = plan_of(cast, project_id)
    post(client, "plan_move", project_id, {"task_id": tasks["build"].id, "days": 5})
    held = plan_of(cast, project_id)["build"]
    post(client, "plan_move", project_id, {"task_id": tasks["workshop"].id, "days": 2, "rule": "use_gap"})
    assert plan_of(cast, project_id)["build"].start_date == held.start_date
    post(client, "plan_move", project_id, {"task_id": tasks["workshop"].id, "days": 2, "rule": "keep_gap"})
    assert (held.start_date, plan_of(cast, project_id)["build"].start_date) == (date(2026, 12, 18), date(2026, 12, 22))


def test_moving_nothing_else_refuses_naming_what_cannot_stay(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    tasks = plan_of(cast, project_id)
    refused = post(sign_in(cast.manager), "plan_move", project_id, {"task_id": tasks["workshop"].id, "days": 4, "rule": "none"})
    assert refused.status_code == 422
    assert "“Wireframes” waits for “Discovery workshop” and cannot stay" in refused.content.decode()
    assert plan_of(cast, project_id) == tasks


def test_a_move_that_breaks_a_promise_asks_for_the_reason(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    values = {"task_id": plan_of(cast, project_id)["workshop"].id, "days": 100}
    asked = post(client, "plan_move", project_id, values)
    assert asked.status_code == 422
    assert 'name="reason"' in asked.json()["html"]
    assert get_project(actor=cast.manager, project_id=project_id).plan_version == 1
    assert post(client, "plan_move", project_id, {**values, "reason": "The client is not ready."}).status_code == 200
    assert "The client is not ready." in client.get(reverse("project", args=[project_id])).content.decode()


def test_a_bar_that_a_colleague_moved_meanwhile_is_not_moved_again(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    task = plan_of(cast, project_id)["workshop"]
    values = {"task_id": task.id, "seen_start": "2026-12-01", "days": 1}
    assert post(client, "plan_move", project_id, values).status_code == 200
    stale = post(client, "plan_move", project_id, values)
    assert stale.status_code == 412
    assert "“Discovery workshop” was moved in the meantime" in stale.content.decode()
    assert plan_of(cast, project_id)["workshop"].start_date == date(2026, 12, 2)


def test_a_bar_that_was_stretched_meanwhile_is_not_stretched_again(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    task = plan_of(cast, project_id)["workshop"]
    values = {"task_id": task.id, "seen_start": task.start_date.isoformat(), "seen_minutes": task.duration_minutes, "duration_days": 2}
    assert post(client, "plan_move", project_id, values).status_code == 200
    stale = post(client, "plan_move", project_id, values)
    assert stale.status_code == 412
    assert "“Discovery workshop” was given another length in the meantime" in stale.content.decode()
    assert plan_of(cast, project_id)["workshop"].duration_minutes == task.duration_minutes + 960


def test_a_phase_and_what_lies_in_it_are_named_when_linked(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    tasks = plan_of(cast, project_id)
    refused = post(sign_in(cast.manager), "new_dependency", project_id, {"from_id": tasks["workshop"].id, "to_id": tasks["concept"].id})
    assert refused.status_code == 422
    assert f"“{tasks['concept'].name}” cannot wait for “Discovery workshop”: one of them lies in the other" in refused.content.decode()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"days": "2001"}, "at most 2000 working days"), ({"days": "x"}, "is not a whole number"),
        ({"duration_days": "99999999"}, "at most 4000 working days"), ({"duration_days": "4000"}, "cannot take"),
        ({"days": "1", "rule": "twist"}, "is not a rule"), ({"days": "0"}, "stays where it is"),
    ],
)
def test_absurd_moves_are_refused_in_words(values: dict[str, str], words: str, project_id: int, cast: Cast, sign_in: SignIn) -> None:
    task = plan_of(cast, project_id)["workshop"]
    refused = post(sign_in(cast.manager), "plan_move", project_id, {"task_id": task.id, **values})
    assert refused.status_code == 422
    assert words in refused.content.decode()
    assert plan_of(cast, project_id)["workshop"] == task


def test_a_link_is_drawn_and_a_cycle_names_its_path(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    tasks = plan_of(cast, project_id)
    url = "new_dependency"
    cycle = post(client, url, project_id, {"from_id": tasks["build"].id, "to_id": tasks["workshop"].id})
    assert cycle.status_code == 422
    assert "Discovery workshop → " in cycle.content.decode()
    assert "Build the templates" in cycle.content.decode()
    itself = post(client, url, project_id, {"from_id": tasks["build"].id, "to_id": tasks["build"].id})
    assert "cannot wait for itself" in itself.content.decode()
    saved = post(client, url, project_id, {"from_id": tasks["workshop"].id, "to_id": tasks["build"].id}).json()
    assert len(list_dependencies(project_id=project_id)) == 6
    post(client, "plan_undo", project_id, {"plan_version": saved["undo"]["plan_version"]})
    assert len(list_dependencies(project_id=project_id)) == 5


def test_the_drawer_says_how_a_task_waits_and_changes_it_with_one_undo(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client, tasks = sign_in(cast.manager), plan_of(cast, project_id)
    source, target = tasks["workshop"].id, tasks["build"].id
    place = reverse("task", args=[target])

    def link() -> tuple[str, int, str]:
        found = {row.from_id: row for row in list_dependencies(project_id=project_id) if row.to_id == target}
        row = found[source]
        return (row.type, row.lag_minutes, row.lag_unit)

    client.post(place, {"after_id": source, "after_type": "SS", "after_lag": "2", "after_unit": "working"})
    assert link() == ("SS", 960, "working")
    page = client.get(place).content.decode()
    assert "starts with its start, 2 d later" in page
    client.post(place, {f"type_{source}": "FF", f"lag_{source}": "-1,5", f"unit_{source}": "elapsed"})
    assert link() == ("FF", -2160, "elapsed")
    assert "finishes with its finish, 1.5 calendar d earlier" in client.get(place).content.decode()
    version = get_project(actor=cast.manager, project_id=project_id).plan_version
    client.post(place, {f"type_{source}": "FF", f"lag_{source}": "-1.5", f"unit_{source}": "elapsed", "name": "Build it"})
    assert plan_of(cast, project_id)["build"].name == "Build it"
    assert (link(), version + 1) == (("FF", -2160, "elapsed"), get_project(actor=cast.manager, project_id=project_id).plan_version)
    refused = client.post(place, {f"type_{source}": "FF", f"lag_{source}": "soon", f"unit_{source}": "working"})
    assert "“soon” is not a number of days." in refused.content.decode()


def test_a_change_of_how_a_task_waits_is_taken_back_exactly(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client, tasks = sign_in(cast.manager), plan_of(cast, project_id)
    (row, *_) = [one for one in list_dependencies(project_id=project_id) if one.type == "FS" and one.lag_minutes == 0]
    place = reverse("task", args=[row.to_id])
    client.post(place, {f"type_{row.from_id}": "SS", f"lag_{row.from_id}": "3", f"unit_{row.from_id}": "elapsed"})
    changed = next(one for one in list_dependencies(project_id=project_id) if one.id == row.id)
    assert (changed.type, changed.lag_minutes, changed.lag_unit, changed.version) == ("SS", 4320, "elapsed", row.version + 1)
    assert {key: task.start_date for key, task in plan_of(cast, project_id).items()} != {key: task.start_date for key, task in tasks.items()}
    client.post(reverse("plan_undo", args=[project_id]), {"plan_version": get_project(actor=cast.manager, project_id=project_id).plan_version})
    back = next(one for one in list_dependencies(project_id=project_id) if one.id == row.id)
    assert (back.type, back.lag_minutes, back.lag_unit) == ("FS", 0, "working")
    assert {key: task.start_date for key, task in plan_of(cast, project_id).items()} == {key: task.start_date for key, task in tasks.items()}


def test_the_drawer_puts_a_phase_into_the_trash_and_the_toast_brings_all_of_it_back(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client, before, links = sign_in(cast.manager), plan_of(cast, project_id), list_dependencies(project_id=project_id)
    phase = before["concept"]
    inside = {row.key for row in before.values() if row.id == phase.id or row.parent_id == phase.id}
    place, shell = reverse("task_removal", args=[phase.id]), {"HX-Request": "true", "HX-Current-URL": f"http://x/projects/{project_id}/plan/"}
    assert place in client.get(reverse("task", args=[phase.id])).content.decode()
    answer = client.post(place, {}, headers=shell)
    assert answer.status_code == 200
    assert set(plan_of(cast, project_id)) == set(before) - inside
    assert len(list_dependencies(project_id=project_id)) < len(links)
    toast = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert "is in the trash" in toast["text"]
    assert client.post(toast["undo_url"], toast["undo_values"]).status_code == 302
    after = plan_of(cast, project_id)
    assert {key: (row.id, row.parent_id, row.start_date, row.finish_date, row.role) for key, row in after.items()} == {
        key: (row.id, row.parent_id, row.start_date, row.finish_date, row.role) for key, row in before.items()}
    assert {(row.id, row.from_id, row.to_id, row.type) for row in list_dependencies(project_id=project_id)} == {
        (row.id, row.from_id, row.to_id, row.type) for row in links}


def test_the_drawer_names_what_holds_a_task_and_a_move_says_what_it_lets_go(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client, task = sign_in(cast.manager), plan_of(cast, project_id)["build"]
    place, last = reverse("task", args=[task.id]), (task.finish_date + timedelta(days=21)).isoformat()
    client.post(place, {"constraint": "FNLT", "constraint_date": last})
    held = plan_of(cast, project_id)["build"]
    assert (held.constraint, held.constraint_date.isoformat(), held.start_date) == ("FNLT", last, task.start_date)
    page = client.get(place).content.decode()
    assert '<option value="FNLT" selected>finishes no later than</option>' in page
    assert "SNET needs a day." in client.post(place, {"constraint": "SNET", "constraint_date": ""}).content.decode()
    saved = post(client, "plan_move", project_id, {"task_id": task.id, "days": 1}).json()
    assert f"That “{task.name}” finishes no later than" in saved["words"]
    assert plan_of(cast, project_id)["build"].constraint == "SNET"
    client.post(place, {"constraint": "MSO", "constraint_date": last})
    moved = post(client, "plan_move", project_id, {"task_id": task.id, "days": 1, "reason": "Later."})
    assert "holds no longer" not in moved.json()["words"]
    after = plan_of(cast, project_id)["build"]
    assert (after.constraint, after.constraint_date > date.fromisoformat(last), after.start_date) == ("MSO", True, after.constraint_date)
    client.post(place, {"constraint": "ASAP", "constraint_date": (date.fromisoformat(last) + timedelta(days=7)).isoformat(), "reason": "Later."})
    assert plan_of(cast, project_id)["build"].constraint == "SNET"


def test_the_api_sets_every_constraint_and_the_schedule_obeys(project_id: int, cast: Cast) -> None:
    api, tasks = Api(cast.manager), plan_of(cast, project_id)
    status, made = api.post("/tasks", {
        "project_id": project_id, "name": "Launch party", "duration_days": 1, "constraint": {"type": "MFO", "date": "2026-12-11"},
        "deadline_date": "2026-12-18"})
    assert (status, made["task"]["finish_date"], made["task"]["deadline_date"]) == (201, "2026-12-11", "2026-12-18")
    assert made["task"]["constraint"] == {"type": "MFO", "date": "2026-12-11"}
    place = f"/tasks/{made['task']['id']}"
    assert api.patch(place, {"constraint": {"type": "FNET", "date": "2026-12-14"}})[1]["task"]["finish_date"] == "2026-12-14"
    assert api.patch(place, {"constraint": {"type": "MSO", "date": "2026-12-15"}})[1]["task"]["start_date"] == "2026-12-15"
    status, free = api.patch(place, {"constraint": None, "deadline_date": None, "parent_id": tasks["concept"].id})
    assert (free["task"]["constraint"], free["task"]["deadline_date"], free["task"]["parent_id"]) == (
        {"type": "ASAP", "date": None}, None, tasks["concept"].id)
    assert api.patch(place, {"constraint": {"type": "MSO"}})[0] == 422
    assert api.patch(place, {"constraint": {"type": "NEVER"}})[0] in (400, 422)
    status, begun = api.patch(place, {"percent_complete": 20, "actual_start_date": "2026-11-18"})
    assert begun["task"]["actual_start_date"] == "2026-11-18"


def test_a_task_of_another_client_looks_missing(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    other = make_sale(cast, name="Shop", company="Harbour Foods")
    foreign = plan_of(cast, win(cast, other).project_ids[0])["build"].id
    mine = plan_of(cast, project_id)["workshop"].id
    client = sign_in(cast.manager)
    assert post(client, "plan_move", project_id, {"task_id": foreign, "days": 1}).status_code == 404
    assert post(client, "new_dependency", project_id, {"from_id": mine, "to_id": foreign}).status_code == 404


def test_the_timeline_offers_to_keep_a_baseline_and_says_how_far_the_plan_went(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client, place = sign_in(cast.manager), reverse("plan_baseline", args=[project_id])
    assert f'href="{place}"' in client.get(reverse("project_plan", args=[project_id])).content.decode()
    assert "As planned then" in client.get(place).content.decode()
    build = plan_of(cast, project_id)["build"]
    post(client, "plan_move", project_id, {"task_id": build.id, "days": 3})
    page = client.get(place).content.decode()
    assert "3 working days later" in page
    assert client.post(place, {"name": " "}).status_code == 422
    assert client.post(place, {"name": "After the call"}).status_code == 302
    columns = f"{reverse('project_list', args=[project_id])}?columns=name,baseline,variance"
    assert "3 working days later" in client.get(columns).content.decode()
    assert 'name="name"' not in sign_in(cast.seller).get(place).content.decode()


def test_the_api_tells_the_variance_of_every_task_against_a_baseline(project_id: int, cast: Cast) -> None:
    api, build = Api(cast.manager), plan_of(cast, project_id)["build"]
    change_plan(actor=cast.manager, project_id=project_id, now=NOW, changes=[
        MovedTasks((build.id,), 3), TaskChange(build.id, {"duration_minutes": build.duration_minutes + 960}), NewTask("Later")], reason="More.")
    status, kept = api.post(f"/projects/{project_id}/baselines", {"name": "After the call"})
    assert (status, kept["number"], kept["finish_variance_days"]) == (201, 2, 0)
    rows = api.get(f"/projects/{project_id}/baselines")[1]["items"]
    assert [(row["number"], row["name"]) for row in rows] == [(1, "As sold"), (2, "After the call")]
    _, part = api.get(f"/projects/{project_id}/baselines/1")
    told = {row["name"]: row for row in part["items"]}
    row = told[build.name]
    assert (row["start_variance_days"], row["finish_variance_days"], row["duration_variance_days"]) == (3, 5, 2)
    assert (told["Later"]["baseline_finish_date"], told["Later"]["finish_variance_days"]) == (None, None)
    assert told["Discovery workshop"]["finish_variance_days"] == 0
    assert api.get(f"/projects/{project_id}/baselines/9")[0] == 404
    assert api.post(f"/projects/{project_id}/baselines", {"name": ""})[0] == 422
    assert Api(cast.seller).post(f"/projects/{project_id}/baselines", {"name": "Mine"})[0] == 403


def test_a_baseline_is_kept_and_compared_with(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    workshop = plan_of(cast, project_id)["workshop"]
    post(client, "plan_move", project_id, {"task_id": workshop.id, "days": 4})
    post(client, "plan_baseline", project_id, {"name": "After the call"})
    assert list_baselines(project_id=project_id) == [(2, "After the call"), (1, "As sold")]
    url = reverse("plan_data", args=[project_id])
    starts = {}
    for number in (0, 1, 2):
        found = client.get(f"{url}?baseline={number}").json()
        starts[number] = found["baseline"]["start"][found["rows"]["id"].index(workshop.id)]
    assert starts == {0: 0, 1: day_number(date(2026, 12, 1)), 2: day_number(date(2026, 12, 7))}


def test_who_only_reads_gets_the_plan_and_moves_nothing(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.seller)
    assert client.get(reverse("plan_data", args=[project_id])).json()["may_change"] is False
    task = plan_of(cast, project_id)["workshop"]
    for name in ("plan_move", "plan_undo", "plan_baseline", "new_dependency"):
        assert post(client, name, project_id, {"task_id": task.id, "days": 1, "plan_version": 1, "name": "Mine"}).status_code == 403
    assert plan_of(cast, project_id)["workshop"] == task


def test_dates_by_hand_are_set_in_the_drawer_and_seen_on_list_and_timeline(project_id: int, cast: Cast, sign_in: SignIn) -> None:
    client, rows = sign_in(cast.manager), plan_of(cast, project_id)
    build, workshop = rows["build"], rows["workshop"]
    place = reverse("task", args=[build.id])
    client.post(place, {"after_id": workshop.id, "reason": "So."})
    assert "Say on which day it starts." in client.post(place, {"constraint": "HAND", "constraint_date": ""}).content.decode()
    first = workshop.start_date
    assert first
    client.post(place, {"constraint": "HAND", "constraint_date": first.isoformat(), "manual_finish_date": "2027-02-05", "reason": "Agreed."})
    held = get_task(actor=cast.manager, task_id=build.id)
    assert (held.is_manual, held.start_date, held.finish_date) == (True, first, date(2027, 2, 5))
    words = f"“{build.name}” starts before “{workshop.name}” is finished."
    page = client.get(place).content.decode()
    assert words in page
    assert '<option value="HAND" selected' in page
    outline = client.get(reverse("project_list", args=[project_id])).content.decode()
    assert words in outline
    assert "dates set by hand" in outline
    document = client.get(reverse("plan_data", args=[project_id])).json()
    at = document["rows"]["id"].index(build.id)
    assert document["rows"]["manual"][at] == 1
    assert [words in said for key, said in document["unkept"] if key == build.id] == [True]
    client.post(place, {"constraint": "ASAP", "constraint_date": first.isoformat(), "reason": "By the plan."})
    freed = get_task(actor=cast.manager, task_id=build.id)
    assert (freed.is_manual, freed.constraint) == (False, build.constraint)
    assert client.get(reverse("plan_data", args=[project_id])).json()["unkept"] == []
