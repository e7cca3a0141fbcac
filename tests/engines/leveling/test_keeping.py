"""The aim of keeping dates: no date is missed that could be kept, and the overload that leaves is bounded and accounted for."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.leveling.problems import plain_problems, rich_problems

from wonward.engines.leveling import (
    Aim,
    Binding,
    LevelingLink,
    LevelingProblem,
    LevelingResource,
    LevelingTask,
    ObjectiveWeights,
    Status,
    plan_faults,
    solve,
    verify,
)
from wonward.engines.leveling.exact import load_solver

BRIEF = 0.5
needs_solver = pytest.mark.skipif(load_solver() is None, reason="the exact solver is not installed (extra `solver`)")


def keep(problem, **more):
    result = solve(problem, aim=Aim.KEEP, **more)
    assert verify(problem, result) == []
    return result


def two_at_once(**more):
    return LevelingProblem(
        (
            LevelingTask("first", 4, demands={"Nina": 8}, due=4, published_start=0),
            LevelingTask("second", 4, demands={"Nina": 8}, published_start=0, **more),
        ),
        resources=(LevelingResource("Nina", 8),),
        weights=ObjectiveWeights(makespan=0),
    )


def test_work_without_a_date_makes_room_for_work_that_was_promised():
    result = keep(two_at_once())

    assert dict(result.starts) == {"first": 0, "second": 4}
    assert (result.parts.lateness, result.parts.overload) == (0, 0)


def test_two_promises_on_one_person_are_both_kept_and_the_overload_is_named():
    problem = two_at_once(due=5)

    result = keep(problem)
    cleared = solve(problem)

    assert result.parts.lateness == 0
    # Three of the four days of either task lie on each other whatever is done.
    assert result.parts.overload == result.bounds.overload == 24
    assert result.value == result.lower_bound + 1
    assert (cleared.parts.overload, cleared.parts.lateness) == (0, 3)
    (moved,) = result.reasons
    assert moved.binding is Binding.RESOURCE
    assert (moved.resource, moved.blockers) == ("Nina", ("first",))


def test_a_date_that_links_alone_miss_is_missed_by_no_more_than_they_ask():
    problem = LevelingProblem(
        (LevelingTask("cause", 3), LevelingTask("effect", 3, due=4, demands={"Nina": 1})), (LevelingLink("cause", "effect"),),
        (LevelingResource("Nina", 0),),
    )

    result = keep(problem)

    assert result.finishes["effect"] == 6
    assert (result.parts.lateness, result.bounds.lateness) == (2, 2)


def test_pins_on_each_other_are_an_overload_here_and_a_contradiction_where_nobody_may_be_overloaded():
    pinned = tuple(replace(task, pinned_start=0) for task in two_at_once().tasks)
    problem = replace(two_at_once(), tasks=pinned)

    assert keep(problem).parts.overload == 32
    assert solve(problem).status is Status.INFEASIBLE


def test_a_date_that_must_hold_and_cannot_is_explained_without_naming_people():
    problem = LevelingProblem(
        (LevelingTask("cause", 3), LevelingTask("effect", 3, deadline=4, demands={"Nina": 1})), (LevelingLink("cause", "effect"),),
        (LevelingResource("Nina", 1),),
    )

    result = solve(problem, aim=Aim.KEEP)

    assert result.status is Status.INFEASIBLE
    assert {str(element.kind) for element in result.conflict} == {"deadline", "link"}


def test_a_missed_date_costs_its_fixed_part_once():
    weights = ObjectiveWeights(makespan=0, missed=10)
    problem = replace(two_at_once(due=5), weights=weights)

    result = solve(problem)

    assert verify(problem, result) == []
    assert result.parts.lateness == 13


@needs_solver
def test_a_plan_is_called_the_best_possible_only_once_the_search_has_proven_it():
    quick, searched = keep(two_at_once(due=5)), keep(two_at_once(due=5), seconds=BRIEF, tier=2)

    assert (quick.status, searched.status) == (Status.FEASIBLE, Status.OPTIMAL)
    assert searched.bounds == searched.parts


@settings(max_examples=60, deadline=None)
@given(rich_problems())
def test_whatever_is_asked_the_checker_accepts_the_plan_and_no_date_is_later_than_it_has_to_be(problem):
    result = keep(problem)
    if result.status is Status.INFEASIBLE:
        return
    nobody = replace(problem, tasks=tuple(replace(task, demands={}, skills={}) for task in problem.tasks))
    alone = solve(nobody, aim=Aim.KEEP)
    late = [(task, result.finishes[task.key], alone.bounds.lateness) for task in problem.tasks if task.due is not None and task.due_weight]

    assert result.parts.lateness == result.bounds.lateness == alone.bounds.lateness, late
    assert result.lower_bound <= result.value


@settings(max_examples=40, deadline=None)
@given(rich_problems(most_tasks=3))
def test_trying_every_plan_finds_none_with_less_overload_than_the_bound(problem):
    problem = replace(problem, tasks=tuple(replace(task, skills={}, earliest=task.earliest % 3) for task in problem.tasks))
    result = keep(problem)
    if result.status is Status.INFEASIBLE:
        return
    places = [[task.fixed_start] if task.fixed_start is not None else range(14) for task in problem.tasks]
    for starts in product(*places):
        named = {task.key: start for task, start in zip(problem.tasks, starts, strict=True)}
        if any(plan_faults(problem, named, {}, may_overload=True)):
            continue
        parts = parts_of(problem, named)
        if parts.lateness == result.parts.lateness:
            assert parts.overload >= result.bounds.overload
            assert parts.change >= result.bounds.change or parts.overload > result.bounds.overload
            assert parts.total(problem.weights) >= result.lower_bound


def parts_of(problem, starts):
    """The objective as the search itself counts it for starts given from outside."""
    pinned = tuple(task if task.started_at is not None else replace(task, pinned_start=starts[task.key]) for task in problem.tasks)
    fixed = replace(problem, tasks=pinned)
    result = solve(fixed, aim=Aim.KEEP)
    assert verify(fixed, result) == []
    assert dict(result.starts) == starts
    return result.parts


@needs_solver
@settings(max_examples=15, deadline=None)
@given(plain_problems(), st.integers(1, 3), st.integers(0, 12))
def test_more_people_never_mean_more_overload_and_more_work_never_less_where_both_are_proven(problem, extra, due):
    tasks = tuple(replace(task, due=due) for task in problem.tasks)
    problem = replace(problem, tasks=tasks, weights=ObjectiveWeights(makespan=0))
    wider = replace(problem, resources=tuple(LevelingResource(pool.key, pool.capacity + extra) for pool in problem.resources))
    more = LevelingTask("more", extra, demands={problem.resources[0].key: 1}, due=due)
    longer = replace(problem, tasks=(*tasks, more))
    before, with_people, with_work = (keep(one, seconds=BRIEF, tier=2) for one in (problem, wider, longer))

    if before.status is with_people.status is Status.OPTIMAL:
        assert with_people.parts.overload <= before.parts.overload
    if before.status is with_work.status is Status.OPTIMAL:
        assert with_work.parts.overload >= before.parts.overload
    for task in problem.tasks:
        assert task.due is not None
        assert with_people.parts.lateness == before.parts.lateness <= with_work.parts.lateness


@needs_solver
@settings(max_examples=15, deadline=None)
@given(rich_problems())
def test_a_longer_search_is_never_worse_and_its_bound_never_lower(problem):
    quick = keep(problem)
    searched = keep(problem, seconds=BRIEF, tier=2)

    assert quick.status is Status.INFEASIBLE or quick.lower_bound <= searched.lower_bound <= searched.value <= quick.value
