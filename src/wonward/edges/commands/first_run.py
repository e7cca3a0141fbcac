"""`wonward first-run`: lay out the database, load the sample company the first time, serve."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from django.conf import settings
from django.core.management import call_command

from wonward.domains.staff.queries import count_sign_ins
from wonward.edges.commands.demo import show_sign_ins
from wonward.edges.commands.output import progress, say
from wonward.edges.commands.sample import is_sample_loaded, load_sample_company
from wonward.edges.commands.serve import become_server, refuse_half_restored
from wonward.edges.commands.static_files import ensure_static_files


def run(arguments: argparse.Namespace) -> int:
    """Everything a newcomer needs, in one command; a second run only serves."""
    refuse_half_restored()
    call_command("migrate", interactive=False, verbosity=0)
    ensure_static_files()
    if count_sign_ins() == 0:
        progress("Loading the sample company, once:")
        load_sample_company(now=datetime.now(UTC), say=lambda text: progress(f"  {text}"))
    say(f"Wonward serves at {settings.BASE_URL} (stop with Ctrl C).")
    if is_sample_loaded():
        say("Sign in with one of these (access role, e-mail, password):")
        show_sign_ins()
    become_server(arguments.host, arguments.port)
    return 1
