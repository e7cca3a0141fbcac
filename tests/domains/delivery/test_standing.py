"""How a project stands: rules at their limits, colours by hand, updates, stages, and its end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests.domains.delivery.plan import Plan, make_plan
from tests.people import NOW, TODAY, Cast
from wonward.domains.comms.queries import list_communications
from wonward.domains.delivery.operations import (
    close_project,
    enter_risk,
    move_stage,
    override_health,
    publish_status,
    reopen_project,
)
from wonward.domains.delivery.queries.projects import get_project
from wonward.domains.delivery.queries.standing import (
    find_closing,
    find_stage,
    get_since,
    list_lessons,
    list_status_updates,
)
from wonward.domains.delivery.rules.health import colour_of, signals_of
from wonward.domains.delivery.types import COLOURS, HealthFacts, NewTask, RiskFields, TaskChange
from wonward.journeys.client_record.queries.drift import list_drifts
from wonward.journeys.client_record.queries.standing import get_portfolio, list_health, list_open_promises
from wonward.journeys.client_record.types import Health
from wonward.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from wonward.kernel.ref import Ref


def health_of(plan: Plan, today: date = TODAY) -> Health:
    row = get_project(actor=plan.cast.manager, project_id=plan.project_id)
    return list_health(drifts=list_drifts(projects=[row]), today=today)[plan.project_id]


@pytest.mark.parametrize(("facts", "rule", "colour"), [
    (HealthFacts(days_late=-3), "promise", "green"), (HealthFacts(days_late=0), "promise", "green"), (HealthFacts(days_late=1), "promise", "amber"),
    (HealthFacts(days_late=5), "promise", "amber"), (HealthFacts(days_late=6), "promise", "red"),
    (HealthFacts(late_milestones=0), "milestones", "green"), (HealthFacts(late_milestones=1), "milestones", "red"),
    (HealthFacts(overdue=0), "overdue", "green"), (HealthFacts(overdue=1), "overdue", "amber"), (HealthFacts(overdue=4), "overdue", "amber"),
    (HealthFacts(overdue=5), "overdue", "red"),
    (HealthFacts(blocked=0, blocked_days=9), "blocked", "green"), (HealthFacts(blocked=1, blocked_days=0), "blocked", "amber"),
    (HealthFacts(blocked=1, blocked_days=4), "blocked", "amber"), (HealthFacts(blocked=1, blocked_days=5), "blocked", "red"),
    (HealthFacts(high_risks=0), "risks", "green"), (HealthFacts(high_risks=1), "risks", "amber"), (HealthFacts(high_issues=1), "risks", "red"),
])
def test_every_rule_changes_colour_exactly_at_its_limit(facts: HealthFacts, rule: str, colour: str) -> None:
    signals = signals_of(facts)
    assert {signal.rule: signal.colour for signal in signals}[rule] == colour
    assert colour_of(facts) == colour


@given(st.builds(HealthFacts, st.integers(-2, 8), *[st.integers(0, 8)] * 6))
def test_the_colour_of_a_project_is_that_of_its_gravest_signal(facts: HealthFacts) -> None:
    assert colour_of(facts) == max((signal.colour for signal in signals_of(facts)), key=COLOURS.index)


@pytest.mark.django_db
def test_the_rules_count_what_is_there(plan: Plan) -> None:
    assert (health_of(plan).colour, {one.colour for one in health_of(plan).signals}) == ("green", {"green"})
    later = max(row.finish_date for row in plan.tasks().values()) + timedelta(days=1)
    counts = {one.rule: one.count for one in health_of(plan, later).signals}
    assert (counts["overdue"], counts["milestones"]) == (4, 1)
    plan.change(TaskChange(plan.ids["build"], {"blocked_reason": "No access"}))
    enter_risk(actor=plan.cast.manager, project_id=plan.project_id, fields=RiskFields("Rain", probability=5, impact=3), now=NOW)
    assert {one.rule: one.colour for one in health_of(plan).signals} == {
        "promise": "green", "milestones": "green", "overdue": "green", "blocked": "amber", "risks": "amber"}
    assert health_of(plan, TODAY + timedelta(days=5)).colour == "red"


@pytest.mark.django_db
def test_a_colour_by_hand_needs_a_reason_and_ends_after_fourteen_days(plan: Plan, cast: Cast) -> None:
    with pytest.raises(Refused, match="Say why"):
        override_health(actor=cast.manager, project_id=plan.project_id, colour="red", reason=" ", now=NOW)
    override_health(actor=cast.manager, project_id=plan.project_id, colour="red", reason="The sponsor left.", now=NOW)
    standing = health_of(plan)
    assert (standing.colour, standing.by_rule, standing.override.reason) == ("red", "green", "The sponsor left.")
    assert health_of(plan, TODAY + timedelta(days=13)).colour == "red"
    assert health_of(plan, TODAY + timedelta(days=14)).override is None
    override_health(actor=cast.manager, project_id=plan.project_id, colour="", reason="", now=NOW)
    assert health_of(plan).colour == "green"
    with pytest.raises(Conflict):
        override_health(actor=cast.manager, project_id=plan.project_id, colour="", reason="", now=NOW)


@pytest.mark.django_db
def test_an_update_is_read_by_sales_in_the_clients_record(plan: Plan, cast: Cast) -> None:
    publish_status(actor=cast.manager, project_id=plan.project_id, text="The templates stand.", colour="amber", now=NOW)
    (update,) = list_status_updates(actor=cast.seller, project_id=plan.project_id)
    assert (update.text, update.colour, update.forecast_finish_date is not None) == ("The templates stand.", "amber", True)
    said = list_communications(actor=cast.seller, refs=[Ref("clients.company", plan.company_id)])
    assert "The templates stand." in [entry.body for entry in said]
    with pytest.raises(NotAllowed):
        publish_status(actor=cast.seller, project_id=plan.project_id, text="Mine", colour="green", now=NOW)
    with pytest.raises(NotFound):
        list_status_updates(actor=cast.marketer, project_id=plan.project_id)


@pytest.mark.django_db
def test_the_draft_is_made_of_what_happened_since(plan: Plan) -> None:
    plan.change(TaskChange(plan.ids["workshop"], {"status": "done"}))
    plan.change(TaskChange(plan.ids["wireframes"], {"blocked_reason": "No brief"}))
    plan.change(TaskChange(plan.ids["build"], {"duration_minutes": 20 * 480}), reason="More templates")
    since = get_since(project_id=plan.project_id, since=NOW - timedelta(days=1), today=TODAY)
    assert since.done == ("Discovery workshop",)
    assert since.blocked == (("Wireframes", "No brief"),)
    assert since.moved[-1][1] == "More templates"
    assert get_since(project_id=plan.project_id, since=NOW + timedelta(days=1), today=TODAY).moved == ()


@pytest.mark.django_db
def test_a_project_goes_through_its_stages_and_back(plan: Plan, cast: Cast) -> None:
    assert find_stage(plan.project_id) == "execution"
    move_stage(actor=cast.manager, project_id=plan.project_id, stage="monitoring", now=NOW)
    move_stage(actor=cast.manager, project_id=plan.project_id, stage="planning", now=NOW)
    assert find_stage(plan.project_id) == "planning"
    with pytest.raises(Refused, match="not a stage"):
        move_stage(actor=cast.manager, project_id=plan.project_id, stage="party", now=NOW)


@pytest.mark.django_db
def test_a_closing_asks_for_lessons_and_keeps_what_is_still_owed(plan: Plan, cast: Cast) -> None:
    owed = list_open_promises(actor=cast.manager, project_id=plan.project_id)
    assert owed
    given = {"actor": cast.manager, "project_id": plan.project_id, "summary": "It works.", "open_promises": owed, "now": NOW}
    with pytest.raises(Refused, match="at least one thing"):
        close_project(**given, lessons=[("keep", " ")])
    with pytest.raises(Refused, match="still open"):
        close_project(**given, lessons=[("keep", "Weekly calls")])
    close_project(**given, lessons=[("keep", "Weekly calls"), ("change", "Photos first")], survey_place="Call on Monday", is_open_known=True)
    row = get_project(actor=cast.manager, project_id=plan.project_id)
    assert (row.status, row.finished_date) == ("done", TODAY)
    assert find_closing(plan.project_id).open_promises == tuple(owed)
    with pytest.raises(Conflict):
        close_project(**given, lessons=[("keep", "Again")], is_open_known=True)
    reopen_project(actor=cast.manager, project_id=plan.project_id, now=NOW)
    assert get_project(actor=cast.manager, project_id=plan.project_id).status == "active"
    assert [kind for kind, _, _ in list_lessons(project_id=plan.project_id)] == ["keep", "change"]
    close_project(**given, lessons=[("keep", "Weekly calls"), ("keep", "Weekly calls"), ("keep", "Fridays off")], is_open_known=True)
    assert [text for _, text, _ in list_lessons(project_id=plan.project_id)] == ["Weekly calls", "Photos first", "Fridays off"]


@pytest.mark.django_db
def test_the_portfolio_puts_the_worst_first_and_asks_as_often_for_two_as_for_one(plan: Plan, cast: Cast) -> None:
    def ask() -> int:
        with CaptureQueriesContext(connection) as captured:
            get_portfolio(actor=cast.manager, now=NOW)
        return len(captured)

    plan.change(TaskChange(plan.ids["build"], {"assignee_id": cast.manager.person_id}))
    ask()
    few = ask()
    other = make_plan(cast, name="Rebrand", company="Kestrel Air")
    other.change(TaskChange(other.ids["build"], {"blocked_reason": "No access", "assignee_id": cast.member.person_id}), NewTask("More"))
    assert ask() == few
    assert few <= 15
    found = get_portfolio(actor=cast.manager, now=NOW)
    assert [(row.drift.project.id, row.health.colour) for row in found.rows] == [(other.project_id, "amber"), (plan.project_id, "green")]
    assert (found.rows[0].next_milestone.name, found.rows[0].count("blocked")) == ("Go live", 1)
    assert {one.name: (one.tasks, one.projects) for one in found.bottlenecks.people} == {"Noor Haddad": (1, 1), cast.manager.label: (1, 1)}
    assert [row.drift.project.id for row in get_portfolio(actor=cast.manager, now=NOW, colours=["green"]).rows] == [plan.project_id]
    assert [row.drift.project.id for row in get_portfolio(actor=cast.member, now=NOW).rows] == [other.project_id]
    assert get_portfolio(actor=cast.marketer, now=NOW).rows == ()
    second = get_portfolio(actor=cast.manager, now=NOW, offset=1, limit=1)
    assert ([row.drift.project.id for row in second.rows], second.total, sum(second.counts.values())) == ([plan.project_id], 2, 2)
    by_client = get_portfolio(actor=cast.manager, now=NOW, group="client")
    assert [row.drift.project.company_name for row in by_client.rows] == ["Kestrel Air", "Northwind Robotics"]
