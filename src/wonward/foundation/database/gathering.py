"""Rows that many steps of one operation add to the same tables, written together when it ends.

A statement has a price of its own, however few rows it carries: an operation of many steps, each of which notes something, pays it
once per table. What is gathered stands in its place and in its order, or goes with everything else that the transaction wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection

Write = Callable[[Sequence[Any]], object]

_WAITING: ContextVar[dict[Write, list[tuple[tuple[str | None, ...], Any]]] | None] = ContextVar("waiting", default=None)
"""By writer the rows, each with the savepoints it stands in."""


@contextmanager
def written_together() -> Iterator[None]:
    """Within the caller's transaction: what writers put off is written when the block ends, and never when it fails.

    A failure has to end the transaction, or the savepoint that the block is in: do not catch it between them.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Rows are gathered in the transaction that writes them.")
    if _WAITING.get() is not None:
        yield
        return
    waiting: dict[Write, list[tuple[tuple[str | None, ...], Any]]] = {}
    token = _WAITING.set(waiting)
    try:
        yield
    finally:
        _WAITING.reset(token)
    for write, rows in waiting.items():
        if rows:
            write([row for _, row in rows])


def put_off(write: Write, rows: Sequence[Any]) -> bool:
    """Whether these rows wait for the end of a block, in which case `write` is given them then."""
    waiting = _WAITING.get()
    if waiting is None:
        return False
    savepoints = tuple(connection.savepoint_ids)
    waiting.setdefault(write, []).extend((savepoints, row) for row in rows)
    return True


def forget_rows(savepoint: str) -> None:
    """The backend has gone back to a savepoint: what waits since then was never."""
    waiting = _WAITING.get() or {}
    for write, rows in waiting.items():
        waiting[write] = [(savepoints, row) for savepoints, row in rows if savepoint not in savepoints]
