"""What an objective says on a day, without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as some

from wonward.journeys.insights.rules import (
    are_whole_months,
    counting,
    months_of,
    objective_errors,
    progress_of,
    spread,
)
from wonward.journeys.insights.types import MEASURES, Fact, ObjectiveFields, Progress, Standing
from wonward.kernel.ref import Ref

START, FINISH, TODAY = date(2026, 10, 1), date(2026, 12, 31), date(2026, 11, 15)
QUARTER = ObjectiveFields("Win the quarter", "wins", START, FINISH, 10)


def _fact(key: int, *, value: int = 1, is_hit: bool = True, day: date = TODAY, person: int = 1) -> Fact:
    return Fact(day, Ref("sales.deal", key), value, is_hit, frozenset({person}), frozenset({Ref("sales.deal", key)}))


def _told(measure: str, facts: list[Fact], target: int | None, today: date = TODAY) -> Progress:
    return progress_of(MEASURES[measure], facts, target=target, start=START, finish=FINISH, today=today)


def test_a_sum_keeps_up_with_the_time_that_is_gone() -> None:
    assert _told("wins", [_fact(key) for key in range(5)], 10).standing is Standing.ON_TRACK
    assert _told("wins", [_fact(key) for key in range(4)], 10).standing is Standing.BEHIND
    assert _told("wins", [_fact(key) for key in range(10)], 10).standing is Standing.REACHED


def test_a_share_is_judged_by_what_there_is_and_reached_only_at_the_end() -> None:
    facts = [_fact(1), _fact(2), _fact(3, is_hit=False)]
    assert _told("win_rate", facts, 60) == Progress(67, 3, 60, 1000, 500, Standing.ON_TRACK)
    assert _told("win_rate", facts, 80).standing is Standing.BEHIND
    assert _told("win_rate", facts, 60, FINISH + timedelta(days=1)).standing is Standing.REACHED
    assert _told("win_rate", facts, 80, FINISH + timedelta(days=1)).standing is Standing.MISSED


def test_less_is_better_for_the_time_to_an_answer() -> None:
    facts = [_fact(key, value=minutes) for key, minutes in enumerate((30, 40, 200))]
    quick = _told("response_time", facts, 60)
    assert (quick.value, quick.share, quick.standing) == (40, 1000, Standing.ON_TRACK)
    slow = _told("response_time", facts, 20)
    assert (slow.share, slow.standing) == (500, Standing.BEHIND)


def test_nothing_is_claimed_before_there_is_something_to_count() -> None:
    assert _told("win_rate", [], 50).standing is Standing.NOTHING_YET
    assert _told("wins", [], 50, START - timedelta(days=1)).standing is Standing.AHEAD
    assert _told("won_value", [], None).standing is Standing.NO_TARGET


def test_every_fault_of_an_objective_is_named_at_once() -> None:
    bad = ObjectiveFields(" ", "luck", FINISH, START, None, 1, 2)
    assert [error.field for error in objective_errors(bad)] == ["name", "measure", "ends_date", "team_id"]
    assert [error.field for error in objective_errors(replace(QUARTER, measure="win_rate", target=101))] == ["target"]
    assert [error.field for error in objective_errors(replace(QUARTER, target=0))] == ["target"]
    assert [error.field for error in objective_errors(replace(QUARTER, measure="won_value", starts_date=TODAY))] == ["ends_date"]
    assert [error.field for error in objective_errors(replace(QUARTER, measure="response_time", links=(Ref("sales.deal", 1),)))] == ["links"]
    assert objective_errors(QUARTER) == []


@given(some.integers(0, 10**12), some.integers(1, 36))
def test_an_amount_spread_over_months_is_the_amount(amount: int, parts: int) -> None:
    shares = spread(amount, parts)
    assert sum(shares) == amount
    assert max(shares) - min(shares) <= 1


@given(some.dates(date(2020, 1, 1), date(2030, 1, 1)), some.integers(0, 700))
def test_months_are_the_first_days_between_two_days(start: date, days: int) -> None:
    finish = start + timedelta(days=days)
    months = months_of(start, finish)
    assert all(month.day == 1 for month in months)
    assert months[0] <= start
    assert months[-1] <= finish < (months[-1] + timedelta(days=32)).replace(day=1)
    assert len(months) == (finish.year - start.year) * 12 + finish.month - start.month + 1


def test_a_quarter_is_whole_months_and_a_week_is_not() -> None:
    assert are_whole_months(START, FINISH)
    assert not are_whole_months(START, FINISH - timedelta(days=1))


@given(some.lists(some.tuples(some.integers(1, 4), some.integers(-40, 120)), max_size=30))
def test_colleagues_together_count_what_each_of_them_counts(rows: list[tuple[int, int]]) -> None:
    facts = [_fact(key, person=person, day=START + timedelta(days=offset)) for key, (person, offset) in enumerate(rows)]

    def count(people: set[int] | None) -> int:
        return len(counting(facts, start=START, finish=FINISH, people=people, links=()))

    assert count(None) == sum(count({person}) for person in range(1, 5)) == count({1, 2, 3, 4})
