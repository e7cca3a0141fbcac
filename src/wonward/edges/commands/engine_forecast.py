"""`wonward engine forecast`: demand of open deals as a distribution, JSON in, JSON out."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from wonward.edges.commands.output import complain, say_json
from wonward.engines.forecast import (
    InvalidForecast,
    SimulationUnavailable,
    forecast_document,
    moments_document,
)


def run(arguments: argparse.Namespace) -> int:
    """Bands of every role and week, without numpy mean and variance alone; what cannot be read is named in one line, exit 1."""
    try:
        text = sys.stdin.read() if arguments.file == "-" else Path(arguments.file).read_text(encoding="utf-8")
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        complain(f"{arguments.file} is not readable JSON: {error}")
        return 1
    try:
        say_json(forecast_document(document, draws=arguments.draws, seed=arguments.seed))
    except SimulationUnavailable as error:
        complain(f"{error} These are mean and variance alone.")
        say_json({"note": str(error), **moments_document(document)})
    except InvalidForecast as error:
        complain(str(error))
        return 1
    return 0
