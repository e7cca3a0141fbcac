"""How far a task is agrees with itself, whichever way it is said; what contradicts itself is refused by name."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from tests.domains.delivery.plan import Plan
from tests.edges.api.client import Api
from tests.edges.web.sales.desk import sign_in
from tests.people import NOW, Cast
from wonward.domains.delivery.operations import (
    add_checks,
    close_project,
    enter_risk,
    freeze_plan,
    override_health,
    publish_status,
    write_note,
)
from wonward.domains.delivery.rules.repeating import next_start
from wonward.domains.delivery.types import NewTask, RiskFields, TaskChange
from wonward.kernel.errors import Refused

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
UNSEEN = "\u200b\u202e "


def say(plan: Plan, key: str = "workshop", /, **fields: Any) -> tuple[Any, ...]:
    """Change a task of the website and tell how far it is now."""
    name = next(row.name for row in plan.tasks().values() if row.id == plan.ids[key])
    plan.change(TaskChange(plan.ids[key], fields), reason="As it is")
    row = plan.task(name)
    return row.status, row.percent_complete, row.actual_start_date, row.actual_finish_date


def test_work_that_is_to_do_again_has_nothing_done_and_no_days(plan: Plan) -> None:
    assert say(plan, percent_complete=40)[:2] == ("doing", 40)
    assert say(plan, status="todo") == ("todo", 0, None, None)


def test_the_day_it_ended_finishes_a_task_and_it_began_no_later(plan: Plan) -> None:
    ended = TODAY - timedelta(days=6)
    assert say(plan, actual_finish_date=ended) == ("done", 100, ended, ended)


@pytest.mark.parametrize(("fields", "field"), [
    ({"actual_start_date": TODAY, "actual_finish_date": TODAY - timedelta(days=3), "status": "done"}, "actual_finish_date"),
    ({"status": "doing", "actual_start_date": TODAY + timedelta(days=9)}, "actual_start_date"),
    ({"status": "done", "actual_finish_date": TODAY + timedelta(days=9)}, "actual_finish_date"),
    ({"percent_complete": 50, "actual_finish_date": TODAY}, "actual_finish_date"),
    ({"repeat_every": 2}, "repeat_unit"),
    ({"repeat_every": 1, "repeat_unit": "week", "repeat_until_date": TODAY - timedelta(days=1)}, "repeat_until_date"),
    ({"name": UNSEEN}, "name"),
])
def test_what_contradicts_itself_is_refused_by_its_field(plan: Plan, cast: Cast, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        say(plan, **fields)
    assert [error.field for error in refusal.value.errors] == [field]
    sent = {name: value.isoformat() if isinstance(value, date) else value for name, value in fields.items()}
    status, answer = Api(cast.manager).patch(f"/tasks/{plan.ids['workshop']}", sent)
    assert (status, answer["errors"][0]["field"]) == (422, field)


def test_a_milestone_is_reached_or_not_and_does_not_move_before_it_is(plan: Plan) -> None:
    plan.change(NewTask("Handed over", kind="milestone", after_ids=(plan.ids["live"],)))
    row = plan.task("Handed over")
    plan.ids["over"] = row.id
    assert say(plan, "over", status="doing") == ("doing", 0, None, None)
    assert plan.task("Handed over").finish_date == row.finish_date
    with pytest.raises(Refused, match="takes no time"):
        say(plan, "over", percent_complete=50)


def test_a_phase_is_as_far_as_what_lies_in_it(plan: Plan, cast: Cast) -> None:
    with pytest.raises(Refused, match="as far as what lies in it"):
        say(plan, "concept", status="done")
    assert Api(cast.manager).patch(f"/tasks/{plan.ids['concept']}", {"percent_complete": 10})[0] == 422
    page = reverse("bulk_edit", args=[plan.project_id])
    client = sign_in(cast.manager)
    chosen = {"task_id": [plan.ids["concept"], plan.ids["workshop"]], "what": "status", "status": "doing", "step": "apply", "reason": "Begun"}
    assert client.post(page, chosen).status_code == 302
    assert {name: row.status for name, row in plan.tasks().items() if row.id in (plan.ids["concept"], plan.ids["workshop"])} == {
        plan.tasks_by_id()[plan.ids["concept"]].name: "todo", "Discovery workshop": "doing"}
    assert client.post(page, {**chosen, "task_id": [plan.ids["concept"]]}).status_code == 422


def test_a_series_on_the_last_of_the_month_comes_back_to_its_day(plan: Plan) -> None:
    assert next_start(date(2027, 1, 31), every=1, unit="month", after=date(2027, 1, 31)) == date(2027, 2, 28)
    assert next_start(date(2027, 2, 28), every=1, unit="month", after=date(2027, 2, 28), month_day=31) == date(2027, 3, 31)
    assert next_start(date(2027, 2, 10), every=1, unit="month", after=date(2027, 2, 28), month_day=31) == date(2027, 3, 10)
    plan.change(NewTask("Close the books", start_date=date(2027, 1, 31)))
    for month_end in (date(2027, 2, 28), date(2027, 3, 31)):
        open_one = next(row for row in plan.tasks_by_id().values() if row.name == "Close the books" and row.status != "done")
        plan.change(TaskChange(open_one.id, {"repeat_every": 1, "repeat_unit": "month"}))
        plan.change(TaskChange(open_one.id, {"status": "done"}))
        following = next(row for row in plan.tasks_by_id().values() if row.name == "Close the books" and row.status != "done")
        assert following.constraint_date == month_end


def test_words_nobody_can_see_are_no_reason_no_update_no_lesson_and_no_name(plan: Plan, cast: Cast) -> None:
    at: dict[str, Any] = {"actor": cast.manager, "project_id": plan.project_id, "now": NOW}
    for said in (
        lambda: override_health(colour="red", reason=UNSEEN, **at), lambda: publish_status(text=UNSEEN, colour="red", **at),
        lambda: close_project(summary=UNSEEN, lessons=[("keep", "Early tests")], is_open_known=True, **at),
        lambda: close_project(summary="Live", lessons=[("keep", UNSEEN)], is_open_known=True, **at),
        lambda: freeze_plan(name=UNSEEN, **at), lambda: write_note(title=UNSEEN, text="", **at),
        lambda: enter_risk(fields=RiskFields(title=UNSEEN), **at),
        lambda: add_checks(actor=cast.manager, task_id=plan.ids["build"], texts=[UNSEEN], now=NOW),
    ):
        with pytest.raises(Refused):
            said()
    plan.change(TaskChange(plan.ids["build"], {"blocked_reason": UNSEEN}))
    assert plan.task("Build the templates").blocked_date is None
    status, answer = Api(cast.manager).post(f"/projects/{plan.project_id}/health/overrides", {"colour": "red", "reason": UNSEEN})
    assert (status, answer["errors"][0]["field"]) == (422, "reason")
