"""The backend itself; Django looks for `DatabaseWrapper` here."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import psycopg
from django.db.backends.postgresql import base, operations

from wonward.foundation.database.gathering import forget_rows
from wonward.foundation.database.postgresql.kept import KeptStatements
from wonward.foundation.database.unchanged import forget_answers

_TAKEN, _KEPT, _MOST_KNOWN = "taken_statements", "kept_statements", 1000


class _KeptCursor:
    """A kept statement for those who listen to what is sent."""

    def __init__(self, kept: KeptStatements, *, has_one_plan: bool) -> None:
        self._kept, self._has_one_plan = kept, has_one_plan
        self.rows: list[tuple[Any, ...]] = []

    def execute(self, sql: str, params: Sequence[Any]) -> None:
        """Send it, with its values beside the text."""
        self.rows = self._kept.rows(sql, params, has_one_plan=self._has_one_plan)

    def close(self) -> None:
        """Nothing is open."""


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
        self.__dict__.pop(_KEPT, None)
        return super().get_new_connection(conn_params)

    def _savepoint_rollback(self, sid: str) -> None:
        forget_rows(sid)
        super()._savepoint_rollback(sid)  # type: ignore[misc]

    def fetch_often(self, sql: str, params: Sequence[Any], *, has_one_plan: bool = False) -> list[tuple[Any, ...]]:
        """The rows of a statement that is sent again and again: PostgreSQL plans it once per connection, not each time.

        Planning the widest statements of a page takes longer than running them. A text that PostgreSQL does not take with its
        values beside it, because it cannot tell of which type they are, is sent as Django sends it. `has_one_plan` where values never make another plan worth while.
        """
        self.close_if_health_check_failed()
        self.ensure_connection()
        self.validate_no_broken_transaction()
        kept = self._kept_statements()
        if not kept.has_begun or not self._is_taken(kept, sql, params):
            with self.cursor() as cursor:
                cursor.execute(sql, params)
                return list(cursor.fetchall())
        if not self.execute_wrappers and not self.queries_logged:
            self.validate_thread_sharing()
            with self.wrap_database_errors:
                return kept.rows(sql, params, has_one_plan=has_one_plan)
        told = _KeptCursor(kept, has_one_plan=has_one_plan)
        with self._prepare_cursor(told) as cursor:  # type: ignore[attr-defined]
            cursor.execute(sql, params)
        return told.rows

    def _kept_statements(self) -> KeptStatements:
        kept: KeptStatements | None = self.__dict__.get(_KEPT)
        if kept is None:
            kept = self.__dict__[_KEPT] = KeptStatements(self.connection, self.timezone)
        return kept

    def _is_taken(self, kept: KeptStatements, sql: str, params: Sequence[Any]) -> bool:
        """Not the first time, as many texts come only once; then tried once, so that a refusal does not end the transaction."""
        taken: dict[str, bool | None] = self.__dict__.setdefault(_TAKEN, {})
        if sql not in taken:
            if len(taken) >= _MOST_KNOWN:
                taken.clear()
            taken[sql] = None
        elif taken[sql] is None:
            with self.wrap_database_errors:
                taken[sql] = self._takes(kept, sql, params)
        return bool(taken[sql])

    def _takes(self, kept: KeptStatements, sql: str, params: Sequence[Any]) -> bool:
        try:
            with nullcontext() if self.connection.autocommit else self.connection.transaction():
                kept.rows(sql, params)
        except psycopg.ProgrammingError:
            kept.forget(sql)
            return False
        return True
