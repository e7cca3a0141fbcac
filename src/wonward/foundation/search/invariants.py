"""What must hold about the index; `wonward check` reports every sentence returned here."""

from __future__ import annotations

from django.db import DatabaseError, connection, transaction


def check_index() -> list[str]:
    """On SQLite: both full-text tables agree with the entries. PostgreSQL generates its column itself."""
    if connection.vendor != "sqlite":
        return []
    return [
        f"The table {table} disagrees with the entries of the search index."
        for table in ("search_words", "search_trigrams")
        if not _is_whole(table)
    ]


def _is_whole(table: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")
    except DatabaseError:
        return False
    return True
