"""`wonward user create`."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from wonward.domains.staff.operations import NewPerson, create_people
from wonward.edges.commands.output import complain, say, say_json
from wonward.foundation.access.queries import find_user_id
from wonward.kernel.actor import system_actor


def run(arguments: argparse.Namespace) -> int:
    """Add a person who may sign in; without a password only once they are invited."""
    password = None
    if arguments.password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            complain("There is no password on standard input.")
            return 1
    person = NewPerson(name=arguments.name, email=arguments.email, access_role=arguments.role, password=password)
    actor = system_actor("Command line", via="command")
    (person_id,) = create_people(actor=actor, people=[person], now=datetime.now(UTC))
    if arguments.json:
        user_id = find_user_id(arguments.email)
        say_json({"user_id": user_id, "person_id": person_id, "email": arguments.email.lower(), "role": arguments.role})
    else:
        say(f"Added {arguments.name} <{arguments.email}> as {arguments.role}.")
    return 0
