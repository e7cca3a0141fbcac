"""Levelling real plans: what moves, why, and the way back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.journeys.capacity.leveling_world import Clash, make_clash
from tests.people import NOW, TODAY
from wonward.domains.delivery.models import Task
from wonward.domains.delivery.types import NewDependency, TaskChange
from wonward.domains.sales.operations.deals import create_deals
from wonward.domains.sales.types import NewDeal, NewLine, NextAction
from wonward.domains.staff.models import Person
from wonward.foundation.jobs.runner import run_due_jobs
from wonward.journeys.capacity.operations import apply_leveling, search_longer, start_leveling, undo_leveling
from wonward.journeys.capacity.types import LevelingRules
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.promises.operations import ReasonRequired, change_plan, cover_promise, make_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused, Stale


@pytest.fixture
def clash(studio):
    return make_clash(studio)


def plan_rows():
    """Every entered and computed value of every task, without the counters that only ever go up."""
    names = [field.attname for field in Task._meta.concrete_fields if field.attname not in ("version", "updated_at")]
    return list(Task.objects.order_by("pk").values_list(*names))


def test_one_of_two_tasks_of_the_same_developer_moves_and_says_who_is_taken_by_what(clash):
    run = clash.read(clash.level())
    (builds,) = [[move for move in run.moves if move.name == "Build the templates"]]
    assert len(builds) == 1
    assert builds[0].is_set
    assert builds[0].because.startswith("Peer Olsen is taken on 20")
    assert "“Build the templates”" in builds[0].because
    assert builds[0].person == "Peer Olsen"
    assert run.status in ("optimal", "feasible")
    assert run.bound <= run.value
    assert (run.status == "optimal") == (run.bound == run.value)
    peer = next(row for row in run.loads if row.name == "Peer Olsen")
    assert peer.peaks == (200, 100)
    assert (peer.over(peer.before) > 0, peer.over(peer.after)) == (True, 0)


def test_nothing_is_written_before_it_is_applied(clash):
    before = plan_rows()
    clash.level()
    assert plan_rows() == before


def test_applied_and_taken_back_the_plans_are_the_same_bit_for_bit(clash):
    before = plan_rows()
    run_id = clash.level()
    apply_leveling(actor=clash.studio.cast.owner, run_id=run_id, now=NOW)
    assert plan_rows() != before
    run = clash.read(run_id)
    assert run.state == "applied"
    moved = {move.task_id: move.start_date for move in run.moves}
    assert dict(Task.objects.filter(pk__in=moved).values_list("pk", "start_date")) == moved
    undo_leveling(actor=clash.studio.cast.owner, run_id=run_id, now=NOW)
    assert plan_rows() == before
    with pytest.raises(Conflict, match="nothing to take back"):
        undo_leveling(actor=clash.studio.cast.owner, run_id=run_id, now=NOW)


def test_work_that_waits_for_another_levelled_project_moves_with_it_and_comes_back(studio):
    owner, seller = studio.cast.owner, studio.cast.seller
    (again,) = create_deals(actor=seller, now=NOW, deals=[NewDeal(
        name="Second shop", company_id=studio.sale.company_id, lines=(NewLine(studio.sale.service_id, Decimal(1)),),
        next_action=NextAction("call", TODAY, "Call"),
    )])
    ids = [
        close_deal_as_won(actor=seller, deal_id=deal_id, brief=studio.sale.brief(promised_finish_date=date(2027, 6, 1)), now=NOW).project_ids[0]
        for deal_id in (studio.sale.deal_id, again)
    ]
    clash = Clash(studio, *ids)
    for project_id in ids:
        change_plan(actor=owner, project_id=project_id, changes=[TaskChange(clash.tasks(project_id)["build"].id, {"assignee_id": studio.dev})], now=NOW)
    source, waiting = clash.tasks(clash.first)["build"], clash.tasks(clash.second)["migrate"]
    change_plan(actor=owner, project_id=clash.second, changes=[NewDependency(source.id, waiting.id)], reason="It needs the templates", now=NOW)
    before = plan_rows()
    run_id = clash.level(pins=(clash.tasks(clash.second)["build"].id,))
    moves = {move.task_id: move for move in clash.read(run_id).moves}
    assert moves[source.id].finish_date < moves[waiting.id].start_date
    assert "“Build the templates”" in moves[waiting.id].because
    apply_leveling(actor=owner, run_id=run_id, plan=clash.read(run_id).plan, reason="Level", now=NOW)
    assert clash.tasks(clash.second)["migrate"].start_date == moves[waiting.id].start_date
    undo_leveling(actor=owner, run_id=run_id, now=NOW)
    assert plan_rows() == before


def test_what_is_levelled_once_needs_no_levelling_again(clash):
    apply_leveling(actor=clash.studio.cast.owner, run_id=clash.level(), now=NOW)
    assert clash.read(clash.level()).moves == ()


def test_a_run_is_refused_once_the_plan_has_changed(clash):
    owner = clash.studio.cast.owner
    run_id = clash.level()
    change_plan(actor=owner, project_id=clash.second, changes=[TaskChange(clash.tasks(clash.second)["build"].id, {"name": "Build it"})], now=NOW)
    assert clash.read(run_id).is_stale
    with pytest.raises(Stale, match="changed after this run"):
        apply_leveling(actor=owner, run_id=run_id, now=NOW)


def test_an_undo_is_refused_once_somebody_has_changed_a_plan_after_it(clash):
    owner = clash.studio.cast.owner
    run_id = clash.level()
    apply_leveling(actor=owner, run_id=run_id, now=NOW)
    moved = clash.read(run_id).moves[0].project_id
    change_plan(actor=owner, project_id=moved, changes=[TaskChange(clash.tasks(moved)["workshop"].id, {"duration_minutes": 1440})], now=NOW)
    before = plan_rows()
    with pytest.raises(Stale):
        undo_leveling(actor=owner, run_id=run_id, now=NOW)
    assert plan_rows() == before


def promise_the_builds(clash):
    owner = clash.studio.cast.owner
    for project_id in clash.projects:
        build = clash.tasks(project_id)["build"]
        (promise_id,) = make_promises(
            actor=owner, now=NOW,
            promises=[NewPromise(PromiseKind.DATE, "Templates in time", project_id=project_id, due_date=build.finish_date)],
        )
        cover_promise(actor=owner, promise_id=promise_id, task_id=build.id, now=NOW)


def test_where_time_is_short_one_plan_keeps_every_promise_and_the_other_overloads_nobody(clash):
    promise_the_builds(clash)
    run_id = clash.level()
    kept, cleared = clash.read(run_id), clash.read(run_id, "clear")
    assert [one.plan for one in kept.choices] == ["keep", "clear"]
    assert (kept.plan, kept.late_before, kept.late_after, kept.broken) == ("keep", 0, 0, ())
    assert "Peer Olsen" in {one.name for one in kept.overloads}
    assert any("Build the templates" in one.tasks for one in kept.overloads)
    assert next(one for one in kept.measures if one.kind == "lateness").bound == 0
    assert next(one for one in kept.measures if one.kind == "overload").bound > 0
    assert (cleared.plan, cleared.late_after, cleared.overloads) == ("clear", 1, ())
    (late,) = cleared.late_work
    assert late.name == "Build the templates"
    assert late.because.startswith("Peer Olsen is taken on 20")


def test_the_plan_that_keeps_every_promise_is_the_one_applied_unless_the_other_is_chosen(clash):
    owner = clash.studio.cast.owner
    promise_the_builds(clash)
    run_id = clash.level()
    kept = clash.read(run_id)
    if any(move.is_set for move in kept.moves):
        apply_leveling(actor=owner, run_id=run_id, now=NOW)
        assert clash.read(run_id, "clear").plan == "keep"
    with pytest.raises((Refused, Conflict)):
        apply_leveling(actor=owner, run_id=run_id, plan="other", now=NOW)


def test_a_broken_promise_asks_for_the_reason_and_nothing_moves_before(clash):
    owner = clash.studio.cast.owner
    promise_the_builds(clash)
    run_id = clash.level()
    assert [one.text for one in clash.read(run_id, "clear").broken] == ["Templates in time"]
    before = plan_rows()
    with pytest.raises(ReasonRequired, match="Templates in time"):
        apply_leveling(actor=owner, run_id=run_id, plan="clear", now=NOW)
    assert plan_rows() == before
    apply_leveling(actor=owner, run_id=run_id, plan="clear", reason="The client agreed on the phone.", now=NOW)
    assert clash.read(run_id).plan == "clear"
    undo_leveling(actor=owner, run_id=run_id, now=NOW)
    assert plan_rows() == before


def test_started_and_pinned_work_stays(clash):
    owner = clash.studio.cast.owner
    mine = {row.name: row for row in clash.read(clash.level()).moves}["Build the templates"]
    other = next(project for project in clash.projects if project != mine.project_id)
    run = clash.read(clash.level(pins=(mine.task_id,)))
    assert [move.project_id for move in run.moves if move.name == "Build the templates"] == [other]
    build = clash.tasks(other)["build"]
    change_plan(actor=owner, project_id=other, changes=[TaskChange(build.id, {"percent_complete": 10})], now=NOW)
    again = clash.read(clash.level())
    assert build.id not in {move.task_id for move in again.moves}


def test_pins_that_contradict_each_other_are_named_with_what_taking_one_out_does(clash):
    builds = tuple(clash.tasks(project)["build"].id for project in clash.projects)
    run_id = clash.level(pins=builds)
    assert clash.read(run_id).overloads
    run = clash.read(run_id, "clear")
    assert run.status == "infeasible"
    assert run.moves == ()
    words = {one.words for one in run.conflict}
    assert "“Build the templates” stays where it is" in words
    assert any("needs Peer Olsen" in one for one in words)
    assert all("all work would end by 20" in one.effect for one in run.conflict)


def test_somebody_without_hours_is_left_out_with_a_note(clash):
    Person.objects.filter(pk=clash.studio.dev).update(week_percent=0)
    run = clash.read(clash.level())
    assert "Build the templates" not in {move.name for move in run.moves if move.is_set}
    assert "Peer Olsen has no hours to plan: 2 tasks are dated without them." in run.notes


def test_work_that_should_have_begun_moves_to_today(clash):
    later = NOW + timedelta(days=60)
    owner = clash.studio.cast.owner
    run_id = start_leveling(actor=owner, project_ids=clash.projects, rules=LevelingRules(), now=later)
    run = clash.read(run_id)
    first = min((move for move in run.moves if move.name == "Discovery workshop"), key=lambda move: move.start_date)
    assert first.start_date == later.date()
    assert first.because == "It has not begun, and 2027-01-18 is the first day it can."


def test_a_longer_search_runs_in_the_background_and_is_never_worse(clash):
    run_id = clash.level()
    quick = clash.read(run_id)
    search_longer(actor=clash.studio.cast.owner, run_id=run_id, seconds=1, now=NOW)
    assert clash.read(run_id).state == "queued"
    assert run_due_jobs(now=NOW) >= 1
    found = clash.read(run_id)
    assert found.state == "ready"
    assert found.value <= quick.value
    assert found.bound <= found.value


def test_only_who_may_level_and_sees_the_plans_gets_a_run(clash):
    cast = clash.studio.cast
    run_id = clash.level()
    for stranger in (cast.leader, cast.manager):
        with pytest.raises(NotFound):
            apply_leveling(actor=stranger, run_id=run_id, now=NOW)
    with pytest.raises(NotAllowed):
        start_leveling(actor=cast.seller, project_ids=clash.projects, rules=LevelingRules(), now=NOW)
    with pytest.raises(NotAllowed):
        start_leveling(actor=cast.leader, project_ids=clash.projects, rules=LevelingRules(), now=NOW)


def test_a_person_who_leaves_is_not_given_work_after_it(clash):
    build = clash.tasks(clash.first)["build"]
    Person.objects.filter(pk=clash.studio.dev).update(employed_until_date=build.finish_date)
    run_id = clash.level()
    unsettled = clash.read(run_id, "clear")
    assert (unsettled.status, unsettled.moves) == ("unknown", ())
    assert "Peer Olsen" in {one.name for one in clash.read(run_id).overloads}
    search_longer(actor=clash.studio.cast.owner, run_id=run_id, seconds=8, now=NOW)
    run_due_jobs(now=NOW)
    run = clash.read(run_id, "clear")
    assert run.status == "infeasible"
    assert any("needs Peer Olsen" in one.words for one in run.conflict)
