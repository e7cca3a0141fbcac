"""A deal that becomes several projects: every promise is where its work is, and what holds for all holds in all."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from tests.edges.api.client import Api, fields_of
from tests.edges.web.sales.desk import sign_in
from tests.journeys.handoff.two_projects import TwoProjects, make_two_projects, promised_in
from tests.people import NOW, Cast, Sale
from wonward.domains.delivery.operations import change_project
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import RemovedTask, TaskChange
from wonward.foundation.events.models import OutboxEvent
from wonward.journeys.handoff.queries import get_brief_of_project
from wonward.journeys.promises.invariants import (
    check_covers_are_where_the_promise_holds,
    check_further_projects_are_further,
)
from wonward.journeys.promises.operations import (
    ReasonRequired,
    change_plan,
    cover_promise,
    replace_promise,
)
from wonward.journeys.promises.queries import (
    get_coverage,
    get_ledger,
    list_due_work,
    list_reasons,
    list_uncovered_promises,
)
from wonward.journeys.promises.types import NewPromise, PromiseKind
from wonward.kernel.errors import Refused

FINISH = "Finished by 19 March 2027"


@pytest.fixture
def two(cast: Cast, sale: Sale) -> TwoProjects:
    return make_two_projects(cast, sale)


def task_of(cast: Cast, project_id: int, name: str) -> int:
    return next(row.id for row in list_tasks(actor=cast.owner, project_id=project_id) if row.name == name)


def test_a_promise_with_a_key_is_where_the_template_has_the_key_and_the_rest_is_everywhere(two: TwoProjects, cast: Cast) -> None:
    website, training = promised_in(cast, two.website), promised_in(cast, two.training)
    assert set(website) == {"1,100 pages", "No recordings", "Everything is accessible", FINISH}
    assert set(training) == {"Two days of training", "No recordings", "Everything is accessible", FINISH}
    assert (training["Two days of training"].project_id, training["Two days of training"].coverage) == (two.training, "planned")
    assert [cover.name for cover in training["Two days of training"].covers] == ["Teach"]
    assert training[FINISH].project_ids == two.closed.project_ids
    assert [cover.name for cover in training[FINISH].covers] == ["Go live", "Teach"]
    assert check_covers_are_where_the_promise_holds() == check_further_projects_are_further() == []


def test_ledger_coverage_why_and_brief_of_the_second_project_know_what_holds_in_it(two: TwoProjects, cast: Cast) -> None:
    assert get_ledger(actor=cast.owner, project_id=two.training).tallies["apart"].count == 1
    assert get_coverage(actor=cast.owner, project_id=two.training).counts["planned"] == 2
    reasons = [row.text for row in list_reasons(actor=cast.owner, task_id=task_of(cast, two.training, "Teach"))]
    assert set(reasons) == {FINISH, "Two days of training"}
    assert [row.text for row in list_uncovered_promises(actor=cast.owner)] == ["Everything is accessible"]
    due = list_due_work(project_ids=[two.training])
    assert due == [(task_of(cast, two.training, "Teach"), date(2027, 3, 19), 3)]
    brief = get_brief_of_project(actor=cast.owner, project_id=two.training)
    assert any("No recordings" in item.text for item in brief.brief.items)


def test_the_second_project_cannot_pass_the_finish_without_a_reason(two: TwoProjects, cast: Cast) -> None:
    teach = task_of(cast, two.training, "Teach")
    longer = TaskChange(teach, {"duration_minutes": 200 * 480})
    with pytest.raises(ReasonRequired) as refusal:
        change_plan(actor=cast.manager, project_id=two.training, changes=[longer], now=NOW)
    assert [promise.text for promise in refusal.value.broken] == [FINISH]
    api = Api(cast.owner)
    status, problem = api.patch(f"/tasks/{teach}", {"duration_days": 200})
    assert (status, fields_of(problem)) == (422, ["reason"])
    assert FINISH in problem["detail"]
    status, changed = api.patch(f"/tasks/{teach}", {"duration_days": 200, "reason": "The teacher is ill."})
    assert (status, [one["text"] for one in changed["broken_promises"]]) == (200, [FINISH])
    assert promised_in(cast, two.website)[FINISH].coverage == "at_risk"


def test_a_crossing_is_told_once_to_everybody_who_manages_one_of_the_projects_and_to_the_owner(two: TwoProjects, cast: Cast) -> None:
    for project_id, manager in ((two.website, cast.manager), (two.training, cast.member)):
        change_project(actor=cast.owner, project_id=project_id, changes={"manager_id": manager.person_id}, now=NOW)
    longer = TaskChange(task_of(cast, two.training, "Teach"), {"duration_minutes": 200 * 480})
    change_plan(actor=cast.owner, project_id=two.training, changes=[longer], reason="Ill.", now=NOW)
    further = TaskChange(task_of(cast, two.website, "Build the templates"), {"duration_minutes": 220 * 480})
    change_plan(actor=cast.owner, project_id=two.website, changes=[further], reason="Ill too.", now=NOW)
    (told,) = OutboxEvent.objects.filter(name="promises.promise.at_risk")
    assert told.payload["project_ids"] == list(two.closed.project_ids)
    assert told.payload["person_ids"] == [cast.manager.person_id, cast.member.person_id, cast.seller.person_id]
    assert promised_in(cast, two.website)[FINISH].forecast_date == max(
        row.finish_date for project_id in two.closed.project_ids for row in list_tasks(actor=cast.owner, project_id=project_id)
        if row.name in ("Go live", "Teach") and row.finish_date
    )


def test_work_that_is_left_in_another_project_still_keeps_a_promise(two: TwoProjects, cast: Cast) -> None:
    teach = task_of(cast, two.training, "Teach")
    with pytest.raises(ReasonRequired) as refusal:
        change_plan(actor=cast.owner, project_id=two.training, changes=[RemovedTask(teach)], now=NOW)
    assert [promise.text for promise in refusal.value.broken] == ["Two days of training"]
    change_plan(actor=cast.owner, project_id=two.training, changes=[RemovedTask(teach)], reason="They teach themselves.", now=NOW)
    assert promised_in(cast, two.training)[FINISH].coverage == "planned"
    assert [cover.name for cover in promised_in(cast, two.training)[FINISH].covers] == ["Go live"]


def test_a_task_of_any_project_in_which_a_promise_holds_may_keep_it_and_of_no_other(two: TwoProjects, cast: Cast) -> None:
    everywhere = promised_in(cast, two.website)["Everything is accessible"]
    prepare = task_of(cast, two.training, "Prepare the course")
    cover_promise(actor=cast.manager, promise_id=everywhere.id, task_id=prepare, now=NOW)
    assert promised_in(cast, two.website)["Everything is accessible"].coverage == "planned"
    pages = promised_in(cast, two.website)["1,100 pages"]
    with pytest.raises(Refused, match="another project"):
        cover_promise(actor=cast.manager, promise_id=pages.id, task_id=prepare, now=NOW)
    status, problem = Api(cast.owner).post(f"/promises/{pages.id}/covers", {"task_id": prepare})
    assert (status, fields_of(problem)) == (422, ["task_id"])
    assert check_covers_are_where_the_promise_holds() == []


def test_what_replaces_a_promise_holds_where_it_held(two: TwoProjects, cast: Cast) -> None:
    old = promised_in(cast, two.training)["No recordings"]
    new = NewPromise(kind=PromiseKind.EXCLUSION, text="No recordings and no slides")
    replace_promise(actor=cast.seller, promise_id=old.id, by=new, reason="Said again.", now=NOW)
    assert promised_in(cast, two.training)["No recordings and no slides"].project_ids == two.closed.project_ids


def test_who_sees_the_second_project_alone_sees_what_holds_in_it(two: TwoProjects, cast: Cast) -> None:
    from wonward.domains.delivery.models import Project, ProjectMember

    Project.objects.update(is_restricted=True)
    ProjectMember.objects.create(project_id=two.training, person_id=cast.member.person_id, added_at=NOW)
    api = Api(cast.member)
    seen = {row["text"] for row in api.get(f"/promises?project_id={two.training}")[1]["items"]}
    assert "No recordings" in seen
    assert api.get(f"/promises?project_id={two.website}")[0] == 404


def test_the_rest_answer_names_every_project_a_promise_holds_in(two: TwoProjects, cast: Cast) -> None:
    items = Api(cast.owner).get(f"/promises?project_id={two.training}")[1]["items"]
    assert {row["text"]: row["project_ids"] for row in items}["No recordings"] == list(two.closed.project_ids)


def test_a_promise_on_a_won_deal_is_tied_at_once_on_every_way(two: TwoProjects, cast: Cast) -> None:
    api = Api(cast.seller)
    status, made = api.post("/promises", {"deal_id": two.deal_id, "kind": "deliverable", "text": "A course book", "key": "course"})
    assert (status, made["project_id"], made["coverage"]) == (201, two.training, "planned")
    status, made = api.post("/promises", {"deal_id": two.deal_id, "kind": "exclusion", "text": "No travel"})
    assert (status, made["project_ids"]) == (201, list(two.closed.project_ids))
    assert {"A course book", "No travel"} <= set(promised_in(cast, two.training))
    assert "A course book" not in promised_in(cast, two.website)
    brief = get_brief_of_project(actor=cast.owner, project_id=two.training)
    assert any("No travel" in item.text for item in brief.brief.items)
    status, made = api.post("/promises", {"deal_id": two.deal_id, "kind": "quality", "text": "Fast"})
    covered = api.post(f"/promises/{made['id']}/covers", {"task_id": task_of(cast, two.training, "Teach")})
    assert (covered[0], covered[1]["coverage"]) in ((200, "planned"), (201, "planned"))


def test_a_promise_that_is_late_when_it_is_made_is_told(two: TwoProjects, cast: Cast) -> None:
    new = {"deal_id": two.deal_id, "kind": "date", "text": "Taught by Monday", "key": "training", "due_date": "2026-11-23"}
    assert Api(cast.seller).post("/promises", new)[1]["coverage"] == "at_risk"
    assert OutboxEvent.objects.filter(name="promises.promise.at_risk").count() == 1


def test_a_key_that_arrives_later_is_kept_by_the_work_that_has_it(two: TwoProjects, cast: Cast) -> None:
    api = Api(cast.owner)
    status, made = api.post("/promises", {"project_id": two.website, "kind": "deliverable", "text": "42 templates", "key": "templates"})
    assert (status, made["coverage"], [cover["name"] for cover in made["covers"]]) == (201, "planned", ["Build the templates"])
    status, made = api.post("/promises", {"deal_id": two.deal_id, "kind": "quality", "text": "Taught well"})
    assert made["coverage"] == "uncovered"
    status, changed = api.patch(f"/promises/{made['id']}", {"key": "training"})
    assert (status, changed["coverage"], [cover["name"] for cover in changed["covers"]]) == (200, "planned", ["Teach"])


def test_the_self_check_counts_what_it_does_not_list(two: TwoProjects, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        Api(cast.seller).post("/promises", {"deal_id": two.deal_id, "kind": "quality", "text": f"Quality {number}"})
    monkeypatch.setattr("wonward.journeys.handoff.queries.self_check.MOST", 2)
    found = Api(cast.owner).get("/self-check")[1]
    assert (found["uncovered_count"], len(found["uncovered_promise_ids"])) == (4, 2)
    assert (found["repeated_count"], found["loose_deal_count"]) == (0, 0)


def test_a_promise_names_the_projects_it_holds_in_and_leads_to_their_ledgers(cast: Cast, sale: Sale) -> None:
    two = make_two_projects(cast, sale)
    row = promised_in(cast, two.website)["Everything is accessible"]
    status, shown = Api(cast.owner).get(f"/promises/{row.id}")
    assert (status, [one["project_id"] for one in shown["projects"]]) == (200, list(two.closed.project_ids))
    html = sign_in(cast.owner).get(reverse("promise", args=[row.id])).content.decode()
    for one in shown["projects"]:
        assert reverse("project_ledger", args=[one["project_id"]]) in html
        assert one["number"] in html
    change_project(actor=cast.owner, project_id=two.training, changes={"manager_id": cast.member.person_id}, now=NOW)
    hidden = Api(cast.member).get(f"/promises/{row.id}")[1]
    assert [one["project_id"] for one in hidden["projects"]] == [two.training]
    assert reverse("project_ledger", args=[two.website]) not in sign_in(cast.member).get(reverse("promise", args=[row.id])).content.decode()


def test_the_brief_names_the_other_projects_of_the_deal_that_its_reader_sees(two: TwoProjects, cast: Cast) -> None:
    api = Api(cast.owner)
    assert api.get(f"/projects/{two.website}/brief")[1]["siblings"] == [
        {"project_id": two.training, "number": get_project(actor=cast.owner, project_id=two.training).number,
         "name": get_project(actor=cast.owner, project_id=two.training).name},
    ]
    page = sign_in(cast.owner).get(reverse("project_brief", kwargs={"project_id": two.website})).content.decode()
    assert reverse("project_brief", kwargs={"project_id": two.training}) in page
    training = get_project(actor=cast.owner, project_id=two.training)
    change_project(actor=cast.owner, project_id=two.training, changes={"is_restricted": True}, version=training.version, now=NOW)
    on_it = {cast.member.person_id or 0}
    change_project(actor=cast.owner, project_id=two.website, changes={}, member_ids=on_it, now=NOW)
    assert get_brief_of_project(actor=cast.member, project_id=two.website).siblings == ()
