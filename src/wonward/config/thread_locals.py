"""Keeps the language and the time zone of a request with its thread.

Django keeps both where the tasks of an event loop would find them, which makes asking for the language cost twenty-five times
what a thread's own store does, and a page asks some hundreds of times. Here every request is answered by one thread from its
beginning to its end; what runs in the event loop passes bytes on and says no words.
"""

from __future__ import annotations

from threading import local
from typing import Any

from django.utils import timezone
from django.utils.translation import trans_real


def keep_with_threads() -> None:
    """Give both stores to the threads. What was activated before is forgotten, so it is called while the process starts."""
    for module in (trans_real, timezone):
        store: Any = module
        if not hasattr(store, "_active"):
            raise LookupError(f"{store.__name__} keeps what is active under another name now.")
        store._active = local()
