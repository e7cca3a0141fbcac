"""How good what we said turned out to be: every chance judged by its day, every promise beside its basis."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.journeys.capacity.leveling_world import make_clash
from tests.people import NOW, TODAY
from wonward.journeys.capacity.queries import get_track_record
from wonward.journeys.capacity.rules.track_record import (
    ClosedVisit,
    buckets_of,
    judge_chances,
    quantile_words,
)
from wonward.journeys.promises.operations import make_promises
from wonward.journeys.promises.types import NewPromise, PromiseKind
from wonward.kernel.errors import NotAllowed

FIRST = date(2025, 1, 1)
visits = st.builds(
    lambda number, stage, entered, open_for, won: ClosedVisit(
        number, stage, FIRST + timedelta(days=entered), FIRST + timedelta(days=entered + open_for), won, 0.4 + 0.2 * stage
    ),
    st.integers(1, 50), st.integers(1, 2), st.integers(0, 300), st.integers(0, 60), st.booleans(),
)


@given(st.lists(visits, max_size=60), st.integers(0, 300))
def test_what_closes_later_never_changes_a_chance_said_before(history, day):
    until = FIRST + timedelta(days=day)
    known = [one for one in history if one.entered_on <= until]
    all_of_it, so_far = judge_chances(history), judge_chances(known)
    said = [(one.deal_id, one.stage_id, one.day, round(one.chance, 9)) for one in all_of_it.judged if one.day < until]
    assert said == [(one.deal_id, one.stage_id, one.day, round(one.chance, 9)) for one in so_far.judged if one.day < until]


@given(st.lists(visits, max_size=60))
def test_every_judged_stay_is_in_one_group_and_the_scores_stay_in_bounds(history):
    record = judge_chances(history)
    assert sum(bucket.count for bucket in record.buckets) == len(record.judged) == len(history)
    assert record.is_thin == (len(history) < 20)
    if history:
        assert record.brier is not None
        assert record.brier_entered is not None
        assert 0 <= record.brier <= 1
        assert 0 <= record.brier_entered <= 1


def test_a_history_that_contradicts_its_stages_scores_better_than_they_do():
    history = [ClosedVisit(number, 1, FIRST + timedelta(days=number), FIRST + timedelta(days=number), number % 5 == 0, 0.9) for number in range(200)]
    record = judge_chances(history)
    assert record.brier is not None
    assert record.brier_entered is not None
    assert record.brier < 0.75 * record.brier_entered
    assert record.won_share == pytest.approx(0.2)


def test_without_history_there_is_no_score():
    record = judge_chances([])
    assert (record.brier, record.brier_entered, record.is_thin, record.buckets) == (None, None, True, ())


def test_groups_say_what_was_said_and_what_came_true():
    (bucket,) = buckets_of([(0.62, True), (0.7, True), (0.78, False), (0.7, True)])
    assert (bucket.low, bucket.high, bucket.count, bucket.said, bucket.came_true) == (60, 80, 4, 70, 75)


def test_a_date_lies_between_the_quantiles_of_its_day():
    marks = {"p50": date(2027, 3, 1), "p80": date(2027, 3, 10), "p90": date(2027, 3, 20)}
    days = (date(2027, 2, 28), date(2027, 3, 1), date(2027, 3, 12), date(2027, 4, 1))
    assert [quantile_words(day, marks) for day in days] == ["before P50", "P50 to P80", "P80 to P90", "after P90"]


def test_a_promised_date_stands_beside_what_became_of_it_for_who_sees_it(studio):
    clash = make_clash(studio)
    cast = studio.cast
    for project_id, due in ((clash.first, TODAY - timedelta(days=3)), (clash.second, TODAY + timedelta(days=90))):
        make_promises(actor=cast.owner, now=NOW, promises=[NewPromise(PromiseKind.DATE, "Said aloud", project_id=project_id, due_date=due)])
    record = get_track_record(actor=cast.owner, today=TODAY)
    said = {one.due_date: one for one in record.promises if one.text == "Said aloud"}
    assert said[TODAY - timedelta(days=3)].is_settled
    assert not said[TODAY + timedelta(days=90)].is_settled
    assert record.kept == 0
    assert all(one.chance is None and one.quantile == "" for one in record.promises)
    assert record.brier is None
    with pytest.raises(NotAllowed):
        get_track_record(actor=cast.member, today=TODAY)
