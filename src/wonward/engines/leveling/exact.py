"""The problem as a constraint model for CP-SAT, written as protocol text; needs OR-Tools when it is solved.

Only the solver's own module is loaded: its Python modelling layer brings in pandas, a second of start-up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import combinations
from time import monotonic
from typing import Any, NamedTuple

from wonward.engines.leveling.bounds import MOST_SKILLS
from wonward.engines.leveling.cliques import exclusive_sets
from wonward.engines.leveling.network import Network
from wonward.engines.leveling.placing import Plan
from wonward.engines.leveling.quick import Workshop

MOST_TASKS = 4000
MOST_TABLE_ENTRIES = 400_000
FAR = 1_000_000_000_000
NOT_INSTALLED = "The exact solver is not installed (extra `solver`), so this is the answer of rules and genetic search."
TOO_LARGE = "The problem is too large for the exact solver, so this is the answer of rules and genetic search."


class Verdict(NamedTuple):
    """What CP-SAT said: a plan or None, a bound (None where it proves nothing), and how the run ended."""

    plan: Plan | None
    bound: int | None
    is_optimal: bool
    is_impossible: bool
    is_cut: bool


def load_solver() -> Any:
    """OR-Tools' solver module, or None where it is not installed."""
    try:
        return import_module("ortools.sat.python.cp_model_helper")
    except ImportError:
        return None


