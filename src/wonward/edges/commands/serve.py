"""`wonward serve`: prepares the static files, then hands the process to the server."""

from __future__ import annotations

import argparse
import os
import sys

from wonward.edges.commands.static_files import ensure_static_files


def run(arguments: argparse.Namespace) -> int:
    """Become the server; returns only when that fails."""
    ensure_static_files()
    become_server(arguments.host, arguments.port, with_worker=not arguments.no_worker)
    return 1


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
