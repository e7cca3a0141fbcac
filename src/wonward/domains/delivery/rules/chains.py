"""Which work, through how many projects, decides when a plan ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

MINUTES_PER_DAY = 480


@dataclass(frozen=True, slots=True)
class ChainTask:
    """A task as far as following what it waits for needs it."""

    id: int
    project_id: int
    name: str
    parent_id: int | None
    start_date: date
    finish_date: date
    is_done: bool


@dataclass(frozen=True, slots=True)
class ChainWait:
    """`to_id` waits for `from_id`, in the same project or another; the lag in working minutes."""

    from_id: int
    to_id: int
    type: str
    lag_minutes: int


def trace_chain(
    end_id: int, tasks: Mapping[int, ChainTask], waits: Iterable[ChainWait], days_between: Callable[[date, date], int]
) -> list[ChainTask]:
    """The tasks that decide when a task ends, the first of them first.

    `days_between` counts working days from one day to another, both counted. Of what a task waits for, that which leaves it less
    than a whole working day of room decides, the tightest first; a phase stands for what ends last in it.
    """
    incoming: dict[int, list[ChainWait]] = {}
    for wait in waits:
        if wait.from_id in tasks and wait.to_id in tasks:
            incoming.setdefault(wait.to_id, []).append(wait)
    inside: dict[int, list[ChainTask]] = {}
    for task in tasks.values():
        if task.parent_id is not None:
            inside.setdefault(task.parent_id, []).append(task)
    chain: dict[int, ChainTask] = {}
    current: ChainTask | None = _last_in(tasks[end_id], inside)
    while current is not None and current.id not in chain and not current.is_done:
        chain[current.id] = current
        tight = [
            (room, wait.from_id) for gate in _around(current, tasks) for wait in incoming.get(gate, ())
            if (room := _room(tasks[wait.from_id], current, wait, days_between)) <= 0
        ]
        current = _last_in(tasks[min(tight)[1]], inside) if tight else None
    return list(reversed(chain.values()))


def _around(task: ChainTask, tasks: Mapping[int, ChainTask]) -> Iterable[int]:
    key: int | None = task.id
    while key is not None and key in tasks:
        yield key
        key = tasks[key].parent_id


def _last_in(task: ChainTask, inside: Mapping[int, list[ChainTask]]) -> ChainTask:
    while found := inside.get(task.id):
        task = max(found, key=lambda one: (one.finish_date, one.id))
    return task


def _room(source: ChainTask, target: ChainTask, wait: ChainWait, days_between: Callable[[date, date], int]) -> int:
    """Whole working days between the end waited for and the end that waits, beyond the lag."""
    begins = source.finish_date if wait.type in ("FS", "FF") else source.start_date
    ends = target.start_date if wait.type in ("FS", "SS") else target.finish_date
    if ends < begins:
        return 0
    return max(0, days_between(begins, ends) - 2) - wait.lag_minutes // MINUTES_PER_DAY
