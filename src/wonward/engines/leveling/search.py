"""Tier 2: genetic search and CP-SAT side by side from the same plan, in rounds of measured work.

Work is counted, not timed: children bred, and CP-SAT's deterministic time. Only at the end of a round do the two
see each other's plans, so the answer does not depend on which thread the machine favours. The clock
can only cut a round short, and then the answer says so.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from wonward.engines.leveling.deadline import Deadline
from wonward.engines.leveling.exact import (
    NOT_INSTALLED,
    TOO_LARGE,
    ExactModel,
    Verdict,
    disprove,
    is_too_large,
    load_solver,
    run_model,
)
from wonward.engines.leveling.genetic import Breeder
from wonward.engines.leveling.placing import Plan
from wonward.engines.leveling.quick import Workshop

# Shares of the children and of the exact work per round. The first round settles most small problems and finds plans short enough
# to be worth proving; the second is long, because CP-SAT forgets what it has learned between rounds, and a proof needs it. The
# third asks once more where the second has found a better plan.
ROUNDS = ((0.3, 0.08), (0.6, 0.65), (0.1, 0.27))
# Calibrated on a slow core to fill most of the seconds given.
EXACT_WORK_PER_SECOND = 0.13
TASKS_BRED_PER_SECOND = 60_000
HARD_FACTOR = 10
LOOK_EVERY = 8
ENDED_EARLY = "The search was ended before it was done, by the clock or by hand: this is the best plan found until then."


class Found(NamedTuple):
    """A plan with a bound on every plan's score, and how both were found."""

    plan: Plan
    bound: int
    method: str
    notes: tuple[str, ...]
    is_repeatable: bool
    is_impossible: bool


class _Worker(threading.Thread):
    """CP-SAT on a thread of its own; it leaves the interpreter to others while it works."""

    def __init__(self, ask: Callable[..., Verdict], solver: Any, model: ExactModel, seed: int, work: float, seconds: float) -> None:
        super().__init__(name="leveling-exact", daemon=True)
        self.ask, self.solver, self.model, self.seed, self.work, self.seconds = ask, solver, model, seed, work, seconds
        self.wrapper = solver.SolveWrapper()
        self.verdict: Verdict | None = None
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            self.verdict = self.ask(self.solver, self._new_wrapper, self.model, self.seed, self.work, self.seconds)
        except Exception as error:  # handed to the thread that waits
            self.error = error

    def _new_wrapper(self) -> Any:
        self.wrapper = self.solver.SolveWrapper()
        return self.wrapper


def search(shop: Workshop, found: Found, deadline: Deadline, seed: int) -> Found:
    """Improve a plan and its bound until they meet, the work is done or the time is up; never worse than it came."""
    if _is_settled(shop, found.plan, found.bound) or not deadline.left:
        return found
    solver = load_solver()
    notes = () if solver is not None else (NOT_INSTALLED,)
    if solver is not None and is_too_large(shop.network):
        solver, notes = None, (TOO_LARGE,)
    race = _Race(shop, found, deadline, seed, solver)
    for children, work in ROUNDS:
        race.round(children, work)
        if race.is_over:
            break
    if not race.is_repeatable and not _is_settled(shop, race.plan, race.bound):
        notes = (*notes, ENDED_EARLY)
    return Found(race.plan, race.bound, race.method, notes, race.is_repeatable, race.is_impossible)


def _is_settled(shop: Workshop, plan: Plan, bound: int) -> bool:
    return not shop.placer.overloaded and shop.scorer.score(plan) <= bound