class ExactModel:
    """One problem as text. ``is_exact`` is False where the model asks more than the problem: then its bounds prove nothing.

    With ``is_shorter`` it asks for any plan that ends before the best one does, which is far quicker than asking for the best:
    that there is none proves the best one. ``exclusions`` counts the lines on which no two tasks lie side by side; without
    ``is_exclusive`` they are left unsaid, by which some proofs are longer and others shorter.
    """

    def __init__(self, shop: Workshop, best: Plan, has_plan: bool, *, is_shorter: bool = False, is_exclusive: bool = True) -> None:
        self.shop = shop
        self.network = shop.network
        self.is_exact = not any(self.network.is_fixed[j] and self.network.skills[j] for j in range(self.network.count))
        self.variables: list[str] = []
        self.constraints: list[str] = []
        self.hints: list[tuple[int, int]] = []
        self.best = best
        self.exclusions, self.is_exclusive = 0, is_exclusive
        pure = shop.scorer.is_pure and has_plan
        self.is_shorter = is_shorter and pure and bool(shop.network.problem.weights.makespan)
        self.end = best.makespan - self.is_shorter if pure else self.network.limit
        self.start: list[int] = []
        self.finish: list[tuple[int, int]] = []
        self.seats: dict[tuple[int, int, str], int] = {}
        for j in range(self.network.count):
            self._time(j)
        self._ties()
        self.objective = [] if self.is_shorter else self._objective()
        self._capacities()

    def text(self) -> str:
        """The model in the text form of CpModelProto."""
        hint = " ".join(f"vars:{index} values:{value}" for index, value in self.hints)
        terms = " ".join(f"vars:{index} coeffs:{weight}" for weight, index in self.objective)
        asked = [] if self.is_shorter else [f"objective{{{terms}}}", f"solution_hint{{{hint}}}"]
        return "\n".join([*self.variables, *self.constraints, *asked])

    def _variable(self, domain: str, hint: int) -> int:
        self.variables.append(f"variables{{{domain}}}")
        self.hints.append((len(self.variables) - 1, hint))
        return len(self.variables) - 1

    def _range(self, low: int, high: int, hint: int) -> int:
        return self._variable(f"domain:{low} domain:{high}", hint)

    def _add(self, text: str) -> int:
        self.constraints.append(f"constraints{{{text}}}")
        return len(self.constraints) - 1

    def _at_most(self, terms: Sequence[tuple[int, int]], most: int, least: int = -FAR) -> None:
        """``least <= sum of weight * variable <= most``."""
        inner = " ".join(f"vars:{index} coeffs:{weight}" for weight, index in terms)
        self._add(f"linear{{{inner} domain:{least} domain:{most}}}")

    def _time(self, j: int) -> None:
        network, bounds = self.network, self.shop.bounds
        begun, duration, calendar = self.best.start[j], network.duration[j], network.calendar[j]
        fixed = network.fixed[j]
        if fixed is not None:
            self.start.append(self._range(fixed, fixed, fixed))
            self.finish.append((self.start[j], network.finish(j, fixed) - fixed))
            return
        end = self.end - bounds.tail[j]
        deadline = network.deadline[j]
        latest = network.start_for_finish_by(j, end if deadline is None else min(end, deadline))
        latest = max(latest, bounds.earliest[j]) if deadline is None else latest
        if latest < bounds.earliest[j]:
            latest = bounds.earliest[j]
            self.constraints.append("constraints{bool_or{}}")
        if calendar is None or not duration:
            self.start.append(self._range(bounds.earliest[j], latest, begun))
            self.finish.append((self.start[j], duration))
            return
        first, last = calendar.rank(bounds.earliest[j]), calendar.rank(latest)
        position = self._range(first, last, calendar.rank(begun))
        self.start.append(self._range(bounds.earliest[j], latest, begun))
        begins = calendar.slots[first:last + 1]
        ends = [network.finish(j, slot) for slot in begins]
        finish = self._range(ends[0], ends[-1], network.finish(j, begun))
        for target, values in ((self.start[j], begins), (finish, ends)):
            inner = " ".join(f"exprs{{offset:{value}}}" for value in values)
            self._add(
                f"element{{linear_index{{vars:{position} coeffs:1 offset:{-first}}} linear_target{{vars:{target} coeffs:1}} {inner}}}"
            )
        self.finish.append((finish, 0))

    def _ties(self) -> None:
        network = self.network
        for j in range(network.count):
            ties = [(i, True, False, 0) for i in network.waits_fs[j]] + network.waits[j]
            for i, from_finish, to_finish, lag in ties:
                left, more = self.finish[i] if from_finish else (self.start[i], 0)
                right, less = self.finish[j] if to_finish else (self.start[j], 0)
                self._at_most([(1, left), (-1, right)], less - more - lag)

    def _objective(self) -> list[tuple[int, int]]:
        network, best, weights = self.network, self.best, self.network.problem.weights
        terms: list[tuple[int, int]] = []
        if weights.makespan:
            length = self._range(0, max(self.end, best.makespan), best.makespan)
            terms.append((weights.makespan, length))
            for index, more in self.finish:
                self._at_most([(1, index), (-1, length)], -more)
            self._at_most([(1, length)], FAR, min(self.shop.bounds.makespan, self.end))
        for j, task in enumerate(network.tasks):
            if task.due is not None and task.due_weight * weights.lateness:
                late = self._range(0, 2 * network.horizon, max(0, best.finish[j] - task.due))
                index, more = self.finish[j]
                self._at_most([(1, index), (-1, late)], task.due - more)
                terms.append((task.due_weight * weights.lateness, late))
                if weights.missed:
                    is_late = self._range(0, 1, int(best.finish[j] > task.due))
                    self._at_most([(1, late), (-2 * network.horizon, is_late)], 0)
                    terms.append((task.due_weight * weights.lateness * weights.missed, is_late))
            if task.published_start is not None and weights.change:
                moved = self._range(0, 2 * network.horizon, abs(best.start[j] - task.published_start))
                self._at_most([(1, self.start[j]), (-1, moved)], task.published_start)
                self._at_most([(-1, self.start[j]), (-1, moved)], -task.published_start)
                terms.append((weights.change, moved))
        return terms

    def _interval(self, j: int, literal: int | None = None) -> int:
        finish, more = self.finish[j]
        start = self.start[j]
        size = f"size{{offset:{more}}}"
        if finish != start:
            length = self._range(0, self.network.horizon, self.best.finish[j] - self.best.start[j])
            self._at_most([(1, finish), (-1, start), (-1, length)], 0, 0)
            size = f"size{{vars:{length} coeffs:1}}"
        inner = f"start{{vars:{start} coeffs:1}} end{{vars:{finish} coeffs:1 offset:{more}}} {size}"
        return self._add(f"{'' if literal is None else f'enforcement_literal:{literal} '}interval{{{inner}}}")

    def _capacities(self) -> None:
        network = self.network
        working = [j for j in network.movable if network.duration[j]]
        plain = {j: self._interval(j) for j in working if network.demand[j] or network.skills[j]}
        members: dict[int, list[tuple[int, int, int]]] = {r: [] for r in range(len(network.peaks))}
        for j in working:
            for resource in range(len(network.peaks)):
                amount = network.free(network.demand[j], resource)
                if amount:
                    members[resource].append((j, plain[j], amount))
            if network.skills[j]:
                for person, literal in self._team(j):
                    members[person].append((j, self._interval(j, literal), 1))
        for resource, parts in members.items():
            if parts:
                self._cumulative(network.peaks[resource], [*parts, *self._absences(resource, [j for j, _, _ in parts])])
        self._groups(working, plain)
        if self.is_exclusive:
            self._exclude(plain)

    def _exclude(self, plain: dict[int, int]) -> None:
        """What follows from all resources together: tasks of which no two have room at once."""
        network = self.network
        alike: dict[int, list[int]] = {}
        for j in plain:
            if network.demand[j]:
                alike.setdefault(id(network.calendar[j]), []).append(j)
        for tasks in alike.values():
            for group in exclusive_sets(network, tasks):
                self._add(f"no_overlap{{{' '.join(f'intervals:{plain[j]}' for j in group)}}}")
                self.exclusions += 1

    def _cumulative(self, capacity: int, parts: Sequence[tuple[int, int, int]]) -> None:
        inner = " ".join(f"intervals:{interval} demands{{offset:{amount}}}" for _, interval, amount in parts)
        self._add(f"cumulative{{capacity{{offset:{capacity}}} {inner}}}")

    def _absences(self, resource: int, tasks: Sequence[int]) -> Iterator[tuple[int, int, int]]:
        """Stretches in which less than the peak is free, in slots that any of these tasks can work in."""
        network = self.network
        kinds = {id(network.calendar[j]): network.calendar[j] for j in tasks}
        if len(kinds) > 1:
            self.is_exact = False
        free, peak = self.shop.placer.empty.free, network.peaks[resource]
        slots: Sequence[int] = range(min(self.end, network.limit))
        if None not in kinds.values():
            slots = sorted({slot for one in kinds.values() if one is not None for slot in one.slots if slot < network.limit})
        run: tuple[int, int, int] | None = None
        for slot in slots:
            lacking = peak - network.free(free[slot], resource)
            if run is not None and run[2] == lacking and run[1] == slot:
                run = (run[0], slot + 1, lacking)
                continue
            if run is not None and run[2]:
                yield self._block(run)
            run = (slot, slot + 1, lacking)
        if run is not None and run[2]:
            yield self._block(run)

    def _block(self, run: tuple[int, int, int]) -> tuple[int, int, int]:
        begin, end, lacking = run
        interval = self._add(f"interval{{start{{offset:{begin}}} end{{offset:{end}}} size{{offset:{end - begin}}}}}")
        return -1, interval, lacking

    def _team(self, j: int) -> Iterator[tuple[int, int]]:
        """People who may work on the task, each with the literal saying that they do."""
        network = self.network
        given = set(self.best.team[j])
        by_person: dict[int, list[int]] = {}
        for skill in sorted(set(network.skills[j])):
            seats = []
            for person in network.people_by_skill.get(skill, ()):
                if network.peaks[person] and not network.free(network.demand[j], person):
                    seat = self._range(0, 1, int((person, skill) in given))
                    self.seats[j, person, skill] = seat
                    seats.append(seat)
                    by_person.setdefault(person, []).append(seat)
            wanted = network.skills[j].count(skill)
            self._at_most([(1, seat) for seat in seats], wanted, wanted)
        for person, seats in by_person.items():
            literal = seats[0]
            if len(seats) > 1:
                literal = self._range(0, 1, int(any(one == person for one, _ in given)))
                self._at_most([*((1, seat) for seat in seats), (-1, literal)], 0, 0)
            yield person, literal

    def _groups(self, working: Sequence[int], plain: dict[int, int]) -> None:
        """What follows anyway, but steers the search: people with any of some skills are so many."""
        network = self.network
        skills = sorted({skill for j in working for skill in network.skills[j]})
        sizes = range(1, len(skills) + 1) if len(skills) <= MOST_SKILLS else (1, len(skills))
        for group in (group for size in sizes for group in combinations(skills, size)):
            people = {person for skill in group for person in network.people_by_skill.get(skill, ())}
            parts = [(j, plain[j], sum(skill in group for skill in network.skills[j])) for j in working if j in plain]
            capacity = sum(network.peaks[person] > 0 for person in people)
            if len({id(network.calendar[j]) for j, _, amount in parts if amount} if parts else ()) <= 1:
                self._cumulative(capacity, [part for part in parts if part[2]])


