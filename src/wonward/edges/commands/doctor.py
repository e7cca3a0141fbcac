"""`wonward doctor`: versions, settings, and what is unsafe."""

from __future__ import annotations

import argparse
import platform
import shutil
import stat
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from wonward.edges.commands.archive import unfinished_restore
from wonward.edges.commands.output import say, say_json
from wonward.foundation.database.queries import list_migrations, list_unknown_migrations
from wonward.foundation.events.queries import count_dead_deliveries
from wonward.journeys.house.queries.backup import get_backup_plan
from wonward.kernel.actor import system_actor

OLDEST_SQLITE = (3, 51, 3)
_LITTLE_SPACE_BYTES = 500 * 1024 * 1024


def run(arguments: argparse.Namespace) -> int:
    """Exit 1 when something is unsafe."""
    facts, unsafe = gather_facts(), find_unsafe()
    if arguments.json:
        say_json({**facts, "unsafe": unsafe})
        return 1 if unsafe else 0
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        say(f"{name:<{width}}  {value}")
    for sentence in unsafe:
        say(f"UNSAFE: {sentence}")
    if not unsafe:
        say("Nothing unsafe was found.")
    return 1 if unsafe else 0


def gather_facts() -> dict[str, Any]:
    """Versions and settings; never a secret."""
    return {
        "wonward": _version("wonward"),
        "python": platform.python_version(),
        "django": django.get_version(),
        "database": f"{connection.vendor} {'.'.join(str(part) for part in _database_version())}",
        "data_dir": str(settings.DATA_DIR),
        "base_url": settings.BASE_URL,
        "mode": "local" if settings.IS_LOCAL_MODE else "production",
        "workers": settings.ENV.workers,
        "mail": "set" if settings.EMAIL_URL else "not set",
        "backup_dir": str(settings.BACKUP_DIR),
        "backup": _backup_words() if _is_laid_out("house_backupplan") else "not set",
        "deliveries_given_up": count_dead_deliveries() if _is_laid_out("events_delivery") else 0,
    }


def _is_laid_out(table: str) -> bool:
    return table in connection.introspection.table_names()


def _backup_words() -> str:
    plan = get_backup_plan(actor=system_actor("Command line", via="command"))
    words = f"daily at {plan.hour}:00" if plan.is_on else "not by itself"
    last = f"the last good one is {plan.file} of {plan.done_at:%Y-%m-%d %H:%M} UTC" if plan.done_at else "none was made yet"
    return f"{words}; {last}{f'; the last attempt failed: {plan.failure}' if plan.failure else ''}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "from source"


def _database_version() -> tuple[int, ...]:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT sqlite_version()")
            return tuple(int(part) for part in cursor.fetchone()[0].split("."))
    connection.ensure_connection()
    return tuple(int(part) for part in connection.get_database_version())


def find_unsafe() -> list[str]:
    """What to repair, each as one sentence."""
    found: list[str] = list(settings.ENV.problems())
    if connection.vendor == "sqlite" and _database_version() < OLDEST_SQLITE:
        found.append("This SQLite is older than 3.51.3 and may damage its write-ahead log; install pysqlite3.")
    secret = Path(settings.DATA_DIR) / "secret.key"
    if secret.exists() and stat.S_IMODE(secret.stat().st_mode) & 0o077:
        found.append(f"Others can read {secret}; run chmod 600 on it.")
    if shutil.disk_usage(settings.DATA_DIR).free < _LITTLE_SPACE_BYTES:
        found.append(f"Less than 500 MB are free at {settings.DATA_DIR}.")
    if unfinished_restore().exists():
        found.append("A restore broke off, so parts are missing; run the same `wonward restore` again.")
    if unknown := list_unknown_migrations(list_migrations()):
        found.append(f"A newer version laid out this database (it knows {unknown[-1]}); install that version.")
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        found.append(f"The database lacks {len(missing)} migrations; run `wonward migrate`.")
    return found
