"""What belongs to a task besides its dates."""

from __future__ import annotations

from datetime import date

import pytest

from tests.domains.delivery.plan import Plan
from tests.people import NOW, Cast
from wonward.domains.clients.operations import change_company
from wonward.domains.comms.operations import log_communications
from wonward.domains.comms.types import CommunicationKind, NewCommunication
from wonward.domains.delivery.operations import (
    add_checks,
    label_tasks,
    meet_criterion,
    put_helper,
    remove_check,
    tick_check,
)
from wonward.domains.delivery.queries.details import find_labels_of, get_task_details, list_similar_tasks
from wonward.domains.delivery.queries.tasks import get_task
from wonward.domains.delivery.types import NewTask, TaskChange
from wonward.foundation.events.dispatcher import deliver_pending
from wonward.foundation.notifications.queries import list_threads
from wonward.foundation.notifications.types import View
from wonward.journeys.house.operations import undo_plan
from wonward.journeys.promises.operations import undo_plan_change
from wonward.kernel.errors import NotAllowed, NotFound, Refused
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db


def told(actor) -> list[str]:
    threads = list_threads(actor=actor, view=View.EVERYTHING, now=NOW).threads
    return [thread.latest.label for thread in threads]


def deliver_all() -> None:
    while deliver_pending(now=NOW):
        pass


def test_a_checklist_is_ticked_by_somebody_and_taken_back(plan: Plan, cast: Cast) -> None:
    task_id = plan.ids["build"]
    (line, _) = add_checks(actor=cast.manager, task_id=task_id, texts=["Works on a phone", " ", "Is fast"], now=NOW)
    tick_check(actor=cast.manager, task_id=task_id, check_id=line, is_done=True, now=NOW)
    lines = get_task_details(actor=cast.manager, task_id=task_id).checklist
    assert [(one.text, one.is_done) for one in lines] == [
        ("Responsive", False), ("Accessible", False), ("Works on a phone", True), ("Is fast", False)]
    assert lines[2].done_by == "Tom Brandt"
    tick_check(actor=cast.manager, task_id=task_id, check_id=line, is_done=False, now=NOW)
    assert remove_check(actor=cast.manager, task_id=task_id, check_id=line, now=NOW) == "Works on a phone"
    assert len(get_task_details(actor=cast.manager, task_id=task_id).checklist) == 3


def test_only_who_works_on_a_project_ticks_its_checklists(plan: Plan, cast: Cast) -> None:
    for actor, refusal in ((cast.seller, NotAllowed), (cast.marketer, NotFound)):
        with pytest.raises(refusal):
            add_checks(actor=actor, task_id=plan.ids["build"], texts=["x"], now=NOW)
    with pytest.raises(NotFound):
        tick_check(actor=cast.manager, task_id=plan.ids["workshop"], check_id=1, is_done=True, now=NOW)


def test_a_label_is_one_however_it_is_written_and_its_undo_is_exact(plan: Plan, cast: Cast) -> None:
    build, live = plan.ids["build"], plan.ids["live"]
    label_tasks(actor=cast.manager, project_id=plan.project_id, task_ids=[build], add=["Content"], now=NOW)
    done = label_tasks(actor=cast.manager, project_id=plan.project_id, task_ids=[build, live], add=["  content "], now=NOW)
    assert done == {"added:Content": [live]}
    label_tasks(actor=cast.manager, project_id=plan.project_id, task_ids=[live], remove=["CONTENT"], now=NOW)
    assert [label.name for label in find_labels_of([build, live])[build]] == ["Content"]
    with pytest.raises(NotFound):
        label_tasks(actor=cast.manager, project_id=plan.project_id, task_ids=[build, 10**9], add=["x"], now=NOW)


def test_priority_comes_from_the_clients_tier_until_somebody_sets_it(plan: Plan, cast: Cast) -> None:
    assert plan.task("Wireframes").priority == "normal"
    change_company(actor=cast.owner, company_id=plan.company_id, changes={"tier": "A"}, version=None, now=NOW)
    assert (plan.task("Wireframes").priority, plan.task("Wireframes").client_tier) == ("high", "A")
    plan.change(TaskChange(plan.ids["wireframes"], {"priority": "low"}))
    assert plan.task("Wireframes").priority == "low"
    with pytest.raises(Refused, match="not a priority"):
        plan.change(TaskChange(plan.ids["wireframes"], {"priority": "huge"}))


