"""The one place where levelling looks at a clock: how long it may still go on."""

from __future__ import annotations

import time
from collections.abc import Callable


class Deadline:
    """When to stop: after so many seconds from now, or when asked to."""

    def __init__(self, seconds: float, stop: Callable[[], bool] | None = None) -> None:
        self.seconds = max(0.0, seconds)
        self._end = time.perf_counter() + self.seconds
        self._stop = stop

    @property
    def is_stopped(self) -> bool:
        """Whether the caller asked to stop."""
        return self._stop is not None and self._stop()

    @property
    def left(self) -> float:
        """Seconds left; 0 when stopped."""
        if self.is_stopped:
            return 0.0
        return max(0.0, self._end - time.perf_counter())
