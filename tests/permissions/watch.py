"""Watching the connection: what a request writes, and whether any table changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import connection

from tests.owner_guard import written_tables

MAY_CHANGE_ON_REFUSAL = frozenset(["django_session", "access_signinattempt", "access_idempotentreply"])
# Who opened a restricted record or took a list out.
MAY_CHANGE_ON_READING = frozenset(["audit_opening"])


class WriteWatch:
    """An execute wrapper that notes every table a statement writes, even if the write is rolled back later."""

    def __init__(self) -> None:
        self.tables: set[str] = set()

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        self.tables |= written_tables(str(sql))
        return execute(sql, params, many, context)


def checksums() -> dict[str, str]:
    """A digest of the content of every table that no refusal may change."""
    with connection.cursor() as cursor:
        names = [info.name for info in connection.introspection.get_table_list(cursor) if info.type in ("t", "p")]
        found = {}
        for name in sorted(names):
            if name in MAY_CHANGE_ON_REFUSAL or name.startswith("sqlite_"):
                continue
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            rows = sorted(repr(row) for row in cursor.fetchall())
            found[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found
