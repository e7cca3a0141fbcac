"""Why a task moved, and why no plan is possible: both must hold when looked at again."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from tests.engines.leveling.problems import rich_problems

from wonward.engines.leveling import (
    Binding,
    ConflictElement,
    ElementKind,
    LevelingLink,
    LevelingProblem,
    LevelingResource,
    LevelingTask,
    Status,
    solve,
    verify,
)
from wonward.engines.leveling.solver import FURTHER, IMPOSSIBLE
from wonward.engines.scheduling import LinkType

ANA = LevelingResource("ana")


def plan_of(*tasks, links=(), resources=(ANA,), **more):
    problem = LevelingProblem(tuple(tasks), tuple(links), tuple(resources), **more)
    result = solve(problem)
    assert verify(problem, result) == []
    return result


def reason_of(result, key):
    return next(reason for reason in result.reasons if reason.task == key)


@settings(max_examples=150, deadline=None)
@given(rich_problems())
def test_every_moved_task_has_one_sentence_and_no_other_has(problem):
    result = solve(problem)
    if result.status is Status.INFEASIBLE:
        return
    moved = {
        task.key for task in problem.tasks
        if task.published_start is not None and result.starts[task.key] != task.published_start
    }
    told = [reason.task for reason in result.reasons]

    assert len(told) == len(set(told))
    assert moved <= set(told)
    for reason in result.reasons:
        assert reason.to_start == result.starts[reason.task]
        assert reason.from_start != reason.to_start
        assert reason.text.startswith(f"{reason.task} begins at {reason.to_start} instead of {reason.from_start}: ")


def test_a_task_pushed_by_its_predecessor_names_it():
    result = plan_of(
        LevelingTask("a", 3, published_start=0), LevelingTask("b", 1, published_start=1), links=[LevelingLink("a", "b")]
    )

    assert reason_of(result, "b").binding is Binding.PREDECESSOR
    assert reason_of(result, "b").text == "b begins at 3 instead of 1: it waits for a."


def test_a_task_pushed_by_its_own_date_says_so():
    result = plan_of(LevelingTask("a", 1, earliest=4, published_start=2))

    assert reason_of(result, "a").binding is Binding.EARLIEST


def test_a_pinned_task_says_that_it_is_pinned():
    result = plan_of(LevelingTask("a", 1, pinned_start=4, published_start=2))

    assert reason_of(result, "a").text == "a begins at 4 instead of 2: it is pinned to 4."


def test_a_task_without_people_of_its_skill_names_who_they_work_for():
    result = plan_of(
        LevelingTask("a", 3, skills={"code": 1}, pinned_start=0),
        LevelingTask("b", 1, skills={"code": 1}),
        resources=[LevelingResource("ben", skills=frozenset({"code"}))],
    )

    assert reason_of(result, "b").binding is Binding.SKILL
    assert reason_of(result, "b").blockers == ("a",)


@pytest.mark.parametrize(
    ("kind", "lag", "start"),
    [(LinkType.FS, 2, 6), (LinkType.SS, 2, 2), (LinkType.FF, 2, 4), (LinkType.SF, 3, 1), (LinkType.FS, -1, 3)],
)
def test_links_of_every_type_hold_with_their_lag(kind, lag, start):
    result = plan_of(LevelingTask("a", 4), LevelingTask("b", 2), links=[LevelingLink("a", "b", kind, lag)])

    assert result.starts == {"a": 0, "b": start}


def test_two_pins_of_one_person_conflict_and_either_can_go():
    result = plan_of(
        LevelingTask("a", 3, demands={"ana": 1}, pinned_start=0),
        LevelingTask("b", 3, demands={"ana": 1}, pinned_start=2),
        LevelingTask("c", 5),
    )

    assert result.status is Status.INFEASIBLE
    assert {element.text for element in result.conflict} == {
        "a needs 1 of ana", "b needs 1 of ana", "a is pinned to 0", "b is pinned to 2",
    }
    without = {(element.kind, element.subject): dict(element.starts) for element in result.conflict}
    assert without[ElementKind.PIN, "b"] == {"a": 0, "b": 3, "c": 0}


def test_an_impossible_deadline_names_the_chain_before_it():
    result = plan_of(
        LevelingTask("a", 3, earliest=2), LevelingTask("b", 3, deadline=7), LevelingTask("c", 9),
        links=[LevelingLink("a", "b")],
    )

    assert {element.text for element in result.conflict} == {
        "a may not begin before 2", "b waits for a", "b must end by 7",
    }


def test_tasks_that_wait_for_each_other_conflict():
    result = plan_of(
        LevelingTask("a", 1), LevelingTask("b", 1), LevelingTask("c", 1),
        links=[LevelingLink("a", "b"), LevelingLink("b", "a"), LevelingLink("b", "c")],
    )

    assert {element.text for element in result.conflict} == {"a waits for b", "b waits for a"}


def test_a_skill_nobody_has_is_the_conflict():
    result = plan_of(LevelingTask("a", 1, skills={"code": 1}))

    assert [element.text for element in result.conflict] == ["a needs 1 people with code"]


def test_nobody_at_all_is_no_reason_to_fail():
    result = plan_of(LevelingTask("a", 1), resources=())

    assert result.status is Status.OPTIMAL


def test_the_checker_finds_what_is_planted_in_a_good_result():
    problem = LevelingProblem(
        (
            LevelingTask("a", 3, demands={"ana": 1}, due=2),
            LevelingTask("b", 2, demands={"ana": 1}, deadline=9),
            LevelingTask("c", 2, skills={"code": 1}, calendar="week"),
        ),
        (LevelingLink("a", "b"), LevelingLink("b", "c")),
        (ANA, LevelingResource("ben", skills=frozenset({"code"}))),
        {"week": (True,) * 5 + (False,) * 2},
    )
    good = solve(problem)
    assert verify(problem, good) == []

    planted = {
        "b breaks its FS link from a": replace(good, starts={**good.starts, "b": 2}),
        "ana has 1 in slot 1, and 2 are taken": replace(good, starts={**good.starts, "b": 1}),
        "b ends at 10, after its deadline 9": replace(good, starts={**good.starts, "b": 8}),
        "c begins in slot 6, which its calendar does not work": replace(good, starts={**good.starts, "c": 6}),
        "a begins at -1, before 0": replace(good, starts={**good.starts, "a": -1}),
        "c has 0 people for code instead of 1": replace(good, assignments={}),
        "ana does not have the skill code that c was given": replace(good, assignments={"c": {"ana": "code"}}),
        "the plan has not exactly the tasks of the problem (c)": replace(good, starts={"a": 0, "b": 3}),
        f"the value is {good.value}, not 1": replace(good, value=1),
        "the lower bound is above the value": replace(good, lower_bound=good.value + 1),
        f"it is called optimal with value {good.value} and bound 0": replace(
            good, status=Status.OPTIMAL, lower_bound=0, gap=1.0
        ),
        "it is called infeasible without a conflict set": replace(good, status=Status.INFEASIBLE),
    }
    for sentence, result in planted.items():
        assert sentence in verify(problem, result)


def test_the_checker_refuses_a_conflict_that_is_none():
    problem = LevelingProblem((LevelingTask("a", 1, pinned_start=0), LevelingTask("b", 1, pinned_start=4)))
    claimed = replace(
        solve(problem),
        status=Status.INFEASIBLE,
        conflict=tuple(
            ConflictElement(ElementKind.PIN, key, text=f"the pin of {key}", starts={"a": 0, "b": 0}) for key in "ab"
        ),
    )

    assert verify(problem, claimed) == ["without the pin of a, b is pinned to 4, not 0"]


def both_at_once() -> LevelingProblem:
    """Two pins of one person that collide, and beside them a task that cannot end by its date."""
    return LevelingProblem(
        (
            LevelingTask("a", 3, demands={"dev": 1}, pinned_start=0), LevelingTask("b", 3, demands={"dev": 1}, pinned_start=1),
            LevelingTask("c", 2, deadline=1),
        ),
        resources=(LevelingResource("dev", 1),),
    )


def test_a_second_contradiction_is_told_with_each_element_of_the_first():
    problem = both_at_once()
    result = solve(problem)
    assert result.status is Status.INFEASIBLE
    assert verify(problem, result) == []
    assert result.notes == (FURTHER,)
    named = {(element.subject, *element.also) for element in result.conflict}
    if {element.subject for element in result.conflict} == {"c"}:
        assert all({one[1] for one in element.also} <= {"a", "b"} for element in result.conflict)
    else:
        assert all([one[1] for one in element.also] == ["c"] for element in result.conflict)
    assert all(element.also and not element.is_alone for element in result.conflict), named


def test_one_contradiction_needs_nothing_else_to_go():
    problem = replace(both_at_once(), tasks=both_at_once().tasks[:2])
    result = solve(problem)
    assert (result.notes[0], {element.also for element in result.conflict}) == (IMPOSSIBLE, {()})
    assert verify(problem, result) == []


def test_the_checker_refuses_an_element_whose_plan_leaves_another_contradiction_unsaid():
    problem = both_at_once()
    result = solve(problem)
    silent = replace(result, conflict=tuple(replace(element, also=()) for element in result.conflict))
    assert verify(problem, silent)
    owned = replace(silent, conflict=tuple(replace(element, is_alone=True) for element in silent.conflict))
    assert verify(problem, owned) == []


@pytest.mark.parametrize("seed", range(60))
def test_any_element_with_what_goes_beside_it_resolves_everything(seed):
    dice = Random(seed)
    tasks = tuple(
        LevelingTask(
            f"t{number}", dice.randrange(1, 4), demands={"dev": 1}, pinned_start=dice.randrange(0, 4) if dice.random() < 0.6 else None,
            deadline=dice.randrange(1, 5) if dice.random() < 0.4 else None,
        )
        for number in range(5)
    )
    problem = LevelingProblem(tasks, resources=(LevelingResource("dev", 1),))
    result = solve(problem)
    assert verify(problem, result) == []
    if result.status is Status.INFEASIBLE:
        assert result.conflict
        assert (result.notes[0] == IMPOSSIBLE) == all(not element.also and not element.is_alone for element in result.conflict)