def test_a_blocked_task_says_why_and_its_lead_hears_of_it(plan: Plan, cast: Cast) -> None:
    changed = plan.change(TaskChange(plan.ids["build"], {"blocked_reason": "No access to the old CMS", "assignee_id": cast.member.person_id}))
    task = plan.task("Build the templates")
    assert (task.blocked_reason, task.blocked_date) == ("No access to the old CMS", NOW.date())
    deliver_all()
    assert "Blocked" in told(cast.member)
    undo_plan_change(actor=cast.manager, project_id=plan.project_id, plan_version=changed.outcome.plan_version, now=NOW)
    assert plan.task("Build the templates").blocked_reason == ""


def test_a_finished_task_is_blocked_no_more(plan: Plan) -> None:
    plan.change(TaskChange(plan.ids["workshop"], {"blocked_reason": "No room"}))
    plan.change(TaskChange(plan.ids["workshop"], {"status": "done"}))
    assert plan.task("Discovery workshop").blocked_date is None


def test_a_repeated_task_brings_the_next_one_with_its_checklist_when_it_is_done(plan: Plan, cast: Cast) -> None:
    plan.change(NewTask("Weekly report", start_date=date(2026, 12, 7), assignee_id=cast.member.person_id))
    first = plan.task("Weekly report").id
    plan.change(TaskChange(first, {"repeat_every": 1, "repeat_unit": "week", "repeat_until_date": date(2026, 12, 20)}))
    (line,) = add_checks(actor=cast.manager, task_id=first, texts=["Send it"], now=NOW)
    tick_check(actor=cast.manager, task_id=first, check_id=line, is_done=True, now=NOW)
    changed = plan.change(TaskChange(first, {"status": "done"}))
    following = next(row for row in plan.tasks().values() if row.name == "Weekly report" and row.id != first)
    assert (following.start_date, following.status, following.assignee_id) == (date(2026, 12, 14), "todo", cast.member.person_id)
    assert [(one.text, one.is_done) for one in get_task_details(actor=cast.manager, task_id=following.id).checklist] == [("Send it", False)]
    undo_plan(actor=cast.manager, project_id=plan.project_id, plan_version=changed.outcome.plan_version, now=NOW)
    with pytest.raises(NotFound):
        get_task(actor=cast.manager, task_id=following.id)


def test_the_series_ends_at_its_date(plan: Plan) -> None:
    plan.change(NewTask("Weekly report", start_date=date(2026, 12, 7)))
    first = plan.task("Weekly report").id
    plan.change(TaskChange(first, {"repeat_every": 1, "repeat_unit": "week", "repeat_until_date": date(2026, 12, 13), "status": "done"}))
    assert [row.name for row in plan.tasks().values()].count("Weekly report") == 1


def test_a_helper_comes_onto_the_project_and_hears_comments(plan: Plan, cast: Cast) -> None:
    put_helper(actor=cast.manager, task_id=plan.ids["build"], person_id=cast.member.person_id, part="reviews", now=NOW)
    assert get_task(actor=cast.member, task_id=plan.ids["build"]).name == "Build the templates"
    entry = NewCommunication(CommunicationKind.NOTE, (Ref("delivery.task", plan.ids["build"]),), "The photos came.", NOW)
    log_communications(actor=cast.manager, entries=[entry], now=NOW)
    deliver_all()
    assert "Comment on a task" in told(cast.member)
    assert "Comment on a task" not in told(cast.manager)


def test_a_criterion_is_met_in_the_words_of_the_task(plan: Plan, cast: Cast) -> None:
    task_id = plan.ids["build"]
    plan.change(TaskChange(task_id, {"is_deliverable": True, "acceptance_criteria": ["Every template in place", "No broken link"]}))
    meet_criterion(actor=cast.manager, task_id=task_id, text="No broken link", is_met=True, now=NOW)
    with pytest.raises(NotFound):
        meet_criterion(actor=cast.manager, task_id=task_id, text="Something else", is_met=True, now=NOW)
    criteria = get_task_details(actor=cast.manager, task_id=task_id).criteria
    assert [(one.text, one.met_by) for one in criteria] == [("Every template in place", ""), ("No broken link", "Tom Brandt")]


def test_the_same_work_for_one_client_is_pointed_out_to_those_who_see_it(plan: Plan, cast: Cast) -> None:
    found = list_similar_tasks(actor=cast.manager, company_id=plan.company_id, name="Migrate content")
    assert [row.name for row in found] == ["Migrate the content"]
    assert list_similar_tasks(actor=cast.member, company_id=plan.company_id, name="Migrate content") == []
    assert list_similar_tasks(actor=cast.manager, company_id=plan.company_id, name="Migrate the users") == []
