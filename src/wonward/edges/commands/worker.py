"""`wonward worker`: hands the process over to the worker."""

from __future__ import annotations

import argparse
import os
import sys


def run(arguments: argparse.Namespace) -> int:
    """Become the worker; returns only when that fails."""
    del arguments
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "wonward.config.worker_process"])
    return 1
