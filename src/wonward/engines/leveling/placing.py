"""Building and tightening plans: serial and parallel generation, and justification to either side."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

from wonward.engines.leveling.network import Network
from wonward.engines.leveling.people import Team, release_people, take_people


class Plan:
    """Where every task lies, and what is left free; ``used[j]`` is what task j takes, packed."""

    __slots__ = ("finish", "free", "start", "team", "used")

    def __init__(self, start: list[int], finish: list[int], free: list[int], used: list[int], team: list[Team]) -> None:
        self.start, self.finish, self.free, self.used, self.team = start, finish, free, used, team

    def copy(self) -> Plan:
        """The same plan, to be changed on its own."""
        return Plan(self.start[:], self.finish[:], self.free[:], self.used[:], self.team[:])

    @property
    def makespan(self) -> int:
        """The last finish."""
        return max(self.finish, default=0)


class Placer:
    """Places the tasks of one network; fixed work lies in every plan from the beginning.

    ``overloaded`` names the fixed tasks that found no room, in the order of placing: pins and freezes that
    contradict each other. Started work is a fact: it takes what is there.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.overloaded: list[int] = []
        # Tasks with a calendar or people to choose are placed one slot at a time.
        self.is_hard = [bool(network.skills[j]) or network.calendar[j] is not None for j in range(network.count)]
        self.has_hard = any(self.is_hard)
        self.empty = self._place_fixed()
        capacity = self.empty.free
        self.is_uniform = not self.has_hard and all(free == capacity[0] for free in capacity)

    def _place_fixed(self) -> Plan:
        network = self.network
        size = network.count
        plan = Plan([0] * size, [0] * size, network.capacity[:], network.demand[:], [()] * size)
        facts = sorted((j for j in range(size) if network.is_fixed[j]), key=lambda j: (network.tasks[j].started_at is None, j))
        for j in facts:
            start = network.fixed[j]
            assert start is not None
            cells = network.cells(j, start)
            plan.start[j], plan.finish[j] = start, network.finish(j, start)
            is_fact = network.tasks[j].started_at is not None
            team = take_people(network, plan.free, j, cells)
            fits = team is not None and not any((plan.free[u] - network.demand[j]) & network.guard for u in cells)
            if network.demand[j] == 0 and team is not None:
                fits = True
            if not fits and not is_fact:
                self.overloaded.append(j)
            plan.team[j] = team or ()
            plan.used[j] = demand = network.demand[j] + sum(1 << network.shift[person] for person, _ in plan.team[j])
            for u in cells:
                plan.free[u] = _take(network, plan.free[u], demand)
        return plan

    def serial(self, order: Sequence[int], floor: Sequence[int] | None = None) -> Plan:
        """Place the movable tasks in this order (predecessors first), each as early as it fits.

        ``floor[j]`` is a start not to go below.
        """
        network, plan = self.network, self.empty.copy()
        start, finish, free = plan.start, plan.finish, plan.free
        release = network.release if floor is None else floor
        waits_fs, waits, durations, demands = network.waits_fs, network.waits, network.duration, network.demand
        guard, is_hard = network.guard, self.is_hard
        for j in order:
            at = release[j]
            for i in waits_fs[j]:
                if finish[i] > at:
                    at = finish[i]
            if is_hard[j]:
                self.place_hard(plan, j, max(at, network.earliest(j, start, finish)))
                continue
            if waits[j]:
                at = max(at, network.earliest(j, start, finish))
            duration, demand = durations[j], demands[j]
            end = at + duration
            if demand:
                u = at
                while u < end:
                    if (free[u] - demand) & guard:
                        end = u + 1 + duration
                    u += 1
                at = end - duration
                for u in range(at, end):
                    free[u] -= demand
            start[j], finish[j] = at, end
        return plan

    def parallel(self, rank: Sequence[float]) -> Plan:
        """Walk through time and begin whatever fits, lowest rank first; for uniform capacity only."""
        network, plan = self.network, self.empty.copy()
        start, finish, free = plan.start, plan.finish, plan.free
        missing = [len(network.before[j]) for j in range(network.count)]
        for j in range(network.count):
            if network.is_fixed[j]:
                for k in network.after[j]:
                    missing[k] -= 1
        events: list[int] = [0]
        waiting: list[tuple[int, float, int]] = []
        for j in network.movable:
            if not missing[j]:
                heappush(waiting, (network.earliest(j, start, finish), rank[j], j))
        eligible: list[tuple[float, int]] = []
        guard, demands, durations = network.guard, network.demand, network.duration
        while events or waiting:
            now = heappop(events) if events and (not waiting or events[0] <= waiting[0][0]) else waiting[0][0]
            while events and events[0] == now:
                heappop(events)
            while True:
                while waiting and waiting[0][0] <= now:
                    _, order, j = heappop(waiting)
                    eligible.append((order, j))
                eligible.sort()
                left, begun = [], False
                for order, j in eligible:
                    demand = demands[j]
                    if demand and (free[now] - demand) & guard and durations[j]:
                        left.append((order, j))
                        continue
                    end = now + durations[j]
                    start[j], finish[j] = now, end
                    for u in range(now, end):
                        free[u] -= demand
                    if end > now:
                        heappush(events, end)
                    for k in network.after[j]:
                        missing[k] -= 1
                        if not missing[k] and not network.is_fixed[k]:
                            heappush(waiting, (network.earliest(k, start, finish), rank[k], k))
                            begun = True
                eligible = left
                if not begun or not waiting or waiting[0][0] > now:
                    break
        return plan

    def tighten(self, plan: Plan, rounds: int = 1) -> Plan:
        """Justify right, then left, again while the plan gets shorter, at most so many rounds; in place."""
        best = plan.makespan
        for _ in range(rounds):
            self.justify_right(plan, best)
            self.justify_left(plan)
            reached = plan.makespan
            if reached >= best:
                break
            best = reached
        return plan

    def justify_right(self, plan: Plan, end: int) -> None:
        """Move each movable task as late as it fits with all finished by ``end``, last finish first."""
        network = self.network
        start, finish, free, used = plan.start, plan.finish, plan.free, plan.used
        frees_fs, frees, durations, guard, is_hard = network.frees_fs, network.frees, network.duration, network.guard, self.is_hard
        for j in sorted(network.movable, key=finish.__getitem__, reverse=True):
            latest = end
            for k in frees_fs[j]:
                if start[k] < latest:
                    latest = start[k]
            if is_hard[j]:
                self.shift_late(plan, j, latest)
                continue
            duration, begun, ended = durations[j], start[j], finish[j]
            if frees[j]:
                latest = min(latest, self.latest_finish(plan, j))
            if latest <= ended:
                continue
            begin, demand = latest - duration, used[j]
            if demand:
                u = latest - 1
                while u >= begin and u >= ended:
                    if (free[u] - demand) & guard:
                        begin = u - duration
                    u -= 1
                if begin <= begun:
                    continue
                for u in range(begun, min(ended, begin)):
                    free[u] += demand
                for u in range(max(ended, begin), begin + duration):
                    free[u] -= demand
            start[j], finish[j] = begin, begin + duration

    def justify_left(self, plan: Plan, floor: Sequence[int] | None = None) -> None:
        """Move each movable task as early as it fits, first start first, not below its ``floor``."""
        network = self.network
        start, finish, free, used = plan.start, plan.finish, plan.free, plan.used
        waits_fs, waits, durations, guard, is_hard = network.waits_fs, network.waits, network.duration, network.guard, self.is_hard
        release = network.release if floor is None else floor
        for j in sorted(network.movable, key=start.__getitem__):
            at = release[j]
            for i in waits_fs[j]:
                if finish[i] > at:
                    at = finish[i]
            if is_hard[j]:
                self._shift_hard_early(plan, j, max(at, network.earliest(j, start, finish)))
                continue
            if waits[j]:
                at = max(at, network.earliest(j, start, finish))
            duration, begun, ended = durations[j], start[j], finish[j]
            if at >= begun:
                continue
            end, demand = at + duration, used[j]
            if demand:
                u = at
                while u < end and u < begun:
                    if (free[u] - demand) & guard:
                        end = u + 1 + duration
                    u += 1
                if end >= ended:
                    continue
                for u in range(max(begun, end), ended):
                    free[u] += demand
                for u in range(end - duration, min(begun, end)):
                    free[u] -= demand
            start[j], finish[j] = end - duration, end

    def lift(self, plan: Plan, j: int) -> None:
        """Take a task out of the plan's capacity."""
        used = plan.used[j]
        if used:
            for u in self.network.cells(j, plan.start[j]):
                plan.free[u] += used
        release_people(plan, j)

    def put(self, plan: Plan, j: int, at: int) -> bool:
        """Lay a lifted task at this slot if it fits there."""
        network = self.network
        cells = network.cells(j, at)
        demand, guard, free = network.demand[j], network.guard, plan.free
        if demand and any((free[u] - demand) & guard for u in cells):
            return False
        team = take_people(network, free, j, cells)
        if team is None:
            return False
        plan.team[j] = team
        if team:
            demand += sum(1 << network.shift[person] for person, _ in team)
        plan.used[j] = demand
        if demand:
            for u in cells:
                free[u] -= demand
        plan.start[j], plan.finish[j] = at, network.finish(j, at)
        return True

    def place_hard(self, plan: Plan, j: int, at: int) -> None:
        """Lay a task that is not in the plan at the first slot from here on where it fits."""
        at = self.network.start_at_or_after(j, at)
        while not self.put(plan, j, at):
            at = self.network.start_at_or_after(j, at + 1)

    def _shift_hard_early(self, plan: Plan, j: int, at: int) -> None:
        if at >= plan.start[j]:
            return
        self.lift(plan, j)
        self.place_hard(plan, j, at)

    def shift_late(self, plan: Plan, j: int, latest: int) -> bool:
        """Move one task as late as it fits with a finish by ``latest``; whether it moved."""
        network = self.network
        latest = min(latest, self.latest_finish(plan, j))
        at = min(network.start_for_finish_by(j, latest), latest)
        begun, team, used = plan.start[j], plan.team[j], plan.used[j]
        if at <= begun:
            return False
        self.lift(plan, j)
        while at > begun:
            if network.start_at_or_after(j, at) == at and self.put(plan, j, at):
                return True
            at -= 1
        plan.team[j], plan.used[j] = team, used
        for u in network.cells(j, begun):
            plan.free[u] -= used
        plan.start[j], plan.finish[j] = begun, network.finish(j, begun)
        return False

    def latest_finish(self, plan: Plan, j: int) -> int:
        """By when a task must be finished for its other ties, given where its successors lie."""
        network = self.network
        latest = network.horizon
        for k, from_finish, to_finish, lag in network.frees[j]:
            target = (plan.finish if to_finish else plan.start)[k] - lag
            latest = min(latest, target if from_finish else network.finish(j, max(0, network.start_at_or_before(j, target))))
        return latest


def _take(network: Network, free: int, demand: int) -> int:
    """Free capacity less a demand, no resource below 0."""
    if not (free - demand) & network.guard:
        return free - demand
    total = 0
    for resource, shift in enumerate(network.shift):
        total |= max(0, network.free(free, resource) - network.free(demand, resource)) << shift
    return total
