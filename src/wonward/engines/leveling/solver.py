"""One door to levelling: rules at once, a search within a time limit, and what is known of the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from wonward.engines.leveling.bounds import find_bounds, least_parts
from wonward.engines.leveling.conflicts import find_conflict
from wonward.engines.leveling.contradictions import find_contradiction
from wonward.engines.leveling.deadline import Deadline
from wonward.engines.leveling.genetic import improve_briefly
from wonward.engines.leveling.keeping import keep_dates
from wonward.engines.leveling.network import Network
from wonward.engines.leveling.placing import Placer, Plan
from wonward.engines.leveling.quick import Workshop, first_plan, ranks
from wonward.engines.leveling.reasons import explain
from wonward.engines.leveling.scoring import Scorer
from wonward.engines.leveling.search import Found, search
from wonward.engines.leveling.types import Aim, LevelingProblem, LevelingResult, ObjectiveParts, Status

Stop = Callable[[], bool]

IMPOSSIBLE = "No plan keeps everything that is asked; taking out any one element of the conflict set resolves it."
FURTHER = "No plan keeps everything that is asked, and one thing less is not enough: each element of the conflict set says what has to go with it."
REMAIN = "No plan keeps everything that is asked. Taking out any one element resolves this contradiction; further ones remain."
UNDECIDED = "No plan keeping everything was found in the time given, and none was shown to be impossible."


def solve(
    problem: LevelingProblem, *, seconds: float = 0.0, seed: int = 0, tier: int = 1, stop: Stop | None = None, aim: Aim = Aim.CLEAR
) -> LevelingResult:
    """Level a problem.

    Tier 1 takes milliseconds and ignores ``seconds``; tier 2 searches from its answer for at most ``seconds``
    of wall clock and never returns worse. ``stop`` is asked now and then and ends the search early. The same
    problem, seconds, seed and tier give the same answer when ``is_repeatable``. ``aim`` says what gives way,
    dates or capacity. Raises LevelingError for what is no problem at all.
    """
    network = Network(problem)
    deadline = Deadline(seconds if tier > 1 else 0.0, stop)
    if aim is Aim.KEEP:
        return _kept(problem, network, deadline, seed)
    placer = Placer(network)
    proof = find_contradiction(placer)
    if proof:
        return _impossible(problem, proof, deadline, seed)
    shop = Workshop(network, placer, Scorer(network), find_bounds(network))
    found = Found(improve_briefly(shop, first_plan(shop), seed), shop.bounds.value, "rules", (), True, False)
    if tier > 1:
        found = search(shop, found, deadline, seed)
    if found.is_impossible:
        return _impossible(problem, "", deadline, seed)
    return _result(shop, found)


def simple_makespan(problem: LevelingProblem) -> int:
    """Slots a plain rule takes: tasks one by one by latest finish, each as early as it fits. What others are measured by."""
    network = Network(problem)
    bounds = find_bounds(network)
    return Placer(network).serial(network.listed(next(ranks(network, bounds)))).makespan


def _kept(problem: LevelingProblem, network: Network, deadline: Deadline, seed: int) -> LevelingResult:
    kept = keep_dates(network, deadline, seed)
    if isinstance(kept, LevelingResult):
        return kept
    # People may be overloaded here, so that nothing asked of them by name can be part of a contradiction.
    tasks = tuple(replace(task, demands={}) for task in problem.tasks)
    return replace(_impossible(replace(problem, tasks=tasks), kept, deadline, seed), aim=Aim.KEEP)


def _impossible(problem: LevelingProblem, proof: str, deadline: Deadline, seed: int) -> LevelingResult:
    conflict = find_conflict(problem, deadline, seed)
    nothing = ObjectiveParts(0, 0, 0)
    notes: tuple[str, ...] = (IMPOSSIBLE, *([proof[:1].upper() + proof[1:] + "."] if proof else []))
    if any(element.is_alone for element in conflict):
        notes = (REMAIN,)
    elif any(element.also for element in conflict):
        notes = (FURTHER,)
    return LevelingResult(
        Status.INFEASIBLE, {}, {}, nothing, 0, 0, 0, 0.0, "conflict", conflict=conflict, notes=notes
    )


def _result(shop: Workshop, found: Found) -> LevelingResult:
    network, scorer, plan = shop.network, shop.scorer, found.plan
    if scorer.is_pure:
        shop.placer.justify_left(plan)
    parts = scorer.parts(plan)
    value = parts.total(network.problem.weights)
    broken = scorer.broken(plan)
    bound = min(found.bound, value)
    status = Status.OPTIMAL if bound == value else Status.FEASIBLE
    notes = list(found.notes)
    if broken or shop.placer.overloaded:
        status = Status.UNKNOWN
        notes = [UNDECIDED, *_broken_sentences(network, broken), *notes]
    weights = network.problem.weights
    makespan_bound = min(shop.bounds.makespan, parts.makespan)
    if scorer.is_pure and weights.makespan:
        makespan_bound = max(makespan_bound, -(-bound // weights.makespan))
    least = least_parts(network, shop.bounds.earliest, shop.bounds.finish, makespan_bound)
    keys = [task.key for task in network.tasks]
    return LevelingResult(
        status,
        dict(zip(keys, plan.start, strict=True)),
        dict(zip(keys, plan.finish, strict=True)),
        parts,
        value,
        bound,
        makespan_bound,
        (value - bound) / value if value else 0.0,
        found.method,
        assignments=_assignments(network, plan),
        reasons=explain(shop.placer, plan, shop.bounds),
        notes=tuple(notes),
        is_repeatable=found.is_repeatable,
        bounds=parts if status is Status.OPTIMAL else least,
    )


def _assignments(network: Network, plan: Plan) -> dict[str, dict[str, str]]:
    resources = network.problem.resources
    return {
        network.tasks[j].key: {resources[person].key: skill for person, skill in plan.team[j]}
        for j in range(network.count)
        if plan.team[j]
    }


def _broken_sentences(network: Network, broken: Sequence[tuple[int, int]]) -> list[str]:
    return [f"{network.tasks[j].key} misses a date or a link by {late} slots." for j, late in broken]
