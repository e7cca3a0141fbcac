"""A levelling problem turned into integers, once, before anything searches over it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush

from wonward.engines.leveling.errors import LevelingError
from wonward.engines.leveling.types import LevelingProblem, LevelingTask
from wonward.engines.scheduling.types import LinkType

MOST_SLOTS = 1_000_000
FROM_FINISH = (LinkType.FS, LinkType.FF)
TO_FINISH = (LinkType.FF, LinkType.SF)

# A link seen from one of its ends: the other task, whether it leaves a finish, whether it reaches a finish, lag.
Tie = tuple[int, bool, bool, int]


class WorkedSlots:
    """One calendar: which slots are worked, and how many before each."""

    def __init__(self, pattern: Sequence[bool], horizon: int) -> None:
        self.slots = [slot for slot in range(min(len(pattern), horizon)) if pattern[slot]]
        self.slots.extend(range(len(pattern), horizon))
        self.is_plain = len(self.slots) == horizon

    def rank(self, slot: int) -> int:
        """How many worked slots lie before this one."""
        return bisect_left(self.slots, slot)


class Network:
    """Tasks are numbered in the problem's order; ``order`` is a topological one.

    ``waits_fs[j]`` are the tasks whose finish j waits for without lag, ``waits[j]`` all other ties; ``frees_fs``
    and ``frees`` the same from the predecessor's side. Demands and free capacities are packed: resource r has
    the bits from ``shift[r]``, the bit above them in ``guard`` stays 0, so ``(free - demand) & guard`` is not 0 exactly
    when something does not fit. ``base[t]`` is free in slot t beside the fixed work.
    """

    def __init__(self, problem: LevelingProblem) -> None:
        self.problem = problem
        self.tasks = problem.tasks
        self.count = len(self.tasks)
        self.index = {task.key: number for number, task in enumerate(self.tasks)}
        self.resource_index = {resource.key: number for number, resource in enumerate(problem.resources)}
        _refuse_nonsense(problem, self.index, self.resource_index)
        self.duration = [task.duration for task in self.tasks]
        self.release = [max(0, task.earliest) for task in self.tasks]
        self.fixed = [task.fixed_start for task in self.tasks]
        self.is_fixed = [start is not None for start in self.fixed]
        # Beyond the limit everybody is there as at their best, so that placing never fails; nothing may stay there.
        self.limit = self.horizon = _horizon(problem)
        if any(resource.capacity < max(resource.profile, default=0) for resource in problem.resources):
            self.horizon *= 2
        calendars = {name: WorkedSlots(pattern, self.horizon) for name, pattern in problem.calendars.items()}
        worked = [calendars[task.calendar] if task.calendar else None for task in self.tasks]
        self.calendar = [None if one is None or one.is_plain else one for one in worked]
        self._tie()
        self._pack()
        self.skills = [
            tuple(s for s, amount in sorted(task.skills.items()) for _ in range(amount) if task.duration) for task in self.tasks
        ]
        self.people_by_skill: dict[str, list[int]] = {}
        for number, resource in sorted(enumerate(problem.resources), key=lambda pair: len(pair[1].skills)):
            for skill in resource.skills:
                self.people_by_skill.setdefault(skill, []).append(number)
        self.movable = [j for j in self.order if not self.is_fixed[j]]
        self.deadline = [task.deadline for task in self.tasks]
        weights = problem.weights
        self.is_pure = (
            all(task.due is None and task.published_start is None for task in self.tasks)
            and all(one is None for one in self.deadline)
            and not any(self.is_fixed)
            and weights.makespan > 0
        )

    def _tie(self) -> None:
        size = self.count
        self.waits_fs: list[list[int]] = [[] for _ in range(size)]
        self.frees_fs: list[list[int]] = [[] for _ in range(size)]
        self.waits: list[list[Tie]] = [[] for _ in range(size)]
        self.frees: list[list[Tie]] = [[] for _ in range(size)]
        for link in self.problem.links:
            i, j = self.index[link.from_key], self.index[link.to_key]
            if self.tasks[j].started_at is not None:
                continue
            if link.type is LinkType.FS and link.lag == 0:
                self.waits_fs[j].append(i)
                self.frees_fs[i].append(j)
            else:
                ends = link.type in FROM_FINISH, link.type in TO_FINISH
                self.waits[j].append((i, *ends, link.lag))
                self.frees[i].append((j, *ends, link.lag))
        self.before = [sorted({*self.waits_fs[j], *(tie[0] for tie in self.waits[j])}) for j in range(size)]
        self.after = [sorted({*self.frees_fs[j], *(tie[0] for tie in self.frees[j])}) for j in range(size)]
        missing = [len(self.before[j]) for j in range(size)]
        ready = [j for j in range(size) if not missing[j]]
        self.order: list[int] = []
        while ready:
            j = ready.pop()
            self.order.append(j)
            for k in self.after[j]:
                missing[k] -= 1
                if not missing[k]:
                    ready.append(k)
        self.cyclic = [j for j in range(size) if missing[j] > 0]
        self.has_leads = any(
            lag < 0 or to_finish
            for ties in self.waits for _, from_finish, to_finish, lag in ties
        )

    def _pack(self) -> None:
        resources = self.problem.resources
        self.shift: list[int] = []
        self.field: list[int] = []
        self.guard = offset = 0
        peaks = [max((resource.capacity, *resource.profile)) for resource in resources]
        asked = [0] * len(resources)
        for task in self.tasks:
            for name, amount in task.demands.items():
                number = self.resource_index[name]
                asked[number] = max(asked[number], amount)
        for peak, most in zip(peaks, asked, strict=True):
            width = max(peak, most, 1).bit_length()
            self.shift.append(offset)
            self.field.append((1 << width) - 1)
            self.guard |= 1 << (offset + width)
            offset += width + 1
        self.demand = [
            sum(amount << self.shift[self.resource_index[name]] for name, amount in task.demands.items() if task.duration)
            for task in self.tasks
        ]
        self.peaks = peaks
        best = sum(peak << self.shift[r] for r, peak in enumerate(peaks))
        steady = sum(resource.capacity << self.shift[r] for r, resource in enumerate(resources))
        self.capacity = [steady] * self.limit + [best] * (self.horizon - self.limit)
        for r, resource in enumerate(resources):
            shift = self.shift[r]
            for slot, amount in enumerate(resource.profile):
                if amount != resource.capacity:
                    self.capacity[slot] += (amount - resource.capacity) << shift

    def free(self, packed: int, resource: int) -> int:
        """The amount of one resource in a packed number."""
        return (packed >> self.shift[resource]) & self.field[resource]

    def finish(self, j: int, start: int) -> int:
        """The slot after the last one worked."""
        duration, calendar = self.duration[j], self.calendar[j]
        if calendar is None or not duration:
            return start + duration
        done = min(max(0, -start), duration)
        if done == duration:
            return start + duration
        last = calendar.rank(max(0, start)) + duration - done - 1
        beyond = last - len(calendar.slots)
        return calendar.slots[last] + 1 if beyond < 0 else self.horizon + beyond + 1

    def cells(self, j: int, start: int) -> Sequence[int]:
        """The slots from 0 on that the task works in."""
        duration, calendar = self.duration[j], self.calendar[j]
        if calendar is None or not duration:
            return range(max(0, start), max(0, start + duration))
        done = min(max(0, -start), duration)
        first = calendar.rank(max(0, start))
        return calendar.slots[first:first + duration - done]

    def start_at_or_after(self, j: int, slot: int) -> int:
        """The first slot from here on in which the calendar lets the task begin."""
        calendar = self.calendar[j]
        if calendar is None or not self.duration[j]:
            return slot
        return calendar.slots[calendar.rank(slot)]

    def start_at_or_before(self, j: int, slot: int) -> int:
        """The last slot up to here in which the calendar lets the task begin; -1 if there is none."""
        calendar = self.calendar[j]
        if calendar is None or not self.duration[j]:
            return slot
        position = calendar.rank(slot + 1) - 1
        return calendar.slots[position] if position >= 0 else -1

    def start_for_finish_from(self, j: int, finish: int) -> int:
        """The earliest start whose finish is not before this slot."""
        duration, calendar = self.duration[j], self.calendar[j]
        if calendar is None or not duration:
            return finish - duration
        return calendar.slots[max(0, calendar.rank(finish - 1) - duration + 1)] if finish > 0 else 0

    def start_for_finish_by(self, j: int, finish: int) -> int:
        """The latest start whose finish is not after this slot; -1 if there is none."""
        duration, calendar = self.duration[j], self.calendar[j]
        if calendar is None or not duration:
            return finish - duration
        position = calendar.rank(max(0, finish)) - duration
        return calendar.slots[position] if position >= 0 else -1

    def earliest(self, j: int, start: Sequence[int], finish: Sequence[int]) -> int:
        """The first slot that links, dates and calendar allow, given where the predecessors lie."""
        slot = self.release[j]
        for i in self.waits_fs[j]:
            if finish[i] > slot:
                slot = finish[i]
        for i, from_finish, to_finish, lag in self.waits[j]:
            at = (finish[i] if from_finish else start[i]) + lag
            if to_finish:
                at = self.start_for_finish_from(j, at)
            if at > slot:
                slot = at
        return self.start_at_or_after(j, slot)

    def listed(self, rank: Sequence[float]) -> list[int]:
        """The movable tasks, predecessors first, otherwise by rank."""
        if not self.has_leads and all(rank[i] <= rank[j] for j in self.movable for i in self.before[j] if not self.is_fixed[i]):
            return sorted(self.movable, key=rank.__getitem__)
        missing = [sum(not self.is_fixed[i] for i in self.before[j]) for j in range(self.count)]
        ready = [(rank[j], j) for j in self.movable if not missing[j]]
        heapify(ready)
        found = []
        while ready:
            _, j = heappop(ready)
            found.append(j)
            for k in self.after[j]:
                missing[k] -= 1
                if not missing[k] and not self.is_fixed[k]:
                    heappush(ready, (rank[k], k))
        return found


def _refuse_nonsense(problem: LevelingProblem, tasks: dict[str, int], resources: dict[str, int]) -> None:
    if len(tasks) != len(problem.tasks):
        raise LevelingError(f"two tasks have the key {_repeated(task.key for task in problem.tasks)!r}")
    if len(resources) != len(problem.resources):
        raise LevelingError(f"two resources have the key {_repeated(one.key for one in problem.resources)!r}")
    for task in problem.tasks:
        _refuse_task(task, problem, resources)
    for resource in problem.resources:
        if min((resource.capacity, *resource.profile)) < 0:
            raise LevelingError(f"resource {resource.key!r} has a capacity below 0")
    for link in problem.links:
        for key in (link.from_key, link.to_key):
            if key not in tasks:
                raise LevelingError(f"a link names the unknown task {key!r}")
        if link.from_key == link.to_key:
            raise LevelingError(f"task {link.from_key!r} waits for itself")
        if abs(link.lag) > MOST_SLOTS:
            raise LevelingError(f"the lag from {link.from_key!r} to {link.to_key!r} is above {MOST_SLOTS} slots")


def _refuse_task(task: LevelingTask, problem: LevelingProblem, resources: dict[str, int]) -> None:
    where = f"task {task.key!r}"
    if task.duration < 0:
        raise LevelingError(f"{where} is shorter than nothing")
    slots = (task.duration, task.earliest, task.pinned_start, task.started_at, task.due, task.deadline, task.published_start)
    if any(slot is not None and abs(slot) > MOST_SLOTS for slot in slots):
        raise LevelingError(f"{where} has a time beyond {MOST_SLOTS} slots")
    if task.pinned_start is not None and task.pinned_start < 0:
        raise LevelingError(f"{where} is pinned before slot 0; give started_at for work already begun")
    if task.is_frozen and task.fixed_start is None:
        raise LevelingError(f"{where} is frozen but has no published start")
    if task.is_frozen and task.started_at is None and (task.fixed_start or 0) < 0:
        raise LevelingError(f"{where} is frozen before slot 0; give started_at for work already begun")
    if task.due_weight < 0:
        raise LevelingError(f"{where} has a due weight below 0")
    for name, amount in task.demands.items():
        if name not in resources:
            raise LevelingError(f"{where} asks for the unknown resource {name!r}")
        if not 0 <= amount <= MOST_SLOTS:
            raise LevelingError(f"{where} asks for {amount} of {name!r}")
    if any(not 0 <= amount <= 1000 for amount in task.skills.values()):
        raise LevelingError(f"{where} asks for fewer than 0 or more than 1000 people of a skill")
    if task.calendar is not None and task.calendar not in problem.calendars:
        raise LevelingError(f"{where} names the unknown calendar {task.calendar!r}")


def _repeated(keys: Iterable[str]) -> str:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            return key
        seen.add(key)
    raise AssertionError("a key is repeated")


def _horizon(problem: LevelingProblem) -> int:
    """So many slots that every task can be placed after everything else."""
    begin = [0]
    for task in problem.tasks:
        begin.extend((task.earliest, task.published_start or 0, (task.fixed_start or 0) + task.duration))
    begin.extend(len(pattern) for pattern in problem.calendars.values())
    begin.extend(len(resource.profile) for resource in problem.resources)
    length = max(begin) + sum(task.duration for task in problem.tasks) + sum(abs(link.lag) for link in problem.links) + 2
    if length > MOST_SLOTS:
        raise LevelingError(f"the plan may need {length} slots, more than {MOST_SLOTS}; count in longer slots")
    return length
