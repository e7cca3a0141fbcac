"""Figures that tests print: `make prove` gives them a file, and docs/trust.md shows them beside the command."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

FILE = "WONWARD_FIGURES"


def tell(what: str, **figures: Any) -> None:
    """Print what was done and how often, and keep it for the page when somebody collects."""
    print(f"{what}: " + ", ".join(f"{name} {value}" for name, value in figures.items()))
    if path := os.environ.get(FILE):
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps({"what": what, "shown_by": _current_test(), **figures}) + "\n")


def _current_test() -> str:
    """The test that is running, as pytest names it."""
    return os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]


def read_figures(path: Path) -> list[dict[str, Any]]:
    """What was kept in a file, in its order."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
