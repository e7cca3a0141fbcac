"""`wonward serve`: hands the process over to the server."""

from __future__ import annotations

import argparse
import os
import sys


def run(arguments: argparse.Namespace) -> int:
    """Become the server; returns only when that fails."""
    command = [sys.executable, "-m", "wonward.config.server"]
    if arguments.host:
        command += ["--host", arguments.host]
    if arguments.port is not None:
        command += ["--port", str(arguments.port)]
    if arguments.no_worker:
        command.append("--no-worker")
    sys.stdout.flush()
    os.execv(sys.executable, command)
    return 1
