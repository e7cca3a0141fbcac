"""One installation on disk that is put back to how it was, again and again, and whose content can be compared."""

from __future__ import annotations

import hashlib
import shutil
import signal
from pathlib import Path
from typing import Any, Protocol

import psycopg
from django.conf import settings
from django.db import connection

from tests.postgres import Cluster

# What differs from run to run without meaning anything: leases, attempts, random salts and what is made of them.
VOLATILE = frozenset({
    "fence", "attempts", "leased_until", "due_at", "last_error", "worker_ids", "traceback", "salt", "digest", "chain", "password",
    "run_after", "exception_class_path", "transaction_id", "id", "task_id", "args_kwargs", "backend_name", "request_digest", "body",
    "headers", "expire_date", "session_data", "session_key", "key_hash", "token_hash", "payload", "payload_digest", "cost_digest",
})
# Traces of how work was done, not of what was done.
WITHOUT_MEANING = ("django_session", "django_migrations", "jobs_scheduletick", "access_signinattempt")
_COUNTERS = """
    SELECT counter.oid::regclass::text, owner.oid::regclass::text, quote_ident(owned.attname)
    FROM pg_class AS counter
    JOIN pg_depend AS link ON link.objid = counter.oid AND link.classid = 'pg_class'::regclass AND link.deptype IN ('a', 'i')
    JOIN pg_class AS owner ON owner.oid = link.refobjid
    JOIN pg_attribute AS owned ON owned.attrelid = owner.oid AND owned.attnum = link.refobjsubid
    WHERE counter.relkind = 'S'
"""
# Columns, constraints and indexes.
_SHAPE = {
    "sqlite": "SELECT type, name, tbl_name, sql FROM sqlite_master",
    "postgresql": """
        SELECT 'column', table_name, column_name, data_type || is_nullable || COALESCE(column_default, '')
        FROM information_schema.columns WHERE table_schema = current_schema()
        UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = current_schema()::regnamespace
        UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()
    """,
}
SHELF = "shelf"
_WITH_STRATEGIES = 150_000
_VIRTUAL = ("sqlite_", "search_words", "search_trigrams")


class Installation(Protocol):
    """Where a harness runs: kept states can be brought back."""

    def keep(self, name: str) -> None: ...

    def bring_back(self, name: str) -> None: ...


class OnSqlite:
    """A data folder; a kept state is a copy of it."""

    def __init__(self, shelf: Path) -> None:
        self._shelf = shelf

    def keep(self, name: str) -> None:
        _copy(Path(settings.DATA_DIR), self._shelf / name)

    def bring_back(self, name: str) -> None:
        _copy(self._shelf / name, Path(settings.DATA_DIR))


class OnPostgres:
    """A data folder and a database; a kept state is a copy of the folder and a template database."""

    def __init__(self, shelf: Path, cluster: Cluster) -> None:
        self._shelf, self._cluster = shelf, cluster
        self._admin_url = cluster.url.replace("postgres://", "postgresql://").replace("/wonward?", "/postgres?")

    def crash(self) -> None:
        """End the server in the middle of its work and start it again, so that it recovers from its log."""
        self._cluster.stop(signal.SIGQUIT)
        self._cluster.start()

    def keep(self, name: str) -> None:
        _copy(Path(settings.DATA_DIR), self._shelf / name)
        self._copy_database(settings.DATABASES["default"]["NAME"], f"kept_{name}")

    def bring_back(self, name: str) -> None:
        _copy(self._shelf / name, Path(settings.DATA_DIR))
        self._copy_database(f"kept_{name}", settings.DATABASES["default"]["NAME"])

    def _copy_database(self, source: str, target: str) -> None:
        with psycopg.connect(self._admin_url, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)'.encode())
            # Files are copied in half the time that their content takes through the log, which is the way of newer servers.
            way = " STRATEGY FILE_COPY" if admin.info.server_version >= _WITH_STRATEGIES else ""
            admin.execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"{way}'.encode())
            # A copied sequence has values it may give without logging them: a crash would give them again, unless a checkpoint lies between.
            admin.execute(b"CHECKPOINT")


def _copy(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


def level_counters() -> None:
    """Let every counter go on behind the highest id there is.

    A rolled back transaction gives its numbers back on SQLite and not on PostgreSQL. No number means anything, but documents quote
    them, so that the same work after a kill would look like other work.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(_COUNTERS)
        every = [f"(SELECT setval('{counter}', COALESCE(MAX({column}), 0) + 1, FALSE) FROM {table})" for counter, table, column in cursor.fetchall()]
        if every:
            cursor.execute(f"SELECT ARRAY[{', '.join(every)}]")


def fingerprint() -> dict[str, list[Any]]:
    """Per table how many rows there are and a digest of what they mean; to be asked in a fork."""
    found: dict[str, list[Any]] = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table.startswith(_VIRTUAL) or table in WITHOUT_MEANING:
                continue
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            kept = [place for place, name in enumerate(names) if _has_meaning(name)]
            rows = sorted(repr([str(row[place]) for place in kept]) for row in cursor.fetchall())
            found[table] = [len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]]
        cursor.execute(_SHAPE[connection.vendor])
        shape = sorted(repr(row) for row in cursor.fetchall())
        found["the shape of the tables"] = [len(shape), hashlib.sha256("\n".join(shape).encode()).hexdigest()[:16]]
    return found


def digest_all() -> str:
    """A digest of every column of every table and of every file beside them; to be asked in a fork.

    The files of the database itself are left out: what they hold is what the tables say.
    """
    found = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if not table.startswith(_VIRTUAL):
                cursor.execute(f'SELECT * FROM "{table}"')
                found.update(repr([table, sorted(map(repr, cursor.fetchall()))]).encode())
    root = Path(settings.DATA_DIR).parent
    for path in sorted(root.rglob("*")):
        if SHELF not in path.parts and ".sqlite3" not in path.name:
            content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            found.update(repr([str(path.relative_to(root)), content]).encode())
    return found.hexdigest()


def _has_meaning(column: str) -> bool:
    return not (column in VOLATILE or column.endswith(("_at", "_date")))
