"""From an open deal to an accepted, dated project, and what breaks on the way."""

from datetime import date

import pytest

from tests.people import NOW, make_cast, make_sale
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import TaskChange
from wonward.domains.sales.queries.deals import get_deal
from wonward.domains.sales.types import ClosingBrief
from wonward.journeys.handoff.operations import accept_handoff, close_deal_as_won
from wonward.journeys.handoff.queries import get_handoff
from wonward.journeys.promises.operations import ReasonRequired, change_plan
from wonward.journeys.promises.queries import list_promises, list_reasons
from wonward.kernel.errors import Refused

pytestmark = pytest.mark.django_db


def test_a_won_deal_gives_a_dated_project_with_its_promise_covered():
    cast = make_cast()
    sale = make_sale(cast)
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).status == "won"
    project = get_project(actor=cast.manager, project_id=closed.project_ids[0])
    tasks = {task.key: task for task in list_tasks(actor=cast.manager, project_id=project.id)}
    assert [tasks[key].start_date for key in ("workshop", "wireframes", "build")] == [
        date(2026, 12, 1), date(2026, 12, 3), date(2026, 12, 11)
    ]
    assert tasks["live"].finish_date == tasks["build"].finish_date == date(2026, 12, 24)
    assert project.forecast_finish_date == date(2026, 12, 24)
    (promise,) = list_promises(actor=cast.seller, deal_id=sale.deal_id)
    assert (promise.coverage, promise.forecast_date) == ("planned", date(2026, 12, 24))
    assert [row.number for row in list_reasons(actor=cast.manager, task_id=tasks["live"].id)] == [promise.number]
    accept_handoff(actor=cast.manager, handoff_id=closed.handoff_id, now=NOW)
    assert get_handoff(actor=cast.seller, handoff_id=closed.handoff_id).status == "accepted"
    assert get_project(actor=cast.manager, project_id=project.id).status == "active"


def test_winning_twice_changes_nothing_and_answers_with_the_same_ids():
    cast = make_cast()
    sale = make_sale(cast)
    first = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    again = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=ClosingBrief(), now=NOW)
    assert again.is_replayed
    assert (again.handoff_id, again.project_ids) == (first.handoff_id, first.project_ids)


def test_an_incomplete_brief_names_every_missing_answer_and_the_deal_stays_open():
    cast = make_cast()
    sale = make_sale(cast)
    with pytest.raises(Refused) as refusal:
        close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=ClosingBrief(), now=NOW)
    assert [error.field for error in refusal.value.errors] == [
        "brief.scope_summary", "brief.promised_finish_date", "brief.key_constraints", "brief.main_stakeholder_id",
        "brief.kickoff_date",
    ]
    assert get_deal(actor=cast.seller, deal_id=sale.deal_id).status == "open"


def test_a_plan_change_that_breaks_a_promise_needs_a_reason():
    cast = make_cast()
    sale = make_sale(cast)
    brief = sale.brief(promised_finish_date=date(2026, 12, 24))
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=brief, now=NOW)
    (project_id,) = closed.project_ids
    build = next(task for task in list_tasks(actor=cast.manager, project_id=project_id) if task.key == "build")
    longer = [TaskChange(build.id, {"duration_minutes": 12 * 480})]
    with pytest.raises(ReasonRequired):
        change_plan(actor=cast.manager, project_id=project_id, changes=longer, now=NOW)
    assert get_project(actor=cast.manager, project_id=project_id).forecast_finish_date == date(2026, 12, 24)
    changed = change_plan(actor=cast.manager, project_id=project_id, changes=longer, reason="Two more templates.", now=NOW)
    assert [row.key for row in changed.outcome.moved] == ["build", "live"]
    assert get_project(actor=cast.manager, project_id=project_id).forecast_finish_date == date(2026, 12, 28)
    assert list_promises(actor=cast.seller, deal_id=sale.deal_id)[0].coverage == "at_risk"
