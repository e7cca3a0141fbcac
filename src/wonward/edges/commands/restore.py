"""`wonward restore`."""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from wonward.edges.commands.archive import (
    DATABASES,
    blob_folder,
    blobs,
    run_postgresql,
    sync_file,
    sync_folder,
    unfinished_restore,
    unpack,
)
from wonward.edges.commands.check import find_checks, find_violations
from wonward.edges.commands.output import progress, say, say_json
from wonward.foundation.database.queries import has_new_migrations, list_unknown_migrations
from wonward.foundation.events.operations import settle_restored_events
from wonward.journeys.house.operations import erase_again
from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded


def run(arguments: argparse.Namespace) -> int:
    """Bring a backup back; only into an installation that holds nothing yet. Ends with the invariants.

    A restore that broke off is simply started again: a mark says that whatever lies here came from it.
    """
    mark = unfinished_restore()
    is_again = mark.exists()
    if not is_again:
        _require_empty()
    for left in Path(settings.DATA_DIR).glob("restore-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="restore-", dir=settings.DATA_DIR) as name:
        folder = Path(name)
        progress("Verifying the backup …")
        manifest = unpack(Path(arguments.file), folder)
        if manifest.get("database") != connection.vendor:
            raise Refused(worded("This backup is of a {database} database; this installation uses {vendor}.", database=manifest.get("database"), vendor=connection.vendor))
        _refuse_newer(manifest)
        _leave(mark)
        progress("Bringing back the documents …")
        if (folder / "blobs").is_dir():
            shutil.copytree(folder / "blobs", blob_folder(), dirs_exist_ok=True)
            _sync(blob_folder())
        progress("Bringing back the database …")
        _bring_back(folder / DATABASES[connection.vendor], is_again=is_again)
    if has_new_migrations():
        call_command("migrate", interactive=False, verbosity=0)
    settle_restored_events()
    if erased := erase_again(now=datetime.now(UTC)):
        progress(f"Erased again what had been erased since: {erased}.")
    mark.unlink()
    sync_folder(mark.parent)
    violations = find_violations(dict(find_checks()))
    if arguments.json:
        say_json({"files": len(manifest["files"]), "created_at": manifest.get("created_at"), "violations": violations})
    else:
        for sentence in violations:
            say(sentence)
        say(f"Restored the backup of {manifest.get('created_at')}; {len(violations) or 'no'} violations.")
    return 1 if violations else 0


def _refuse_newer(manifest: dict[str, Any]) -> None:
    """An older version would run on tables it does not know; backups from before they named their steps pass."""
    unknown = list_unknown_migrations(manifest.get("migrations", ()))
    if unknown:
        raise Refused(worded(
            "A newer version of Wonward made this backup (it knows {first}, which this one does not). Install that version, then restore.",
            first=unknown[-1],
        ))


def _require_empty() -> None:
    if next(blobs(), None) is not None:
        raise Refused(worded("There are documents in {value}; restore only into an empty installation.", value=blob_folder()))
    if connection.vendor == "sqlite":
        path = Path(settings.DATABASES["default"]["NAME"])
        if not path.exists() or path.stat().st_size == 0:
            return
    if connection.introspection.table_names():
        raise Refused("The database is not empty; restore only into an empty installation.")


def _leave(mark: Path) -> None:
    mark.touch(mode=0o600)
    sync_file(mark)
    sync_folder(mark.parent)


def _sync(root: Path) -> None:
    """Everything below a folder is on disk, names included."""
    for folder, _, names in os.walk(root):
        for name in names:
            sync_file(Path(folder) / name)
        sync_folder(Path(folder))


def _bring_back(copy: Path, *, is_again: bool) -> None:
    connection.close()
    if connection.vendor == "sqlite":
        path = Path(settings.DATABASES["default"]["NAME"])
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        sync_file(copy)
        shutil.move(copy, path)
        sync_folder(path.parent)
    else:
        database = settings.DATABASES["default"]["NAME"]
        over = ["--clean", "--if-exists"] if is_again else []
        run_postgresql("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", *over, "-d", database, str(copy))
