"""Every job that anybody queues is declared somewhere; read from the source, so no path is forgotten."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[3] / "src" / "wonward"


def called(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    """Calls of `name(…)` and `something.name(…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            if getattr(function, "id", None) == name or getattr(function, "attr", None) == name:
                yield node


def is_ours(path: Path, call: ast.Call) -> bool:
    """Not `task.enqueue(…)` of django-tasks, nor the loop over declared schedules, inside the package itself."""
    return path.parent != SOURCE / "foundation" / "jobs"


def names(path: Path, tree: ast.AST, function: str) -> Iterator[tuple[str | None, str]]:
    """The first argument if it is a literal, else None; and where."""
    for call in called(tree, function):
        if is_ours(path, call) or function == "job":
            first = call.args[0] if call.args else None
            literal = (
                first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
            )
            yield literal, f"{path.relative_to(SOURCE)}:{call.lineno}"


def read(source: Path) -> tuple[list[tuple[str | None, str]], set[str]]:
    queued: list[tuple[str | None, str]] = []
    declared: set[str] = set()
    for path in sorted(source.rglob("*.py")):
        text = path.read_text()
        if "enqueue" not in text and "job" not in text:
            continue
        tree = ast.parse(text)
        queued += names(path, tree, "enqueue")
        if path.name == "jobs.py" or "jobs" in path.parent.parts[-1:]:
            declared |= {name for name, _ in names(path, tree, "job") if name}
    return queued, declared


def problems(queued: list[tuple[str | None, str]], declared: set[str]) -> list[str]:
    return [
        f"{where}: {'the name is no literal' if name is None else f'no jobs.py declares {name}'}"
        for name, where in queued
        if name is None or name not in declared
    ]


def test_every_queued_job_is_declared():
    queued, declared = read(SOURCE)
    assert "events.prune" in declared
    assert problems(queued, declared) == []


@pytest.mark.parametrize("line", ['enqueue("sales.nothing", now=now)', "enqueue(name, now=now)"])
def test_the_check_finds_a_planted_mistake(line):
    path = SOURCE / "domains" / "sales" / "operations.py"
    queued = list(names(path, ast.parse(line), "enqueue"))
    assert len(problems(queued, {"events.prune"})) == 1
