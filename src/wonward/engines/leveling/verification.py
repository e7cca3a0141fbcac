"""The checker: judges a result by the problem alone, slot by slot, with none of the solver's code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from wonward.engines.leveling.types import (
    Aim,
    ConflictElement,
    ElementKind,
    LevelingLink,
    LevelingProblem,
    LevelingResult,
    LevelingTask,
    ObjectiveParts,
    Status,
)
from wonward.engines.scheduling.types import LinkType

Starts = Mapping[str, int]
Assignments = Mapping[str, Mapping[str, str]]
Marker = tuple[ElementKind, str, str | None]


def verify(problem: LevelingProblem, result: LevelingResult) -> list[str]:
    """Everything wrong with a result, one sentence each; an empty list accepts it.

    A plan must keep every constraint, its figures must be those of its starts, and `optimal` needs value = bound.
    A conflict set must be one: with each element's own plan all else that is asked holds, but for what is said to have to go
    as well; or, where it is said that no such plan was found, all else of the set. That the set cannot hold as a whole is the
    solver's claim, shown only by what is asked of it being plainly impossible.
    """
    if result.status is Status.INFEASIBLE:
        return list(_conflict_faults(problem, result.conflict, may_overload=result.aim is Aim.KEEP))
    faults = list(plan_faults(problem, result.starts, result.assignments, may_overload=result.aim is Aim.KEEP))
    if result.status is Status.UNKNOWN:
        return [] if faults else ["a valid plan is called unknown"]
    return faults or list(_figure_faults(problem, result))


def plan_faults(
    problem: LevelingProblem, starts: Starts, assignments: Assignments, kept: frozenset[Marker] | None = None, *, may_overload: bool = False
) -> Iterator[str]:
    """What a plan breaks; with ``kept`` only those of the removable elements count, and overload does only where it may not be."""
    tasks = {task.key: task for task in problem.tasks}
    missing = [key for key in tasks if key not in starts]
    if missing or len(starts) != len(tasks):
        yield f"the plan has not exactly the tasks of the problem ({', '.join(missing[:5])})"
        return
    worked = {key: list(_worked(problem, task, starts[key])) for key, task in tasks.items()}
    finishes = {key: _finish(task, starts[key], worked[key]) for key, task in tasks.items()}
    for task in problem.tasks:
        yield from _date_faults(problem, task, starts[task.key], finishes[task.key], kept)
    for link in problem.links:
        if _counts(kept, ElementKind.LINK, link.to_key, link.from_key) and tasks[link.to_key].started_at is None:
            yield from _link_faults(link, starts, finishes)
    yield from _people_faults(problem, assignments, worked, kept)
    if not may_overload:
        yield from _capacity_faults(problem, worked, assignments, kept)


def _counts(kept: frozenset[Marker] | None, kind: ElementKind, subject: str, other: str | None = None) -> bool:
    return kept is None or (kind, subject, other) in kept


def _is_worked(problem: LevelingProblem, task: LevelingTask, slot: int) -> bool:
    if task.calendar is None or slot < 0:
        return True
    pattern = problem.calendars[task.calendar]
    return slot >= len(pattern) or bool(pattern[slot])


def _worked(problem: LevelingProblem, task: LevelingTask, start: int) -> Iterator[int]:
    left, slot = task.duration, start
    while left:
        if _is_worked(problem, task, slot):
            yield slot
            left -= 1
        slot += 1


def _finish(task: LevelingTask, start: int, worked: list[int]) -> int:
    return worked[-1] + 1 if worked else start


def _date_faults(
    problem: LevelingProblem, task: LevelingTask, start: int, finish: int, kept: frozenset[Marker] | None
) -> Iterator[str]:
    if task.started_at is not None:
        if start != task.started_at:
            yield f"{task.key} began at {task.started_at}, not at {start}"
    elif task.pinned_start is not None:
        if start != task.pinned_start and _counts(kept, ElementKind.PIN, task.key):
            yield f"{task.key} is pinned to {task.pinned_start}, not {start}"
    elif task.is_frozen and start != task.published_start and _counts(kept, ElementKind.FREEZE, task.key):
        yield f"{task.key} is frozen at {task.published_start}, not {start}"
    if task.started_at is None:
        floor = task.earliest if _counts(kept, ElementKind.EARLIEST, task.key) else 0
        if start < max(0, floor):
            yield f"{task.key} begins at {start}, before {max(0, floor)}"
        is_free = task.pinned_start is None and not task.is_frozen
        if task.duration and is_free and not _is_worked(problem, task, start):
            yield f"{task.key} begins in slot {start}, which its calendar does not work"
    if task.deadline is not None and finish > task.deadline and _counts(kept, ElementKind.DEADLINE, task.key):
        yield f"{task.key} ends at {finish}, after its deadline {task.deadline}"


def _link_faults(link: LevelingLink, starts: Starts, finishes: Starts) -> Iterator[str]:
    begin = (finishes if link.type in (LinkType.FS, LinkType.FF) else starts)[link.from_key]
    end = (finishes if link.type in (LinkType.FF, LinkType.SF) else starts)[link.to_key]
    if end < begin + link.lag:
        yield f"{link.to_key} breaks its {link.type} link from {link.from_key}"


def _people_faults(
    problem: LevelingProblem, assignments: Assignments, worked: Mapping[str, list[int]], kept: frozenset[Marker] | None
) -> Iterator[str]:
    skills_of = {resource.key: resource.skills for resource in problem.resources}
    for task in problem.tasks:
        given = assignments.get(task.key, {})
        for person, skill in given.items():
            if skill not in skills_of.get(person, ()):
                yield f"{person} does not have the skill {skill} that {task.key} was given"
        filled = Counter(given.values())
        for skill, wanted in task.skills.items():
            is_due = task.duration and task.started_at is None and _counts(kept, ElementKind.SKILL, task.key, skill)
            if is_due and wanted and filled[skill] != wanted:
                yield f"{task.key} has {filled[skill]} people for {skill} instead of {wanted}"
        if any(skill not in task.skills for skill in filled):
            yield f"{task.key} was given a skill it does not ask for"


def _capacity_faults(
    problem: LevelingProblem, worked: Mapping[str, list[int]], assignments: Assignments, kept: frozenset[Marker] | None
) -> Iterator[str]:
    taken: dict[tuple[str, int], int] = {}
    by_facts: dict[tuple[str, int], int] = {}
    touched: set[tuple[str, int]] = set()
    for task in problem.tasks:
        amounts = {
            name: amount
            for name, amount in task.demands.items()
            if task.started_at is not None or _counts(kept, ElementKind.DEMAND, task.key, name)
        }
        for person in assignments.get(task.key, {}):
            amounts[person] = amounts.get(person, 0) + 1
        for name, amount in amounts.items():
            if not amount:
                continue
            for slot in worked[task.key]:
                if slot >= 0:
                    taken[name, slot] = taken.get((name, slot), 0) + amount
                    if task.started_at is not None:
                        by_facts[name, slot] = by_facts.get((name, slot), 0) + amount
                    else:
                        touched.add((name, slot))
    resources = {resource.key: resource for resource in problem.resources}
    for (name, slot), amount in taken.items():
        resource = resources[name]
        there = resource.profile[slot] if slot < len(resource.profile) else resource.capacity
        # Work that has begun takes what it takes; nothing else may lie on top of it.
        if amount > there and (name, slot) in touched:
            yield f"{name} has {there} in slot {slot}, and {amount} are taken"


def _figure_faults(problem: LevelingProblem, result: LevelingResult) -> Iterator[str]:
    tasks = {task.key: task for task in problem.tasks}
    finishes = {
        key: _finish(task, result.starts[key], list(_worked(problem, task, result.starts[key]))) for key, task in tasks.items()
    }
    if dict(result.finishes) != finishes:
        yield "the finishes are not those of the starts"
    lateness = sum(
        task.due_weight * (late + problem.weights.missed)
        for task in problem.tasks if task.due is not None and (late := finishes[task.key] - task.due) > 0
    )
    change = sum(
        abs(result.starts[task.key] - task.published_start) for task in problem.tasks if task.published_start is not None
    )
    makespan = max(0, max(finishes.values(), default=0))
    overload = _overload(problem, result) if result.aim is Aim.KEEP else 0
    parts = ObjectiveParts(lateness, makespan, change, overload)
    if result.parts != parts:
        yield f"the objective is {parts}, not {result.parts}"
    weights = problem.weights
    value = weights.lateness * lateness + weights.makespan * makespan + weights.change * change + weights.overload * overload
    for name in ("lateness", "makespan", "change", "overload"):
        if getattr(result.bounds, name) > getattr(parts, name):
            yield f"the bound on {name} is above what the plan has"
    if result.value != value:
        yield f"the value is {value}, not {result.value}"
    if result.lower_bound > value or result.makespan_bound > makespan:
        yield "the lower bound is above the value"
    if (result.status is Status.OPTIMAL) != (result.lower_bound == value):
        yield f"it is called {result.status} with value {value} and bound {result.lower_bound}"
    gap = (value - result.lower_bound) / value if value else 0.0
    if abs(gap - result.gap) > 1e-9:
        yield f"the gap is {gap}, not {result.gap}"


def _overload(problem: LevelingProblem, result: LevelingResult) -> int:
    """What resources are asked above their capacity, slot by slot."""
    asked: dict[tuple[str, int], int] = {}
    for task in problem.tasks:
        amounts = Counter(task.demands)
        amounts.update(result.assignments.get(task.key, {}).keys())
        for slot in _worked(problem, task, result.starts[task.key]):
            for name, amount in amounts.items() if slot >= 0 else ():
                asked[name, slot] = asked.get((name, slot), 0) + amount
    resources = {resource.key: resource for resource in problem.resources}
    total = 0
    for (name, slot), amount in asked.items():
        resource = resources[name]
        total += max(0, amount - (resource.profile[slot] if slot < len(resource.profile) else resource.capacity))
    return total


def _conflict_faults(problem: LevelingProblem, conflict: Iterable[ConflictElement], *, may_overload: bool) -> Iterator[str]:
    elements = list(conflict)
    if not elements:
        yield "it is called infeasible without a conflict set"
    markers = frozenset((element.kind, element.subject, element.other) for element in elements)
    everything = frozenset(_asked(problem))
    for element in elements:
        whole = markers if element.is_alone else everything
        if element.also and not everything.issuperset(element.also):
            yield f"with {element.text or element.kind} goes what nobody asks"
        kept = whole - {(element.kind, element.subject, element.other), *element.also}
        for fault in plan_faults(problem, element.starts, element.assignments, kept, may_overload=may_overload):
            yield f"without {element.text or element.kind}, {fault}"


def _asked(problem: LevelingProblem) -> Iterator[Marker]:
    """Everything asked that could be taken out."""
    for link in problem.links:
        yield ElementKind.LINK, link.to_key, link.from_key
    for task in problem.tasks:
        yield from ((ElementKind.DEMAND, task.key, name) for name in task.demands)
        yield from ((ElementKind.SKILL, task.key, name) for name in task.skills)
        yield from ((kind, task.key, None) for kind in (ElementKind.EARLIEST, ElementKind.DEADLINE, ElementKind.PIN, ElementKind.FREEZE))
