"""Answers kept for as long as nothing at all is written to the database, by whomever, or nothing to the rows they follow from.

Adding up thousands of rows costs the same for everybody who looks at them, and settings hardly ever change. Such an answer is
given again while the database says that it still holds the same data; where it cannot say so, every question is asked. What
has a version of its own, such as a plan, outlives what is written elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import TextField, Value
from django.db.models.expressions import RawSQL

from wonward.foundation.database.reading import is_reading, once, put, recall

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

_MOST_ROWS = 20_000
_MOST_ROWS_OF_VERSIONS = 60_000
_KEPT = "kept_answers"
_KEPT_OF_VERSIONS = "kept_answers_of_versions"
_TOLD = "state of data"


@dataclass(slots=True)
class _Kept:
    """The answers of one state of the data, and how many rows they come to."""

    state: Hashable
    answers: dict[Hashable, Any] = field(default_factory=dict)
    rows: int = 0

    def add(self, key: Hashable, answer: object) -> None:
        """Keep one more; when there are too many, those before it go."""
        size = _size(answer)
        if self.rows + size > _MOST_ROWS:
            self.answers.clear()
            self.rows = 0
        self.answers[key] = answer
        self.rows += size


@dataclass(slots=True)
class _KeptOfVersions:
    """Answers each with the version of what it follows from, and how many rows they come to."""

    answers: dict[Hashable, tuple[Hashable, Any]] = field(default_factory=dict)
    rows: int = 0

    def add(self, key: Hashable, version: Hashable, answer: object) -> None:
        """Keep one in place of the former; when there are too many, the oldest go."""
        if key in self.answers:
            self._drop(key)
        self.answers[key] = version, answer
        self.rows += _size(answer)
        while self.rows > _MOST_ROWS_OF_VERSIONS:
            self._drop(next(iter(self.answers)))

    def _drop(self, key: Hashable) -> None:
        self.rows -= _size(self.answers.pop(key)[1])


def _size(answer: object) -> int:
    return max(1, len(answer)) if isinstance(answer, tuple | Mapping) else 1


def while_unchanged(key: Hashable, fetch: Callable[[], T]) -> T:
    """The answer of `fetch` in a reading, asked again only once something was written since.

    The answer must be immutable and follow from the data and `key` alone: who looks, in what language and on what day is
    part of the key wherever the answer depends on it.
    """
    if not is_reading():
        return fetch()
    connection: Any = connections[DEFAULT_DB_ALIAS]
    state = _state(connection)
    if state is None:
        return fetch()
    kept = _kept_for(connection, state)
    if key not in kept.answers:
        # The state was told before the question is asked: an answer can be newer than what it is kept under, never older.
        kept.add(key, fetch())
    found: T = kept.answers[key]
    return found


def while_version(key: Hashable, version: Hashable, fetch: Callable[[], T]) -> T:
    """The answer of `fetch` in a reading, asked again only for another version, whatever else was written since.

    The answer must be immutable and follow from `key` and from rows that no transaction changes without another `version`, which
    was read in this reading before.
    """
    return while_versions(key, {None: version}, lambda _: {None: fetch()})[None]


def while_versions(name: Hashable, versions: Mapping[K, Hashable], fetch: Callable[[Collection[K]], Mapping[K, T]]) -> dict[K, T]:
    """The same of many things, each with its version: `fetch` is asked at once for those of which another version is kept, or none."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    # What a transaction reads of its own rows may never come to be.
    if not is_reading() or connection.in_atomic_block:
        return dict(fetch(versions.keys())) if versions else {}
    kept: _KeptOfVersions = connection.__dict__.setdefault(_KEPT_OF_VERSIONS, _KeptOfVersions())
    found: dict[K, T] = {}
    missing: list[K] = []
    for key, version in versions.items():
        known = kept.answers.get((name, key))
        if known is not None and known[0] == version:
            found[key] = known[1]
        else:
            missing.append(key)
    if missing:
        # As above: the version was read first, so that an answer can be newer than it says, never older.
        for key, answer in fetch(missing).items():
            kept.add((name, key), versions[key], answer)
            found[key] = answer
    return found


def is_version_kept(key: Hashable) -> bool:
    """Whether some version of what `while_version` keeps under this key may be used by this reading, without saying which."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    kept: _KeptOfVersions | None = connection.__dict__.get(_KEPT_OF_VERSIONS)
    return is_reading() and not connection.in_atomic_block and kept is not None and (key, None) in kept.answers


def once_while_unchanged(key: Hashable, fetch: Callable[[], T]) -> T:
    """The same for settings that many panels of a page ask for: the state is looked at once per key and reading."""
    return once(key, lambda: while_unchanged(key, fetch))


def state_of_data() -> RawSQL | Value:
    """A column for a question that a reading begins with: where it says what the database holds, `keep_state` is told."""
    is_told = connections[DEFAULT_DB_ALIAS].vendor == "postgresql"
    return RawSQL("pg_current_snapshot()::text", (), TextField()) if is_told else Value("", TextField())


def keep_state(told: str) -> None:
    """Let this reading use what the column said."""
    put(_TOLD, told)


def forget_answers(connection: Any) -> None:
    """What was kept of an earlier connection says nothing about this one."""
    connection.__dict__.pop(_KEPT, None)
    connection.__dict__.pop(_KEPT_OF_VERSIONS, None)


def _state(connection: Any) -> Hashable | None:
    if connection.vendor == "sqlite":
        state: Hashable | None = connection.state_of_data()
        return state
    return None if connection.in_atomic_block else recall(_TOLD)


def _kept_for(connection: Any, state: Hashable) -> _Kept:
    """What this connection keeps; its thread alone uses it. Answers of another state of the data are gone."""
    holder: dict[str, Any] = connection.__dict__
    kept: _Kept | None = holder.get(_KEPT)
    if kept is None or kept.state != state:
        kept = holder[_KEPT] = _Kept(state)
    return kept
