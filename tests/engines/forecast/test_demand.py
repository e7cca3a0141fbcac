"""Demand as a distribution: exact moments, bands, drivers, what-if."""

from __future__ import annotations

from dataclasses import astuple
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wonward.engines.forecast import DemandProblem, InvalidForecast, OpenDeal, expect_demand, simulate_demand

chances = st.floats(0, 1).map(lambda value: round(value, 3))
hours = st.lists(st.integers(0, 60).map(float), min_size=1, max_size=3)
slips = st.sampled_from([{0: 1.0}, {0: 0.5, 1: 0.5}, {-1: 0.25, 0: 0.5, 2: 0.25}])


@st.composite
def pipelines(draw):
    count = draw(st.integers(0, 4))
    deals = tuple(
        OpenDeal(f"D-{number}", draw(chances), draw(st.integers(-1, 3)), {"Designer": draw(hours), "Developer": draw(hours)}, draw(slips))
        for number in range(count)
    )
    confirmed = {"Designer": [float(draw(st.integers(0, 40))) for _ in range(5)]}
    return DemandProblem(5, deals, confirmed, {"Designer": [40.0] * 5, "Developer": [60.0] * 5})


def every_world(problem):
    """Each possible outcome with its chance, and the hours by role and week in it."""
    choices = [[(1 - deal.probability, None), *((deal.probability * chance, late) for late, chance in deal.slip.items())] for deal in problem.deals]
    for world in product(*choices):
        chance = 1.0
        table = {role: problem.confirmed_hours(role) for role in problem.roles}
        for deal, (share, late) in zip(problem.deals, world, strict=True):
            chance *= share
            if late is not None:
                for role in deal.demand:
                    for week in range(problem.weeks):
                        table[role][week] += deal.hours(role, week, late)
        yield chance, table


@given(pipelines())
def test_mean_and_variance_equal_those_of_every_world_counted_out(problem):
    worlds = list(every_world(problem))
    moments = expect_demand(problem)
    for role in problem.roles:
        for week in range(problem.weeks):
            mean = sum(chance * table[role][week] for chance, table in worlds)
            square = sum(chance * (table[role][week] - mean) ** 2 for chance, table in worlds)
            assert moments[role][week].mean == pytest.approx(mean, abs=1e-6)
            assert moments[role][week].variance == pytest.approx(square, abs=1e-5)


@given(pipelines(), st.integers(0, 3))
def test_bands_hold_what_the_worlds_hold(problem, seed):
    forecast = simulate_demand(problem, draws=400, seed=seed)
    worlds = list(every_world(problem))
    for role, bands in forecast.bands.items():
        for week, band in enumerate(bands):
            assert band.p10 <= band.p50 <= band.p80 <= band.p90
            values = [table[role][week] for chance, table in worlds if chance > 0]
            assert min(values) - 0.01 <= band.p10
            assert band.p90 <= max(values) + 0.01
            assert band.idle - band.excess == pytest.approx(band.capacity - band.mean, abs=12)
            over = sum(chance for chance, table in worlds if table[role][week] > band.capacity)
            assert band.p_overload == pytest.approx(over, abs=0.12)


@given(pipelines())
def test_the_same_seed_gives_the_same_answer(problem):
    assert simulate_demand(problem, draws=50, seed=7) == simulate_demand(problem, draws=50, seed=7)


@given(pipelines())
def test_more_capacity_never_makes_an_overload_likelier(problem):
    roomier = DemandProblem(problem.weeks, problem.deals, problem.confirmed, {role: [90.0] * 5 for role in problem.capacity})
    tight, wide = simulate_demand(problem, draws=100, seed=1), simulate_demand(roomier, draws=100, seed=1)
    for role in problem.roles:
        for before, after in zip(tight.bands[role], wide.bands[role], strict=True):
            assert after.p_overload <= before.p_overload


