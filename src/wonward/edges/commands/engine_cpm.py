"""`wonward engine cpm`: the scheduling engine, JSON in, JSON out."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from wonward.edges.commands.output import complain, say_json
from wonward.engines.scheduling import CycleFound, ScheduleError, solve_document


def run(arguments: argparse.Namespace) -> int:
    """Schedule one problem or a list of them; a cycle is exit 1 with its path."""
    try:
        text = sys.stdin.read() if arguments.file == "-" else Path(arguments.file).read_text(encoding="utf-8")
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        complain(f"{arguments.file} is not readable JSON: {error}")
        return 1
    try:
        say_json(solve_document(document))
    except CycleFound as cycle:
        complain(str(cycle))
        say_json({"error": "cycle", "path": [str(key) for key in cycle.path]})
        return 1
    except (ScheduleError, ValueError) as error:
        complain(str(error))
        return 1
    return 0
