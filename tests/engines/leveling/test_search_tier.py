"""Tier 2: proofs that hold, never worse than what it was given, the same for the same seed."""

import random
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.leveling.problems import NO_SHARED_DATA, plain_problems, rich_problems, shared_folder

from wonward.engines.leveling import (
    LevelingLink,
    LevelingProblem,
    LevelingResource,
    LevelingTask,
    ObjectiveParts,
    Status,
    exact,
    plan_faults,
    read_mspsp,
    read_psplib,
    search,
    solve,
    verify,
)
from wonward.engines.leveling.exact import load_solver
from wonward.engines.leveling.search import ENDED_EARLY

pytestmark = pytest.mark.skipif(load_solver() is None, reason="the exact solver is not installed (extra `solver`)")
SECONDS = 5.0
BRIEF = 0.5


def proved(problem):
    result = solve(problem, seconds=SECONDS, tier=2)
    assert verify(problem, result) == []
    assert result.status in (Status.OPTIMAL, Status.INFEASIBLE)
    return result


@settings(max_examples=30, deadline=None)
@given(rich_problems())
def test_whatever_is_asked_the_checker_accepts_the_answer_and_it_is_not_worse(problem):
    quick = solve(problem)
    result = solve(problem, seconds=BRIEF, tier=2)

    assert verify(problem, result) == []
    if quick.status in (Status.OPTIMAL, Status.FEASIBLE):
        assert quick.lower_bound <= result.lower_bound <= result.value <= quick.value


@settings(max_examples=25, deadline=None)
@given(rich_problems(most_tasks=3))
def test_trying_every_plan_finds_none_better_than_a_proven_one(problem):
    problem = replace(
        problem,
        tasks=tuple(replace(task, skills={}, earliest=task.earliest % 3) for task in problem.tasks),
    )
    result = solve(problem, seconds=BRIEF, tier=2)
    least = None
    for starts in product(*(_places(task) for task in problem.tasks)):
        named = {task.key: start for task, start in zip(problem.tasks, starts, strict=True)}
        if not any(plan_faults(problem, named, {})):
            value = _value(problem, named)
            least = value if least is None else min(least, value)

    if result.status is Status.INFEASIBLE:
        assert least is None
    elif least is not None:
        assert result.lower_bound <= least
        assert result.status is not Status.OPTIMAL or result.value <= least


def test_asking_for_a_shorter_plan_proves_the_same_as_asking_for_the_best(monkeypatch):
    dice, asked = random.Random(5), []
    shorten = exact._shorten
    monkeypatch.setattr(exact, "_shorten", lambda *given: asked.append(shorten(*given)) or asked[-1])
    for _ in range(12):
        problem = _crowded(dice)
        monkeypatch.setattr(search, "ROUNDS", ((1.0, 1.0),))
        best = proved(problem)
        monkeypatch.setattr(search, "ROUNDS", ((1e-9, 1e-9), (1.0, 1.0)))
        shorter = solve(problem, seconds=SECONDS, tier=2)
        assert verify(problem, shorter) == []
        assert shorter.lower_bound <= best.value <= shorter.value
        assert shorter.status is not Status.OPTIMAL or shorter.value == best.value
    assert any(verdict.bound is not None for verdict in asked)


def _crowded(dice):
    """Sixteen tasks on two pools, where the bounds of rules rarely reach the best plan."""
    tasks = tuple(
        LevelingTask(f"t{n}", dice.randint(1, 8), demands={"a": dice.randint(0, 6), "b": dice.randint(0, 6)}) for n in range(16)
    )
    links = tuple(LevelingLink(f"t{dice.randrange(n)}", f"t{n}") for n in range(2, 16) if dice.random() < 0.7)
    return LevelingProblem(tasks, links, (LevelingResource("a", 9), LevelingResource("b", 9)))


def _places(task):
    return [task.fixed_start] if task.fixed_start is not None else range(16)


