"""More work never makes a proven date earlier, more capacity never a proven date later, and no bound lies above any plan."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.leveling.problems import NO_SHARED_DATA, plain_problems, shared_folder

from wonward.engines.leveling import (
    LevelingLink,
    LevelingProblem,
    LevelingResource,
    LevelingTask,
    Status,
    read_psplib,
    solve,
    verify,
)
from wonward.engines.leveling.exact import load_solver

PSPLIB = shared_folder("psplib")


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


def busier(problem, slots):
    """The same with a task more that nobody waits for, which takes all of the first pool."""
    pool = problem.resources[0]
    return replace(problem, tasks=(*problem.tasks, LevelingTask("more", slots, demands={pool.key: pool.capacity})))


def judge(problem, more):
    """What holds of any plan of rules, lucky or not: a plan with the work is one without it, and no bound of the less lies above it."""
    before, after = solve(problem), solve(more)
    assert before.lower_bound <= after.value
    assert before.makespan_bound <= after.makespan
    without = replace(
        after, starts={task.key: after.starts[task.key] for task in problem.tasks}, finishes={task.key: after.finishes[task.key] for task in problem.tasks},
    )
    makespan = max(without.finishes.values(), default=0)
    value = problem.weights.makespan * makespan
    shorter = replace(
        without, parts=replace(after.parts, makespan=makespan), value=value, lower_bound=min(before.lower_bound, value),
        makespan_bound=min(before.makespan_bound, makespan), bounds=replace(after.bounds, makespan=min(before.makespan_bound, makespan)),
        gap=(value - min(before.lower_bound, value)) / value if value else 0.0, status=Status.OPTIMAL if before.lower_bound == value else Status.FEASIBLE,
    )
    assert verify(problem, shorter) == []
    return before, after


@settings(max_examples=200, deadline=None)
@given(plain_problems(), st.integers(1, 4))
def test_a_plan_with_more_work_is_a_plan_without_it_and_lies_above_its_bounds(problem, slots):
    judge(problem, busier(problem, slots))


@pytest.mark.skipif(PSPLIB is None, reason=NO_SHARED_DATA)
@pytest.mark.parametrize("name", ["j60/j6021_3", "j60/j605_4", "j30/j3029_5", "j30/j3043_1"])
def test_where_rules_find_a_shorter_plan_with_more_work_neither_is_called_proved_unless_both_agree(name):
    """Rules are heuristics: a task more can lead them to a shorter plan by luck. What is proved cannot be outdone like that."""
    problem = read_psplib((PSPLIB / f"{name}.sm").read_text())
    for slots in (1, 3):
        before, after = judge(problem, busier(problem, slots))
        if after.makespan < before.makespan:
            assert before.status is Status.FEASIBLE
            assert before.gap > 0


def generated(seed, size):
    """A plan on one to three scarce pools, and the same with a task more, with a task longer, and with a pool wider."""
    dice = random.Random(f"{seed} of {size}")
    pools = [LevelingResource(f"p{number}", dice.randint(1, 4)) for number in range(dice.randint(1, 3))]
    tasks, links = [], []
    for number in range(size):
        pool = dice.choice(pools)
        tasks.append(LevelingTask(f"t{number}", dice.randint(1, 8), demands={pool.key: dice.randint(1, pool.capacity)}))
        if number and dice.random() < 0.6:
            links.append(LevelingLink(f"t{dice.randrange(max(0, number - 6), number)}", f"t{number}"))
    plan = LevelingProblem(tuple(tasks), tuple(links), tuple(pools))
    pool, place = dice.choice(pools), dice.randrange(size)
    extra = LevelingTask("more", dice.randint(1, 6), demands={pool.key: dice.randint(1, pool.capacity)})
    more = replace(plan, tasks=(*plan.tasks, extra), links=(*plan.links, LevelingLink(dice.choice(tasks).key, "more")))
    longer = replace(plan, tasks=tuple(replace(task, duration=task.duration + 2) if number == place else task for number, task in enumerate(tasks)))
    wider = replace(plan, resources=tuple(replace(one, capacity=one.capacity + (one is pool)) for one in pools))
    return plan, more, longer, wider


def test_in_two_hundred_small_plans_the_answer_at_once_is_never_earlier_by_work_nor_later_by_capacity():
    for seed in range(200):
        plan, more, longer, wider = (solve(one).makespan for one in generated(seed, 5 + seed % 6))
        assert wider <= plan <= min(more, longer), seed


@pytest.mark.skipif(load_solver() is None, reason="the exact solver is not installed (extra `solver`)")
def test_where_rules_end_a_larger_plan_earlier_by_more_work_the_search_puts_it_right():
    wrong = []
    for seed in range(150):
        family = generated(seed, 25)
        plan, more, longer, wider = (solve(one).makespan for one in family)
        if not wider <= plan <= min(more, longer):
            wrong.append(family)
        if len(wrong) == 2:
            break
    assert wrong, "rules that never err need no search to put them right"
    for family in wrong:
        results = [solve(one, seconds=3.0, tier=2) for one in family]
        if all(result.status is Status.OPTIMAL for result in results):
            plan, more, longer, wider = (result.makespan for result in results)
            assert wider <= plan <= min(more, longer)
        assert results[0].lower_bound <= min(results[1].makespan, results[2].makespan)
        assert results[3].lower_bound <= results[0].makespan
