"""Saying things on the terminal: results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
from typing import Any


def say(text: str) -> None:
    """A result, or progress of long work when stdout is for people."""
    print(text, flush=True)


def progress(text: str) -> None:
    """Progress that never mixes with a result."""
    print(text, file=sys.stderr, flush=True)


def complain(text: str) -> None:
    """One line about what went wrong."""
    print("wonward: " + " ".join(text.split()), file=sys.stderr, flush=True)


def say_json(document: Any) -> None:
    """A result for a program."""
    print(json.dumps(document, ensure_ascii=False, default=str), flush=True)
