"""The aim of keeping every date: dates first, then least overload, then least change."""

from __future__ import annotations

from collections.abc import Sequence

from wonward.engines.leveling.bounds import Bounds, find_bounds
from wonward.engines.leveling.contradictions import lacks_people
from wonward.engines.leveling.deadline import Deadline
from wonward.engines.leveling.exact import NOT_INSTALLED, TOO_LARGE, load_solver
from wonward.engines.leveling.load_bounds import least_of_windows
from wonward.engines.leveling.network import Network
from wonward.engines.leveling.reasons import explain_kept
from wonward.engines.leveling.search import ENDED_EARLY, EXACT_WORK_PER_SECOND
from wonward.engines.leveling.smooth_exact import smooth_exactly
from wonward.engines.leveling.smoothing import Smoother
from wonward.engines.leveling.types import Aim, LevelingResult, ObjectiveParts, Status
from wonward.engines.leveling.windows import find_date_contradiction, find_windows

BRIEF_PLACINGS, MOST_BRIEF = 30_000, 400
PLACINGS_PER_SECOND = 12_000
SHARE_OF_EXACT = 0.6


def keep_dates(network: Network, deadline: Deadline, seed: int) -> LevelingResult | str:
    """A plan that misses no due date that links, dates and calendars allow; or why there is none, as a sentence."""
    bounds = find_bounds(network)
    proof = find_date_contradiction(network, bounds.earliest, bounds.finish) or lacks_people(network)
    if proof:
        return proof
    smoother = Smoother(network, find_windows(network, bounds.earliest, bounds.finish), bounds, seed)
    least = least_of_windows(smoother, bounds.path)
    bound = least.total(network.problem.weights)
    smoother.improve(min(MOST_BRIEF, BRIEF_PLACINGS // max(1, network.count)), goal=bound)
    method, notes, is_repeatable = "rules", [], True
    if deadline.left and smoother.least > bound:
        method = "local search"
        rounds = int(PLACINGS_PER_SECOND * deadline.seconds * (1 - SHARE_OF_EXACT) / max(10, network.count) * 10)
        is_repeatable = smoother.improve(rounds, goal=bound, stop=lambda: deadline.left < SHARE_OF_EXACT * deadline.seconds / 2)
        solver = load_solver()
        found = None
        if solver is None:
            notes.append(NOT_INSTALLED)
        elif smoother.least > bound and deadline.left:
            found = smooth_exactly(solver, smoother, deadline, seed, EXACT_WORK_PER_SECOND * 10 * deadline.seconds * SHARE_OF_EXACT)
            notes.extend([TOO_LARGE] if found is None else [])
        if found is not None and found.starts is not None:
            before = smoother.least
            smoother.welcome(found.starts, found.teams)
            method = "cp-sat" if smoother.least < before else method
            is_repeatable = is_repeatable and not found.is_cut
            if found.bound is not None:
                weights = network.problem.weights
                bound = max(bound, found.bound + weights.lateness * least.lateness + weights.makespan * least.makespan)
    if not is_repeatable and smoother.least > bound:
        notes.append(ENDED_EARLY)
    return _result(smoother, bounds, least, bound, method, notes, is_repeatable)


def _result(
    smoother: Smoother, bounds: Bounds, least: ObjectiveParts, bound: int, method: str, notes: Sequence[str], is_repeatable: bool
) -> LevelingResult:
    network, best = smoother.network, smoother.best
    weights, parts = network.problem.weights, best.parts
    value = parts.total(weights)
    bound = min(bound, value)
    if bound == value:
        least = parts
    keys = [task.key for task in network.tasks]
    resources = network.problem.resources
    return LevelingResult(
        Status.OPTIMAL if bound == value else Status.FEASIBLE,
        dict(zip(keys, best.start, strict=True)), dict(zip(keys, best.finish, strict=True)), parts, value, bound,
        least.makespan, (value - bound) / value if value else 0.0, method,
        assignments={keys[j]: {resources[r].key: skill for r, skill in team} for j, team in enumerate(best.team) if team},
        reasons=explain_kept(smoother, bounds), notes=tuple(notes), is_repeatable=is_repeatable, aim=Aim.KEEP, bounds=least,
    )