def _value(problem, starts):
    """The objective, worked out slot by slot."""
    lateness = change = makespan = 0
    for task in problem.tasks:
        finish, left = starts[task.key], task.duration
        while left:
            pattern = problem.calendars[task.calendar] if task.calendar else ()
            left -= 1 if finish < 0 or finish >= len(pattern) or pattern[finish] else 0
            finish += 1
        makespan = max(makespan, finish)
        lateness += task.due_weight * max(0, finish - task.due) if task.due is not None else 0
        change += abs(starts[task.key] - task.published_start) if task.published_start is not None else 0
    return ObjectiveParts(lateness, makespan, change).total(problem.weights)


@settings(max_examples=12, deadline=None)
@given(plain_problems(), st.integers(0, 3))
def test_one_task_more_never_makes_the_proven_plan_shorter(problem, duration):
    pool = problem.resources[0]
    more = LevelingTask("more", duration, demands={pool.key: 1})

    assert proved(problem).makespan <= proved(replace(problem, tasks=(*problem.tasks, more))).makespan


@settings(max_examples=12, deadline=None)
@given(plain_problems())
def test_more_capacity_never_makes_the_proven_plan_longer(problem):
    more = tuple(replace(pool, capacity=pool.capacity + 1) for pool in problem.resources)

    assert proved(replace(problem, resources=more)).makespan <= proved(problem).makespan


@settings(max_examples=8, deadline=None)
@given(rich_problems(), st.integers(0, 1000))
def test_the_same_seed_gives_the_same_answer(problem, seed):
    first, again = (solve(problem, seconds=BRIEF, seed=seed, tier=2) for _ in range(2))

    assert not (first.is_repeatable and again.is_repeatable) or first == again


def test_a_search_that_runs_out_of_time_says_so_and_still_answers():
    problem = LevelingProblem(
        tuple(LevelingTask(f"t{n}", 1 + n % 5, demands={"pool": 1 + n % 3}) for n in range(30)),
        resources=(LevelingResource("pool", 4),),
    )

    result = solve(problem, seconds=60.0, tier=2, stop=lambda: True)

    assert verify(problem, result) == []
    assert result.lower_bound <= result.value
    assert (ENDED_EARLY in result.notes) == (result.status is not Status.OPTIMAL)


def test_without_the_exact_solver_the_answer_says_so(monkeypatch):
    monkeypatch.setattr("wonward.engines.leveling.search.load_solver", lambda: None)
    problem = LevelingProblem(
        tuple(LevelingTask(f"t{n}", 2, demands={"pool": 2}) for n in range(5)), resources=(LevelingResource("pool", 3),)
    )
    crowded = replace(problem, tasks=(*problem.tasks, LevelingTask("small", 3, demands={"pool": 1})))
    hard = replace(crowded, tasks=tuple(replace(task, due=3) for task in crowded.tasks))

    result = solve(hard, seconds=0.2, tier=2)

    assert verify(hard, result) == []
    assert result.notes[:1] == ("The exact solver is not installed (extra `solver`), so this is the answer of rules and genetic search.",)


PSPLIB, MSPSP = shared_folder("psplib"), shared_folder("mspsp")


@pytest.mark.skipif(PSPLIB is None, reason=NO_SHARED_DATA)
def test_a_library_instance_of_thirty_jobs_is_proved():
    problem = read_psplib((PSPLIB / "j30" / "j301_1.sm").read_text())

    assert proved(problem).makespan == 43


@pytest.mark.skipif(MSPSP is None, reason=NO_SHARED_DATA)
def test_a_library_instance_with_skills_is_planned_with_people():
    problem = read_mspsp((MSPSP / "inst_set1a_sf0.5_nc1.5_n20_m10_00.dzn").read_text())

    result = solve(problem, seconds=BRIEF, tier=2)

    assert verify(problem, result) == []
    assert 48 <= result.lower_bound <= result.makespan <= 75
