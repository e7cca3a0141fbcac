"""Runs the measuring program in an installation of its own, so that nobody's data is touched."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings

from wonward.edges.commands.bench.engines import measure_forecast, measure_quality
from wonward.edges.commands.bench.leveling import measure as measure_leveling


def run(arguments: argparse.Namespace) -> int:
    """Build the data once under the data folder, then measure; or only part of it: the levelling engine,
    how good forecasts are, both with the date answers (capacity), the load, or the portfolio. Prints JSON lines.
    """
    if arguments.only == "leveling":
        return measure_leveling()
    if arguments.only == "forecast":
        measure_quality()
        return 0
    if arguments.only == "capacity":
        measure_forecast()
        return measure_leveling()
    if arguments.only == "load":
        return _measure_load()
    if arguments.only == "portfolio":
        return _measure("portfolio", "bench-portfolio")
    return _measure("measure", "bench") or _measure("portfolio", "bench-portfolio") or measure_leveling() or _measure_load()


def _measure(program: str, name: str) -> int:
    """One measuring program with data of its own, which stays for the next time."""
    folder = Path(settings.DATA_DIR) / name
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "WONWARD_DATA_DIR": str(folder)}
    return subprocess.run([sys.executable, "-m", f"wonward.edges.commands.bench.{program}"], env=environment, check=False).returncode


def _measure_load() -> int:
    """A company of 200 in a folder of its own, built anew each time; FULL=1 holds the load for seven minutes."""
    with tempfile.TemporaryDirectory(prefix="wonward-load-") as folder:
        environment = {**os.environ, "WONWARD_DATA_DIR": folder}
        return subprocess.run([sys.executable, "-m", "wonward.edges.commands.bench.load"], env=environment, check=False).returncode
