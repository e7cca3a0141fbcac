"""The names of all jobs. Packages declare theirs in `jobs.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

_Function = TypeVar("_Function", bound=Callable[..., None])


@dataclass(frozen=True, slots=True)
class Job:
    """A named entry point: called with `now` and the keywords it was queued with.

    It may run twice when a worker dies in between, so it calls an operation that bears repeating.
    """

    name: str
    function: Callable[..., None]
    retries: int
    every: timedelta | None


_JOBS: dict[str, Job] = {}


def job(name: str, *, retries: int = 5, every: timedelta | None = None) -> Callable[[_Function], _Function]:
    """Declare a job. `retries` follow the first failed attempt; `every` queues it at each multiple since 1970."""

    def register(function: _Function) -> _Function:
        if name in _JOBS:
            raise ValueError(f"The job {name} is declared twice.")
        if every is not None and every <= timedelta(0):
            raise ValueError(f"The job {name} needs a positive interval.")
        _JOBS[name] = Job(name, function, retries, every)
        return function

    return register


def find_job(name: str) -> Job | None:
    """The declared job of this name."""
    return _JOBS.get(name)


def all_jobs() -> tuple[Job, ...]:
    """Every declared job by name."""
    return tuple(_JOBS[name] for name in sorted(_JOBS))


def remove_job(name: str) -> None:
    """Take a job out again; queued work of this name then fails."""
    _JOBS.pop(name, None)
