"""Tasks that never lie side by side: every clash is in a set, nothing else is, and a proof that uses them proves the same."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.leveling.problems import plain_problems

from wonward.engines.leveling import (
    LevelingLink,
    LevelingProblem,
    LevelingResource,
    LevelingTask,
    Status,
    search,
    solve,
    verify,
)
from wonward.engines.leveling.cliques import MOST_TASKS, exclusive_sets
from wonward.engines.leveling.exact import Verdict, load_solver
from wonward.engines.leveling.network import Network

NEEDS_SOLVER = pytest.mark.skipif(load_solver() is None, reason="the exact solver is not installed (extra `solver`)")


def waits(problem):
    """By task, all it waits for at any distance."""
    before = {task.key: set() for task in problem.tasks}
    for _ in problem.tasks:
        for link in problem.links:
            before[link.to_key] |= {link.from_key} | before[link.from_key]
    return before


def clash(problem, one, other):
    room = {pool.key: pool.capacity for pool in problem.resources}
    return any(one.demands.get(key, 0) + other.demands.get(key, 0) > there for key, there in room.items())


@settings(max_examples=150, deadline=None)
@given(plain_problems(), st.integers(0, 3))
def test_each_set_holds_only_tasks_apart_and_all_sets_every_clash(problem, less):
    tight = tuple(replace(pool, capacity=max(1, pool.capacity - less)) for pool in problem.resources)
    problem = replace(problem, resources=tight, tasks=tuple(
        replace(task, demands={key: min(amount, next(pool.capacity for pool in tight if pool.key == key)) for key, amount in task.demands.items()})
        for task in problem.tasks
    ))
    network, before = Network(problem), waits(problem)
    worked = [j for j in range(network.count) if network.duration[j] and network.demand[j]]
    sets = exclusive_sets(network, worked)
    tasks = network.tasks
    together = set()
    for one in sets:
        for place, i in enumerate(one):
            for j in one[place + 1:]:
                linked = tasks[i].key in before[tasks[j].key] or tasks[j].key in before[tasks[i].key]
                assert linked or clash(problem, tasks[i], tasks[j])
                together.add((i, j))
    for place, i in enumerate(worked):
        for j in worked[place + 1:]:
            if clash(problem, tasks[i], tasks[j]) and tasks[i].key not in before[tasks[j].key] and tasks[j].key not in before[tasks[i].key]:
                assert (i, j) in together
    assert sets == exclusive_sets(Network(problem), worked)


def test_of_very_many_tasks_nothing_is_said():
    problem = LevelingProblem(tuple(LevelingTask(f"t{n}", 1, demands={"ana": 1}) for n in range(MOST_TASKS + 1)), resources=(LevelingResource("ana", 1),))
    network = Network(problem)
    assert exclusive_sets(network, range(MOST_TASKS)) == [list(range(MOST_TASKS))]
    assert exclusive_sets(network, range(MOST_TASKS + 1)) == []


def crowded(seed):
    """Fourteen tasks on two pools whose best plan no simple bound reaches."""
    dice = random.Random(seed)
    tasks = tuple(LevelingTask(f"t{n}", dice.randint(1, 8), demands={"a": dice.randint(0, 6), "b": dice.randint(0, 6)}) for n in range(14))
    links = tuple(LevelingLink(f"t{dice.randrange(n)}", f"t{n}") for n in range(2, 14) if dice.random() < 0.6)
    return LevelingProblem(tasks, links, (LevelingResource("a", 9), LevelingResource("b", 9)))


def nothing(*_given):
    return Verdict(None, None, False, False, False)


@NEEDS_SOLVER
def test_either_of_the_two_questions_proves_the_plan_and_the_plan_is_the_same(monkeypatch):
    monkeypatch.setattr(search, "ROUNDS", ((1e-9, 1e-9), (1.0, 1.0)))
    asked, proved = [], 0
    ask_whole, ask_proof = search.run_model, search.disprove
    for seed in range(12):
        problem = crowded(seed)
        monkeypatch.setattr(search, "disprove", ask_proof)
        both = solve(problem, seconds=5.0, tier=2)
        monkeypatch.setattr(search, "disprove", nothing)
        whole = solve(problem, seconds=5.0, tier=2)
        monkeypatch.setattr(search, "run_model", nothing)
        monkeypatch.setattr(search, "disprove", lambda *given: asked.append(ask_proof(*given)) or asked[-1])
        proof = solve(problem, seconds=5.0, tier=2)
        monkeypatch.setattr(search, "run_model", ask_whole)
        for result in (both, whole, proof):
            assert verify(problem, result) == []
        if all(result.status is Status.OPTIMAL for result in (both, whole, proof)):
            assert both.value == whole.value == proof.value
        proved += both.status is Status.OPTIMAL
    assert proved
    assert any(verdict.bound is not None for verdict in asked)
