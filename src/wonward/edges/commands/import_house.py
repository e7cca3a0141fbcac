"""`wonward import-house`: take over an export into an empty installation."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from django.core.management import call_command

from wonward.edges.commands.check import find_checks, find_violations
from wonward.edges.commands.output import progress, say, say_json
from wonward.journeys.house.operations import erase_again, import_house
from wonward.kernel.actor import system_actor


def run(arguments: argparse.Namespace) -> int:
    """Lay out the database, bring everything back, check it; exit 1 on a violation."""
    call_command("migrate", interactive=False, verbosity=0)
    rows = import_house(
        actor=system_actor("Command line", via="command"), folder=Path(arguments.directory), now=datetime.now(UTC), say=progress
    )
    if erased := erase_again(now=datetime.now(UTC)):
        progress(f"Erased again what had been erased since: {erased}.")
    violations = find_violations(dict(find_checks()))
    if arguments.json:
        say_json({"tables": rows, "violations": violations})
    else:
        for sentence in violations:
            say(sentence)
        say(f"Took over {sum(rows.values())} rows of {len(rows)} tables; {len(violations) or 'no'} violations.")
    return 1 if violations else 0
