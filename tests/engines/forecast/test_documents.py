"""Pipelines as JSON: every shape says the same, and what cannot be read is named."""

from __future__ import annotations

import pytest

from wonward.engines.forecast import InvalidForecast, forecast_document


def cell(document, role="Designer", week=0):
    return forecast_document(document, draws=100)["roles"][role][week]


DEAL = {"key": "D-1", "probability": 0.5, "start": 1, "demand": {"Designer": [10, 20]}}


def test_weeks_may_be_counted_or_dated():
    counted = forecast_document({"weeks": 4, "deals": [DEAL]}, draws=100)
    assert counted["weeks"] == [0, 1, 2, 3]
    assert [week["mean"] for week in counted["roles"]["Designer"]] == [0, 5, 10, 0]
    dated = {"start": "2027-03-01", "weeks": 4, "deals": [{**DEAL, "start": "2027-03-10"}]}
    found = forecast_document(dated, draws=100)["roles"]["Designer"]
    assert [(week["week"], week["mean"]) for week in found[:2]] == [("2027-03-01", 0), ("2027-03-08", 5)]
    listed = {"weeks": ["2027-03-01", "2027-03-08"], "deals": [{**DEAL, "start": "2027-03-08"}]}
    assert cell(listed, week=1)["mean"] == 5


def test_without_a_horizon_it_ends_with_the_last_work_that_can_fall():
    found = forecast_document({"deals": [{**DEAL, "slip": [0.5, 0, 0.5]}]}, draws=100)
    assert found["weeks"] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    "demand",
    [
        {"Designer": [10, 20]}, {"Designer": {"0": 10, "1": 20}},
        [{"role": "Designer", "week": 0, "hours": 10}, {"role": "Designer", "week": 1, "hours": 20}],
    ],
)
def test_demand_has_several_shapes_and_one_meaning(demand):
    document = {"weeks": 4, "deals": [{**DEAL, "demand": demand}]}
    assert [cell(document, week=week)["mean"] for week in range(4)] == [0, 5, 10, 0]


@pytest.mark.parametrize("slip", [[0.5, 0, 0.5], {"0": 0.5, "2": 0.5}, [[0, 0.5], [2, 0.5]]])
def test_slip_has_several_shapes_and_one_meaning(slip):
    document = {"weeks": 4, "deals": [{"key": "A", "probability": 1, "demand": {"Designer": 8}, "slip": slip}]}
    assert [cell(document, week=week)["mean"] for week in range(4)] == [4, 0, 4, 0]


def test_a_slip_given_by_mean_and_deviation_keeps_its_mean():
    slip = {"mean": 3, "sd": 1.5}
    document = {"weeks": 16, "deals": [{"key": "A", "start": 4, "probability": 1, "demand": {"Designer": 100}, "slip": slip}]}
    means = [cell(document, week=week)["mean"] for week in range(16)]
    assert sum(means) == pytest.approx(100)
    assert sum(week * share for week, share in enumerate(means)) / 100 == pytest.approx(7, abs=0.01)


def test_one_number_of_capacity_holds_every_week():
    document = {"weeks": 3, "deals": [DEAL], "confirmed": {"Designer": [30, 30, 30]}, "capacity": {"Designer": 40}}
    assert [cell(document, week=week)["capacity"] for week in range(3)] == [40, 40, 40]
    assert cell(document, week=2)["p_overload"] == 0.5


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([], "an object"), ({"deals": 3}, "deals"), ({"deals": [3]}, r"deals\[0\]"),
        ({"deals": [{"key": "A"}]}, "deal A: the probability is missing"),
        ({"deals": [{**DEAL, "probability": "high"}]}, "deal D-1: probability"),
        ({"deals": [{**DEAL, "start": "soon"}]}, "deal D-1: start"),
        ({"deals": [{**DEAL, "slip": [0.5]}]}, "deal D-1: slip"),
        ({"deals": [{**DEAL, "demand": {"Designer": ["x"]}}]}, "deal D-1: demand of Designer"),
        ({"deals": [{**DEAL, "demand": [{"week": 1}]}]}, "demand"), ({"weeks": 10**9}, "weeks"),
        ({"weeks": "many"}, "weeks"), ({"confirmed": {"Designer": [-3]}}, "confirmed of Designer"),
        ({"deals": [{**DEAL, "demand": {"Designer": {"99999999": 3}}}]}, "out of range"),
        ({"start": "1 March", "deals": [DEAL]}, "start"),
        ({"deals": [DEAL], "booked": {"Designer": [40]}}, "the forecast has an unknown field 'booked'"),
        ({"deals": [{**DEAL, "slips": 3}]}, "deal D-1 has an unknown field 'slips'"),
        ({"deals": [{**DEAL, "start_week": 2}]}, "deal D-1: start and start_week say the same thing"),
        ({"deals": [{**DEAL, "slip": {"sd": 1, "average": 2}}]}, "deal D-1: slip has an unknown field 'average'"),
        ({"deals": [{**DEAL, "effort_factor": {"mean": 1, "deviation": 2}}]}, "effort_factor has an unknown field 'deviation'"),
        ({"deals": [{**DEAL, "demand": [{"role": "Designer", "weeks": 1, "hours": 3}]}]}, "unknown field 'weeks'"),
    ],
)
def test_what_cannot_be_read_is_named(document, sentence):
    with pytest.raises(InvalidForecast, match=sentence):
        forecast_document(document, draws=10)


def test_other_names_for_the_same_thing_are_counted_not_left_out():
    usual = {
        "weeks": 4, "start": "2027-03-01", "confirmed": {"Designer": [50] * 4}, "capacity": {"Designer": 80},
        "deals": [{"key": "a", "probability": 0.6, "start": 0, "slip": 1, "effort_factor": 1.5, "demand": {"Designer": [100]}}],
    }
    other = {
        "weeks": 4, "start_date": "2027-03-01", "confirmed_load": {"Designer": [50] * 4}, "capacity": {"Designer": 80}, "name": "March",
        "deals": [{
            "id": "a", "probability": 0.6, "start_date": "2027-03-01", "slip_weeks": 1, "effort": 1.5, "demand": {"Designer": [100]}, "stage": "Proposal",
        }],
    }
    assert forecast_document(other, draws=200, seed=2) == forecast_document(usual, draws=200, seed=2)
    week = cell(other, week=1)
    assert (week["confirmed"], week["mean"], week["p10"], week["p95"]) == (50, 50 + 0.6 * 150, 50, 200)
