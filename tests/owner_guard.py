"""Only the owning package writes its tables: watched at the database, so `update()` and raw SQL count too.

And whoever writes a row of a plan gives the plan another mark: what is read of a plan is kept until its mark moves (`delivery/queries/kept.py`), so
that a write beside the two ways that move it would leave every reader with what was.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import lru_cache
from types import FrameType
from typing import Any

_WRITE = re.compile(
    r"""\b(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?(?:\s+ONLY)?|DELETE\s+FROM(?:\s+ONLY)?"""
    r"""|TRUNCATE(?:\s+TABLE)?(?:\s+ONLY)?|MERGE\s+INTO|COPY)\s+(?:"?\w+"?\s*\.\s*)?["`\[]?(\w+)""",
    re.IGNORECASE,
)
_QUOTED_TEXT = re.compile(r"'(?:[^']|'')*'")
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
# `SELECT … FOR UPDATE OF deal` only locks, and `ON CONFLICT DO UPDATE SET` names no table after the verb.
_UPDATE_WITHOUT_A_TABLE = re.compile(r"\b(?:FOR(?:\s+NO\s+KEY)?|DO)\s+UPDATE\b", re.IGNORECASE)

# Rooms through which a write passes on behalf of whoever called: the caller is the writer.
_PASSED_THROUGH = frozenset({"models", "migrations"})

# What writes every table for the house as a whole; an import contract says who may call it.
_WHOLE_TABLES = "wonward.foundation.database.operations"

PLAN_TABLES = frozenset({"delivery_task", "delivery_dependency", "delivery_outsidedependency"})
# The first writes the next `plan_version` along with the rows, the second the project itself.
MARKING = frozenset({("wonward.domains.delivery.planning.editing", "write_change"), ("wonward.domains.delivery.planning.creation", "create_project")})


@lru_cache(maxsize=4096)
def written_tables(sql: str) -> frozenset[str]:
    """The tables one statement inserts into, updates or deletes from, CTEs included; lower case."""
    plain = _COMMENT.sub(" ", _QUOTED_TEXT.sub("''", sql))
    return frozenset(name.lower() for name in _WRITE.findall(_UPDATE_WITHOUT_A_TABLE.sub(" ", plain)))


class Owners:
    """Which package owns a table: by its model, else (full-text tables, raw SQL) by the app label it starts with."""

    def __init__(self) -> None:
        from django.apps import apps  # noqa: TID251 (the law itself has to know every table)

        self._by_table: dict[str, str | None] = {}
        self._by_label: dict[str, str] = {}
        for config in apps.get_app_configs():
            package = package_of(config.name)
            if package:
                self._by_label[config.label] = package
            for model in config.get_models(include_auto_created=True):
                self._by_table[model._meta.db_table.lower()] = package

    def owner_of(self, table: str) -> str | None:
        """`wonward.<floor>.<package>`, or None for Django's own tables and unknown ones."""
        if table in self._by_table:
            return self._by_table[table]
        labels = [label for label in self._by_label if table.startswith(f"{label}_")]
        return self._by_label[max(labels, key=len)] if labels else None


def package_of(module: str) -> str | None:
    """`wonward.domains.sales.operations.deal` → `wonward.domains.sales`; None outside Wonward."""
    parts = module.split(".")
    return ".".join(parts[:3]) if parts[0] == "wonward" and len(parts) >= 3 else None


def writing_module(frame: FrameType | None) -> str | None:
    """The nearest module of Wonward on the stack that acts; None if a test writes its own fixture."""
    while frame is not None:
        name = frame.f_globals.get("__name__", "")
        if name == _WHOLE_TABLES:
            return None
        if name.startswith("wonward."):
            room = name.split(".")[3:4]
            is_database = name.startswith("wonward.foundation.database")
            if not is_database and (not room or room[0] not in _PASSED_THROUGH):
                return name
        elif name == "conftest" or (name.startswith("tests.") and name != __name__):
            return None
        frame = frame.f_back
    return None


def is_marking(frame: FrameType | None) -> bool:
    """Whether one of the ways that move the mark of a plan is on the stack."""
    while frame is not None:
        if (frame.f_globals.get("__name__", ""), frame.f_code.co_name) in MARKING:
            return True
        frame = frame.f_back
    return False


class OwnerGuard:
    """An execute wrapper that refuses a write by anyone but the owner, and any write by a query."""

    def __init__(self, owners: Owners) -> None:
        self._owners = owners
        self.writes = 0

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        tables = written_tables(str(sql))
        if tables:
            self.writes += 1
            self._judge(tables, sys._getframe(1))
        return execute(sql, params, many, context)

    def _judge(self, tables: frozenset[str], frame: FrameType) -> None:
        owned = {table: owner for table in tables if (owner := self._owners.owner_of(table))}
        if not owned:
            return
        writer = writing_module(frame)
        if writer is None:
            return
        for table, owner in owned.items():
            if package_of(writer) != owner:
                raise AssertionError(f"{writer} writes the table {table}, which belongs to {owner}.")
            if table in PLAN_TABLES and not is_marking(frame):
                raise AssertionError(f"{writer} writes the table {table} and leaves the mark of the plan as it was.")
            if writer.split(".")[3:4] == ["queries"]:
                raise AssertionError(f"{writer} is a query, yet it writes the table {table}.")


_guard: list[OwnerGuard] = []


def writes() -> int:
    """How many statements that write the guard has seen."""
    return _guard[0].writes if _guard else 0


def watch(connection: Any) -> None:
    """Put the guard on one connection; again changes nothing."""
    if not _guard:
        _guard.append(OwnerGuard(Owners()))
    if _guard[0] not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _guard[0])


def watch_all() -> None:
    """Put the guard on every connection of this thread, and on each that any thread opens later."""
    from django.db import connections
    from django.db.backends.signals import connection_created

    for connection in connections.all(initialized_only=True):
        watch(connection)
    connection_created.connect(_watch_new, dispatch_uid="owner_guard")


def _watch_new(connection: Any, **_: Any) -> None:
    watch(connection)
