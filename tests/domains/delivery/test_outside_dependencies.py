"""Work of one project waits for work of another: the same client, no circle, one transaction, one reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.domains.delivery.plan import Plan, make_plan
from tests.people import NOW
from wonward.domains.delivery.queries.exchange import get_project_file, list_file_losses, read_plan
from wonward.domains.delivery.queries.outside import list_linkable_tasks, list_outside_links
from wonward.domains.delivery.queries.projects import get_project, list_plan_changes
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import (
    MovedTasks,
    NewDependency,
    NewProject,
    NewTask,
    RemovedDependency,
    RemovedTask,
    TaskRow,
)
from wonward.foundation.events.models import OutboxEvent
from wonward.journeys.promises.operations import (
    ChangedPlan,
    LookFirst,
    ReasonRequired,
    change_plan,
    cover_promise,
    make_promises,
    open_project,
    open_project_from_plan,
    preview_plan,
    preview_plan_file,
    undo_plan_change,
)
from wonward.journeys.promises.types import NewPromise, PromiseKind
from wonward.kernel.errors import NotFound, Refused

pytestmark = pytest.mark.django_db


class Other:
    """A second project of the client: Copy, then Print behind it."""

    def __init__(self, plan: Plan, name: str = "Brochure", company_id: int | None = None) -> None:
        self.cast = plan.cast
        new = NewProject(
            name, company_id or plan.company_id, plan.cast.manager.person_id, date(2026, 11, 2), None, (), status="active",
        )
        self.project_id = open_project(actor=self.cast.owner, new=new, now=NOW)
        self.change(NewTask("Copy", duration_minutes=960), NewTask("Print", after_ids=(-1,)))

    def change(self, *edits: Any, **options: Any) -> ChangedPlan:
        return change_plan(actor=self.cast.manager, project_id=self.project_id, changes=list(edits), now=NOW, **options)

    def task(self, name: str) -> TaskRow:
        return next(row for row in list_tasks(actor=self.cast.owner, project_id=self.project_id) if row.name == name)

    def number(self) -> str:
        return get_project(actor=self.cast.owner, project_id=self.project_id).number


@pytest.fixture
def other(plan: Plan) -> Other:
    return Other(plan)


def test_a_task_starts_after_the_work_of_another_project_it_waits_for(plan: Plan, other: Other) -> None:
    source = max(plan.tasks().values(), key=lambda row: (row.finish_date or date.min, row.level))
    changed = other.change(NewDependency(source.id, other.task("Print").id))
    assert source.finish_date
    assert other.task("Print").start_date is not None
    assert other.task("Print").start_date >= source.finish_date  # type: ignore[operator]
    (moved,) = [row for row in changed.outcome.moved if row.name == "Print"]
    number = get_project(actor=plan.cast.owner, project_id=plan.project_id).number
    assert moved.because == f"It waits for “{source.name}” of {number}."


def test_what_it_waits_for_moves_and_the_other_project_follows_with_the_reason(plan: Plan, other: Other) -> None:
    target = plan.tasks()[next(iter(plan.tasks()))]
    leaf = next(row for row in reversed(list(plan.tasks().values())) if row.kind == "task" and row.id != target.id)
    plan.change(NewDependency(other.task("Print").id, leaf.id))
    before = plan.version()
    changed = other.change(MovedTasks((other.task("Copy").id,), days=200), reason="The author is ill.")
    assert plan.task(leaf.name).start_date >= other.task("Print").finish_date  # type: ignore[operator]
    assert plan.version() == before + 1
    (followed,) = changed.followed
    assert followed.project_id == plan.project_id
    assert leaf.name in [row.name for row in followed.outcome.moved]  # type: ignore[union-attr]
    newest = list_plan_changes(actor=plan.cast.manager, project_id=plan.project_id)[0]
    assert newest.reason == "The author is ill."
    assert newest.cause
    assert (newest.cause.task_name, newest.cause.project_number) == ("Print", other.number())
    facts = OutboxEvent.objects.filter(name="delivery.plan.changed").order_by("-pk")[:2]
    assert {fact.payload["project_id"] for fact in facts} == {plan.project_id, other.project_id}
    put_back = get_project(actor=plan.cast.manager, project_id=other.project_id).plan_version
    undo_plan_change(actor=plan.cast.manager, project_id=other.project_id, plan_version=put_back, reason="Well again.", now=NOW)
    assert plan.task(leaf.name).start_date == leaf.start_date


def test_a_promise_of_the_project_that_follows_asks_for_the_reason_too(plan: Plan, other: Other) -> None:
    third = Other(plan, "Fair")
    third.change(NewDependency(other.task("Print").id, third.task("Copy").id))
    due = third.task("Print").finish_date
    (promise_id,) = make_promises(
        actor=plan.cast.owner, now=NOW,
        promises=[NewPromise(PromiseKind.DELIVERABLE, "Stand is up", project_id=third.project_id, due_date=due)],
    )
    cover_promise(actor=plan.cast.owner, promise_id=promise_id, task_id=third.task("Print").id, now=NOW)
    move = MovedTasks((other.task("Copy").id,), days=30)
    with pytest.raises(ReasonRequired, match="Stand is up"):
        other.change(move)
    assert third.task("Print").finish_date == due
    with pytest.raises(LookFirst) as found:
        other.change(move, is_look_first=True)
    assert found.value.preview.is_breaking
    assert preview_plan(actor=plan.cast.manager, project_id=other.project_id, changes=[move], now=NOW).followed[0].name == "Fair"
    other.change(move, reason="The printer broke.")
    assert third.task("Print").finish_date > due  # type: ignore[operator]


def test_a_link_to_another_clients_project_is_refused_by_name(plan: Plan, other: Other) -> None:
    foreign = make_plan(plan.cast, name="Shop", company="Beta Works")
    source = next(row for row in foreign.tasks().values() if row.kind == "task")
    with pytest.raises(Refused, match="is work for Beta Works. A task waits only for work of its own client"):
        other.change(NewDependency(source.id, other.task("Copy").id))


def test_work_somebody_does_not_see_looks_missing(plan: Plan, other: Other) -> None:
    blind = replace(plan.cast.member, grants={**plan.cast.manager.grants, "delivery.project.view": plan.cast.member.scope_of("delivery.project.view")})
    change_plan(actor=plan.cast.manager, project_id=other.project_id, changes=[NewTask("Theirs", assignee_id=blind.person_id)], now=NOW)
    source = next(row for row in plan.tasks().values() if row.kind == "task")
    with pytest.raises(NotFound):
        change_plan(actor=blind, project_id=other.project_id, changes=[NewDependency(source.id, other.task("Copy").id)], now=NOW)
    assert list_linkable_tasks(actor=blind, task_id=other.task("Copy").id, text="") == []
    other.change(NewDependency(source.id, other.task("Copy").id))
    (link,) = list_outside_links(actor=blind, project_id=other.project_id)
    assert (link.from_name, link.from_number, link.from_id, link.is_from_seen) == ("", "", 0, False)
    assert link.to_name == "Copy"


def test_a_circle_through_two_projects_is_refused_naming_its_path(plan: Plan, other: Other) -> None:
    third = Other(plan, "Fair")
    third.change(NewDependency(other.task("Print").id, third.task("Copy").id))
    with pytest.raises(Refused) as refusal:
        other.change(NewDependency(third.task("Print").id, other.task("Copy").id))
    for name in (f"Copy ({other.number()})", f"Print ({other.number()})", f"Copy ({third.number()})", f"Print ({third.number()})"):
        assert name in refusal.value.message
    other.change(NewTask("Bind"))
    other.change(NewDependency(third.task("Print").id, other.task("Bind").id))
    with pytest.raises(Refused, match="would wait for each other"):
        other.change(NewDependency(other.task("Bind").id, other.task("Copy").id))


def test_projects_that_wait_for_each_other_without_a_circle_come_to_rest(plan: Plan, other: Other) -> None:
    third = Other(plan, "Fair")
    third.change(NewDependency(other.task("Copy").id, third.task("Copy").id))
    other.change(NewDependency(third.task("Copy").id, other.task("Print").id))
    other.change(MovedTasks((other.task("Copy").id,), days=5))
    first, second, last = other.task("Copy"), third.task("Copy"), other.task("Print")
    assert first.finish_date < second.start_date <= second.finish_date < last.start_date  # type: ignore[operator]


def test_the_link_goes_with_its_task_and_by_hand(plan: Plan, other: Other) -> None:
    third = Other(plan, "Fair")
    start = third.task("Copy").start_date
    third.change(NewDependency(other.task("Print").id, third.task("Copy").id, "FS", 480))
    assert third.task("Copy").start_date > start  # type: ignore[operator]
    assert [row.lag_minutes for row in list_outside_links(actor=plan.cast.owner, project_id=other.project_id)] == [480]
    changed = third.change(RemovedDependency(other.task("Print").id, third.task("Copy").id))
    assert third.task("Copy").start_date == start
    undo_plan_change(actor=plan.cast.manager, project_id=third.project_id, plan_version=changed.outcome.plan_version, now=NOW)
    assert third.task("Copy").start_date > start  # type: ignore[operator]
    other.change(RemovedTask(other.task("Print").id))
    assert third.task("Copy").start_date == start
    assert list_outside_links(actor=plan.cast.owner, project_id=third.project_id) == []


@pytest.mark.parametrize("type", ["FS", "SS", "FF", "SF"])
def test_every_kind_of_wait_holds_across_projects(plan: Plan, other: Other, type: str) -> None:
    third = Other(plan, "Fair")
    other.change(MovedTasks((other.task("Copy").id,), days=20))
    third.change(NewDependency(other.task("Copy").id, third.task("Copy").id, type))
    source, target = other.task("Copy"), third.task("Copy")
    held = source.finish_date if type in ("FS", "FF") else source.start_date
    bound = target.start_date if type in ("FS", "SS") else target.finish_date
    assert bound
    assert held
    assert abs(bound - held) <= timedelta(days=3), "the end of a Friday is the start of a Monday"


def test_the_file_of_a_plan_names_what_it_waits_for_and_brings_it_back(plan: Plan) -> None:
    other, actor = Other(plan), plan.cast.manager
    plan.change(NewDependency(other.task("Print").id, plan.ids["migrate"], "SS", 480, "elapsed"))
    content = get_project_file(actor=actor, project_id=plan.project_id).content
    name = get_project_file(actor=actor, project_id=other.project_id).name
    assert f"<CrossProject>1</CrossProject><CrossProjectName>{name}\\{other.task('Print').id}</CrossProjectName>".encode() in content
    read = read_plan(content)
    assert (read.losses, [(link.from_file, link.type, link.lag_minutes, link.lag_unit) for link in read.outside_links]) == ((), [(name, "SS", 480, "elapsed")])
    assert preview_plan_file(actor=actor, plan=read, now=NOW) == ()
    made = open_project_from_plan(actor=actor, plan=read, company_id=plan.company_id, manager_id=actor.person_id, now=NOW)
    assert made.losses == ()
    (link,) = list_outside_links(actor=actor, project_id=made.project_id)
    assert (link.from_id, link.to_name, link.type, link.lag_minutes, link.lag_unit) == (other.task("Print").id, "Migrate the content", "SS", 480, "elapsed")


def test_a_file_for_another_client_leaves_the_work_of_others_behind_and_says_so(plan: Plan) -> None:
    other, actor = Other(plan), plan.cast.manager
    plan.change(NewDependency(other.task("Print").id, plan.ids["migrate"]))
    read = read_plan(get_project_file(actor=actor, project_id=plan.project_id).content)
    company_id = make_plan(plan.cast, name="Shop", company="Beta Works").company_id
    made = open_project_from_plan(actor=actor, plan=read, company_id=company_id, manager_id=actor.person_id, now=NOW)
    assert [(loss.count, loss.examples) for loss in made.losses] == [(1, ("Migrate the content",))]
    foreign = replace(read, outside_links=(replace(read.outside_links[0], from_file="Brochure.mpp"),))
    assert [loss.count for loss in preview_plan_file(actor=actor, plan=foreign, now=NOW)] == [1]
    assert list_outside_links(actor=actor, project_id=made.project_id) == []


def test_what_a_file_will_not_hold_is_said_before_it_is_made(plan: Plan) -> None:
    other, actor = Other(plan), plan.cast.manager
    assert list_file_losses(actor=actor, project_id=other.project_id) == ()
    plan.change(NewDependency(other.task("Print").id, plan.ids["migrate"]))
    losses = list_file_losses(actor=actor, project_id=other.project_id)
    assert [(loss.what, loss.count) for loss in losses] == [
        ("Work of other projects that waits for this plan is named in the files of those projects.", 1)]