def is_too_large(network: Network) -> bool:
    """Whether the model would take longer to build than to be worth it."""
    tables = sum(network.limit for j in network.movable if network.calendar[j] is not None)
    return network.count > MOST_TASKS or tables > MOST_TABLE_ENTRIES


def run_model(solver: Any, new_wrapper: Callable[[], Any], model: ExactModel, seed: int, work: float, seconds: float) -> Verdict:
    """Solve on this thread with so much deterministic work, and for at most so many seconds.

    Each run needs a wrapper of its own: one that is used twice mixes up the answers and aborts the process.
    """
    if model.is_shorter:
        return _shorten(solver, new_wrapper, model, seed, work, seconds)
    answer = _answer(solver, new_wrapper(), model, seed, work, seconds)
    status = answer.status
    if status == solver.INFEASIBLE:
        return Verdict(None, None, False, model.is_exact, False)
    if status not in (solver.OPTIMAL, solver.FEASIBLE, solver.UNKNOWN):
        return Verdict(None, None, False, False, False)
    is_optimal = status == solver.OPTIMAL
    plan = None if status == solver.UNKNOWN else _plan(model, list(answer.solution))
    bound = round(answer.best_objective_bound) if model.is_exact and status != solver.UNKNOWN else None
    is_cut = not is_optimal and answer.deterministic_time < 0.95 * work
    return Verdict(plan, bound, is_optimal and model.is_exact, False, is_cut)


