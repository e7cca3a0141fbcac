"""Keeping every date that can be kept, and making the overload that leaves as small as possible.

Tasks are laid one by one where they add least overload and change, then a few at a time are taken out around an overloaded
slot and laid again, which is kept when it is no worse (ruin and recreate, Schrimpf and others 2000).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from wonward.engines.leveling.bounds import Bounds
from wonward.engines.leveling.network import Network
from wonward.engines.leveling.types import ObjectiveParts
from wonward.engines.leveling.windows import Windows, latest_start

MOST_TAKEN_OUT = 7
# Windows without an end are looked at only so far beyond where the task is known to lie.
FAR = 260
LOOK_EVERY = 16

Team = tuple[tuple[int, str], ...]


class Asked:
    """Starts and teams, and what every resource is asked in every slot; ``over`` holds what is too much, by (resource, slot)."""

    __slots__ = ("finish", "over", "overload", "start", "team", "used")

    def __init__(self, network: Network) -> None:
        self.start, self.finish = [0] * network.count, [0] * network.count
        self.team: list[Team] = [()] * network.count
        self.used = [[0] * network.horizon for _ in network.peaks]
        self.over: dict[tuple[int, int], int] = {}
        self.overload = 0


class Laid(NamedTuple):
    """A plan to keep: starts, finishes, teams, and what they cost."""

    start: tuple[int, ...]
    finish: tuple[int, ...]
    team: tuple[Team, ...]
    parts: ObjectiveParts


class Smoother:
    """Plans of one network within its windows; ``best`` is the best found so far."""

    def __init__(self, network: Network, windows: Windows, bounds: Bounds, seed: int) -> None:
        self.network, self.windows, self.bounds = network, windows, bounds
        self.dice = random.Random(seed)  # noqa: S311
        self.weights = network.problem.weights
        self.demands = [
            [(r, network.free(network.demand[j], r)) for r in range(len(network.peaks)) if network.free(network.demand[j], r)]
            for j in range(network.count)
        ]
        self.room = [[network.free(packed, r) for packed in network.capacity] for r in range(len(network.peaks))]
        self.ends = [network.finish(j, windows.latest[j]) for j in range(network.count)]
        tasks = network.tasks
        self._due = [(j, task.due, task.due_weight) for j, task in enumerate(tasks) if task.due is not None]
        self._published = [(j, task.published_start) for j, task in enumerate(tasks) if task.published_start is not None]
        self.place_in_order = {j: place for place, j in enumerate(network.order)}
        self._users: list[list[int]] = [[] for _ in network.peaks]
        for j in network.movable:
            people = {person for skill in network.skills[j] for person in network.people_by_skill.get(skill, ())}
            for r in people | {r for r, _ in self.demands[j]}:
                self._users[r].append(j)
        self.now = self._first()
        self.best = self._kept(self.now)

    @property
    def least(self) -> int:
        """What the best plan costs."""
        return self.best.parts.total(self.weights)

    def improve(self, rounds: int, *, goal: int = 0, stop: Callable[[], bool] | None = None) -> bool:
        """Take out and lay again so many times, or until the goal is reached; False when stopped before."""
        plan = self.now
        score = self._parts(plan).total(self.weights)
        for number in range(rounds):
            if self.least <= goal:
                return True
            if stop is not None and number % LOOK_EVERY == 0 and stop():
                return False
            out = self._chosen(plan)
            if not out:
                return True
            before = [(plan.start[j], plan.team[j]) for j in out]
            self._lay_again(plan, out)
            parts = self._parts(plan)
            reached = parts.total(self.weights)
            if reached > score:
                for j in out:
                    self._lift(plan, j)
                for j, (at, team) in zip(out, before, strict=True):
                    self._put(plan, j, at, team)
                continue
            score = reached
            if reached < self.least:
                self.best = self._kept(plan)
        return True

    def welcome(self, starts: Sequence[int], teams: Sequence[Team]) -> None:
        """Take in a plan found elsewhere if it is better."""
        plan = self._empty()
        for j in self.network.movable:
            self._put(plan, j, starts[j], teams[j])
        found = self._kept(plan)
        if found.parts.total(self.weights) < self.least:
            self.best, self.now = found, plan

    def now_over(self, laid: Laid) -> dict[tuple[int, int], int]:
        """What a plan asks too much, by (resource, slot)."""
        plan = Asked(self.network)
        for j in range(self.network.count):
            self._put(plan, j, laid.start[j], laid.team[j])
        return plan.over

    def _kept(self, plan: Asked) -> Laid:
        return Laid(tuple(plan.start), tuple(plan.finish), tuple(plan.team), self._parts(plan))

    def _parts(self, plan: Asked) -> ObjectiveParts:
        late, start, finish = self.weights.late, plan.start, plan.finish
        return ObjectiveParts(
            sum(weight * late(finish[j] - due) for j, due, weight in self._due),
            max(0, max(finish, default=0)),
            sum(abs(start[j] - slot) for j, slot in self._published),
            plan.overload,
        )

    def _empty(self) -> Asked:
        plan = Asked(self.network)
        for j in self.network.order:
            fixed = self.network.fixed[j]
            if fixed is not None:
                self._put(plan, j, fixed, self._team(plan, j, self.network.cells(j, fixed))[0])
        return plan

    def _first(self) -> Asked:
        """The better of: everything near where it is published, and everything as early as it is due."""
        windows, tasks = self.windows, self.network.tasks
        published = [windows.earliest[j] if task.published_start is None else task.published_start for j, task in enumerate(tasks)]
        plans = []
        for rank in (published, windows.latest):
            plan = self._empty()
            for j in self.network.listed([float(at) for at in rank]):
                self._lay(plan, j, self.network.earliest(j, plan.start, plan.finish), windows.latest[j])
            plans.append(plan)
        return min(plans, key=lambda plan: self._parts(plan).total(self.weights))

    def _chosen(self, plan: Asked) -> list[int]:
        """A few tasks around a slot in which too much is asked, or else some that were moved."""
        over = [cell for cell in plan.over if self._users[cell[0]]]
        dice, network = self.dice, self.network
        if over and dice.random() < 0.85:
            r, slot = dice.choice(over)
            near = [j for j in self._users[r] if self.windows.earliest[j] <= slot <= self.ends[j]]
        else:
            near = [j for j, published in self._published if plan.start[j] != published and not network.is_fixed[j]]
            if not near and not over:
                return []
        near = near or list(network.movable)
        if not near:
            return []
        out = set(dice.sample(near, min(len(near), dice.randint(1, MOST_TAKEN_OUT))))
        for j in list(out):
            ties = [k for k in (*network.before[j], *network.after[j]) if not network.is_fixed[k]]
            if ties and dice.random() < 0.5:
                out.add(dice.choice(ties))
        return sorted(out, key=self.place_in_order.__getitem__)

    def _lay_again(self, plan: Asked, out: Sequence[int]) -> None:
        """Lift these tasks and lay them again, in the order of the network, each where it adds least."""
        network, latest = self.network, self.windows.latest
        for j in out:
            self._lift(plan, j)
        late_start, late_finish = plan.start[:], plan.finish[:]
        for j in reversed(out):
            late_start[j] = min(latest[j], latest_start(network, j, late_start, late_finish, self.windows.finish_by[j]))
            late_finish[j] = network.finish(j, late_start[j])
        for j in out:
            self._lay(plan, j, network.earliest(j, plan.start, plan.finish), late_start[j])

    def _lay(self, plan: Asked, j: int, low: int, high: int) -> None:
        """Lay a lifted task between two starts where it adds least overload and change."""
        network, wished = self.network, self.network.tasks[j].published_start
        middle = low if wished is None else min(max(low, wished), high)
        high = max(low, min(high, max(middle, low) + FAR))
        places = [at for at in range(max(low, middle - FAR), high + 1) if network.start_at_or_after(j, at) == at] or [low]
        if wished is None and not self.demands[j] and not network.skills[j]:
            self._put(plan, j, places[0], ())
            return
        if network.skills[j]:
            costs = [(team_cost[1], team_cost[0]) for team_cost in (self._team(plan, j, network.cells(j, at)) for at in places)]
        else:
            costs = [(cost, ()) for cost in self._added(plan, j, places)]
        change = self.weights.change if wished is not None else 0
        best = min(
            range(len(places)),
            key=lambda n: (self.weights.overload * costs[n][0] + change * abs(places[n] - (wished or 0)), abs(places[n] - middle), n),
        )
        self._put(plan, j, places[best], costs[best][1])

    def _added(self, plan: Asked, j: int, places: Sequence[int]) -> list[int]:
        """The overload that each of these starts would add."""
        network = self.network
        if not network.duration[j] or not self.demands[j]:
            return [0] * len(places)
        first, end = places[0], network.finish(j, places[-1])
        sums, total = [0], 0
        calendar = network.calendar[j]
        worked = range(first, end) if calendar is None else calendar.slots[calendar.rank(first):calendar.rank(end)]
        for slot in worked:
            for r, amount in self.demands[j]:
                over = plan.used[r][slot] + amount - self.room[r][slot]
                if over > 0:
                    total += min(over, amount)
            sums.append(total)
        duration = network.duration[j]
        ranks = [at - first for at in places] if calendar is None else [calendar.rank(at) - calendar.rank(first) for at in places]
        return [sums[rank + duration] - sums[rank] for rank in ranks]

    def _team(self, plan: Asked, j: int, cells: Iterable[int]) -> tuple[Team, int]:
        """People for the skills of a task, those with most time first, and the overload they and the task add."""
        network, slots = self.network, list(cells)
        added = sum(
            max(0, min(amount, plan.used[r][slot] + amount - self.room[r][slot])) for r, amount in self.demands[j] for slot in slots
        )
        if not network.skills[j]:
            return (), added
        named = {r for r, _ in self.demands[j]}
        busy: dict[int, int] = {}
        for skill in set(network.skills[j]):
            for person in network.people_by_skill.get(skill, ()):
                if person not in busy and person not in named and network.peaks[person]:
                    busy[person] = sum(plan.used[person][slot] >= self.room[person][slot] for slot in slots)
        holder: dict[int, int] = {}
        for seat in range(len(network.skills[j])):
            _seat(network, network.skills[j], seat, busy, holder, set())
        team = tuple(sorted((person, network.skills[j][seat]) for person, seat in holder.items()))
        return team, added + sum(busy[person] for person, _ in team)

    def _put(self, plan: Asked, j: int, at: int, team: Team) -> None:
        plan.start[j], plan.finish[j], plan.team[j] = at, self.network.finish(j, at), team
        self._count(plan, j, 1)

    def _lift(self, plan: Asked, j: int) -> None:
        self._count(plan, j, -1)
        plan.team[j] = ()

    def _count(self, plan: Asked, j: int, sign: int) -> None:
        takes = [*self.demands[j], *((person, 1) for person, _ in plan.team[j])]
        for slot in self.network.cells(j, plan.start[j]) if takes else ():
            for r, amount in takes:
                row, there = plan.used[r], self.room[r][slot]
                was = row[slot]
                row[slot] = asked = was + sign * amount
                if asked > there:
                    plan.overload += asked - max(was, there)
                    plan.over[r, slot] = asked - there
                elif was > there:
                    plan.overload -= was - there
                    del plan.over[r, slot]


def _seat(
    network: Network, wanted: Sequence[str], seat: int, busy: dict[int, int], holder: dict[int, int], tried: set[int]
) -> bool:
    people: Collection[int] = network.people_by_skill.get(wanted[seat], ())
    for person in sorted((one for one in people if one in busy), key=lambda one: (busy[one], one)):
        if person in tried:
            continue
        tried.add(person)
        if person not in holder or _seat(network, wanted, holder[person], busy, holder, tried):
            holder[person] = seat
            return True
    return False
