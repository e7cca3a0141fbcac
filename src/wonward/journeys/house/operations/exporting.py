"""Everything into a folder: tables with their links, records as people read them, and the files.

`manifest.json` counts the rows of every table, says what each column points to, and holds a checksum of every file.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from wonward.foundation.access.policy import require
from wonward.foundation.audit.operations import record_change
from wonward.foundation.database.queries import list_migrations, list_tables, one_moment, read_rows
from wonward.foundation.database.types import Table
from wonward.foundation.files.queries import list_contents
from wonward.foundation.files.rules import clean_name
from wonward.foundation.files.storage import current_storage
from wonward.journeys.house.queries.reading import readable_documents, readable_kinds, record_of
from wonward.journeys.house.rules import CONTENTS, FORMAT, MANIFEST, TABLES, cell, flat
from wonward.kernel.actor import Actor, system_actor
from wonward.kernel.errors import Refused
from wonward.kernel.ref import Ref
from wonward.kernel.wording import worded

Say = Callable[[str], None]
_CHUNK = 1024 * 1024
HOUSE = Ref("organisation.organisation", 1)


def export_house(
    *, actor: Actor, folder: Path, now: datetime, with_secrets: bool = False, say: Say = lambda words: None
) -> dict[str, Any]:
    """Write everything into an empty or new folder; the manifest. The rows are those of one moment.

    Secrets (passwords, second factors, tokens, links) are left out unless asked for. Refused when the folder holds something.
    """
    require(actor, "house.export.make")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(worded("{folder} is not an empty folder.", folder=folder))
    folder.mkdir(parents=True, exist_ok=True)
    os.chmod(folder, 0o700)
    reader = system_actor("Export", via=actor.via)
    with one_moment():
        tables = {table.name: _write_table(folder, table, with_secrets, say) for table in list_tables()}
        records = {name: _write_records(folder, name, rows, say) for name, rows in readable_kinds(reader, now=now).items()}
        contents = _write_documents(folder, reader, records)
    manifest = {
        "format": FORMAT, "made_at": now.isoformat(), "database": connection.vendor, "with_secrets": with_secrets,
        "migrations": list_migrations(), "tables": tables, "records": records, "contents": contents, "files": _sums(folder),
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False), encoding="utf-8")
    with transaction.atomic():
        rows = sum(table["rows"] for table in tables.values())
        record_change(
            actor=actor, operation="house.export", ref=HOUSE, now=now,
            changes={"rows": [None, rows], "files": [None, len(contents)], "with_secrets": [None, with_secrets]},
        )
    return manifest


def _write_table(folder: Path, table: Table, with_secrets: bool, say: Say) -> dict[str, Any]:
    hidden = () if with_secrets else tuple(table.secrets)
    rows = ({**row, **dict.fromkeys(hidden)} for row in read_rows(table.name))
    count = _write(folder / TABLES, table.name, table.columns, rows, lambda row: {name: cell(value) for name, value in row.items()})
    if count:
        say(f"{table.name}: {count}")
    return {
        "rows": count, "key": table.key, "columns": list(table.columns), "links": dict(table.links),
        "references": [[pair.noun, pair.id] for pair in table.references], "left_out": list(hidden),
    }


def _write_records(folder: Path, name: str, rows: Iterable[Any], say: Say) -> int:
    records = (row if isinstance(row, dict) else record_of(row) for row in rows)
    count = _write(folder, name, None, records, flat)
    say(f"{name}: {count}")
    return count


def _write(
    folder: Path, name: str, columns: Iterable[str] | None, rows: Iterable[dict[str, Any]], to_cells: Callable[[dict[str, Any]], dict[str, Any]]
) -> int:
    """Both files side by side, row by row; returns how many rows there were."""
    folder.mkdir(exist_ok=True)
    count = 0
    with (
        (folder / f"{name}.json").open("w", encoding="utf-8") as as_json,
        (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as as_csv,
    ):
        writer = csv.DictWriter(as_csv, list(columns)) if columns else None
        if writer:
            writer.writeheader()
        as_json.write("[")
        for row in rows:
            as_json.write((",\n" if count else "\n") + json.dumps(row, ensure_ascii=False))
            cells = to_cells(row)
            if writer is None:
                writer = csv.DictWriter(as_csv, list(cells))
                writer.writeheader()
            writer.writerow(cells)
            count += 1
        as_json.write("\n]\n")
    return count


def _write_documents(folder: Path, reader: Actor, records: dict[str, int]) -> dict[str, str]:
    """The documents under their names, and every other content under its hash; where each content lies."""
    places: dict[str, str] = {}

    def documents() -> Iterator[dict[str, Any]]:
        for row in readable_documents(reader):
            place = f"documents/{row.id}-{clean_name(row.name)}"
            _copy(row.sha256, folder / place)
            places.setdefault(row.sha256, place)
            yield {**record_of(row), "file": place}

    records["documents"] = _write(folder, "documents", None, documents(), flat)
    for sha256 in list_contents():
        if sha256 not in places and current_storage().find_size(sha256) is not None:
            places[sha256] = f"{CONTENTS}/{sha256}"
            _copy(sha256, folder / places[sha256])
    return places


def _copy(sha256: str, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    with current_storage().open(sha256) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file, _CHUNK)


def _sums(folder: Path) -> dict[str, dict[str, Any]]:
    """Size and SHA-256 of every file."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found[path.relative_to(folder).as_posix()] = {"size": path.stat().st_size, "sha256": sum_of(path)}
    return found


def sum_of(path: Path) -> str:
    """SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