def _shorten(solver: Any, new_wrapper: Callable[[], Any], model: ExactModel, seed: int, work: float, seconds: float) -> Verdict:
    """Ask for a shorter plan, then for one shorter than that, until there is none or the work is done."""
    ends_at, plan = monotonic() + seconds, None
    while True:
        answer = _answer(solver, new_wrapper(), model, seed, work, ends_at - monotonic())
        if answer.status == solver.INFEASIBLE:
            bound = model.shop.scorer.score(model.best) if model.is_exact else None
            return Verdict(plan, bound, plan is not None and model.is_exact, False, False)
        if answer.status not in (solver.OPTIMAL, solver.FEASIBLE):
            return Verdict(plan, None, False, False, answer.deterministic_time < 0.95 * work)
        plan = _plan(model, list(answer.solution))
        model.shop.placer.justify_left(plan)
        work -= answer.deterministic_time
        if work <= 0 or model.shop.scorer.score(plan) <= model.shop.bounds.value:
            return Verdict(plan, None, False, False, False)
        model = ExactModel(model.shop, plan, True, is_shorter=True)


def disprove(solver: Any, new_wrapper: Callable[[], Any], model: ExactModel, seed: int, work: float, seconds: float) -> Verdict:
    """Only whether there is no plan that ends before the best one; a plan that does is somebody else's to find."""
    answer = _answer(solver, new_wrapper(), model, seed, work, seconds)
    is_none = answer.status == solver.INFEASIBLE
    bound = model.shop.scorer.score(model.best) if is_none and model.is_exact else None
    return Verdict(None, bound, False, False, answer.status == solver.UNKNOWN and answer.deterministic_time < 0.95 * work)


def _answer(solver: Any, wrapper: Any, model: ExactModel, seed: int, work: float, seconds: float) -> Any:
    proto, parameters = solver.CpModelProto(), solver.SatParameters()
    # The linear relaxation pays where people are chosen, and costs more than it gives where they are not.
    linear = 1 if model.seats else 0
    if not proto.parse_text_format(model.text()) or not parameters.parse_text_format(
        f"num_workers:1 random_seed:{seed % 2**31} linearization_level:{linear} max_deterministic_time:{work:.6f} max_time_in_seconds:{max(0.01, seconds):.3f}"
    ):
        raise AssertionError("the model is written as OR-Tools reads it")
    wrapper.set_parameters(parameters)
    return wrapper.solve(proto)


def _plan(model: ExactModel, values: Sequence[int]) -> Plan:
    network = model.network
    plan = model.shop.placer.empty.copy()
    teams: dict[int, list[tuple[int, str]]] = {}
    for (j, person, skill), seat in model.seats.items():
        if values[seat]:
            teams.setdefault(j, []).append((person, skill))
    for j in network.movable:
        start = values[model.start[j]]
        plan.team[j] = tuple(sorted(teams.get(j, ())))
        plan.used[j] = demand = network.demand[j] + sum(1 << network.shift[person] for person, _ in plan.team[j])
        plan.start[j], plan.finish[j] = start, network.finish(j, start)
        for u in network.cells(j, start):
            plan.free[u] -= demand
    return plan
