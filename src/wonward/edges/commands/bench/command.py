"""Runs the measuring program in an installation of its own, so that nobody's data is touched."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from wonward.edges.commands.bench.leveling import measure as measure_leveling


def run(arguments: argparse.Namespace) -> int:
    """Build the data once under the data folder, then measure; or only the levelling engine. Prints JSON lines."""
    if arguments.only == "leveling":
        return measure_leveling()
    folder = Path(settings.DATA_DIR) / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "WONWARD_DATA_DIR": str(folder)}
    product = subprocess.run([sys.executable, "-m", "wonward.edges.commands.bench.measure"], env=environment, check=False)
    return product.returncode or measure_leveling()
