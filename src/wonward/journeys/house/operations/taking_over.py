"""Bringing an export back into an empty installation: every row under its number, every link to the same row, every file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from wonward.foundation.access.policy import require
from wonward.foundation.database.operations import check_links, clear_tables, settle_counters, write_rows
from wonward.foundation.database.queries import count_rows, list_migrations, list_tables
from wonward.foundation.events.operations import settle_restored_events
from wonward.foundation.files.storage import current_storage
from wonward.journeys.house.operations.exporting import sum_of
from wonward.journeys.house.rules import FORMAT, MANIFEST, TABLES
from wonward.kernel.actor import Actor
from wonward.kernel.errors import Refused
from wonward.kernel.wording import worded

Say = Callable[[str], None]
_LARGEST_FILE = 2**50
# Every operation leaves a trace in these; what a fresh installation has was laid there by its migrations.
_TRACES = ("access.user", "audit.auditentry", "events.outboxevent", "staff.person", "clients.company", "sales.deal")


def import_house(*, actor: Actor, folder: Path, now: datetime, say: Say = lambda words: None) -> dict[str, int]:
    """Take over an export; the rows of each table. All or nothing.

    Refused into an installation that holds something, for an export of another version, and when a file is missing or changed.
    """
    require(actor, "house.export.make")
    del now
    manifest = _read_manifest(folder)
    _refuse_unlike(manifest)
    say("Verifying the files …")
    _verify(folder, manifest)
    say("Bringing back the files …")
    for sha256, place in manifest["contents"].items():
        with _inside(folder, place).open("rb") as stream:
            if current_storage().put(stream, _LARGEST_FILE).sha256 != sha256:
                raise Refused(worded("{place} does not have the content it had.", place=place))
    written: dict[str, int] = {}
    try:
        with transaction.atomic():
            _refuse_inhabited()
            clear_tables()
            for name, told in manifest["tables"].items():
                written[name] = write_rows(name, _rows(folder, name))
                if written[name] != told["rows"]:
                    raise Refused(worded("{name} has {written} rows instead of {rows}.", name=name, written=written[name], rows=told["rows"]))
                if written[name]:
                    say(f"{name}: {written[name]}")
            settle_counters()
            check_links()
    except IntegrityError as error:
        raise Refused(worded("The rows of this export do not fit together: {error}.", error=error)) from None
    settle_restored_events()
    return written


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] == FORMAT and all(isinstance(manifest[key], dict) for key in ("tables", "files", "contents")):
            return manifest
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise Refused(worded("{folder} is not an export of Wonward that this version can read.", folder=folder))


def _refuse_unlike(manifest: Mapping[str, Any]) -> None:
    ours, theirs = set(list_migrations()), set(manifest["migrations"])
    if theirs - ours:
        raise Refused(worded("This export was made by a newer version ({theirs}). Install that version first.", theirs=min(theirs - ours)))
    if ours - theirs:
        raise Refused(
            worded("This export was made by an older version (without {ours}). Take it over with that version, then migrate.", ours=min(ours - theirs))
        )
    if unlike := {table.name for table in list_tables()} ^ set(manifest["tables"]):
        raise Refused(worded("This export does not have the tables of this version: {unlike}.", unlike=min(unlike)))


def _refuse_inhabited() -> None:
    for name in _TRACES:
        if count := count_rows(name):
            raise Refused(worded("This installation is not empty: {name} has {count} rows. Take an export over into a new one.", name=name, count=count))


def _verify(folder: Path, manifest: Mapping[str, Any]) -> None:
    for place, told in manifest["files"].items():
        path = _inside(folder, place)
        if not path.is_file():
            raise Refused(worded("{place} is missing.", place=place))
        if path.stat().st_size != told["size"] or sum_of(path) != told["sha256"]:
            raise Refused(worded("{place} was changed since it was written.", place=place))
    wanted = {f"{TABLES}/{name}.json" for name in manifest["tables"]} | set(manifest["contents"].values())
    if missing := wanted - set(manifest["files"]):
        raise Refused(worded("The manifest does not vouch for {missing}.", missing=min(missing)))


def _inside(folder: Path, place: str) -> Path:
    path = (folder / place).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise Refused(worded("{place} is not in the export.", place=f"{place[:80]!r}"))
    return path


def _rows(folder: Path, table: str) -> Iterator[dict[str, Any]]:
    """One row per line, as they were written, so that a large table is never held whole."""
    with (folder / TABLES / f"{table}.json").open(encoding="utf-8") as lines:
        for line in lines:
            text = line.strip().removesuffix(",")
            if text not in ("[", "]", ""):
                yield json.loads(text)
