"""The backend itself; Django looks for `DatabaseWrapper` here."""

from __future__ import annotations

import os
import re
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base, features, operations

from wonward.foundation.database.gathering import forget_rows
from wonward.foundation.database.sqlite.write_turn import WriteTurn
from wonward.foundation.database.unchanged import forget_answers

_PRAGMAS = ("PRAGMA synchronous = FULL", "PRAGMA mmap_size = 0", "PRAGMA journal_size_limit = 67108864")
_WRITES = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|REINDEX|ANALYZE|VACUUM(?!\s+INTO))\b", re.I
)

_LONG = 20_000


@lru_cache(maxsize=4096)
def _day(stored: bytes) -> date:
    return date.fromisoformat(stored.decode())


@lru_cache(maxsize=4096)
def _instant(stored: bytes) -> datetime:
    found = datetime.fromisoformat(stored.decode())
    return found if found.tzinfo else found.replace(tzinfo=UTC)


base.Database.register_converter("date", _day)  # type: ignore[attr-defined]
base.Database.register_converter("datetime", _instant)  # type: ignore[attr-defined]


@lru_cache(maxsize=512)
def _marked(query: str) -> str:
    """A statement as the driver wants it; pages ask with few of them, over and over."""
    marked: str = base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")
    return marked


class Cursor(base.SQLiteCursorWrapper):
    """Takes the write turn for a statement that writes outside a transaction."""

    wrapper: DatabaseWrapper

    def execute(self, query: str, params: Any = None) -> Any:
        with self.wrapper.turn_for(query):
            return super().execute(query, params)

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        if param_names is None and len(query) < _LONG:
            return _marked(query)
        converted: str = super().convert_query(query, param_names=param_names)
        return converted

    def executemany(self, query: str, param_list: Any) -> Any:
        with self.wrapper.turn_for(query):
            return super().executemany(query, param_list)


class DatabaseFeatures(features.DatabaseFeatures):
    """SQLite, like PostgreSQL, groups a row by its key alone; naming its other columns only gives the sorter more to carry."""

    allows_group_by_selected_pks = True


class DatabaseOperations(operations.DatabaseOperations):
    """Reads the dates and instants this backend wrote itself, all in UTC, without Django's tolerant parser.

    Columns that are declared as such come converted from the driver; what is left are the results of expressions.
    """

    def convert_datetimefield_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value

    def convert_datefield_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return date.fromisoformat(value) if isinstance(value, str) else value


class DatabaseWrapper(base.DatabaseWrapper):
    """Write-ahead log, full durability, IMMEDIATE transactions, and writers that queue instead of colliding."""

    features_class = DatabaseFeatures
    ops_class = DatabaseOperations
    transaction_mode: str | None
    _turn: WriteTurn | None = None

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        params.setdefault("timeout", 20)
        params["database"] = os.fspath(params["database"])
        self.transaction_mode = self.transaction_mode or "IMMEDIATE"
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        forget_answers(self)
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        if not self.is_in_memory_db():
            self._turn = WriteTurn(conn_params["database"], conn_params["timeout"])
            self._start_log(connection, self._turn)
        return connection

    def state_of_data(self) -> Hashable | None:
        """Equal to an earlier one of this connection only while nobody, it included, has written; None where that is not known.

        The driver counts the rows this connection changed, also those that were rolled back: inside a transaction nothing is told.
        """
        if self.in_atomic_block or self.is_in_memory_db():
            return None
        self.ensure_connection()
        connection: Any = self.connection
        if connection.in_transaction:
            return None
        with self.wrap_database_errors:
            (version,) = connection.execute("PRAGMA data_version").fetchone()
        return version, connection.total_changes

    @staticmethod
    def _start_log(connection: Any, turn: WriteTurn) -> None:
        """The mode stays in the file: only a new database is changed, so that opening one never waits."""
        if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            with turn.held():
                connection.execute("PRAGMA journal_mode = WAL")

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = self.connection.cursor(factory=Cursor)
        cursor.wrapper = self
        return cursor

    @contextmanager
    def turn_for(self, query: str) -> Iterator[None]:
        """Hold the write turn around one statement; inside a transaction it is held already.

        A statement that opened a transaction keeps the turn: commit, rollback or close give it back.
        """
        turn = self._turn
        if turn is None or turn.is_held or not _WRITES.match(query):
            yield
            return
        turn.take()
        try:
            yield
        finally:
            self._give_back_turn()

    def _give_back_turn(self) -> None:
        if self._turn is not None and not (self.connection is not None and self.connection.in_transaction):
            self._turn.give_back()

    def _start_transaction_under_autocommit(self) -> None:
        if self._turn is not None:
            self._turn.take()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._give_back_turn()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            self._give_back_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._give_back_turn()

    def _savepoint_rollback(self, sid: str) -> None:
        forget_rows(sid)
        super()._savepoint_rollback(sid)  # type: ignore[misc]

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            if self._turn is not None:
                self._turn.close()
                self._turn = None
