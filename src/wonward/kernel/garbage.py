"""When memory is searched for circles that nobody holds any more."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = (50_000, 20, 50)


@contextmanager
def unsearched_start() -> Iterator[None]:
    """While a process loads what it keeps to its end, nothing is searched for, and what stands then is never searched again."""
    gc.disable()
    try:
        yield
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@contextmanager
def searched_seldom() -> Iterator[None]:
    """For work that makes very many objects which stay for a while."""
    usual = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
