"""A plan that fell behind says so, and goes on from today when somebody lets it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.domains.delivery.plan import Plan
from tests.people import NOW, TODAY, Cast
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.types import NewTask, ResumedWork, TaskChange
from wonward.journeys.client_record.queries.drift import list_drifts
from wonward.journeys.client_record.queries.standing import list_health
from wonward.journeys.house.operations import undo_plan
from wonward.journeys.promises.operations import ReasonRequired, change_plan, undo_plan_change
from wonward.kernel.errors import Refused

pytestmark = pytest.mark.django_db
MARCH = date(2027, 3, 1)
IN_MARCH = datetime(2027, 3, 1, 9, tzinfo=UTC)


def standing(plan: Plan, today: date) -> tuple[bool, dict[str, str], int]:
    (drift,) = list_drifts(projects=[get_project(actor=plan.cast.manager, project_id=plan.project_id)], today=today)
    signals = list_health(drifts=[drift], today=today)[plan.project_id].signals
    return drift.is_behind, {one.rule: one.colour for one in signals}, next(one.behind for one in signals if one.rule == "promise")


def test_a_finish_in_the_past_is_never_early_while_work_is_left(plan: Plan) -> None:
    assert standing(plan, TODAY) == (False, dict.fromkeys(("promise", "milestones", "overdue", "blocked", "risks"), "green"), 0)
    is_behind, colours, count = standing(plan, MARCH)
    assert is_behind
    assert colours["promise"] != "green"
    assert count == sum(row.kind != "phase" for row in plan.tasks().values())
    for row in plan.tasks().values():
        if row.kind != "phase":
            plan.change(TaskChange(row.id, {"status": "done"}), reason="Done.")
    assert standing(plan, MARCH)[2] == 0


def test_unfinished_work_goes_on_from_today_and_one_undo_takes_it_back(plan: Plan, cast: Cast) -> None:
    workshop = plan.ids["workshop"]
    plan.change(TaskChange(workshop, {"percent_complete": 50}), reason="Begun.")
    before = plan.tasks()
    resume = [ResumedWork(MARCH)]
    with pytest.raises(ReasonRequired):
        change_plan(actor=cast.manager, project_id=plan.project_id, changes=resume, now=IN_MARCH)
    done = change_plan(actor=cast.manager, project_id=plan.project_id, changes=resume, reason="The content came late.", now=IN_MARCH)
    after = plan.tasks()
    for name, row in after.items():
        if row.kind != "phase" and row.id != workshop:
            assert row.start_date >= MARCH, name
    begun = next(row for row in after.values() if row.id == workshop)
    assert (begun.start_date < MARCH, begun.finish_date >= MARCH, begun.percent_complete) == (True, True, 50)
    assert get_project(actor=cast.manager, project_id=plan.project_id).forecast_finish_date >= MARCH
    assert standing(plan, MARCH)[0] is False
    change_plan(actor=cast.manager, project_id=plan.project_id, changes=[NewTask("One more")], reason="More.", now=IN_MARCH)
    assert plan.tasks()["One more"].start_date == MARCH, "later changes keep to it"
    more = plan.version()
    undo_plan(actor=cast.manager, project_id=plan.project_id, plan_version=more, reason="Back", now=IN_MARCH)
    assert done.outcome.plan_version == more - 1
    with pytest.raises(Refused, match="Nothing unfinished lies before"):
        change_plan(actor=cast.manager, project_id=plan.project_id, changes=resume, reason="Again.", now=IN_MARCH)
    assert {name: row.start_date for name, row in before.items()} != {name: row.start_date for name, row in after.items()}


def test_the_undo_of_going_on_brings_every_date_back(plan: Plan, cast: Cast) -> None:
    before = {name: (row.start_date, row.finish_date) for name, row in plan.tasks().items()}
    change_plan(actor=cast.manager, project_id=plan.project_id, changes=[ResumedWork(MARCH)], reason="Late.", now=IN_MARCH)
    undo_plan_change(actor=cast.manager, project_id=plan.project_id, plan_version=plan.version(), reason="Back", now=IN_MARCH)
    assert {name: (row.start_date, row.finish_date) for name, row in plan.tasks().items()} == before


def test_work_does_not_go_on_from_a_day_to_come(plan: Plan, cast: Cast) -> None:
    with pytest.raises(Refused, match="Work goes on from today"):
        change_plan(actor=cast.manager, project_id=plan.project_id, changes=[ResumedWork(TODAY + timedelta(days=7))], now=NOW)


def test_an_end_that_lies_ahead_is_not_early_while_single_work_is_late(plan: Plan) -> None:
    first = min(row.finish_date for row in plan.tasks().values() if row.kind == "task" and row.finish_date)
    (before,) = list_drifts(projects=[get_project(actor=plan.cast.manager, project_id=plan.project_id)], today=first)
    assert not before.is_unsure
    assert before.days_late <= 0
    day = first + timedelta(days=1)
    (drift,) = list_drifts(projects=[get_project(actor=plan.cast.manager, project_id=plan.project_id)], today=day)
    assert (drift.is_behind, drift.has_late_work, drift.is_unsure, drift.is_late) == (False, True, True, True)
    late = [row.id for row in plan.tasks().values() if row.kind != "phase" and row.finish_date and row.finish_date < day]
    plan.change(*(TaskChange(key, {"status": "done"}) for key in late), reason="Done.")
    (after,) = list_drifts(projects=[get_project(actor=plan.cast.manager, project_id=plan.project_id)], today=day)
    assert not after.is_late
