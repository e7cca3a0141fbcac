"""`wonward serve`: prepares the static files, then hands the process to the server."""

from __future__ import annotations

import argparse
import os
import sys

from wonward.edges.commands.archive import unfinished_restore
from wonward.edges.commands.static_files import ensure_static_files
from wonward.kernel.errors import Refused


def run(arguments: argparse.Namespace) -> int:
    """Become the server; returns only when that fails."""
    refuse_half_restored()
    ensure_static_files()
    become_server(arguments.host, arguments.port, with_worker=not arguments.no_worker)
    return 1


def refuse_half_restored() -> None:
    """Nobody works on an installation of which a part is missing; Refused."""
    if unfinished_restore().exists():
        raise Refused("A restore broke off here, so parts are missing. Run the same `wonward restore` again, then start.")


def become_server(host: str | None, port: int | None, *, with_worker: bool = True) -> None:
    """Replace this process, so that nothing it loaded stays in memory."""
    command = [sys.executable, "-m", "wonward.config.server"]
    if host:
        command += ["--host", host]
    if port is not None:
        command += ["--port", str(port)]
    if not with_worker:
        command.append("--no-worker")
    sys.stdout.flush()
    os.execv(sys.executable, command)
