"""The backend itself; Django looks for `DatabaseWrapper` here."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any, Self

import psycopg
from django.db.backends.postgresql import base, operations

from wonward.foundation.database.gathering import forget_rows
from wonward.foundation.database.unchanged import forget_answers

# Each of them takes about 160 kB of the server process for as long as the connection lives.
_MOST_KEPT = 100
_TAKEN, _MOST_KNOWN = "taken_statements", 1000


class _KeptCursor(psycopg.Cursor[Any]):
    """Sends values beside the text, and lets the server keep what it worked out for the text."""

    def execute(self, query: Any, params: Any = None, **_: Any) -> Self:
        return super().execute(query, params, prepare=True)


class _Operations(operations.DatabaseOperations):
    """What a log of statements shows is readable, however the values were sent."""

    def last_executed_query(self, cursor: Any, sql: str, params: Any) -> str:
        if isinstance(cursor, _KeptCursor):
            return str(self.compose_sql(sql, params))
        return super().last_executed_query(cursor, sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    """READ COMMITTED, with limits on waiting unless the settings name their own."""

    ops_class = _Operations

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        params.setdefault("options", "-c lock_timeout=15000 -c statement_timeout=60000")
        params.setdefault("application_name", "wonward")
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        forget_answers(self)
        self.__dict__.pop(_TAKEN, None)
        made: Any = super().get_new_connection(conn_params)
        # Django says None, which would forbid it; its own cursors put values into the text and keep nothing.
        made.prepare_threshold, made.prepared_max = 5, _MOST_KEPT
        return made

    def _savepoint_rollback(self, sid: str) -> None:
        forget_rows(sid)
        super()._savepoint_rollback(sid)  # type: ignore[misc]

    def fetch_often(self, sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows of a statement that is sent again and again: PostgreSQL plans it once per connection, not each time.

        Planning the widest statements of a page takes longer than running them. A text that PostgreSQL does not take with its
        values beside it, because it cannot tell of which type they are, is sent as Django sends it.
        """
        self.close_if_health_check_failed()
        self.ensure_connection()
        self.validate_no_broken_transaction()
        if not self._is_taken(sql, params):
            with self.cursor() as cursor:
                cursor.execute(sql, params)
                return list(cursor.fetchall())
        with self._prepare_cursor(_KeptCursor(self.connection)) as cursor:  # type: ignore[attr-defined]
            cursor.execute(sql, params)
            return list(cursor.fetchall())

    def _is_taken(self, sql: str, params: Sequence[Any]) -> bool:
        """Not the first time, as many texts come only once; then tried once, so that a refusal does not end the transaction."""
        taken: dict[str, bool | None] = self.__dict__.setdefault(_TAKEN, {})
        if sql not in taken:
            if len(taken) >= _MOST_KNOWN:
                taken.clear()
            taken[sql] = None
        elif taken[sql] is None:
            taken[sql] = self._takes(sql, params)
        return bool(taken[sql])

    def _takes(self, sql: str, params: Sequence[Any]) -> bool:
        try:
            with nullcontext() if self.connection.autocommit else self.connection.transaction():
                _KeptCursor(self.connection).execute(sql, params)
        except psycopg.ProgrammingError:
            return False
        return True
