"""Least overload within windows as a constraint model for CP-SAT: one literal for each start a task may have."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from wonward.engines.leveling.deadline import Deadline
from wonward.engines.leveling.smoothing import FAR, Smoother, Team

MOST_LITERALS = 60_000
MOST_TERMS = 1_500_000
BIG = 1_000_000_000_000
Terms = list[tuple[int, int]]


class Smoothed(NamedTuple):
    """Starts and teams by task or None, a bound on overload and change together, and whether the clock cut it short."""

    starts: list[int] | None
    teams: list[Team]
    bound: int | None
    is_cut: bool


class SmoothModel:
    """``is_exact`` is False where windows without an end were cut: then the bound proves nothing."""

    def __init__(self, smoother: Smoother) -> None:
        self.smoother, self.network, self.best = smoother, smoother.network, smoother.best
        self.lines: list[str] = []
        self.hints: list[int] = []
        self.objective: Terms = []
        self.constant = 0
        self.is_exact = True
        self.terms = 0
        self.literals: dict[int, dict[int, int]] = {}
        self.start: dict[int, Terms] = {}
        self.seats: dict[tuple[int, int, str], int] = {}
        # By resource and slot: literals with what they take there, and what is taken in any case.
        self.asked: dict[tuple[int, int], Terms] = {}
        self.given: dict[tuple[int, int], int] = {}

    def build(self) -> bool:
        """Write the model; False when it would be too large."""
        network = self.network
        for j in range(network.count):
            self._place(j)
            if len(self.hints) > MOST_LITERALS:
                return False
        self._ties()
        for j in network.movable:
            if network.skills[j] and network.duration[j]:
                self._team(j)
        self._overloads()
        return self.terms <= MOST_TERMS and len(self.hints) <= MOST_LITERALS

    def text(self) -> str:
        """The model in the text form of CpModelProto."""
        hint = " ".join(f"vars:{index} values:{value}" for index, value in enumerate(self.hints))
        terms = " ".join(f"vars:{index} coeffs:{weight}" for weight, index in self.objective)
        return "\n".join([*self.lines, f"objective{{{terms}}}", f"solution_hint{{{hint}}}"])

    def _variable(self, low: int, high: int, hint: int) -> int:
        self.lines.append(f"variables{{domain:{low} domain:{high}}}")
        self.hints.append(hint)
        return len(self.hints) - 1

    def _sum(self, terms: Terms, least: int, most: int) -> None:
        inner = " ".join(f"vars:{index} coeffs:{weight}" for weight, index in terms)
        self.terms += len(terms)
        self.lines.append(f"constraints{{linear{{{inner} domain:{least} domain:{most}}}}}")

    def _starts(self, j: int) -> list[int]:
        network, windows = self.network, self.smoother.windows
        if network.is_fixed[j]:
            return [self.best.start[j]]
        low, high = windows.earliest[j], windows.latest[j]
        known = (self.best.start[j], network.tasks[j].published_start or 0)
        reach = max(*known, low) + FAR
        if high > reach:
            self.is_exact = False
        low = max(low, min(low + 2 * FAR, min(self.best.start[j], max(low, known[1])) - FAR))
        if low > windows.earliest[j]:
            self.is_exact = False
        return [at for at in range(low, min(high, reach) + 1) if network.start_at_or_after(j, at) == at or at == self.best.start[j]]

    def _place(self, j: int) -> None:
        network, task = self.network, self.network.tasks[j]
        change = network.problem.weights.change
        literals = {at: self._variable(0, 1, int(at == self.best.start[j])) for at in self._starts(j)}
        self.literals[j] = literals
        self._sum([(1, literal) for literal in literals.values()], 1, 1)
        for at, literal in literals.items():
            if task.published_start is not None and change and at != task.published_start:
                self.objective.append((change * abs(at - task.published_start), literal))
            takes = [*self.smoother.demands[j], *((person, 1) for person, _ in self.best.team[j] if network.is_fixed[j])]
            for slot in network.cells(j, at) if takes else ():
                for r, amount in takes:
                    self.asked.setdefault((r, slot), []).append((amount, literal))
                    self.terms += 1

    def _moment(self, j: int, is_finish: bool) -> Terms:
        network = self.network
        return [(network.finish(j, at) if is_finish else at, literal) for at, literal in self.literals[j].items()]

    def _ties(self) -> None:
        network = self.network
        for j in network.movable:
            ties = [(i, True, False, 0) for i in network.waits_fs[j]] + network.waits[j]
            for i, from_finish, to_finish, lag in ties:
                left, right = self._moment(i, from_finish), self._moment(j, to_finish)
                self._sum([*left, *((-weight, literal) for weight, literal in right)], -BIG, -lag)
        for j in range(network.count):
            if network.is_fixed[j] and network.tasks[j].started_at is None:
                for i, from_finish, to_finish, lag in [(i, True, False, 0) for i in network.waits_fs[j]] + network.waits[j]:
                    end = network.finish(j, self.best.start[j]) if to_finish else self.best.start[j]
                    self._sum(self._moment(i, from_finish), -BIG, end - lag)

    def _team(self, j: int) -> None:
        """Seats, and for each person and start a literal that they work then."""
        network = self.network
        named = {r for r, _ in self.smoother.demands[j]}
        by_person: dict[int, Terms] = {}
        for skill in sorted(set(network.skills[j])):
            seats: Terms = []
            for person in network.people_by_skill.get(skill, ()):
                if network.peaks[person] and person not in named:
                    seat = self._variable(0, 1, int((person, skill) in self.best.team[j]))
                    self.seats[j, person, skill] = seat
                    seats.append((1, seat))
                    by_person.setdefault(person, []).append((1, seat))
            wanted = network.skills[j].count(skill)
            self._sum(seats, wanted, wanted)
        for person, seats in by_person.items():
            self._sum(seats, 0, 1)
            is_on = any(one == person for one, _ in self.best.team[j])
            for at, literal in self.literals[j].items():
                works = self._variable(0, 1, int(is_on and at == self.best.start[j]))
                self._sum([*seats, (1, literal), (-1, works)], -1, 1)
                for slot in network.cells(j, at):
                    self.asked.setdefault((person, slot), []).append((1, works))

    def _overloads(self) -> None:
        weight = self.network.problem.weights.overload
        over = self.smoother.now_over(self.best)
        for (r, slot), terms in self.asked.items():
            there = self.smoother.room[r][slot]
            most = sum(amount for amount, _ in terms)
            if most <= there or not weight:
                continue
            extra = self._variable(0, most, over.get((r, slot), 0))
            self._sum([*terms, (-1, extra)], -BIG, there)
            self.objective.append((weight, extra))


def smooth_exactly(solver: Any, smoother: Smoother, deadline: Deadline, seed: int, work: float) -> Smoothed | None:
    """Search from the best known with so much deterministic work; None when the model is too large."""
    model = SmoothModel(smoother)
    if not model.build():
        return None
    proto, parameters = solver.CpModelProto(), solver.SatParameters()
    if not proto.parse_text_format(model.text()) or not parameters.parse_text_format(
        f"num_workers:1 random_seed:{seed % 2**31} linearization_level:2 max_deterministic_time:{work:.6f} "
        f"max_time_in_seconds:{max(0.01, deadline.left):.3f}"
    ):
        raise AssertionError("the model is written as OR-Tools reads it")
    wrapper = solver.SolveWrapper()
    wrapper.set_parameters(parameters)
    answers: list[Any] = []
    errors: list[Exception] = []
    _wait(_thread(lambda: wrapper.solve(proto), answers, errors), wrapper, deadline)
    if errors:
        raise errors[0]
    return _read(solver, model, answers[0], work)


def _thread(call: Callable[[], Any], answers: list[Any], errors: list[Exception]) -> threading.Thread:
    def run() -> None:
        try:
            answers.append(call())
        except Exception as error:  # handed to the thread that waits
            errors.append(error)

    thread = threading.Thread(target=run, name="leveling-smooth", daemon=True)
    thread.start()
    return thread


def _wait(thread: threading.Thread, wrapper: Any, deadline: Deadline) -> None:
    while thread.is_alive():
        thread.join(0.02)
        if deadline.left == 0:
            wrapper.stop_search()


def _read(solver: Any, model: SmoothModel, answer: Any, work: float) -> Smoothed:
    is_optimal = answer.status == solver.OPTIMAL
    is_known = answer.status in (solver.OPTIMAL, solver.FEASIBLE)
    bound = round(answer.best_objective_bound) if model.is_exact and answer.status in (solver.OPTIMAL, solver.FEASIBLE) else None
    is_cut = not is_optimal and answer.deterministic_time < 0.95 * work
    if not is_known:
        return Smoothed(None, [], None, is_cut)
    values = list(answer.solution)
    starts = [next(at for at, literal in model.literals[j].items() if values[literal]) for j in range(model.network.count)]
    teams: dict[int, list[tuple[int, str]]] = {}
    for (j, person, skill), seat in model.seats.items():
        if values[seat]:
            teams.setdefault(j, []).append((person, skill))
    return Smoothed(starts, [tuple(sorted(teams.get(j, ()))) for j in range(model.network.count)], bound, is_cut)
