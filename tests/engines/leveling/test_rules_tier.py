"""Tier 1: always a valid answer, at once."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from tests.engines.leveling.problems import plain_problems, rich_problems

from wonward.engines.leveling import (
    LevelingLink,
    LevelingProblem,
    LevelingResource,
    LevelingTask,
    Status,
    simple_makespan,
    solve,
    verify,
)
from wonward.engines.leveling.placing import Placer


@given(plain_problems())
def test_every_plan_of_the_rules_is_accepted_by_the_checker(problem):
    result = solve(problem)

    assert verify(problem, result) == []
    assert result.status in (Status.OPTIMAL, Status.FEASIBLE)
    assert result.lower_bound <= result.value


@settings(max_examples=200, deadline=None)
@given(rich_problems())
def test_whatever_is_asked_the_checker_accepts_the_answer(problem):
    assert verify(problem, solve(problem)) == []


@given(plain_problems())
def test_the_same_seed_gives_the_same_answer(problem):
    assert solve(problem, seed=7) == solve(problem, seed=7)


@given(plain_problems())
def test_a_plan_is_never_longer_than_that_of_a_simple_rule(problem):
    assert solve(problem).makespan <= simple_makespan(problem)


@given(plain_problems())
def test_a_plan_is_never_longer_than_one_task_after_the_other(problem):
    assert solve(problem).makespan <= sum(task.duration for task in problem.tasks)


def test_no_tasks_take_no_time():
    result = solve(LevelingProblem(()))

    assert (result.status, result.makespan, dict(result.starts)) == (Status.OPTIMAL, 0, {})


def test_two_tasks_of_one_person_lie_one_after_the_other():
    problem = LevelingProblem(
        (LevelingTask("a", 3, demands={"ana": 1}), LevelingTask("b", 2, demands={"ana": 1})),
        resources=(LevelingResource("ana"),),
    )

    result = solve(problem)

    assert (result.status, result.makespan) == (Status.OPTIMAL, 5)
    (reason,) = result.reasons
    assert reason.resource == "ana"
    assert reason.text == f"{reason.task} begins at {reason.to_start} instead of 0: ana is taken in slot {reason.slot} by {reason.blockers[0]}."


def test_people_are_chosen_so_that_both_skills_are_there_at_once():
    """Only ben can code; ana designs though both could."""
    problem = LevelingProblem(
        (LevelingTask("a", 2, skills={"code": 1, "design": 1}),),
        resources=(
            LevelingResource("ben", skills=frozenset({"code", "design"})),
            LevelingResource("ana", skills=frozenset({"design"})),
        ),
    )

    result = solve(problem)

    assert result.assignments == {"a": {"ben": "code", "ana": "design"}}


def test_work_pauses_where_its_calendar_does():
    week = (True,) * 5 + (False,) * 2 + (True,) * 5
    problem = LevelingProblem((LevelingTask("a", 4, earliest=3, calendar="week"),), calendars={"week": week})

    result = solve(problem)

    assert (result.starts["a"], result.finishes["a"]) == (3, 9)


def test_work_waits_for_people_who_are_away():
    problem = LevelingProblem(
        (LevelingTask("a", 3, demands={"ana": 1}),), resources=(LevelingResource("ana", 1, (1, 1, 0)),)
    )

    result = solve(problem)

    assert result.starts["a"] == 3
    assert result.reasons[0].text == "a begins at 3 instead of 0: ana has 0 of the 1 it needs in slot 2."


def test_a_person_without_hours_is_named_as_the_conflict():
    problem = LevelingProblem(
        (LevelingTask("a", 3, demands={"ana": 1}), LevelingTask("b", 1)), resources=(LevelingResource("ana", 0),)
    )

    result = solve(problem)

    assert result.status is Status.INFEASIBLE
    assert [element.text for element in result.conflict] == ["a needs 1 of ana"]
    assert verify(problem, result) == []


def test_started_work_is_kept_whatever_contradicts_it():
    problem = LevelingProblem(
        (
            LevelingTask("a", 3, demands={"ana": 1}, started_at=-1),
            LevelingTask("b", 3, demands={"ana": 1}, started_at=0),
            LevelingTask("c", 1, demands={"ana": 1}),
        ),
        (LevelingLink("c", "a"),),
        (LevelingResource("ana"),),
    )

    result = solve(problem)

    assert verify(problem, result) == []
    assert dict(result.starts) == {"a": -1, "b": 0, "c": 3}


def test_only_what_must_move_leaves_the_published_plan():
    tasks = tuple(LevelingTask(f"t{n}", 2, demands={"ana": 1}, published_start=4 * n) for n in range(5))
    crowded = replace(tasks[1], pinned_start=9)
    problem = LevelingProblem((tasks[0], crowded, *tasks[2:]), resources=(LevelingResource("ana"),))

    result = solve(problem)

    moved = {task.key for task in problem.tasks if result.starts[task.key] != task.published_start}
    assert moved == {"t1", "t2"}
    assert result.starts["t2"] == 7


def test_a_promise_weighs_more_than_the_length_of_the_plan():
    problem = LevelingProblem(
        (
            LevelingTask("small", 4, demands={"ana": 1}, due=4, due_weight=1),
            LevelingTask("large", 4, demands={"ana": 1}, due=4, due_weight=5),
        ),
        resources=(LevelingResource("ana"),),
    )

    result = solve(problem)

    assert dict(result.starts) == {"large": 0, "small": 4}
    assert result.parts.lateness == 4


def crowded(count):
    """Tasks in a loose network on three pools that are asked for more than they have."""
    dice = Random(count)
    pools = tuple(LevelingResource(f"pool {n}", 6) for n in range(3))
    tasks = tuple(
        LevelingTask(f"t{n}", dice.randrange(1, 9), demands={pool.key: dice.randrange(0, 5) for pool in pools}) for n in range(count)
    )
    links = tuple(LevelingLink(f"t{dice.randrange(max(0, n - 12), n)}", f"t{n}") for n in range(1, count) for _ in range(2))
    return LevelingProblem(tasks, tuple(dict.fromkeys(links)), pools)


@pytest.mark.parametrize(("count", "most"), [(62, 130), (124, 24), (300, 24), (1000, 24)])
def test_the_more_tasks_the_fewer_plans_are_drawn_for_an_answer_at_once(count, most, monkeypatch):
    drawn = []
    for name in ("parallel", "serial"):
        way = getattr(Placer, name)
        monkeypatch.setattr(Placer, name, lambda self, *given, way=way: drawn.append(1) or way(self, *given))
    problem = crowded(count)
    result = solve(problem)
    assert verify(problem, result) == []
    assert result.status is Status.FEASIBLE
    assert 0 < len(drawn) <= most
