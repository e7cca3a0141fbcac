"""The forecast learns from finished sales how far hours grow beyond what was sold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.people import NOW, TODAY, make_sale
from wonward.domains.delivery.operations import close_project
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import TaskChange
from wonward.engines.forecast import calibrate_effort
from wonward.journeys.capacity.operations import ask_date
from wonward.journeys.capacity.queries import get_deal_fit, get_outlook
from wonward.journeys.capacity.queries.dates import get_date_answer, read_date_case
from wonward.journeys.capacity.rules.date_answer import settle
from wonward.journeys.capacity.rules.effort import EffortHistory
from wonward.journeys.handoff.operations import close_deal_as_won
from wonward.journeys.promises.operations import change_plan


def outlook_of(studio, actor=None):
    return get_outlook(actor=actor or studio.cast.leader, today=TODAY, weeks=12)


def mean_hours(outlook, role):
    return sum(cell.mean - cell.confirmed for row in outlook.rows if row.name == role for cell in row.cells)


def win(studio, name):
    sale = make_sale(studio.cast, name=name, company=f"{name} Ltd")
    return close_deal_as_won(actor=studio.cast.seller, deal_id=sale.deal_id, brief=sale.brief(promised_finish_date=date(2027, 6, 1)), now=NOW).project_ids[0]


def deliver(studio, name, **minutes):
    """Win a sale, plan some of its tasks anew, do the work and close the project."""
    owner, project_id = studio.cast.owner, win(studio, name)
    tasks = {row.key: row for row in list_tasks(actor=owner, project_id=project_id) if row.kind == "task"}
    changes = [TaskChange(tasks[key].id, {"effort_minutes": value}) for key, value in minutes.items()]
    changes += [TaskChange(row.id, {"status": "done"}) for row in tasks.values()]
    change_plan(actor=owner, project_id=project_id, changes=changes, reason="Done", now=NOW)
    close_project(
        actor=owner, project_id=project_id, summary="Done.", lessons=[("keep", "Weekly calls")], open_promises=[], is_open_known=True, now=NOW
    )
    return project_id


def test_without_finished_sales_hours_count_as_the_template_plans_them(studio):
    win(studio, "Running")
    found = outlook_of(studio)
    assert found.efforts == ()
    (deal,) = found.deals.values()
    chance = deal.calibrated / 100
    assert mean_hours(found, "Designer") == pytest.approx(40 * chance, rel=0.01)


def test_a_role_that_always_takes_longer_raises_what_open_deals_ask_of_it_alone(studio):
    before = outlook_of(studio)
    for place in range(3):
        deliver(studio, f"Past{place}", wireframes=2400 * 2)
    found = outlook_of(studio)
    designer, developer = (next(row for row in found.efforts if row.name == role) for role in ("Designer", "Developer"))
    assert (designer.sales, designer.sold_hours, designer.planned_hours) == (3, 120, 240)
    assert designer.factor == pytest.approx((3 * 2 + 12) / 15)
    assert (developer.sold_hours, developer.planned_hours, developer.factor) == (240, 240, 1)
    assert mean_hours(found, "Designer") == pytest.approx(mean_hours(before, "Designer") * designer.factor, rel=0.01)
    assert mean_hours(found, "Developer") == pytest.approx(mean_hours(before, "Developer"), rel=0.01)


def test_a_project_still_running_teaches_nothing(studio):
    running = win(studio, "Running")
    owner = studio.cast.owner
    task = next(row for row in list_tasks(actor=owner, project_id=running) if row.key == "wireframes")
    change_plan(actor=owner, project_id=running, changes=[TaskChange(task.id, {"effort_minutes": 9600, "status": "done"})], reason="More", now=NOW)
    assert outlook_of(studio).efforts == ()


def test_a_date_counts_with_the_factors_of_the_roles_it_needs(studio):
    case = read_date_case(actor=studio.cast.leader, deal_id=studio.sale.deal_id, kickoff=date(2026, 12, 1), today=TODAY).case
    assert case.effort_mean == 1
    deliver(studio, "Past", build=4800 * 2)
    case = read_date_case(actor=studio.cast.leader, deal_id=studio.sale.deal_id, kickoff=date(2026, 12, 1), today=TODAY).case
    factor = calibrate_effort([(80, 160)]).factor
    assert case.effort_mean == pytest.approx((4800 * factor + 960 + 2400 + 1920) / (960 + 2400 + 4800 + 1920))
    answer_id = ask_date(actor=studio.cast.seller, deal_id=studio.sale.deal_id, kickoff=date(2026, 12, 1), now=NOW)
    notes = get_date_answer(actor=studio.cast.seller, answer_id=answer_id).notes
    assert f"The odds count its hours {case.effort_mean:.2f} times as planned, as one finished sale went (as re-planned, not as worked)." in notes


def test_a_deal_is_held_against_the_hours_its_roles_will_take_and_says_why(studio):
    seller, deal_id = studio.cast.seller, studio.sale.deal_id

    def asked():
        return {role.name: role for role in get_deal_fit(actor=seller, deal_id=deal_id, kickoff=date(2026, 12, 7)).roles}

    before = asked()
    assert not [role for role in before.values() if role.sales or role.factor != 1 or role.is_corrected]
    for place in range(3):
        deliver(studio, f"Past{place}", build=4800 * 2)
    after = asked()
    factor = calibrate_effort([(80, 160)] * 3).factor
    assert after["Developer"].hours == pytest.approx(before["Developer"].hours * factor)
    assert (after["Developer"].sales, after["Developer"].factor, after["Developer"].is_corrected) == (3, pytest.approx(factor), True)
    assert (after["Designer"].hours, after["Designer"].sales, after["Designer"].is_corrected) == (before["Designer"].hours, 3, False)
    assert after["Developer"].short_hours >= before["Developer"].short_hours


def test_in_the_odds_only_the_tasks_of_the_slow_role_take_longer(studio):
    case = read_date_case(actor=studio.cast.leader, deal_id=studio.sale.deal_id, kickoff=date(2026, 12, 1), today=TODAY).case
    sure = replace(case, effort_spread=0.0, late={0: 1.0})
    days = {role: settle(replace(sure, role_factors={role: 1.5})).odds.quantile(0.5) for role in ("nobody", "developer")}
    build = next(item for item in case.items if item.role == "Developer")
    assert days["nobody"] < days["developer"] <= days["nobody"] + build.duration_minutes / 480 / 2 + 1e-6
    assert settle(sure).finish == settle(replace(sure, role_factors={"developer": 1.5})).finish


def test_statements_do_not_grow_with_the_history(studio):
    deliver(studio, "First", wireframes=3000)
    with CaptureQueriesContext(connection) as few:
        outlook_of(studio)
    deliver(studio, "Second", wireframes=3000)
    with CaptureQueriesContext(connection) as many:
        outlook_of(studio)
    assert len(many) == len(few) <= 25


def test_roles_are_the_same_whatever_their_case_and_every_one_stands_alone():
    history = EffortHistory.of([({"Designer ": 10.0, "designer": 10.0, "Editor": 5.0}, {"DESIGNER": 40.0})])
    assert (history.roles["designer"].planned, history.roles["designer"].came) == (20, 40)
    assert history.roles["editor"].count == 0
    assert history.factors() == {"designer": history.roles["designer"].factor}
    assert history.factor_of([]) == 1