def test_one_deal_of_a_hundred_hours_at_sixty_percent():
    problem = DemandProblem(1, (OpenDeal("D-1", 0.6, 0, {"Designer": [100.0]}),), {}, {"Designer": [80.0]})
    (band,) = simulate_demand(problem, seed=5).bands["Designer"]
    assert (band.p10, band.p50, band.p90) == (0, 100, 100)
    assert band.mean == pytest.approx(60, rel=0.001)
    assert band.p_overload == pytest.approx(0.6, abs=0.001)
    (driver,) = band.drivers
    assert (driver.deal, driver.hours_in_overload) == ("D-1", 100)


def test_the_deal_that_makes_the_peak_is_named_first():
    small = [OpenDeal(f"small {number}", 0.9, 0, {"Designer": [4.0]}) for number in range(5)]
    problem = DemandProblem(1, (*small, OpenDeal("rare and big", 0.1, 0, {"Designer": [200.0]})), {}, {"Designer": [40.0]})
    (band,) = simulate_demand(problem, seed=2).bands["Designer"]
    assert band.drivers[0].deal == "rare and big"
    assert band.drivers[0].hours_in_overload == pytest.approx(200)
    assert band.drivers[0].expected_hours == pytest.approx(20, abs=0.5)


def test_a_start_that_slips_spreads_the_hours_over_the_weeks():
    deal = OpenDeal("D-1", 1.0, 0, {"Designer": [40.0]}, {0: 0.5, 2: 0.5})
    first, second, third = simulate_demand(DemandProblem(3, (deal,)), seed=1).bands["Designer"]
    assert (first.mean, second.mean, third.mean) == (20, 0, 20)
    assert first.variance == 400


def test_effort_above_plan_raises_mean_and_spread():
    deal = OpenDeal("D-1", 1.0, 0, {"Designer": [100.0]}, effort_mean=1.2, effort_spread=0.3)
    (band,) = simulate_demand(DemandProblem(1, (deal,)), draws=20_000, seed=3).bands["Designer"]
    assert (band.mean, band.variance) == (pytest.approx(120), pytest.approx(36**2))
    assert band.p10 == pytest.approx(80.5, rel=0.03)
    assert band.p90 == pytest.approx(167, rel=0.03)


def test_a_role_has_a_factor_of_its_own_on_top():
    deal = OpenDeal("D-1", 1.0, 0, {"Designer": [100.0], "Developer": [50.0]}, effort_mean=1.2, role_effort={"Designer": 1.5})
    problem = DemandProblem(1, (deal,))
    assert {role: cells[0].mean for role, cells in expect_demand(problem).items()} == {"Designer": pytest.approx(180), "Developer": pytest.approx(60)}
    bands = simulate_demand(problem, draws=200, seed=3).bands
    assert {role: cells[0].p50 for role, cells in bands.items()} == {"Designer": pytest.approx(180), "Developer": pytest.approx(60)}
    assert deal.hours_when_won("Designer", 0) == pytest.approx(180)
    with pytest.raises(InvalidForecast, match="Designer is out of range"):
        DemandProblem(1, (OpenDeal("D-2", 1.0, 0, {}, role_effort={"Designer": -1}),))


def test_doubt_shared_by_a_group_widens_the_band_without_moving_the_mean():
    deals = tuple(OpenDeal(f"D-{number}", 0.5, 0, {"Designer": [10.0]}, group="Proposal") for number in range(40))
    sure, unsure = DemandProblem(1, deals), DemandProblem(1, deals, doubt={"Proposal": 0.2})
    assert expect_demand(unsure)["Designer"][0].mean == expect_demand(sure)["Designer"][0].mean == 200
    assert expect_demand(sure)["Designer"][0].variance == pytest.approx(1000)
    assert expect_demand(unsure)["Designer"][0].variance == pytest.approx(1000 + 40 * 39 * (0.2 * 10) ** 2)
    narrow, wide = (simulate_demand(problem, seed=4).bands["Designer"][0] for problem in (sure, unsure))
    assert wide.p90 - wide.p10 > 1.5 * (narrow.p90 - narrow.p10)


