"""`wonward migrate`."""

from __future__ import annotations

import argparse

from django.core.management import call_command

from wonward.edges.commands.output import say


def run(arguments: argparse.Namespace) -> int:
    """Apply what is missing; again is fine."""
    del arguments
    call_command("migrate", interactive=False, verbosity=1)
    say("The database is up to date.")
    return 0
