"""How long to wait before trying again, and when to give up."""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b

MAX_ATTEMPTS = 12
_FIRST_SECONDS = 5.0
_GROWTH = 3.0
_LONGEST_SECONDS = 3 * 24 * 3600.0


def retry_delay(attempt: int, key: str) -> timedelta:
    """The pause after the `attempt`-th failure (from 1): 5 seconds to 3 days, ±20 % settled by `key`.

    The jitter is a function of its arguments, so a repeated calculation agrees with itself.
    """
    digest = blake2b(f"{key}:{attempt}".encode(), digest_size=4).digest()
    jitter = 0.8 + 0.4 * int.from_bytes(digest, "big") / 0xFFFFFFFF
    seconds = _FIRST_SECONDS * _GROWTH ** min(attempt - 1, 40) * jitter
    return timedelta(seconds=min(max(seconds, _FIRST_SECONDS), _LONGEST_SECONDS))
