"""Prove law 6: a Python file has at most 500 lines, a function at most 60 (migrations are exempt).

`python tools/check_sizes.py [FOLDER…]` prints each offender as `path:line: what` and exits 1 if there is any.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

FILE_LINES = 500
FUNCTION_LINES = 60
FOLDERS = ("src", "tests", "tools")


def python_files(folder: Path) -> Iterator[Path]:
    """Every Python file below a folder that the law of sizes covers."""
    for path in sorted(folder.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function, wherever it is defined: statements alone hold functions, so no expression is looked into."""
    for place in ("body", "orelse", "finalbody", "handlers", "cases"):
        found = getattr(tree, place, ())
        for node in found if isinstance(found, list) else ():
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node
            yield from functions(node)


def oversized(path: Path) -> Iterator[str]:
    """One sentence for a file that is too long, and one per function that is."""
    source = path.read_text(encoding="utf-8")
    lines = source.count("\n") + 1
    if lines > FILE_LINES + 1:
        yield f"{path}:1: the file has {lines - 1} lines, more than {FILE_LINES}."
    for node in functions(ast.parse(source, filename=str(path))):
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > FUNCTION_LINES:
            yield f"{path}:{node.lineno}: {node.name} has {length} lines, more than {FUNCTION_LINES}."


def main(arguments: list[str]) -> int:
    folders = [Path(name) for name in arguments or FOLDERS]
    found = [line for folder in folders for path in python_files(folder) for line in oversized(path)]
    print(*found, sep="\n") if found else print("Every file and function has a readable size.")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