class _Race:
    def __init__(self, shop: Workshop, found: Found, deadline: Deadline, seed: int, solver: Any) -> None:
        self.shop, self.deadline, self.seed, self.solver = shop, deadline, seed, solver
        self.plan, self.bound, self.method = found.plan, found.bound, found.method
        self.breeder = Breeder(shop, seed, found.plan)
        self.is_repeatable, self.is_impossible, self.is_over = found.is_repeatable, False, False
        self.has_searched = False
        self.asked_below: int | None = None
        heavy = HARD_FACTOR if shop.placer.has_hard or not shop.scorer.is_pure else 1
        self.children = TASKS_BRED_PER_SECOND * deadline.seconds / (max(10, shop.network.count) * heavy)

    @property
    def score(self) -> int:
        return self.shop.scorer.score(self.plan)

    def round(self, children: float, work: float) -> None:
        """Both searches for a share of their work, then the better plan for both."""
        workers = self._exact_workers(work) if self.solver is not None and self.score != self.asked_below else []
        for worker in workers:
            worker.start()
        is_proved = self._breed(workers, max(1, int(self.children * children)))
        self._wait(workers, is_proved)
        is_decided = self._is_any_decided(workers)
        if self.breeder.least < self.score:
            self.plan, self.method = self.breeder.best, "genetic"
        for verdict in [worker.verdict for worker in workers if worker.verdict is not None and not is_proved]:
            self._hear(verdict, is_decided)
        self.is_over = (
            self.is_over or is_proved or self.is_impossible or self.deadline.left == 0 or _is_settled(self.shop, self.plan, self.bound)
        )

    def _exact_workers(self, share: float) -> list[_Worker]:
        """The exact search; beside it the same question put another way, which is asked for nothing but a proof.

        Which of the two proves first changes nothing in the answer: the other could only have proved the same.
        """
        has_plan = not self.shop.scorer.missed(self.plan) and not self.shop.placer.overloaded
        model = ExactModel(self.shop, self.plan, has_plan, is_shorter=self.has_searched)
        self.asked_below = self.score if self.has_searched else None
        self.has_searched = True
        rest = self.seed, EXACT_WORK_PER_SECOND * self.deadline.seconds * share, self.deadline.left
        workers = [_Worker(run_model, self.solver, model, *rest)]
        if model.is_shorter and model.exclusions:
            other = ExactModel(self.shop, self.plan, has_plan, is_shorter=True, is_exclusive=False)
            workers.append(_Worker(disprove, self.solver, other, *rest))
        return workers

    def _breed(self, workers: Sequence[_Worker], children: int) -> bool:
        """Breed so many children; True when one reached the bound known at the start of the round."""
        for number in range(children):
            if _is_settled(self.shop, self.breeder.best, self.bound):
                return True
            if number % LOOK_EVERY == 0:
                if self.deadline.left == 0:
                    self.is_repeatable = False
                    return False
                if self._is_any_decided(workers):
                    return False
            self.breeder.step()
        return _is_settled(self.shop, self.breeder.best, self.bound)

    def _is_any_decided(self, workers: Sequence[_Worker]) -> bool:
        return any(not worker.is_alive() and self._is_decided(worker.verdict) for worker in workers)

    def _is_decided(self, verdict: Verdict | None) -> bool:
        """Whether breeding on could change nothing: no child can be better, none can reach the old bound."""
        if verdict is None:
            return False
        if verdict.bound is not None and verdict.bound >= self.score:
            return True
        return verdict.is_impossible or (verdict.is_optimal and verdict.plan is not None and self.shop.scorer.score(verdict.plan) > self.bound)

    def _wait(self, workers: Sequence[_Worker], is_proved: bool) -> None:
        while alive := [worker for worker in workers if worker.is_alive()]:
            alive[0].join(0.02)
            if is_proved or self.deadline.left == 0 or self._is_any_decided(workers):
                for worker in alive:
                    worker.wrapper.stop_search()
        for worker in workers:
            if worker.error is not None:
                raise worker.error

    def _hear(self, verdict: Verdict, is_decided: bool) -> None:
        if verdict.is_impossible:
            self.is_impossible = True
            return
        if verdict.plan is not None:
            score = self.shop.scorer.score(verdict.plan)
            if score < self.score or (verdict.is_optimal and score == self.score):
                self.plan, self.method = verdict.plan, "cp-sat"
                self.breeder.welcome(verdict.plan)
        if verdict.bound is not None:
            self.bound = max(self.bound, min(verdict.bound, self.score))
        if verdict.is_cut and not is_decided:
            self.is_repeatable = False
