"""`wonward demo`: the removable sample company."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from wonward.edges.commands.output import progress, say
from wonward.edges.commands.sample import PASSWORD, SIGN_INS, load_sample_company


def run(arguments: argparse.Namespace) -> int:
    """Load the sample company once; again changes nothing."""
    del arguments
    was_loaded = load_sample_company(now=datetime.now(UTC), say=lambda text: progress(f"  {text}"))
    say("Halden Studio is loaded." if was_loaded else "Halden Studio was loaded before; nothing changed.")
    show_sign_ins()
    return 0


def show_sign_ins() -> None:
    """Who can sign in to the sample company."""
    for role, email in SIGN_INS:
        say(f"  {role:<16} {email:<32} {PASSWORD}")
