"""Every row of many tables, to compare before and after: which of them have any is asked in one statement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection

from wonward.foundation.database.queries import read_rows, table_model


def read_tables(names: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table, as `read_rows` gives them; an empty one has an empty list."""
    filled: dict[str, bool] = dict.fromkeys(names, False)
    quoted = [connection.ops.quote_name(table_model(name)._meta.db_table) for name in filled]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'EXISTS (SELECT 1 FROM {table})' for table in quoted)}")
        filled |= zip(filled, cursor.fetchone(), strict=True)
    return {name: list(read_rows(name)) if is_filled else [] for name, is_filled in filled.items()}
