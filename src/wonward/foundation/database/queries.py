"""Reading whole tables as plain values, whoever owns them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from wonward.foundation.database.registry import is_passing, secrets_of
from wonward.foundation.database.types import Reference, Table

_OURS = "wonward."
_QUEUE = "django_tasks_database.dbtaskresult"
_AT_ONCE = 500
# A record kept as noun and id: the second column of a pair, named like the first.
_PAIRS = (("noun", "ref_id"), ("ref_noun", "ref_id"), ("subject_noun", "subject_id"), ("basis_noun", "basis_id"),
          ("about_noun", "about_id"), ("place_noun", "place_id"))


@cache
def house_models(*, with_passing: bool = False) -> Mapping[str, type[models.Model]]:
    """Every table that belongs to the house, by name; those that hold the moment only if asked for."""
    found = _every_model()
    ours = [name for name in sorted(found) if found[name].__module__.startswith(_OURS)]
    return {name: found[name] for name in ours if with_passing or not is_passing(name)}


@cache
def _every_model() -> Mapping[str, type[models.Model]]:
    return {model._meta.label_lower: model for model in connection.introspection.get_migratable_models()}


def table_model(table: str) -> type[models.Model]:
    """The model of a table of the house, or of the queue of jobs."""
    return _every_model()[table] if table == _QUEUE else house_models(with_passing=True)[table]


def list_tables(*, with_passing: bool = False) -> list[Table]:
    """Every table of the house: its columns, and what they point to."""
    return [_table(name, model) for name, model in house_models(with_passing=with_passing).items()]


def _table(name: str, model: type[models.Model]) -> Table:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    links: dict[str, str] = {}
    owned, required, guarded = set(), set(), set()
    for column, field in fields.items():
        if isinstance(field, models.ForeignKey):
            links[column] = field.remote_field.model._meta.label_lower
            if field.remote_field.on_delete is models.CASCADE:
                owned.add(column)
            elif field.remote_field.on_delete is models.PROTECT:
                guarded.add(column)
            if not field.null:
                required.add(column)
    pairs = tuple(Reference(noun, key) for noun, key in _PAIRS if noun in fields and key in fields)
    key = model._meta.pk.attname
    return Table(
        name, key, tuple(fields), links, frozenset(owned), frozenset(required), pairs, secrets_of(name), is_passing=is_passing(name),
        guarded=frozenset(guarded),
    )


def read_rows(
    table: str, *, columns: Collection[str] | None = None, where: Mapping[str, Any] | None = None
) -> Iterator[dict[str, Any]]:
    """The rows of a table in order of its key, with values that JSON knows: instants and days as ISO 8601, decimals as text.

    `where` narrows them to those with these values; a list means any of its values.
    """
    model = table_model(table)
    if not _has_rows(model._meta.db_table):
        return
    names = list(columns) if columns is not None else [field.attname for field in model._meta.concrete_fields]
    wanted = {f"{name}__in" if isinstance(value, list) else name: value for name, value in (where or {}).items()}
    for row in model._base_manager.filter(**wanted).order_by("pk").values_list(*names).iterator(chunk_size=_AT_ONCE):
        yield {name: plain(value) for name, value in zip(names, row, strict=True)}


def _has_rows(table: str) -> bool:
    """Most tables of a house are empty, and asking so is many times quicker than having Django ask for nothing."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {connection.ops.quote_name(table)} LIMIT 1")  # noqa: S608 - a table of our own
        return cursor.fetchone() is not None


def list_texts() -> dict[str, list[str]]:
    """The columns of every table, and of the queue of jobs, that hold words: texts and documents."""
    return {
        name: columns for name, model in {**house_models(with_passing=True), _QUEUE: table_model(_QUEUE)}.items()
        if (columns := [field.attname for field in model._meta.concrete_fields if _holds_words(field)])
    }


def _holds_words(field: Any) -> bool:
    return isinstance(field, models.CharField | models.TextField | models.JSONField) and not field.primary_key


def plain(value: Any) -> Any:
    """A value of a column as JSON knows it."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | UUID) else value


def count_rows(table: str) -> int:
    """How many rows a table has."""
    return house_models()[table]._base_manager.count()


def list_migrations() -> list[str]:
    """The steps this database was laid out by."""
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def has_new_migrations() -> bool:
    """Whether this version knows steps that this database has not taken yet."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def list_unknown_migrations(applied: Collection[str]) -> list[str]:
    """Those of the steps of a database that this version does not know: a newer one took them."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    return sorted(set(applied) - known)


@contextmanager
def one_moment() -> Iterator[None]:
    """Until the end of the block every question is answered as of its beginning, and nobody is kept from writing."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("COMMIT")
