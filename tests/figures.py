"""Figures that tests print: `make prove` gives them a file, and docs/trust.md shows them beside the command."""

from __future__ import annotations

import json
import os
from typing import Any

FILE = "WONWARD_FIGURES"


def tell(what: str, **figures: Any) -> None:
    """Print what was done and how often, and keep it for the page when somebody collects."""
    print(f"{what}: " + ", ".join(f"{name} {value}" for name, value in figures.items()))
    if path := os.environ.get(FILE):
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps({"what": what, **figures}) + "\n")
