"""Tier 2, the search within a time limit."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

from wonward.engines.leveling.placing import Plan
from wonward.engines.leveling.quick import Workshop


class Deadline:
    """When to stop: after so many seconds from now, or when asked to."""

    def __init__(self, seconds: float, stop: Callable[[], bool] | None = None) -> None:
        self.seconds = max(0.0, seconds)
        self._end = time.perf_counter() + self.seconds
        self._stop = stop

    @property
    def left(self) -> float:
        """Seconds left; 0 when stopped."""
        if self._stop is not None and self._stop():
            return 0.0
        return max(0.0, self._end - time.perf_counter())


class Found(NamedTuple):
    """A plan with a bound on every plan's score, and how both were found."""

    plan: Plan
    bound: int
    method: str
    notes: tuple[str, ...]
    is_repeatable: bool
    is_impossible: bool


def search(shop: Workshop, found: Found, deadline: Deadline, seed: int) -> Found:
    return found
