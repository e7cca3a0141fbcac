"""Why no plan is possible: a set of things asked that cannot stand together, each shown to be needed for that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wonward.engines.leveling.bounds import find_bounds
from wonward.engines.leveling.contradictions import find_contradiction
from wonward.engines.leveling.deadline import Deadline
from wonward.engines.leveling.errors import LevelingError
from wonward.engines.leveling.network import Network
from wonward.engines.leveling.placing import Placer
from wonward.engines.leveling.quick import Workshop, first_plan
from wonward.engines.leveling.scoring import Scorer
from wonward.engines.leveling.search import Found, search
from wonward.engines.leveling.types import ConflictElement, ElementKind, LevelingProblem
from wonward.engines.leveling.verification import plan_faults

Marker = tuple[ElementKind, str, str | None]
SECONDS_PER_QUESTION, SECONDS_IN_ALL = 0.5, 10.0
MOST_ALSO = 5


def find_conflict(problem: LevelingProblem, deadline: Deadline, seed: int) -> tuple[ConflictElement, ...]:
    """An irreducible conflict set of a problem known to be impossible (QuickXplain, Junker 2004)."""
    court = _Court(problem, deadline, seed)
    everything = removable(problem)
    markers = court.explain([], [], everything)
    elements = []
    for marker in markers:
        found, also = court.whole_without(everything, marker)
        alone = None if found else court.found([one for one in markers if one != marker])
        plan = found or alone
        if plan is not None:
            starts, teams = court.read(plan)
            elements.append(ConflictElement(
                *marker, text=worded_marker(problem, marker), starts=starts, assignments=teams, also=also if found else (), is_alone=found is None,
            ))
    return tuple(elements)


class _Court:
    """Answers whether parts of a problem can be kept, and remembers the answers."""

    def __init__(self, problem: LevelingProblem, deadline: Deadline, seed: int) -> None:
        self.problem, self.seed = problem, seed
        self.deadline = Deadline(max(SECONDS_IN_ALL, deadline.seconds), lambda: deadline.is_stopped)
        self.known: dict[frozenset[Marker], Found | None] = {}

    def found(self, kept: Sequence[Marker]) -> Found | None:
        """A plan that keeps these elements; None if there is none, or none was found."""
        key = frozenset(kept)
        if key not in self.known:
            self.known[key] = self._find(key)
        return self.known[key]

    def _find(self, kept: frozenset[Marker]) -> Found | None:
        network = Network(keeping(self.problem, kept))
        placer = Placer(network)
        if find_contradiction(placer):
            return None
        shop = Workshop(network, placer, Scorer(network), find_bounds(network))
        found = Found(first_plan(shop), 0, "", (), True, False)
        if shop.scorer.missed(found.plan) or placer.overloaded:
            found = search(shop, found, Deadline(min(SECONDS_PER_QUESTION, self.deadline.left)), self.seed)
            if found.is_impossible or shop.scorer.missed(found.plan):
                return None
        # What found no room or nobody is no plan, however it was laid.
        starts, teams = self.read(found)
        return None if any(plan_faults(self.problem, starts, teams, kept)) else found

    def explain(self, background: list[Marker], added: list[Marker], suspects: list[Marker]) -> list[Marker]:
        """The fewest suspects, none superfluous, that conflict with the background."""
        if added and self.found(background) is None:
            return []
        if len(suspects) <= 1:
            return suspects
        half = len(suspects) // 2
        left, right = suspects[:half], suspects[half:]
        from_right = self.explain([*background, *left], left, right)
        from_left = self.explain([*background, *from_right], from_right, left)
        return [*from_left, *from_right]

    def whole_without(self, everything: Sequence[Marker], out: Marker) -> tuple[Found | None, tuple[Marker, ...]]:
        """A plan of the whole problem without one element, and what else has to go because of further contradictions."""
        gone = [out]
        while True:
            kept = [marker for marker in everything if marker not in gone]
            found = self.found(kept)
            if found is not None or len(gone) > MOST_ALSO or self.deadline.left <= 0:
                return found, tuple(gone[1:])
            other = self.explain([], [], kept)
            if not other:
                return None, ()
            gone.append(max(other, key=everything.index))

    def read(self, found: Found) -> tuple[dict[str, int], dict[str, dict[str, str]]]:
        """Starts and teams of a plan, by key."""
        tasks, resources = self.problem.tasks, self.problem.resources
        starts = {task.key: found.plan.start[j] for j, task in enumerate(tasks)}
        teams = {
            task.key: {resources[person].key: skill for person, skill in found.plan.team[j]}
            for j, task in enumerate(tasks)
            if found.plan.team[j]
        }
        return starts, teams


def removable(problem: LevelingProblem) -> list[Marker]:
    """Everything that could be taken out, what people change most readily last."""
    markers: list[Marker] = []
    markers.extend((ElementKind.LINK, link.to_key, link.from_key) for link in problem.links)
    for task in problem.tasks:
        if task.started_at is None:
            markers.extend((ElementKind.DEMAND, task.key, name) for name, amount in task.demands.items() if amount)
            markers.extend((ElementKind.SKILL, task.key, skill) for skill, amount in task.skills.items() if amount)
    for task in problem.tasks:
        if task.started_at is None and task.earliest > 0:
            markers.append((ElementKind.EARLIEST, task.key, None))
        if task.deadline is not None:
            markers.append((ElementKind.DEADLINE, task.key, None))
        if task.started_at is None and task.pinned_start is not None:
            markers.append((ElementKind.PIN, task.key, None))
        elif task.started_at is None and task.is_frozen:
            markers.append((ElementKind.FREEZE, task.key, None))
    return list(dict.fromkeys(markers))


def keeping(problem: LevelingProblem, kept: frozenset[Marker]) -> LevelingProblem:
    """The problem with only these of its removable elements."""
    tasks = []
    for task in problem.tasks:
        key, is_fact = task.key, task.started_at is not None
        tasks.append(replace(
            task,
            demands={n: a for n, a in task.demands.items() if is_fact or (ElementKind.DEMAND, key, n) in kept},
            skills={s: a for s, a in task.skills.items() if is_fact or (ElementKind.SKILL, key, s) in kept},
            earliest=task.earliest if is_fact or (ElementKind.EARLIEST, key, None) in kept else min(0, task.earliest),
            deadline=task.deadline if (ElementKind.DEADLINE, key, None) in kept else None,
            pinned_start=task.pinned_start if is_fact or (ElementKind.PIN, key, None) in kept else None,
            is_frozen=task.is_frozen and (is_fact or (ElementKind.FREEZE, key, None) in kept),
        ))
    links = tuple(link for link in problem.links if (ElementKind.LINK, link.to_key, link.from_key) in kept)
    return replace(problem, tasks=tuple(tasks), links=links)


def worded_marker(problem: LevelingProblem, marker: Marker) -> str:
    """What is asked, in words."""
    kind, subject, other = marker
    task = next(task for task in problem.tasks if task.key == subject)
    if kind is ElementKind.LINK:
        return f"{subject} waits for {other}"
    if kind is ElementKind.DEMAND:
        return f"{subject} needs {task.demands[other or '']} of {other}"
    if kind is ElementKind.SKILL:
        return f"{subject} needs {task.skills[other or '']} people with {other}"
    if kind is ElementKind.EARLIEST:
        return f"{subject} may not begin before {task.earliest}"
    if kind is ElementKind.DEADLINE:
        return f"{subject} must end by {task.deadline}"
    if kind is ElementKind.PIN:
        return f"{subject} is pinned to {task.pinned_start}"
    if kind is ElementKind.FREEZE:
        return f"{subject} is frozen at {task.published_start}"
    raise LevelingError(f"unknown element {kind}")
