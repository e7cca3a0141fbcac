"""What a plan costs."""

from __future__ import annotations

from collections.abc import Sequence

from wonward.engines.leveling.network import Network
from wonward.engines.leveling.placing import Plan
from wonward.engines.leveling.types import ObjectiveParts

BROKEN = 1_000_000_000


class Scorer:
    """Scores plans of one network; less is better, and a plan that breaks nothing scores below BROKEN."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.is_pure = network.is_pure
        tasks = network.tasks
        self._due = [(j, task.due, task.due_weight) for j, task in enumerate(tasks) if task.due is not None]
        self._published = [(j, task.published_start) for j, task in enumerate(tasks) if task.published_start is not None]
        self._deadlines = [(j, slot) for j, slot in enumerate(network.deadline) if slot is not None]
        self._bound = [j for j in range(network.count) if network.is_fixed[j] and tasks[j].started_at is None]

    def score(self, plan: Plan) -> int:
        """The objective, and a thousand million for each slot by which something asked is missed."""
        weights = self.network.problem.weights
        if self.is_pure and plan.makespan <= self.network.limit:
            return weights.makespan * plan.makespan
        return self.parts(plan).total(weights) + BROKEN * self.missed(plan)

    def parts(self, plan: Plan) -> ObjectiveParts:
        """The objective taken apart."""
        start, finish, late = plan.start, plan.finish, self.network.problem.weights.late
        return ObjectiveParts(
            sum(weight * late(finish[j] - due) for j, due, weight in self._due if finish[j] > due),
            max(0, plan.makespan),
            sum(abs(start[j] - slot) for j, slot in self._published),
        )

    def missed(self, plan: Plan) -> int:
        """By how many slots deadlines and what fixed work waits for are missed."""
        return sum(late for _, late in self.broken(plan))

    def broken(self, plan: Plan) -> list[tuple[int, int]]:
        """(task, slots) for each deadline missed and each fixed task that begins too early for its links or dates."""
        network = self.network
        found = [(j, plan.finish[j] - slot) for j, slot in self._deadlines if plan.finish[j] > slot]
        if plan.makespan > network.limit:
            found.extend((j, slot - network.limit) for j, slot in enumerate(plan.finish) if slot > network.limit)
        for j in self._bound:
            early = network.earliest(j, plan.start, plan.finish) - plan.start[j]
            if early > 0:
                found.append((j, early))
        return found


def latest_finishes(network: Network, tail: Sequence[int], end: int) -> list[int]:
    """By when each task should be finished for the end, for the due dates and for the fixed work behind it."""
    latest = [end - after for after in tail]
    for j in reversed(network.order):
        task = network.tasks[j]
        for slot in (task.due, task.deadline):
            if slot is not None and slot < latest[j]:
                latest[j] = slot
        for k in network.frees_fs[j]:
            fixed = network.fixed[k]
            begin = latest[k] - network.duration[k] if fixed is None else fixed
            if begin < latest[j]:
                latest[j] = begin
        for k, from_finish, to_finish, lag in network.frees[j]:
            target = (latest[k] if to_finish else latest[k] - network.duration[k]) - lag
            latest[j] = min(latest[j], target if from_finish else target + network.duration[j])
    return latest
