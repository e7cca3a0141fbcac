"""More work never makes a proven date earlier, more capacity never a proven date later, and no bound lies above any plan."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.leveling.problems import plain_problems

from wonward.engines.leveling import LevelingResource, LevelingTask, Status, solve


@settings(max_examples=60, deadline=None)
@given(plain_problems(), st.integers(1, 4))
def test_adding_work_never_makes_the_proven_end_earlier(problem, slots):
    pool = problem.resources[0]
    more = LevelingTask("more", slots, demands={pool.key: pool.capacity})
    before, after = solve(problem), solve(replace(problem, tasks=(*problem.tasks, more)))
    # Whatever either proves holds for the other: a plan with the work in it is one without it, too.
    assert before.lower_bound <= after.value
    if before.status is Status.OPTIMAL and after.status is Status.OPTIMAL:
        assert before.value <= after.value


@settings(max_examples=60, deadline=None)
@given(plain_problems(), st.integers(1, 3))
def test_adding_capacity_never_makes_the_proven_end_later(problem, extra):
    wider = tuple(LevelingResource(pool.key, pool.capacity + extra) for pool in problem.resources)
    before, after = solve(problem), solve(replace(problem, resources=wider))
    assert after.lower_bound <= before.value
    if before.status is Status.OPTIMAL and after.status is Status.OPTIMAL:
        assert after.value <= before.value
