"""When a frozen plan ends, as a distribution."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wonward.engines.forecast import FrozenPlan, FrozenTask, InvalidForecast, simulate_completion

CHAIN = FrozenPlan((FrozenTask(5), FrozenTask(3, waits=((0, "finish", 1.0),))), 1.0, 0.0)


def test_a_certain_plan_ends_on_one_day():
    found = simulate_completion(CHAIN, draws=100)
    assert found.quantile(0.1) == found.quantile(0.9) == 9.0
    assert (found.chance_by(8), found.chance_by(9)) == (0.0, 1.0)


def test_a_late_start_is_late_in_exactly_its_share_of_the_worlds():
    found = simulate_completion(FrozenPlan(CHAIN.tasks, late={0: 0.75, 5: 0.25}), draws=1000, seed=3)
    assert found.chance_by(9) == 0.75
    assert found.quantile(0.8) == 14.0


def test_the_mean_of_the_factor_is_the_one_given():
    found = simulate_completion(FrozenPlan((FrozenTask(100),), 1.2, 0.3), draws=20_000, seed=1)
    assert sum(found.finishes) / found.draws == pytest.approx(120, rel=0.01)


def test_a_task_that_takes_longer_in_the_mean_stretches_only_itself():
    slow = FrozenPlan((FrozenTask(5, factor=2.0), CHAIN.tasks[1]), 1.0, 0.0)
    assert simulate_completion(slow, draws=10).quantile(0.5) == 14.0
    with pytest.raises(InvalidForecast, match="no time"):
        simulate_completion(FrozenPlan((FrozenTask(1, factor=0.0),)))


def test_the_same_seed_gives_the_same_answer():
    plan = FrozenPlan(CHAIN.tasks, 1.1, 0.3)
    assert simulate_completion(plan, seed=4) == simulate_completion(plan, seed=4)
    assert simulate_completion(plan, seed=4) != simulate_completion(plan, seed=5)


def test_nonsense_is_named():
    with pytest.raises(InvalidForecast, match="stands behind"):
        simulate_completion(FrozenPlan((FrozenTask(1, waits=((0, "finish", 0.0),)),)))
    with pytest.raises(InvalidForecast, match="sum to 1"):
        simulate_completion(FrozenPlan(CHAIN.tasks, late={0: 0.5}))


@st.composite
def plans(draw) -> FrozenPlan:
    tasks = []
    for place in range(draw(st.integers(1, 8))):
        others = draw(st.lists(st.integers(0, place - 1), max_size=3, unique=True)) if place else []
        waits = tuple((other, draw(st.sampled_from(("finish", "start"))), float(draw(st.integers(-2, 4)))) for other in others)
        tasks.append(FrozenTask(float(draw(st.integers(0, 9))), float(draw(st.integers(0, 9))), waits))
    return FrozenPlan(tuple(tasks), 1.0, draw(st.sampled_from((0.0, 0.3))))


@settings(max_examples=40, deadline=None)
@given(plans(), st.integers(0, 9))
def test_more_work_or_a_later_hold_never_ends_the_plan_earlier(plan, extra):
    longer = FrozenPlan(tuple(FrozenTask(task.duration + extra, task.not_before, task.waits) for task in plan.tasks), 1.0, plan.effort_spread)
    held = FrozenPlan(tuple(FrozenTask(task.duration, task.not_before + extra, task.waits) for task in plan.tasks), 1.0, plan.effort_spread)
    before = simulate_completion(plan, draws=50, seed=2).finishes
    for later in (longer, held):
        assert all(a <= b + 1e-5 for a, b in zip(before, simulate_completion(later, draws=50, seed=2).finishes, strict=True))
