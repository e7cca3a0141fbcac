"""One sentence per moved task: what keeps it from beginning a slot earlier."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wonward.engines.leveling.bounds import Bounds
from wonward.engines.leveling.network import Network
from wonward.engines.leveling.people import take_people
from wonward.engines.leveling.placing import Placer, Plan
from wonward.engines.leveling.smoothing import Smoother
from wonward.engines.leveling.types import Binding, LevelingTask, Reason

MOST_NAMES = 4
# The tasks that take something in each slot.
AtWork = dict[int, list[int]]


def explain(placer: Placer, plan: Plan, bounds: Bounds) -> tuple[Reason, ...]:
    """A reason for each task that does not lie at its published start or, without one, at its earliest."""
    return tuple(_reasons(placer, plan, bounds))


def _reasons(placer: Placer, plan: Plan, bounds: Bounds) -> Iterator[Reason]:
    at_work = _at_work(placer.network, plan)
    for j, task in enumerate(placer.network.tasks):
        expected = bounds.earliest[j] if task.published_start is None else task.published_start
        if plan.start[j] != expected:
            reason = _bind(placer, plan, j, expected, at_work)
            yield Reason(
                task.key, reason.binding, expected, plan.start[j], reason.resource, reason.blockers, reason.slot,
                f"{task.key} begins at {plan.start[j]} instead of {expected}: {reason.text}.",
            )


def _bind(placer: Placer, plan: Plan, j: int, expected: int, at_work: AtWork) -> Reason:
    network = placer.network
    task, start = network.tasks[j], plan.start[j]

    def told(binding: Binding, text: str, resource: str | None = None, blockers: Sequence[str] = (), slot: int | None = None) -> Reason:
        return Reason(task.key, binding, expected, start, resource, tuple(blockers), slot, text)

    if network.is_fixed[j]:
        binding, text = _fixed(task)
        return told(binding, text)
    before = network.start_at_or_before(j, start - 1)
    if before < network.release[j]:
        return told(Binding.EARLIEST, f"it may not begin before {network.release[j]}")
    holding = [i for i in network.before[j] if _needs(network, plan, i, j) > before]
    if holding:
        names = [network.tasks[i].key for i in holding]
        return told(Binding.PREDECESSOR, f"it waits for {_listed(names)}", None, names)
    short = _shortage(placer, plan, j, before, at_work)
    if short is not None:
        return told(*short)
    if start < expected:
        return told(Binding.FREED, "nothing holds it back any longer")
    if task.published_start is not None or not network.is_pure:
        return told(Binding.PLAN, "beginning earlier would move other work further from the published plan or from its due date")
    return told(Binding.CALENDAR, "the slots before are not worked")


def _fixed(task: LevelingTask) -> tuple[Binding, str]:
    if task.started_at is not None:
        return Binding.STARTED, f"it began at {task.started_at}"
    if task.pinned_start is not None:
        return Binding.PINNED, f"it is pinned to {task.pinned_start}"
    return Binding.FROZEN, "it is frozen where it was published"


def _needs(network: Network, plan: Plan, i: int, j: int) -> int:
    """The slot that the ties from i alone allow j."""
    slot = plan.finish[i] if i in network.waits_fs[j] else 0
    for other, from_finish, to_finish, lag in network.waits[j]:
        if other == i:
            at = (plan.finish if from_finish else plan.start)[i] + lag
            slot = max(slot, network.start_for_finish_from(j, at) if to_finish else at)
    return slot


def _shortage(
    placer: Placer, plan: Plan, j: int, at: int, at_work: AtWork
) -> tuple[Binding, str, str | None, list[str], int | None] | None:
    """What lacks if the task began at this slot; None if nothing does."""
    network, resources = placer.network, placer.network.problem.resources
    own = set(network.cells(j, plan.start[j]))
    cells = network.cells(j, at)
    for u in cells:
        free = plan.free[u] + (plan.used[j] if u in own else 0)
        if not (free - network.demand[j]) & network.guard:
            continue
        for number, resource in enumerate(resources):
            asked = network.free(network.demand[j], number)
            if asked <= network.free(free, number):
                continue
            there = network.free(network.capacity[u], number)
            if there < asked:
                return Binding.ABSENCE, f"{resource.key} has {there} of the {asked} it needs in slot {u}", resource.key, [], u
            names = [network.tasks[i].key for i in at_work.get(u, ()) if i != j and network.free(plan.used[i], number)]
            return Binding.RESOURCE, f"{resource.key} is taken in slot {u} by {_listed(names)}", resource.key, names, u
    if network.skills[j]:
        free_beside = plan.free[:]
        for u in own:
            free_beside[u] += plan.used[j]
        if take_people(network, free_beside, j, cells) is None:
            people = {p for skill in set(network.skills[j]) for p in network.people_by_skill.get(skill, ())}
            others = sorted({i for u in cells for i in at_work.get(u, ()) if i != j})
            names = [network.tasks[i].key for i in others if any(network.free(plan.used[i], person) for person in people)]
            return Binding.SKILL, f"too few people with {_listed(sorted(set(network.skills[j])))} are free: {_listed(names)}", None, names, cells[0]
    return None


def explain_kept(smoother: Smoother, bounds: Bounds) -> tuple[Reason, ...]:
    """A reason for each moved task of a plan that keeps its dates: why it does not lie where it was expected."""
    network, best = smoother.network, smoother.best
    found = []
    for j, task in enumerate(network.tasks):
        expected = bounds.earliest[j] if task.published_start is None else task.published_start
        if best.start[j] != expected:
            reason = _bind_kept(smoother, j, expected)
            found.append(Reason(
                task.key, reason.binding, expected, best.start[j], reason.resource, reason.blockers, reason.slot,
                f"{task.key} begins at {best.start[j]} instead of {expected}: {reason.text}.",
            ))
    return tuple(found)


def _bind_kept(smoother: Smoother, j: int, expected: int) -> Reason:
    network, best = smoother.network, smoother.best
    task, start = network.tasks[j], best.start[j]
    if network.is_fixed[j]:
        binding, text = _fixed(task)
        return Reason(task.key, binding, expected, start, text=text)
    if expected < network.release[j]:
        return Reason(task.key, Binding.EARLIEST, expected, start, text=f"it may not begin before {network.release[j]}")
    lowest = network.earliest(j, best.start, best.finish)
    if start == lowest > expected:
        names = tuple(network.tasks[i].key for i in network.before[j] if best.finish[i] > expected or best.start[i] > expected)
        return Reason(task.key, Binding.PREDECESSOR, expected, start, None, names, text=f"it waits for {_listed(names)}")
    at_work: AtWork = {}
    for i in range(network.count):
        for slot in network.cells(i, best.start[i]) if i != j else ():
            at_work.setdefault(slot, []).append(i)
    takes = [*smoother.demands[j], *((person, 1) for person, _ in best.team[j])]
    place = max(0, expected, lowest) if start > expected else max(0, expected)
    for slot in network.cells(j, network.start_at_or_after(j, place)):
        for r, amount in takes:
            asking = [(i, _taken_of(smoother, i, r)) for i in at_work.get(slot, ())]
            if amount + sum(taken for _, taken in asking) > smoother.room[r][slot]:
                names = tuple(network.tasks[i].key for i, taken in asking if taken)
                key = network.problem.resources[r].key
                if not smoother.room[r][slot]:
                    return Reason(task.key, Binding.ABSENCE, expected, start, key, (), slot, f"{key} is not there in slot {slot}")
                return Reason(task.key, Binding.RESOURCE, expected, start, key, names, slot, f"{key} is taken in slot {slot} by {_listed(names)}")
    return Reason(task.key, Binding.PLAN, expected, start, text="there it leaves room for other work that has to be in time")


def _taken_of(smoother: Smoother, j: int, r: int) -> int:
    return sum(amount for resource, amount in smoother.demands[j] if resource == r) + sum(person == r for person, _ in smoother.best.team[j])


def _at_work(network: Network, plan: Plan) -> AtWork:
    found: AtWork = {}
    for i in range(network.count):
        if plan.used[i]:
            for slot in network.cells(i, plan.start[i]):
                found.setdefault(slot, []).append(i)
    return found


def _listed(names: Sequence[str]) -> str:
    if not names:
        return "nobody else"
    if len(names) > MOST_NAMES:
        return f"{', '.join(names[:MOST_NAMES])} and {len(names) - MOST_NAMES} more"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
