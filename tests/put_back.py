"""What the migrations laid down, put back by rows before each test that commits, and what such a test left, taken out by rows."""

from __future__ import annotations

from typing import Any

Laid = list[tuple[str, list[tuple[Any, ...]]]]
"""An insertion for each table that has rows, and these."""


def by_rows(connection: Any) -> None:
    """Let Django keep and put back rows instead of a text of them, which it reads and saves one by one, and flush only what was filled."""
    connection.creation.serialize_db_to_string = lambda: laid_down(connection)
    connection.creation.deserialize_db_from_string = lambda laid: _lay_down(connection, laid)
    if connection.vendor == "postgresql":
        connection.ops.sql_flush = lambda style, tables, **_: _emptying(connection, tables)


def laid_down(connection: Any) -> Laid:
    """Every row of the tables of models."""
    found: Laid = []
    with connection.cursor() as cursor:
        for name in _filled(connection, connection.introspection.django_table_names(only_existing=True, include_views=False)):
            table = connection.ops.quote_name(name)
            cursor.execute(f"SELECT * FROM {table}")
            columns = ", ".join(connection.ops.quote_name(column[0]) for column in cursor.description)
            places = ", ".join(["%s"] * len(cursor.description))
            found.append((f"INSERT INTO {table} ({columns}) VALUES ({places}) ON CONFLICT DO NOTHING", list(cursor.fetchall())))
    return found


def _lay_down(connection: Any, laid: Laid) -> None:
    from django.db import transaction

    with transaction.atomic(), connection.constraint_checks_disabled(), connection.cursor() as cursor:
        for statement, rows in laid:
            cursor.executemany(statement, rows)
    connection.check_constraints()


def _filled(connection: Any, tables: list[str]) -> list[str]:
    """Those that have any row, asked in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'EXISTS (SELECT 1 FROM {connection.ops.quote_name(name)})' for name in tables)}")
        return [name for name, is_filled in zip(tables, cursor.fetchone(), strict=True) if is_filled]


def _emptying(connection: Any, tables: list[str]) -> list[str]:
    """TRUNCATE makes new files for every table and index of the house; deleting from the few that were filled makes none."""
    filled = [f"DELETE FROM {connection.ops.quote_name(name)}" for name in _filled(connection, sorted(tables))]
    return ["SET LOCAL session_replication_role = replica", *filled] if filled else []
