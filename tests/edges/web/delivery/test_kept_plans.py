"""What is read of a plan is kept until the plan changes: what is written elsewhere costs it nothing, and no change of its own is missed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.domains.delivery.plan import Plan, make_plan
from tests.edges.web.sales.desk import sign_in
from tests.elsewhere import elsewhere
from tests.people import NOW, make_cast
from wonward.domains.clients.operations import change_company
from wonward.domains.delivery.operations import change_project
from wonward.domains.delivery.types import (
    MovedTasks,
    NewDependency,
    NewTask,
    PlanEdit,
    RemovedDependency,
    TaskChange,
)
from wonward.journeys.house.operations import bring_back, trash_tasks

PAGES = ("project_plan", "project_list", "project_board", "project_calendar", "project_status", "project")
# Each reads as many rows as the plan has, and follows from the plan alone.
WHOLE = ('"delivery_task"."parent_id" AS "parent_id", "delivery_task"."kind"', 'AS "parent_id" FROM "delivery_task"', 'COUNT("delivery_task"."id") FILTER',
         '"delivery_planbaseline"."dates"', '"delivery_task"."parent_id" AS "parent_id", "delivery_task"."assignee_id"')

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def plan() -> Iterator[Plan]:
    yield make_plan(make_cast())
    connection.close()


def look(client: Client, name: str, plan: Plan) -> tuple[str, int]:
    """The page, and how many of its statements read a whole plan."""
    address = reverse(name) if name == "portfolio" else reverse(name, args=[plan.project_id])
    with CaptureQueriesContext(connection) as asked:
        page = client.get(address)
    assert page.status_code == 200
    return page.content.decode(), sum(any(part in query["sql"] for part in WHOLE) for query in asked.captured_queries)


def changed_elsewhere(plan: Plan, *edits: PlanEdit) -> None:
    elsewhere(lambda: plan.change(*edits, reason="Agreed"))


@pytest.mark.parametrize("name", PAGES)
def test_a_plan_is_read_again_after_its_own_change_and_not_after_that_of_another_record(name: str, plan: Plan) -> None:
    client, other = sign_in(plan.cast.manager), make_plan(plan.cast, name="Rebrand", company="Kestrel Air")
    assert look(client, name, plan)[1] > 0
    assert look(client, name, plan)[1] == 0
    elsewhere(lambda: change_company(actor=plan.cast.owner, company_id=other.company_id, changes={"name": "Kestrel"}, version=1, now=NOW))
    changed_elsewhere(other, TaskChange(other.ids["build"], {"name": "Build it all"}))
    assert look(client, name, plan)[1] == 0
    changed_elsewhere(plan, TaskChange(plan.ids["build"], {"name": "Build it anew"}))
    assert look(client, name, plan)[1] > 0


def follow(client: Client, plan: Plan, step: Callable[[], object]) -> dict[str, str]:
    """What every page says after a change over another connection, each read twice; a new connection says the same."""
    kept = {name: [look(client, name, plan)[0] for _ in range(2)][1] for name in (*PAGES, "portfolio")}
    elsewhere(step)
    after = {name: look(client, name, plan)[0] for name in kept}
    connection.close()
    assert {name: _bare(look(client, name, plan)[0]) for name in kept} == {name: _bare(text) for name, text in after.items()}
    return after


def _bare(page: str) -> str:
    """Without what is drawn by chance for each answer."""
    return "\n".join(line for line in page.splitlines() if "csrf" not in line.lower() and "nonce" not in line)


def test_every_page_says_what_every_kind_of_change_did_to_the_plan(plan: Plan) -> None:
    client = sign_in(plan.cast.manager)
    build, design = plan.ids["build"], plan.ids["workshop"]
    assert "Rehearsal" in follow(client, plan, lambda: plan.change(NewTask("Rehearsal")))["project_list"]
    follow(client, plan, lambda: plan.change(MovedTasks((build,), 5), reason="Agreed"))
    follow(client, plan, lambda: plan.change(NewDependency(plan.task("Rehearsal").id, build), reason="Agreed"))
    follow(client, plan, lambda: plan.change(RemovedDependency(plan.task("Rehearsal").id, build), reason="Agreed"))
    assert "Gone quiet" in follow(client, plan, lambda: plan.change(TaskChange(design, {"blocked_reason": "Gone quiet"})))["project_status"]
    follow(client, plan, lambda: plan.change(TaskChange(design, {"status": "done"})))
    places: list[int] = []
    gone = follow(client, plan, lambda: places.append(
        trash_tasks(actor=plan.cast.manager, task_ids=[plan.task("Rehearsal").id], reason="Agreed", now=NOW)[0]))
    assert "Rehearsal" not in gone["project_list"]
    assert "Rehearsal" in follow(client, plan, lambda: bring_back(actor=plan.cast.manager, item_id=places[0], now=NOW))["project_list"]


def test_who_may_no_longer_see_a_project_sees_nothing_of_what_was_kept_of_it(plan: Plan) -> None:
    manager, seller = sign_in(plan.cast.manager), sign_in(plan.cast.seller)
    for client in (manager, seller):
        assert [look(client, "project_plan", plan)[0] for _ in range(2)]
    elsewhere(lambda: change_project(actor=plan.cast.manager, project_id=plan.project_id, changes={"is_restricted": True}, now=NOW))
    assert seller.get(reverse("project_plan", args=[plan.project_id])).status_code == 404
    assert look(manager, "project_plan", plan)[0]
    assert "Website replatform" not in look(seller, "portfolio", plan)[0]


def test_a_change_that_was_taken_back_is_never_kept(plan: Plan) -> None:
    client = sign_in(plan.cast.manager)
    with transaction.atomic():
        plan.change(NewTask("Never was"))
        assert "Never was" in look(client, "project_list", plan)[0]
        transaction.set_rollback(True)
    assert "Never was" not in look(client, "project_list", plan)[0]
    changed_elsewhere(plan, NewTask("It is now"))
    assert "It is now" in look(client, "project_list", plan)[0]
