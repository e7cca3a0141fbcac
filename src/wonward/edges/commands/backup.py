"""`wonward backup`."""

from __future__ import annotations

import argparse
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from wonward.edges.commands.archive import DATABASES, ArchiveWriter, blobs, run_postgresql
from wonward.edges.commands.output import complain, progress, say, say_json
from wonward.foundation.database.queries import list_migrations


def run(arguments: argparse.Namespace) -> int:
    """Copy the database in one consistent step, then the documents; content is stored before rows, so none is missing."""
    target = Path(arguments.file)
    if target.is_dir() or not target.absolute().parent.is_dir():
        complain(f"{target} cannot be written: name a file in a folder that exists.")
        return 1
    writer = ArchiveWriter(target.absolute())
    try:
        with tempfile.TemporaryDirectory(prefix="backup-", dir=settings.DATA_DIR) as folder:
            copy = Path(folder) / DATABASES[connection.vendor]
            progress("Copying the database …")
            _copy_database(copy)
            writer.add(copy.name, copy)
        progress("Copying the documents …")
        for name, path in blobs():
            writer.add(name, path)
        count = writer.finish({"created_at": datetime.now(UTC).isoformat(), "database": connection.vendor, "migrations": list_migrations()})
    except BaseException:
        writer.abandon()
        raise
    if arguments.json:
        say_json({"file": str(target), "files": count, "size": target.stat().st_size})
    else:
        say(f"Wrote {target} with {count} files.")
    return 0


def _copy_database(copy: Path) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(copy)])
    else:
        run_postgresql("pg_dump", "-Fc", "--no-owner", "--no-privileges", "-f", str(copy))
