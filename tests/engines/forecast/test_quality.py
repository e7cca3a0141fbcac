"""Forecasts judged against what came true, and chances learned from history."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wonward.edges.commands.bench.company import STAGES, hindcast_cases, past_deals
from wonward.engines.forecast import (
    brier_score,
    calibrate_probability,
    crps,
    forecast_cells,
    hindcast,
    score_cells,
    slip_chances,
)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_forecast_beats_the_weighted_mean_and_its_p80_holds_four_times_in_five(seed):
    report = hindcast(hindcast_cases(seed, count=12), draws=500, seed=seed)
    print(f"seed {seed}: CRPS {report.crps:.1f} h against {report.crps_of_mean:.1f} h, ratio {report.ratio:.2f}, P80 held {report.coverage:.2f}")
    assert report.cells > 500
    assert report.ratio <= 0.6
    assert 0.75 <= report.coverage <= 0.85
    assert report.deals == 12 * 60
    assert report.brier <= 0.9 * report.brier_entered


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_chances_from_history_beat_the_entered_ones_by_a_tenth(seed):
    learned, judged = past_deals(seed)[:400], past_deals(seed)[400:]
    entered = brier_score([(STAGES[stage][0], won) for stage, won in judged])
    chances = {}
    for stage, (default, _) in STAGES.items():
        won = [came for name, came in learned if name == stage]
        chances[stage] = calibrate_probability(won=sum(won), lost=len(won) - sum(won), default=default).probability
    assert brier_score([(chances[stage], won) for stage, won in judged]) <= 0.9 * entered


@given(st.integers(0, 19), st.floats(0, 1), st.data())
def test_with_fewer_than_twenty_deals_the_stage_keeps_its_chance(count, default, data):
    won = data.draw(st.integers(0, count))
    assert abs(calibrate_probability(won=won, lost=count - won, default=default).probability - default) <= 0.02


@given(st.integers(0, 500), st.integers(0, 500), st.floats(0, 1))
def test_a_learned_chance_lies_between_the_default_and_the_history(won, lost, default):
    found = calibrate_probability(won=won, lost=lost, default=default)
    share = won / (won + lost) if won + lost else default
    assert min(default, share) - 1e-9 <= found.probability <= max(default, share) + 1e-9
    assert found.count == won + lost


def test_slips_are_learned_and_sum_to_one():
    chances = slip_chances([0] * 60 + [2] * 60 + [40], default={0: 0.8, 1: 0.2})
    assert sum(chances.values()) == pytest.approx(1)
    assert chances[2] == pytest.approx(60 / 133)
    assert chances[12] == pytest.approx(1 / 133)
    assert slip_chances([], default={0: 0.8, 1: 0.2}) == {0: pytest.approx(0.8), 1: pytest.approx(0.2)}


def test_the_score_of_a_sure_forecast_is_its_distance():
    assert crps([5.0], 8.0) == 3
    assert crps([0.0, 10.0], 10.0) == pytest.approx(2.5)
    with pytest.raises(ValueError, match="no forecasts"):
        brier_score([])


def test_a_kept_forecast_scores_like_the_one_it_was_kept_from():
    case = hindcast_cases(4, count=1)[0]
    whole = hindcast([case], draws=400, seed=4)
    cells = forecast_cells(case.problem, case.entered, draws=400, seed=4)
    kept = score_cells((cell, case.actual[cell.role][cell.week]) for cell in cells)
    assert kept.cells == whole.cells
    assert kept.crps == pytest.approx(whole.crps, rel=0.03)
    assert kept.crps_of_mean == pytest.approx(whole.crps_of_mean, rel=0.01)
    assert kept.coverage == pytest.approx(whole.coverage, abs=0.03)


def test_nothing_kept_scores_nothing():
    report = score_cells([])
    assert (report.cells, report.crps, report.brier) == (0, 0, None)