def test_as_if_won_lost_or_moved():
    deals = (OpenDeal("A", 0.5, 0, {"Designer": [10.0]}), OpenDeal("B", 0.5, 0, {"Designer": [20.0]}))
    problem = DemandProblem(2, deals)
    assert [cell.mean for cell in expect_demand(problem.as_if(won=["A"], lost=["B"]))["Designer"]] == [10, 0]
    assert [cell.mean for cell in expect_demand(problem.as_if(moved={"A": 1}))["Designer"]] == [10, 5]
    with pytest.raises(InvalidForecast, match="no deal C"):
        problem.as_if(won=["C"])
    with pytest.raises(InvalidForecast, match="A cannot be won and lost"):
        problem.as_if(won=["A"], lost=["A"])


def test_the_first_week_of_likely_overload():
    deal = OpenDeal("A", 0.7, 1, {"Designer": [50.0, 10.0]})
    forecast = simulate_demand(DemandProblem(3, (deal,), {}, {"Designer": [40.0] * 3}), seed=1)
    assert forecast.first_overload("Designer") == 1
    assert forecast.first_overload("Designer", 0.9) is None


def test_nobody_available_and_nothing_asked_are_answers_too():
    assert simulate_demand(DemandProblem(2), draws=10).bands == {}
    bare = DemandProblem(1, (OpenDeal("A", 0.5, 0, {"Designer": [8.0]}),))
    (band,) = simulate_demand(bare, draws=100).bands["Designer"]
    assert (band.capacity, band.p_overload) == (0, 0.5)
    (idle,) = simulate_demand(DemandProblem(1, (), {}, {"Designer": [40.0]}), draws=10).bands["Designer"]
    assert (idle.idle, idle.p90, idle.drivers) == (40, 0, ())


@pytest.mark.parametrize(
    ("deal", "sentence"),
    [
        (OpenDeal("A", 1.5, 0, {}), "deal A: the probability 1.5"),
        (OpenDeal("A", 0.5, 0, {}, {0: 0.5}), "deal A: the chances of its slip"),
        (OpenDeal("A", 0.5, 0, {"Designer": [-1.0]}), "deal A: demand of Designer"),
        (OpenDeal("A", 0.5, 0, {"Designer": [float("nan")]}), "deal A: demand of Designer"),
        (OpenDeal("A", 0.5, 0, {}, effort_spread=-1), "deal A: the effort factor"),
    ],
)
def test_a_deal_no_forecast_can_be_made_of_is_named(deal, sentence):
    with pytest.raises(InvalidForecast, match=sentence):
        DemandProblem(1, (deal,))


def test_absurd_sizes_are_refused():
    with pytest.raises(InvalidForecast, match="weeks"):
        DemandProblem(100_000)
    with pytest.raises(InvalidForecast, match="two deals have the key A"):
        DemandProblem(1, (OpenDeal("A", 0.5, 0, {}), OpenDeal("A", 0.5, 0, {})))
    with pytest.raises(InvalidForecast, match="draws"):
        simulate_demand(DemandProblem(1), draws=10**9)


def test_every_figure_of_a_band_can_be_written_as_json():
    deals = tuple(OpenDeal(f"D-{number}", 0.5, number % 2, {"Designer": [30.0, 20.0]}) for number in range(4))
    bands = simulate_demand(DemandProblem(3, deals, {}, {"Designer": [40.0] * 3}), draws=200).bands["Designer"]
    assert {type(value) for band in bands for value in (*astuple(band)[:-1], *(figure for driver in band.drivers for figure in astuple(driver)[1:]))} == {float}
    assert [driver.deal for driver in bands[0].drivers] == ["D-0", "D-2"]


def test_deals_that_bring_the_same_are_named_by_key():
    deals = tuple(OpenDeal(key, 1.0, 0, {"Designer": [30.0]}) for key in ("c", "a", "d", "b"))
    (band,) = simulate_demand(DemandProblem(1, deals, {}, {"Designer": [40.0]}), draws=50).bands["Designer"]
    assert [driver.deal for driver in band.drivers] == ["a", "b", "c"]
