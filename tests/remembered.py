"""A world is made through the product's operations once; where a later test begins with the same rows, its statements are said again."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from functools import wraps
from operator import itemgetter
from typing import Any, ParamSpec, TypeVar

from django.db import connection

from tests import owner_guard
from wonward.foundation.database import copy_rows

P = ParamSpec("P")
R = TypeVar("R")
_READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA", "BEGIN", "EXPLAIN")
# PostgreSQL's go on counting: they are set to where they stood.
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema() ORDER BY sequencename"


_listening: list[_Memory] = []
"""The makings under way, the outermost first: what one says again, those around it have to say as well."""


@dataclass(eq=False)
class _Memory:
    """What one making wrote, from which state, and what it returned."""

    beginning: Any
    sequences: dict[str, int | None]
    moved: dict[str, int | None] = field(default_factory=dict)
    result: Any = None
    statements: list[tuple[str, Any, bool]] = field(default_factory=list)
    """What was written, in its order; without words: where the sequences stood."""
    texts: list[tuple[str, Any]] = field(default_factory=list)
    """All of it as PostgreSQL hears it, with the rows of what is copied."""

    def listen(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not str(sql).lstrip().upper().startswith(_READS) or "nextval(" in str(sql):
            self.statements.append((str(sql), [list(row) for row in params] if many else params, many))
        return execute(sql, params, many, context)

    def end(self, result: Any) -> None:
        self.result = result
        self.moved = {name: value for name, value in _sequences().items() if self.sequences.get(name) != value}

    def say_again(self) -> None:
        begun: tuple[str, Any, bool] = ("", {name: self.sequences.get(name) for name in self.moved}, False)
        said = [begun, *self.statements, ("", self.moved, False)]
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                self.texts = self.texts or _joined(cursor.cursor, said)
                for text, rows in self.texts:
                    cursor.cursor.execute(text) if rows is None else copy_rows(text, rows)
            else:
                for sql, params, many in filter(itemgetter(0), self.statements):
                    (cursor.cursor.executemany if many else cursor.cursor.execute)(sql, params)
        for around in _listening:
            around.statements += said


class _Trail:
    """What was made in this transaction of PostgreSQL, as long as nobody wrote anything else."""

    def __init__(self) -> None:
        self._made: tuple[str, ...] = ()
        self._writes = -1

    def so_far(self) -> tuple[str, ...] | None:
        """None when something else was written too."""
        (is_fresh,) = _asked("SELECT pg_current_xact_id_if_assigned() IS NULL")[0]
        if is_fresh:
            return ()
        return self._made if self._writes == owner_guard.writes() else None

    def follow(self, beginning: Any, key: str) -> None:
        if connection.vendor == "postgresql":
            self._made, self._writes = (*(beginning or ()), key), owner_guard.writes() if beginning is not None else -1


_trail = _Trail()


def _beginning() -> Any:
    """Equal for two makings that begin with the same rows. SQLite takes its counters back with the transaction."""
    if connection.vendor == "postgresql":
        return _trail.so_far()
    return _asked("SELECT name, seq FROM sqlite_sequence ORDER BY name")


def remembered(make: Callable[P, R]) -> Callable[P, R]:
    """For makers of worlds; only in a test that is rolled back, since a commit must be heard."""
    memories: dict[str, _Memory] = {}

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> R:
        if not connection.in_atomic_block:
            return make(*args, **kwargs)
        key, beginning = f"{make.__module__}.{make.__qualname__}{(args, sorted(kwargs.items()))!r}", _beginning()
        memory = memories.get(key)
        if memory is None or beginning is None or memory.beginning != beginning:
            memory = _Memory(beginning, _sequences())
            _listening.append(memory)
            try:
                with connection.execute_wrapper(memory.listen):
                    memory.end(make(*args, **kwargs))
            finally:
                _listening.remove(memory)
            if beginning is not None:
                memories.setdefault(key, memory)
        else:
            memory.say_again()
        _trail.follow(beginning, key)
        return deepcopy(memory.result)

    return made


def _asked(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def _sequences() -> dict[str, int | None]:
    return dict(_asked(_SEQUENCES)) if connection.vendor == "postgresql" else {}


def _joined(cursor: Any, said: list[tuple[str, Any, bool]]) -> list[tuple[str, Any]]:
    """What follows each other as one text with its values in it: each statement by itself would be put together and sent every time."""
    found: list[tuple[str, Any]] = []
    plain: list[str] = []
    for sql, params, many in said:
        if sql.startswith("COPY "):
            found += [(";\n".join(plain), None), (sql, params)]
            plain = []
        elif sql:
            plain += [cursor.mogrify(sql, one) for one in (params if many else [params])]
        elif params:
            calls = (f"setval('\"{name}\"', {value or 1}, {str(value is not None).lower()})" for name, value in params.items())
            plain.append(f"SELECT {', '.join(calls)}")
    return [part for part in (*found, (";\n".join(plain), None)) if part[0]]
