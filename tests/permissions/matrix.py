"""`python -m tests.permissions.matrix > docs/permissions.md`: the table of the walk for people to read."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

import django
from django.apps import apps  # noqa: TID251

if not apps.ready:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wonward.config.settings")
    os.environ.setdefault("WONWARD_DATA_DIR", tempfile.mkdtemp(prefix="ww-matrix-"))
    django.setup()

from tests.permissions.lines import expected  # noqa: E402  (models need Django set up)
from tests.permissions.table import API, WEB  # noqa: E402

if TYPE_CHECKING:
    from tests.permissions.lines import Line

COLUMNS = ("owner", "admin", "leader", "seller", "teammate", "marketer", "manager", "planner", "member", "elsewhere", "finance")
_MARKS = {"ok": "yes", "forbidden": "403", "unseen": "404", "state": "yes"}
_HEAD = """# Who may do what

Made from the table that the permission walk asks request by request (`tests/permissions/table.py`); do not edit by hand.

Seller and teammate both have the role Sales, manager and planner Project manager, member and elsewhere Member. A cell says
what they get on a record of their own side, then on the other's and on a restricted one: `yes`, `403` (seen, not theirs to
do) or `404` (not seen; a body that names it is refused as if it did not exist). A stranger gets 401 from the API and the
sign-in from a page.
"""


def cell(line: Line, role: str) -> str:
    """The distinct outcomes over the families of a line, most first."""
    marks = [_MARKS[expected(line, role, family)] for family in line.families]
    return " / ".join(dict.fromkeys(marks)) if marks else _MARKS["ok"]


def render(api: tuple[Line, ...], web: tuple[Line, ...]) -> str:
    """The whole page."""
    parts = [_HEAD]
    for title, lines in (("The interface for programs", api), ("Pages", web)):
        parts.append(f"## {title}\n")
        parts.append("| Request | Permission | " + " | ".join(COLUMNS) + " |")
        parts.append("|---|---|" + "---|" * len(COLUMNS))
        for line in lines:
            right = " + ".join(dict.fromkeys(name for name in (line.permission, line.right) if name)) or "any sign-in"
            cells = " | ".join(cell(line, role) for role in COLUMNS)
            parts.append(f"| `{line.method} {line.path}` | {right} | {cells} |")
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    print(render(API, WEB), end="")
