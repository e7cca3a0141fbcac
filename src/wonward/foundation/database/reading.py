"""What one reading of the product has already fetched: settings asked for by every panel are read once.

An edge that answers without writing opens a reading, or one operation for settings it does not change itself; elsewhere every
question goes to the database.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")

_FETCHED: ContextVar[dict[Hashable, Any] | None] = ContextVar("fetched", default=None)


@contextmanager
def one_reading() -> Iterator[None]:
    """Until the end of the block, what `once` has fetched is not fetched again."""
    token = _FETCHED.set({})
    try:
        yield
    finally:
        _FETCHED.reset(token)


def once(key: Hashable, fetch: Callable[[], T]) -> T:
    """The answer of `fetch`; inside one reading it is asked once per key. Answers must be immutable."""
    fetched = _FETCHED.get()
    if fetched is None:
        return fetch()
    if key not in fetched:
        fetched[key] = fetch()
    found: T = fetched[key]
    return found


def is_reading() -> bool:
    """Whether somebody is answering without writing."""
    return _FETCHED.get() is not None


def recall(key: Hashable) -> Any:
    """What a reading has been given or has fetched under a key; None outside of one, or when there is nothing."""
    fetched = _FETCHED.get()
    return None if fetched is None else fetched.get(key)


def put(key: Hashable, answer: object) -> None:
    """Give a reading an answer that came along with another one."""
    fetched = _FETCHED.get()
    if fetched is not None:
        fetched[key] = answer
