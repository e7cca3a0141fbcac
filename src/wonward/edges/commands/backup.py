"""`wonward backup`."""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from wonward.edges.commands.archive import DATABASES, ArchiveWriter, blobs, run_postgresql, unpack
from wonward.edges.commands.output import complain, progress, say, say_json
from wonward.foundation.database.queries import list_migrations
from wonward.foundation.database.sqlite import dbapi2
from wonward.journeys.house.types import MadeBackup
from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded

_NAMED = "wonward-"
_OURS = re.compile(_NAMED + r"\d{4}-\d\d-\d\dT\d{6}Z\.tar")
_HALF = re.compile(rf"\.{_OURS.pattern}\.[0-9a-f]{{8}}")


def run(arguments: argparse.Namespace) -> int:
    """Copy the database in one consistent step, then the documents; content is stored before rows, so none is missing.

    Into a folder with `--keep`, the file is named after the moment, and the oldest ones beyond that number go once it is whole.
    """
    target = Path(arguments.file)
    if arguments.keep and target.is_dir():
        target /= _name_of(datetime.now(UTC))
    elif arguments.keep or target.is_dir() or not target.absolute().parent.is_dir():
        complain(f"{target} cannot be written: name a file in a folder that exists, or with --keep the folder.")
        return 1
    count = _write(target, progress)
    if arguments.verify:
        progress("Verifying the backup …")
        _verify(target)
    gone = _remove_oldest(target.parent, arguments.keep) if arguments.keep else []
    if arguments.json:
        say_json({"file": str(target), "files": count, "size": target.stat().st_size, "is_verified": arguments.verify, "removed": gone})
    else:
        say(f"Wrote {target} with {count} files{', and read it back' if arguments.verify else ''}.")
    return 0


def back_up_into(folder: Path, *, keep: int, now: datetime) -> MadeBackup:
    """A backup named after the moment, read back; then the oldest beyond `keep` go.

    One that does not read back is removed, and so is what a process that was killed left half written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for half in [path for path in folder.iterdir() if _HALF.fullmatch(path.name)]:
        half.unlink(missing_ok=True)
    target = folder / _name_of(now)
    _write(target, lambda text: None)
    try:
        _verify(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    _remove_oldest(folder, keep)
    return MadeBackup(target.name, target.stat().st_size)


def _name_of(moment: datetime) -> str:
    return f"{_NAMED}{moment:%Y-%m-%dT%H%M%SZ}.tar"


def _write(target: Path, tell: Callable[[str], None]) -> int:
    """How many files it holds."""
    writer = ArchiveWriter(target.absolute())
    try:
        with tempfile.TemporaryDirectory(prefix="backup-", dir=settings.DATA_DIR) as folder:
            copy = Path(folder) / DATABASES[connection.vendor]
            tell("Copying the database …")
            _copy_database(copy)
            writer.add(copy.name, copy)
        tell("Copying the documents …")
        for name, path in blobs():
            writer.add(name, path)
        return writer.finish({"created_at": datetime.now(UTC).isoformat(), "database": connection.vendor, "migrations": list_migrations()})
    except BaseException:
        writer.abandon()
        raise


def _verify(target: Path) -> None:
    """Read it back as a restore would: every hash, and whether the database in it is whole. Refused otherwise; the file stays to be looked at."""
    with tempfile.TemporaryDirectory(prefix="backup-", dir=settings.DATA_DIR) as name:
        unpack(target, Path(name))
        copy = Path(name) / DATABASES[connection.vendor]
        if connection.vendor == "sqlite":
            state = _state_of(copy)
            if state != "ok":
                raise Refused(worded("The database in {target} is damaged: {state}", target=target, state=state))
        else:
            run_postgresql("pg_restore", "--list", str(copy))


def _state_of(copy: Path) -> str:
    """What SQLite says of a database: "ok", or what is wrong with it."""
    try:
        with closing(dbapi2.connect(copy)) as database:
            (state,) = database.execute("PRAGMA integrity_check(1)").fetchone()
    except dbapi2.DatabaseError as error:
        return str(error)
    return str(state)


def _remove_oldest(folder: Path, keep: int) -> list[str]:
    """The names that went; files with other names are nobody's business."""
    oldest = sorted(path for path in folder.iterdir() if _OURS.fullmatch(path.name))[:-keep]
    for path in oldest:
        path.unlink()
    return [path.name for path in oldest]


def _copy_database(copy: Path) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(copy)])
    else:
        run_postgresql("pg_dump", "-Fc", "--no-owner", "--no-privileges", "-f", str(copy))
