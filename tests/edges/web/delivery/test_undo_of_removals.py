"""Undo on the pages of a plan brings tasks back with all that hung on them, and puts away what it takes out."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.domains.delivery.plan import Plan, make_plan
from tests.edges.web.sales.desk import sign_in
from tests.people import NOW, make_cast
from wonward.domains.delivery.operations import add_checks, label_tasks, put_helper
from wonward.domains.delivery.queries.details import count_checks_of, find_labels_of
from wonward.domains.delivery.queries.tasks import list_dependencies
from wonward.domains.delivery.types import NewTask, TaskChange
from wonward.journeys.house.operations import trash_tasks
from wonward.journeys.house.queries.trash import list_trash
from wonward.kernel.actor import Actor

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
