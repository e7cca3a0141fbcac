"""Objectives are set, seen, counted and put away: owner, teammate, stranger."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.people import NOW, Cast, Sale, make_cast, make_sale
from wonward.domains.delivery.queries.tasks import list_tasks
from wonward.domains.delivery.types import TaskChange
from wonward.domains.sales.operations.deals import change_deal
from wonward.domains.sales.operations.goals import put_goal
from wonward.domains.sales.queries.reports import list_goals
from wonward.foundation.database.reading import one_reading
from wonward.journeys.handoff.operations import accept_handoff, close_deal_as_won
from wonward.journeys.insights.operations import archive_objective, change_objective, set_objective
from wonward.journeys.insights.queries import get_objective, list_facts, list_objectives
from wonward.journeys.insights.types import MEASURES, ObjectiveFields, ObjectiveRow, Standing
from wonward.journeys.promises.operations import change_plan
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotAllowed, NotFound, Refused, Stale
from wonward.kernel.money import Money
from wonward.kernel.ref import Ref

pytestmark = pytest.mark.django_db
START, FINISH = date(2026, 10, 1), date(2026, 12, 31)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def sale(cast: Cast) -> Sale:
    return make_sale(cast)


def _win(cast: Cast, sale: Sale) -> int:
    closed = close_deal_as_won(actor=cast.seller, deal_id=sale.deal_id, brief=sale.brief(), now=NOW)
    accept_handoff(actor=cast.manager, handoff_id=closed.handoff_id, version=None, now=NOW)
    return closed.project_ids[0]


def _set(actor: Actor, measure: str, target: int | None = 10, **more: object) -> int:
    fields = ObjectiveFields(f"Objective of {measure}", measure, START, FINISH, target, **more)  # type: ignore[arg-type]
    return set_objective(actor=actor, fields=fields, now=NOW)


def _get(actor: Actor, key: int) -> ObjectiveRow:
    return get_objective(actor=actor, objective_id=key, now=NOW)


def test_a_win_counts_for_everybody_and_leads_to_its_deal(cast: Cast, sale: Sale) -> None:
    key = _set(cast.leader, "wins", 2)
    assert _get(cast.seller, key).progress.value == 0
    _win(cast, sale)
    assert {_get(actor, key).progress.value for actor in (cast.leader, cast.seller, cast.manager, cast.member, cast.marketer)} == {1}
    (row,) = list_facts(actor=cast.seller, objective_id=key)
    assert (row.ref, row.name) == (Ref("sales.deal", sale.deal_id), "Website replatform, Northwind Robotics")
    assert list_facts(actor=cast.marketer, objective_id=key) == []


def test_amounts_are_shown_only_to_who_sees_all_values(cast: Cast, sale: Sale) -> None:
    key = _set(cast.leader, "won_value", 8_400_000)
    _win(cast, sale)
    row = _get(cast.seller, key)
    assert (row.progress.value, row.progress.standing) == (8_400_000, Standing.REACHED)
    for blind in (cast.manager, cast.member, cast.marketer):
        assert list_objectives(actor=blind, now=NOW) == []
        with pytest.raises(NotFound):
            _get(blind, key)
        with pytest.raises(NotFound):
            list_facts(actor=blind, objective_id=key)


def test_a_target_of_won_value_becomes_the_sales_goals_and_follows_them(cast: Cast) -> None:
    key = _set(cast.leader, "won_value", 100_000)
    goals = [goal.amount.minor for goal in list_goals(actor=cast.leader, start=START)]
    assert (goals, sum(goals)) == ([33_334, 33_333, 33_333], 100_000)
    put_goal(actor=cast.leader, month=START, amount=Money(50_000, "EUR"), now=NOW)
    row = _get(cast.leader, key)
    assert (row.follows_goals, row.progress.target) == (True, 116_666)
    with pytest.raises(Refused) as refusal:
        change_objective(actor=cast.leader, objective_id=key, changes={"target": 1_000}, now=NOW)
    assert "1,166.66" in refusal.value.errors[0].message or "1166.66" in refusal.value.errors[0].message


def test_without_goals_and_without_a_target_nothing_is_set(cast: Cast) -> None:
    with pytest.raises(Refused) as refusal:
        _set(cast.leader, "won_value", None)
    assert [error.field for error in refusal.value.errors] == ["target"]


def test_a_seller_sets_their_own_and_nobody_elses(cast: Cast) -> None:
    mine = _set(cast.seller, "wins", 3, person_id=cast.seller.person_id)
    assert _get(cast.teammate, mine).may_change is False
    for person_id in (None, cast.teammate.person_id):
        with pytest.raises(NotAllowed):
            _set(cast.seller, "wins", 3, person_id=person_id)
    with pytest.raises(NotAllowed):
        change_objective(actor=cast.teammate, objective_id=mine, changes={"target": 1}, now=NOW)
    with pytest.raises(NotAllowed):
        set_objective(actor=cast.member, fields=ObjectiveFields("Mine", "wins", START, FINISH, 1, cast.member.person_id), now=NOW)
    with pytest.raises(NotAllowed):
        change_objective(actor=cast.seller, objective_id=mine, changes={"person_id": cast.teammate.person_id}, now=NOW)


def test_an_objective_of_a_person_counts_what_is_theirs(cast: Cast, sale: Sale) -> None:
    own = _set(cast.leader, "wins", 1, person_id=cast.seller.person_id)
    other = _set(cast.leader, "wins", 1, person_id=cast.teammate.person_id)
    _win(cast, sale)
    assert (_get(cast.leader, own).progress.value, _get(cast.leader, other).progress.value) == (1, 0)


def test_a_link_to_a_deal_counts_the_project_it_became(cast: Cast, sale: Sale) -> None:
    project_id = _win(cast, sale)
    key = _set(cast.leader, "accepted_at_once", 90, links=(Ref("delivery.project", project_id),))
    other = _set(cast.leader, "hours_delivered", 60, links=(Ref("sales.deal", sale.deal_id),))
    assert _get(cast.leader, key).progress.value == 100
    assert _get(cast.leader, key).links == ((Ref("delivery.project", project_id), "Website replatform, Northwind Robotics"),)
    assert _get(cast.leader, other).progress.value == 0


def test_a_hidden_record_cannot_be_linked_and_is_not_told(cast: Cast, sale: Sale) -> None:
    change_deal(actor=cast.owner, deal_id=sale.deal_id, changes={"is_restricted": True}, now=NOW)
    ref = Ref("sales.deal", sale.deal_id)
    with pytest.raises(Refused) as hidden:
        _set(cast.teammate, "wins", 1, person_id=cast.teammate.person_id, links=(ref,))
    with pytest.raises(Refused) as missing:
        _set(cast.teammate, "wins", 1, person_id=cast.teammate.person_id, links=(Ref("sales.deal", 999_999),))
    assert hidden.value.errors[0].message.replace(str(ref.id), "#") == missing.value.errors[0].message.replace("999999", "#")
    key = _set(cast.owner, "wins", 1, links=(ref,))
    assert _get(cast.teammate, key).links == ()
    _win(cast, sale)
    assert _get(cast.owner, key).progress.value == 0


def test_a_stale_form_writes_nothing_and_shows_both(cast: Cast) -> None:
    key = _set(cast.leader, "wins", 3)
    change_objective(actor=cast.owner, objective_id=key, changes={"target": 4}, version=1, now=NOW)
    with pytest.raises(Stale) as stale:
        change_objective(actor=cast.leader, objective_id=key, changes={"target": 5}, version=1, now=NOW)
    assert (stale.value.current, stale.value.yours) == ({"target": 4}, {"target": 5})
    assert _get(cast.leader, key).progress.target == 4


def test_what_was_put_away_comes_back(cast: Cast) -> None:
    key = _set(cast.leader, "wins", 3)
    archive_objective(actor=cast.leader, objective_id=key, is_archived=True, now=NOW)
    assert list_objectives(actor=cast.leader, now=NOW) == []
    assert [row.id for row in list_objectives(actor=cast.leader, now=NOW, state="archived")] == [key]
    archive_objective(actor=cast.leader, objective_id=key, is_archived=False, now=NOW)
    assert [row.id for row in list_objectives(actor=cast.leader, now=NOW)] == [key]


def test_the_period_decides_where_an_objective_is_listed(cast: Cast) -> None:
    for name, start in (("over", date(2026, 1, 1)), ("running", START), ("coming", date(2027, 1, 1))):
        fields = ObjectiveFields(name, "wins", start, start + timedelta(days=80), 1)
        set_objective(actor=cast.leader, fields=fields, now=NOW)
    for state in ("over", "running", "coming"):
        assert [row.name for row in list_objectives(actor=cast.member, now=NOW, state=state)] == [state]


def test_many_objectives_of_every_measure_cost_as_many_questions_as_few(cast: Cast, sale: Sale) -> None:
    _win(cast, sale)

    def ask() -> int:
        with one_reading(), CaptureQueriesContext(connection) as asked:
            assert list_objectives(actor=cast.owner, now=NOW)
        return len(asked)

    for measure in MEASURES:
        _set(cast.owner, measure, None if measure == "won_value" and list_goals(actor=cast.owner, start=START) else 50)
    few = ask()
    for measure in MEASURES:
        for person in (cast.seller, cast.manager):
            _set(cast.owner, measure, 50, person_id=person.person_id)
        if measure != "response_time":
            _set(cast.owner, measure, 50, links=(Ref("sales.deal", sale.deal_id),))
    assert ask() <= few + 6 <= 19


def test_finished_work_counts_its_hours_and_its_milestones(cast: Cast, sale: Sale) -> None:
    from_plan = _win(cast, sale)
    hours = _set(cast.manager, "hours_delivered", 10_000, person_id=cast.manager.person_id)
    together = _set(cast.leader, "hours_delivered", 10_000)
    _finish(cast, from_plan)
    assert _get(cast.member, together).progress.value == 960 + 2400
    assert _get(cast.member, hours).progress.value == 0
    assert [row.name for row in list_facts(actor=cast.manager, objective_id=together)] == ["Wireframes, Website replatform", "Discovery workshop, Website replatform"]


def _finish(cast: Cast, project_id: int) -> None:
    rows = {row.name: row for row in list_tasks(actor=cast.manager, project_id=project_id)}
    done = [TaskChange(rows[name].id, {"status": "done"}) for name in ("Discovery workshop", "Wireframes")]
    change_plan(actor=cast.manager, project_id=project_id, changes=done, now=NOW)
