"""Every operation a person can set off, found in the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "wonward"
ROOMS = ("operations.py", "operations/*.py", "closing.py", "history.py", "planning.py", "planning/*.py")


def find_operations() -> set[str]:
    """`package.verb_noun` of every public function of an operations room or a named door that takes an actor and the time."""
    return {
        f"{package.name}.{function.name}"
        for package in packages()
        for room in ROOMS
        for path in sorted(package.glob(room))
        if path.name != "__init__.py"
        for function in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_") and _is_set_off_by_a_person(function)
    }


def packages() -> Iterator[Path]:
    """Packages of foundation, domains and journeys."""
    for floor in ("foundation", "domains", "journeys"):
        yield from sorted(path for path in (SOURCE / floor).iterdir() if path.is_dir() and not path.name.startswith("_"))


def _is_set_off_by_a_person(function: ast.FunctionDef) -> bool:
    names = {argument.arg for argument in function.args.kwonlyargs}
    return {"actor", "now"} <= names
