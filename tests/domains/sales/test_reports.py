"""Reports say what the deals say, to those who may see it, with a fixed number of questions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.people import NOW, TODAY, Cast, make_cast
from wonward.domains.clients.operations import create_companies
from wonward.domains.clients.types import NewCompany
from wonward.domains.sales.models import Deal
from wonward.domains.sales.operations.deals import create_deals
from wonward.domains.sales.operations.goals import put_goal
from wonward.domains.sales.queries.reports import get_sales_report
from wonward.domains.sales.types import NewDeal, NextAction
from wonward.domains.sales.types.reports import Period, SalesReport
from wonward.kernel.actor import Actor
from wonward.kernel.errors import NotAllowed, Refused
from wonward.kernel.money import Money

pytestmark = pytest.mark.django_db
YEAR = Period(TODAY - timedelta(days=364), TODAY)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def _open(actor: Actor, cast: Cast, count: int, *, value: int = 100_000, closes: date | None = date(2026, 12, 10), source: str = "Fair") -> list[int]:
    (company,) = create_companies(actor=cast.seller, companies=[NewCompany(name=f"Client of {count} {source} {value}")], now=NOW)
    new = [
        NewDeal(name=f"Deal {place}", company_id=company, value=Money(value, "EUR"), expected_close_date=closes, source=source,
                next_action=NextAction("call", date(2026, 11, 30), "Call"))
        for place in range(count)
    ]
    return create_deals(actor=actor, deals=new, now=NOW)


def _close(ids: list[int], status: str, *, days: int) -> None:
    """As a closing leaves them, some days after they were opened."""
    opened = TODAY - timedelta(days=days)
    Deal.objects.filter(pk__in=ids).update(status=status, opened_date=opened, closed_date=TODAY, lost_reason="Price" if status == "lost" else "")


def _report(actor: Actor, **more: object) -> SalesReport:
    return get_sales_report(actor=actor, period=YEAR, now=NOW, **more)  # type: ignore[arg-type]


def test_sums_are_those_of_the_deals(cast: Cast) -> None:
    _open(cast.seller, cast, 3)
    _open(cast.teammate, cast, 2, value=500_000, closes=None)
    report = _report(cast.leader)
    assert {row.name: (row.count, row.value and row.value.minor) for row in report.owners} == {
        "Mara Klein": (3, 300_000), "Sam Peer": (2, 1_000_000),
    }
    assert {row.key: row.count for row in report.months} == {"2026-12": 3, "": 2}
    (stage,) = report.stages
    assert (stage.count, stage.value) == (5, Money(1_300_000, "EUR"))
    entered = report.chances[int(stage.key)].entered
    assert stage.weighted == Money(13_000 * entered, "EUR")
    assert stage.calibrated == stage.weighted


def test_outcomes_count_deals_and_value_and_days(cast: Cast) -> None:
    ids = _open(cast.seller, cast, 4)
    _close(ids[:1], "won", days=10)
    _close(ids[1:2], "won", days=40)
    _close(ids[2:3], "won", days=20)
    _close(ids[3:], "lost", days=5)
    report = _report(cast.leader)
    assert (report.outcome.won, report.outcome.lost, report.outcome.win_rate, report.outcome.win_rate_by_value) == (3, 1, 75, 75)
    assert report.outcome.deal_size == Money(100_000, "EUR")
    assert report.cycle_days == 20
    assert report.lost_reasons == [("Price", 1, Money(100_000, "EUR"))]
    assert [(row.source, row.won, row.revenue) for row in report.sources] == [("Fair", 3, Money(300_000, "EUR"))]
    assert _report(cast.leader, owner_id=cast.teammate.person_id).outcome.won == 0


def test_the_number_of_questions_does_not_grow_with_the_deals(cast: Cast) -> None:
    _close(_open(cast.seller, cast, 2)[1:], "won", days=3)
    with CaptureQueriesContext(connection) as few:
        _report(cast.leader)
    _close(_open(cast.seller, cast, 30, source="Web"), "won", days=3)
    _close(_open(cast.teammate, cast, 3, source="Fair"), "lost", days=3)
    with CaptureQueriesContext(connection) as many:
        _report(cast.leader)
    assert len(many) == len(few) <= 20


def test_who_sees_no_prices_sees_counts_alone(cast: Cast) -> None:
    _close(_open(cast.seller, cast, 2), "won", days=10)
    report = _report(cast.manager)
    assert report.outcome.won_value is None
    assert all(row.value is None for row in report.stages)
    assert report.goals == []


def test_goals_are_set_by_leadership_and_for_one_month_once(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        put_goal(actor=cast.seller, month=TODAY, amount=Money(100, "EUR"), now=NOW)
    for amount in (100, 200):
        put_goal(actor=cast.leader, month=TODAY, amount=Money(amount, "EUR"), now=NOW)
        put_goal(actor=cast.leader, month=TODAY, amount=Money(amount + 1, "EUR"), person_id=cast.seller.person_id, now=NOW)
    goals = _report(cast.leader).goals
    assert [(goal.person_id, goal.amount.minor) for goal in sorted(goals, key=lambda goal: goal.amount.minor)] == [
        (None, 200), (cast.seller.person_id, 201),
    ]
    put_goal(actor=cast.leader, month=TODAY, amount=None, now=NOW)
    assert [goal.person_id for goal in _report(cast.leader).goals] == [cast.seller.person_id]
    with pytest.raises(Refused, match="more than nothing"):
        put_goal(actor=cast.leader, month=TODAY, amount=Money(0, "EUR"), now=NOW)
