"""`wonward export`: everything as CSV and JSON with its relations, and the files."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from wonward.edges.commands.output import progress, say, say_json
from wonward.journeys.house.operations import export_house
from wonward.kernel.actor import system_actor


def run(arguments: argparse.Namespace) -> int:
    """Write the tables, the records as people read them, the files and the manifest into an empty or new folder."""
    folder = Path(arguments.directory)
    manifest = export_house(
        actor=system_actor("Command line", via="command"), folder=folder, with_secrets=arguments.with_secrets, now=datetime.now(UTC),
        say=progress,
    )
    rows = {name: told["rows"] for name, told in manifest["tables"].items()}
    if arguments.json:
        say_json({"directory": str(folder), "counts": manifest["records"], "tables": rows, "files": len(manifest["contents"])})
    else:
        say(f"Exported {sum(rows.values())} rows of {len(rows)} tables and {len(manifest['contents'])} files into {folder}.")
    return 0
