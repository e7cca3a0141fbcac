"""`wonward erase-colleague`: what is known of somebody who has left, counted or erased."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from wonward.edges.commands.output import say, say_json
from wonward.journeys.house.operations import erase_colleague
from wonward.journeys.house.queries.colleague import find_colleague_by_email, tell_of_colleague
from wonward.kernel.actor import system_actor


def run(arguments: argparse.Namespace) -> int:
    """Tell where something lies, or erase it; there is no way back."""
    actor = system_actor("Command line", via="command")
    person_id = find_colleague_by_email(actor=actor, email=arguments.email)
    if arguments.dry_run:
        report = tell_of_colleague(actor=actor, person_id=person_id)
    else:
        report = erase_colleague(actor=actor, person_id=person_id, reason=arguments.reason, now=datetime.now(UTC))
    if arguments.json:
        say_json({"person_id": person_id, "is_erased": not arguments.dry_run, **report})
        return 0
    for name, count in report["places"].items():
        say(f"{name}  {count}")
    for name, count in report["kept"].items():
        say(f"{name}  {count} stay")
    say(f"Files that hold their name as plain text, for people to decide about: {report['unread']}")
    say("Nothing was changed." if arguments.dry_run else "Erased.")
    return 0
