"""Whoever moves a date by whatever door: a confirmed promise breaks only with a reason, and nothing is saved without one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from tests.edges.api.client import Api
from tests.edges.web.sales.desk import sign_in
from tests.journeys.promises.world import World, make_world
from tests.people import NOW
from wonward.domains.delivery.queries.projects import list_plan_changes
from wonward.domains.delivery.queries.tasks import list_dependencies, list_tasks
from wonward.domains.delivery.types import NewDependency, NewTask, TaskChange
from wonward.journeys.promises.operations import change_plan, cover_promise, replace_promise
from wonward.journeys.promises.queries import list_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind

pytestmark = pytest.mark.django_db
WHY = "The fair moved its deadline."
Ask = Callable[[str], int]


@pytest.fixture
def world() -> World:
    return make_world()


def picture(world: World) -> tuple[object, ...]:
    """Everything a refused change must leave alone."""
    tasks = list_tasks(actor=world.cast.owner, project_id=world.project_id)
    promises = list_promises(actor=world.cast.owner, project_id=world.project_id)
    links = list_dependencies(project_id=world.project_id)
    return tasks, promises, links, len(list_plan_changes(actor=world.cast.owner, project_id=world.project_id, limit=100))


def asks_why(world: World, ask: Ask) -> None:
    """422 and nothing written without a reason; with one it is saved in the words given, and the promise broke."""
    before, columns = picture(world), [row.column for row in list_promises(actor=world.cast.owner, project_id=world.project_id)]
    assert ask("") == 422
    assert picture(world) == before
    assert ask(WHY) in (200, 201, 302)
    assert list_plan_changes(actor=world.cast.owner, project_id=world.project_id)[0].reason == WHY
    after = [row.column for row in list_promises(actor=world.cast.owner, project_id=world.project_id)]
    assert after != columns
    assert any(column in ("at_risk", "uncovered") and column != was for column, was in zip(after, columns, strict=True))


def form(world: World, page: str, key: int, /, **values: object) -> Ask:
    client = sign_in(world.cast.manager)
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{reverse('project_plan', args=[world.project_id])}"}

    def ask(reason: str) -> int:
        body = {name: str(value) for name, value in values.items()} | ({"reason": reason} if reason else {})
        return client.post(reverse(page, args=[key]), body, headers=headers).status_code

    return ask


def call(world: World, method: str, path: str, /, **values: object) -> Ask:
    api = Api(world.cast.manager)

    def ask(reason: str) -> int:
        status, answer = api.send(method, path, {**values, **({"reason": reason} if reason else {})})
        if not reason:
            assert [error["field"] for error in answer["errors"]] == ["reason"]
        return status

    return ask


def stray_task(world: World, **changes: object) -> int:
    """A task of its own that takes 40 working days."""
    changed = change_plan(actor=world.cast.manager, project_id=world.project_id, now=NOW,
                          changes=[NewTask("Legal review", duration_minutes=40 * 480, **changes)])  # type: ignore[arg-type]
    return changed.outcome.touched_ids[-1]


def test_the_form_of_a_task(world: World) -> None:
    build = world.task("build")
    asks_why(world, form(world, "task", build.id, name=build.name, duration_days=30))


def test_the_form_of_a_task_that_makes_it_wait_for_another(world: World) -> None:
    build = world.task("build")
    asks_why(world, form(world, "task", build.id, name=build.name, after_id=stray_task(world)))


def test_a_bar_moved_on_the_timeline(world: World) -> None:
    asks_why(world, form(world, "plan_move", world.project_id, task_id=world.task("wireframes").id, days=20))


def test_a_bar_stretched_on_the_timeline(world: World) -> None:
    asks_why(world, form(world, "plan_move", world.project_id, task_id=world.task("build").id, duration_days=15))


def test_an_arrow_drawn_between_two_tasks(world: World) -> None:
    asks_why(world, form(world, "new_dependency", world.project_id, from_id=stray_task(world), to_id=world.task("build").id))


def test_a_new_task_in_a_phase_that_keeps_a_promise(world: World) -> None:
    search, phase = world.promise_ids["search"], world.task("concept")
    cover_promise(actor=world.cast.manager, promise_id=search, task_id=phase.id, now=NOW)
    due_after(world, search)
    asks_why(world, form(world, "new_task", world.project_id, name="Second round", duration_days=60, parent_id=phase.id))


def due_after(world: World, promise_id: int) -> None:
    """Give the search promise a day it must be kept by."""
    by = NewPromise(kind=PromiseKind.QUALITY, text="Search in a second", due_date=world.promise("templates").due_date)
    replace_promise(actor=world.cast.manager, promise_id=promise_id, by=by, reason="With a date.", now=NOW)


def test_a_task_changed_by_rest(world: World) -> None:
    asks_why(world, call(world, "PATCH", f"/tasks/{world.task('build').id}", duration_days=30))


def test_a_task_started_later_by_rest(world: World) -> None:
    asks_why(world, call(world, "PATCH", f"/tasks/{world.task('workshop').id}", start_date="2027-01-11"))


def test_a_task_added_by_rest(world: World) -> None:
    search, phase = world.promise_ids["search"], world.task("concept")
    cover_promise(actor=world.cast.manager, promise_id=search, task_id=phase.id, now=NOW)
    due_after(world, search)
    asks_why(world, call(world, "POST", "/tasks", project_id=world.project_id, name="More", duration_days=60, parent_id=phase.id))


def test_a_task_deleted_by_rest(world: World) -> None:
    asks_why(world, call(world, "DELETE", f"/tasks/{world.task('build').id}"))


def test_a_phase_deleted_with_the_work_inside_it(world: World) -> None:
    search, inside = world.promise_ids["search"], world.task("wireframes")
    cover_promise(actor=world.cast.manager, promise_id=search, task_id=inside.id, now=NOW)
    asks_why(world, call(world, "DELETE", f"/tasks/{world.task('concept').id}"))


def test_a_dependency_added_by_rest(world: World) -> None:
    asks_why(world, call(world, "POST", "/dependencies", from_id=stray_task(world), to_id=world.task("build").id))


def test_waiting_no_more_only_pulls_work_forward_and_breaks_nothing(world: World) -> None:
    build = world.task("build")
    early = stray_task(world)
    change_plan(actor=world.cast.manager, project_id=world.project_id, now=NOW, reason="Set up.", changes=[
        TaskChange(build.id, {"duration_minutes": 480}), NewDependency(early, build.id, "FS", -39 * 480)])
    link = next(row for row in list_dependencies(project_id=world.project_id) if (row.from_id, row.to_id) == (early, build.id))
    status, answer = Api(world.cast.manager).send("DELETE", f"/dependencies/{link.id}", {})
    assert status == 200
    assert answer["broken_promises"] == []
