"""How many requests a token may send: a bucket per token, in the memory of the process."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

DEFAULT_RATE = 200
_MOST_BUCKETS = 10_000


class RateLimit:
    """`rate` requests a second for each key, with as many at once; 0 lets everything through."""

    def __init__(self, rate: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str) -> float:
        """0 when the request may pass, else the seconds until one may."""
        if self.rate <= 0:
            return 0.0
        with self._lock:
            now = self._clock()
            level, seen = self._buckets.pop(key, (self.rate, now))
            level = min(self.rate, level + (now - seen) * self.rate)
            is_through = level >= 1
            self._buckets[key] = (level - 1 if is_through else level, now)
            while len(self._buckets) > _MOST_BUCKETS:
                self._buckets.popitem(last=False)
            return 0.0 if is_through else (1 - level) / self.rate


def rate_from_environment() -> float:
    """`WONWARD_RATE_LIMIT` in requests a second, 200 when it is not set."""
    try:
        return float(os.environ.get("WONWARD_RATE_LIMIT") or DEFAULT_RATE)
    except ValueError:
        return DEFAULT_RATE


LIMIT = RateLimit(rate_from_environment())
