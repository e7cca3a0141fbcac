"""`docs/undo.md`: `python -m tests.undo.page > docs/undo.md`."""

from __future__ import annotations

import sys

from tests.undo.table import UNDO, Never, PartOf


def render() -> str:
    """The table as people read it."""
    lines = [
        "# What can be undone", "",
        "Every operation with its way back, or the reason why there is none. Operations that only work inside another one",
        "are undone with it. Written by `python -m tests.undo.page`; an operation without a line fails the build.", "",
        "| operation | undone by | |", "|---|---|---|",
    ]
    for name, way in sorted(UNDO.items()):
        if isinstance(way, Never):
            lines.append(f"| `{name}` | never | {way.reason} |")
        elif isinstance(way, PartOf):
            lines.append(f"| `{name}` | with `{way.operation}` | {way.note} |")
        else:
            lines.append(f"| `{name}` | `{way.operation}` | {way.note} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(render())
