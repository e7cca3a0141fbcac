"""`wonward token create`."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from wonward.edges.commands.output import complain, say
from wonward.foundation.access.operations import create_token
from wonward.foundation.access.queries import find_user_id
from wonward.kernel.actor import system_actor


def run(arguments: argparse.Namespace) -> int:
    """Print the token and nothing else."""
    user_id = find_user_id(arguments.user)
    if user_id is None:
        complain(f"There is no active user {arguments.user}.")
        return 1
    scopes = [name for given in arguments.scope or () for name in given.split(",") if name]
    actor = system_actor("Command line", via="command")
    say(create_token(actor=actor, user_id=user_id, name=arguments.name, scopes=scopes or None, now=datetime.now(UTC)))
    return 0
