"""Undo on the pages of a plan brings tasks back with all that hung on them, and puts away what it takes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from tests.domains.delivery.plan import Plan, make_plan
from tests.edges.api.client import Api
from tests.edges.web.sales.desk import sign_in
from tests.people import NOW, make_cast
from wonward.domains.delivery.operations import add_checks, label_tasks, put_helper
from wonward.domains.delivery.queries.details import count_checks_of, find_labels_of
from wonward.domains.delivery.queries.exchange import get_project_file, read_plan
from wonward.domains.delivery.queries.tasks import list_dependencies
from wonward.domains.delivery.types import NewProject, NewTask, TaskChange
from wonward.journeys.house.operations import (
    empty_trash,
    release_hold,
    set_hold,
    trash_record,
    trash_tasks,
    undo_plan,
)
from wonward.journeys.house.queries.trash import list_trash
from wonward.journeys.promises.operations import fill_project_from_plan, open_project, undo_plan_change
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Conflict, NotFound
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    return make_plan(make_cast())


def undo(plan: Plan, version: int, actor: Actor | None = None) -> int:
    client = sign_in(actor or plan.cast.manager)
    return client.post(reverse("plan_undo", args=[plan.project_id]), {"plan_version": version}).status_code


def test_tasks_that_were_put_away_come_back_from_the_trash_by_the_undo_of_the_change(plan: Plan) -> None:
    build = plan.ids["build"]
    add_checks(actor=plan.cast.manager, task_id=build, texts=["In German"], now=NOW)
    label_tasks(actor=plan.cast.manager, project_id=plan.project_id, task_ids=[build], add=["Front end"], now=NOW)
    before, links = plan.tasks(), list_dependencies(project_id=plan.project_id)
    trash_tasks(actor=plan.cast.manager, task_ids=[build, plan.ids["concept"]], reason="Not sold", now=NOW)
    gone = plan.version()
    assert len(plan.tasks()) == len(before) - 4
    assert undo(plan, gone) == 302
    assert {name: (row.id, row.start_date, row.finish_date) for name, row in plan.tasks().items()} == {
        name: (row.id, row.start_date, row.finish_date) for name, row in before.items()}
    assert sorted(list_dependencies(project_id=plan.project_id), key=lambda one: one.id) == links
    assert count_checks_of([build]) == {build: (0, 3)}
    assert [label.name for label in find_labels_of([build])[build]] == ["Front end"]
    assert list_trash(actor=plan.cast.manager) == []
    assert undo(plan, gone) == 412


def test_what_an_undo_takes_out_lies_in_the_trash_and_its_own_undo_brings_all_of_it_back(plan: Plan) -> None:
    plan.change(NewTask("Rehearsal", after_ids=(plan.ids["build"],)), TaskChange(plan.ids["live"], {"notes": "At noon"}))
    added, version = plan.task("Rehearsal"), plan.version()
    add_checks(actor=plan.cast.manager, task_id=added.id, texts=["With the client"], now=NOW)
    put_helper(actor=plan.cast.manager, task_id=added.id, person_id=plan.cast.member.person_id or 0, now=NOW)
    assert undo(plan, version) == 302
    assert "Rehearsal" not in plan.tasks()
    assert plan.task("Go live").notes == ""
    assert [row.name for row in list_trash(actor=plan.cast.manager)] == ["Rehearsal, Website replatform"]
    assert undo(plan, plan.version()) == 302
    assert (plan.task("Rehearsal").id, plan.task("Go live").notes) == (added.id, "At noon")
    assert count_checks_of([added.id]) == {added.id: (0, 1)}
    assert [link.from_id for link in list_dependencies(project_id=plan.project_id) if link.to_id == added.id] == [plan.ids["build"]]


def test_nobody_brings_tasks_back_into_a_plan_they_may_not_change_or_that_has_moved_on(plan: Plan) -> None:
    trash_tasks(actor=plan.cast.manager, task_ids=[plan.ids["build"]], reason="Not sold", now=NOW)
    gone = plan.version()
    assert undo(plan, gone, plan.cast.marketer) in (403, 404)
    assert undo(plan, gone, plan.cast.owner) == 302
    trash_tasks(actor=plan.cast.manager, task_ids=[plan.ids["build"]], reason="Not sold", now=NOW)
    gone = plan.version()
    plan.change(TaskChange(plan.ids["live"], {"name": "Go live at last"}))
    assert undo(plan, gone) == 412
    assert "Build the templates" not in plan.tasks()


def test_a_plan_from_a_file_goes_into_the_trash_by_its_undo_and_comes_back_from_there(plan: Plan) -> None:
    here = {"actor": plan.cast.manager, "now": NOW}
    new = NewProject("Second site", plan.company_id, plan.cast.manager.person_id, NOW.date(), None, ())
    copy = replace(plan, project_id=open_project(new=new, **here))
    fill_project_from_plan(project_id=copy.project_id, plan=read_plan(get_project_file(actor=plan.cast.manager, project_id=plan.project_id).content), **here)
    came, version = copy.tasks(), copy.version()
    assert came.keys() == plan.tasks().keys()
    add_checks(task_id=came["Go live"].id, texts=["At noon"], **here)
    with pytest.raises(Conflict, match="go into the trash"):
        undo_plan_change(project_id=copy.project_id, plan_version=version, **here)
    assert undo(copy, version) == 302
    assert copy.tasks() == {}
    assert undo(copy, copy.version()) == 302
    assert {name: (row.id, row.start_date, row.finish_date) for name, row in copy.tasks().items()} == {
        name: (row.id, row.start_date, row.finish_date) for name, row in came.items()}
    assert count_checks_of([came["Go live"].id])[came["Go live"].id][1] > 0


@pytest.mark.parametrize("noun", ["delivery.project", "clients.company"])
def test_no_task_of_a_plan_under_a_legal_hold_is_thrown_away_alone_together_or_after_a_month(plan: Plan, noun: str) -> None:
    owner, held = plan.cast.owner, Ref(noun, plan.project_id if noun == "delivery.project" else plan.company_id)
    here = {"actor": plan.cast.manager, "reason": "Not sold", "now": NOW}
    plan.change(NewTask("Rehearsal"))
    trash_tasks(task_ids=[plan.ids["workshop"]], **here)
    plan.change(NewTask("Dress rehearsal"))
    added = plan.version()
    hold_id = set_hold(actor=owner, ref=held, reason="Dispute", now=NOW)
    for taking in (
        lambda: trash_record(ref=Ref("delivery.task", plan.ids["build"]), **here),
        lambda: trash_tasks(task_ids=[plan.ids["build"], plan.ids["live"]], **here),
        lambda: undo_plan(project_id=plan.project_id, plan_version=added, **here),
    ):
        with pytest.raises(Conflict, match="legal hold"):
            taking()
    client = sign_in(plan.cast.manager)
    bulk = {"task_id": [plan.ids["build"], plan.ids["live"]], "what": "remove", "step": "apply", "reason": "Not sold"}
    assert client.post(reverse("bulk_edit", args=[plan.project_id]), bulk).status_code == 409
    assert undo(plan, added) == 409
    assert Api(plan.cast.manager).delete(f"/tasks/{plan.ids['build']}")[0] == 409
    later = NOW + timedelta(days=40)
    assert empty_trash(now=later) == 0
    release_hold(actor=owner, hold_id=hold_id, now=NOW)
    assert empty_trash(now=later) == 1


def test_tasks_of_another_plan_are_not_thrown_away_beside_those_of_ones_own(plan: Plan) -> None:
    other = make_plan(plan.cast, name="Second site", company="Tern Maritime")
    with pytest.raises(NotFound):
        trash_tasks(actor=plan.cast.manager, task_ids=[plan.ids["build"], other.ids["build"]], reason="Not sold", now=NOW)
    assert {"Build the templates"} <= plan.tasks().keys() & other.tasks().keys()
