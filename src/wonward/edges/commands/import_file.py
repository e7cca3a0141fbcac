"""`wonward import`: stage a file, and with --commit write it."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wonward.edges.commands.output import complain, progress, say, say_json
from wonward.journeys.imports.operations import commit_import, stage_import
from wonward.journeys.imports.queries import get_batch
from wonward.journeys.imports.types import BatchRow
from wonward.kernel.actor import system_actor

_MOST_PROBLEMS = 20


def run(arguments: argparse.Namespace) -> int:
    """Exit 1 when the file is refused, or the import fails."""
    mapping = None
    if arguments.mapping:
        try:
            mapping = json.loads(Path(arguments.mapping).read_text(encoding="utf-8"))
        except ValueError as error:
            complain(f"{arguments.mapping} is not readable JSON: {error}")
            return 1
        if not isinstance(mapping, dict):
            complain(f"{arguments.mapping} is not an object of header and field.")
            return 1
    actor = system_actor("Command line", via="command")
    path = Path(arguments.file)
    progress(f"Reading {path} …")
    with path.open("rb") as stream:
        key = stage_import(
            actor=actor, kind=arguments.kind, file_name=path.name, stream=stream, mapping=mapping, now=datetime.now(UTC)
        )
    if arguments.commit:
        progress("Writing …")
        commit_import(actor=actor, batch_id=key, now=datetime.now(UTC), run_now=True)
    row = get_batch(actor=actor, batch_id=key)
    if arguments.json:
        say_json(_document(row))
    else:
        _tell(row)
    return 1 if row.status == "failed" else 0


def _document(row: BatchRow) -> dict[str, Any]:
    return {
        "id": row.id, "kind": row.kind, "status": row.status, "rows": row.rows,
        "mapping": {column.header: column.field or None for column in row.mapping},
        "counts": dict(row.counts), "expected": dict(row.expected), "failure": row.failure,
        "problems": [
            {"row": one.row, "column": one.column, "message": one.message, "stops_row": one.stops_row} for one in row.problems
        ],
    }


def _tell(row: BatchRow) -> None:
    for column in row.mapping:
        say(f"{column.header} → {column.field or '(left out)'}")
    for group in row.problem_groups[:_MOST_PROBLEMS]:
        say(f"{group.count} × {group.message}")
    say(f"Import {row.id}: {row.rows} rows, {row.status}.")
    for name, count in row.counts.items():
        say(f"{name}: {count}")
    if row.failure:
        complain(row.failure)
