"""Writing rows of any table for the house as a whole: bringing an export back, taking the sample company away."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core.management.color import no_style
from django.db import IntegrityError, connection, models, transaction

from wonward.foundation.database.queries import house_models, table_model
from wonward.foundation.database.registry import secrets_of

_AT_ONCE = 500
_SECRET_BYTES = 31


def write_rows(table: str, rows: Iterable[dict[str, Any]]) -> int:
    """Insert rows as `read_rows` gave them, keys included; how many. Call it in a transaction: links are checked at its end.

    A secret that was left out becomes words that nobody knows, so that it opens nothing.
    """
    model = house_models()[table]
    fields: dict[str, Any] = {field.attname: field for field in model._meta.concrete_fields}
    written, waiting = 0, list[models.Model]()
    for row in rows:
        values = {name: _value(fields[name], value) for name, value in row.items()}
        for column, may_be_empty in secrets_of(table).items():
            if values.get(column) is None:
                values[column] = "" if may_be_empty else f"!{secrets.token_hex(_SECRET_BYTES)}"
        waiting.append(model(**values))
        if len(waiting) == _AT_ONCE:
            written += _insert(model, waiting)
    return written + _insert(model, waiting)


def _insert(model: type[models.Model], waiting: list[models.Model]) -> int:
    count = len(waiting)
    model._base_manager.bulk_create(waiting, batch_size=_AT_ONCE)
    waiting.clear()
    return count


def _value(field: Any, value: Any) -> Any:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return value if value is None or isinstance(target, models.JSONField) else target.to_python(value)


def clear_tables() -> None:
    """Remove every row of the house. Call it in the transaction that fills the tables again."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for model in house_models().values():
            cursor.execute(f"DELETE FROM {quote(model._meta.db_table)}")


def remove_rows(table: str, keys: Collection[Any]) -> int:
    """Remove rows by key and nothing else; links are checked at the end of the transaction."""
    model, wanted, removed = table_model(table), list(keys), 0
    for start in range(0, len(wanted), _AT_ONCE):
        removed += model._base_manager.filter(pk__in=wanted[start : start + _AT_ONCE])._raw_delete("default")
    return removed


def empty_links(table: str, column: str, keys: Collection[Any]) -> None:
    """Let a link of these rows point to nothing."""
    model, wanted = table_model(table), list(keys)
    for start in range(0, len(wanted), _AT_ONCE):
        model._base_manager.filter(pk__in=wanted[start : start + _AT_ONCE]).update(**{column: None})


def fill_links(table: str, column: str, keys: Collection[Any], target: Any) -> None:
    """Let a link of those of these rows that point to nothing point to a row."""
    empty = {f"{column}__isnull": True}
    table_model(table)._base_manager.filter(pk__in=list(keys), **empty).update(**{column: target})


def rewrite_row(table: str, key: Any, values: Mapping[str, Any]) -> None:
    """Give some columns of a row other values, cut to their length; a word that must be there once gets the key of its row."""
    model = table_model(table)
    fields: dict[str, Any] = {field.attname: field for field in model._meta.concrete_fields}
    fitting = {name: _cut(value, fields[name].max_length) for name, value in values.items()}
    rows = model._base_manager.filter(pk=key)
    try:
        with transaction.atomic():
            rows.update(**fitting)
    except IntegrityError:
        own = {name: f"{value[: (fields[name].max_length or 60) - 20]} {key}" if isinstance(value, str) else value for name, value in fitting.items()}
        rows.update(**own)


def _cut(value: Any, length: int | None) -> Any:
    return value[:length] if isinstance(value, str) and length else value


def settle_counters() -> None:
    """Let every table number its next row after its last one. SQLite does so by itself."""
    statements = connection.ops.sequence_reset_sql(no_style(), list(house_models().values()))
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def check_links() -> None:
    """Every link points to a row that is there; IntegrityError names the first that does not."""
    connection.check_constraints()
