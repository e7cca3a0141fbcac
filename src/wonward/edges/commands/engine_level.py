"""`wonward engine level`: the levelling engine, files in, a JSON line out for each."""

from __future__ import annotations

import argparse
import math
import sys
import time
from pathlib import Path
from typing import Any

from wonward.edges.commands.output import complain, say_json
from wonward.engines.leveling import LevelingError, read_problem, result_to_document, solve

DEFAULT_SECONDS = 10.0


def run(arguments: argparse.Namespace) -> int:
    """Level each file; 1 if any could not be read, after the others were answered."""
    seconds: float | None = arguments.seconds
    if seconds is not None and not (0 <= seconds <= 86_400 and math.isfinite(seconds)):
        complain("--seconds lies between 0 and 86400")
        return 2
    tier = arguments.tier or (1 if seconds is None else 2)
    failed = False
    for name in arguments.files:
        try:
            answer = level_file(name, DEFAULT_SECONDS if seconds is None else seconds, arguments.seed, tier)
        except (LevelingError, UnicodeDecodeError) as error:
            complain(f"{name}: {error}")
            failed = True
        except OSError as error:
            complain(f"{name}: {error.strerror or error}")
            failed = True
        else:
            say_json(answer)
    return int(failed)


def level_file(name: str, seconds: float, seed: int, tier: int) -> dict[str, Any]:
    """The answer to one file, with the processor seconds it took; raises LevelingError or OSError."""
    text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    before = time.process_time()
    problem = read_problem(name, text)
    result = solve(problem, seconds=seconds, seed=seed, tier=tier)
    spent = time.process_time() - before
    answer = {**result_to_document(problem, result), "cpu_seconds": round(spent, 4)}
    return {"file": name, **answer} if name != "-" else answer
