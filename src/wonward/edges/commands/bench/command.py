"""Runs the measuring program in an installation of its own, so that nobody's data is touched."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings


def run(arguments: argparse.Namespace) -> int:
    """Build the data once under the data folder, then measure. Prints JSON lines."""
    del arguments
    folder = Path(settings.DATA_DIR) / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "WONWARD_DATA_DIR": str(folder)}
    return subprocess.run([sys.executable, "-m", "wonward.edges.commands.bench.measure"], env=environment, check=False).returncode
