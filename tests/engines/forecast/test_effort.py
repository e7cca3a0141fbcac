"""How far finished work went beyond its plan, judged carefully where there is little of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wonward.engines.forecast import calibrate_effort

HOURS = st.floats(0.5, 5_000)
PAIRS = st.lists(st.tuples(HOURS, HOURS), min_size=1, max_size=12)


def test_no_history_means_as_planned_give_or_take_a_fifth():
    known = calibrate_effort([(0, 10), (10, 0)])
    assert known == calibrate_effort([])
    assert (known.factor, known.count) == (1, 0)
    assert known.spread == pytest.approx(0.2, abs=0.01)


def test_much_history_is_believed_and_a_single_sale_hardly():
    many = calibrate_effort([(100, 130)] * 400)
    assert (many.factor, many.count, many.planned, many.came) == (pytest.approx(1.3, abs=0.01), 400, 40_000, 52_000)
    assert many.spread < 0.05
    assert calibrate_effort([(100, 300)]).factor == pytest.approx(1 + 2 / 13)


def test_one_work_that_went_out_of_hand_counts_as_four_times_its_plan():
    assert calibrate_effort([(10, 4_000)]) == calibrate_effort([(10, 40)])
    assert calibrate_effort([(4_000, 10)]) == calibrate_effort([(4_000, 1_000)])


@given(PAIRS)
def test_the_factor_lies_between_as_planned_and_what_history_says(pairs):
    known = calibrate_effort(pairs)
    low, high = sorted((1.0, known.came / known.planned))
    assert low - 1e-9 <= known.factor <= high + 1e-9
    assert known.spread > 0


@given(PAIRS, st.integers(0, 11), st.floats(1, 50))
def test_hours_more_in_one_work_never_lower_the_factor(pairs, place, more):
    place %= len(pairs)
    raised = [(planned, came * more if at == place else came) for at, (planned, came) in enumerate(pairs)]
    assert calibrate_effort(raised).factor >= calibrate_effort(pairs).factor - 1e-9


@given(PAIRS)
def test_neither_the_order_nor_the_unit_matters(pairs):
    known, backwards = calibrate_effort(pairs), calibrate_effort(pairs[::-1])
    in_minutes = calibrate_effort([(planned * 60, came * 60) for planned, came in pairs])
    for other in (backwards, in_minutes):
        assert (other.factor, other.spread) == (pytest.approx(known.factor), pytest.approx(known.spread, abs=1e-6))


@given(st.tuples(HOURS, HOURS), st.integers(1, 50))
def test_the_more_works_say_the_same_the_more_it_counts(pair, count):
    fewer, more = calibrate_effort([pair] * count), calibrate_effort([pair] * (count + 1))
    assert abs(more.factor - 1) >= abs(fewer.factor - 1) - 1e-9
