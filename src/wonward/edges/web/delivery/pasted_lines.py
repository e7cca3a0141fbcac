"""Reading an outline that was typed or pasted: a line is a task, deeper lines lie in the one above."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from wonward.kernel.errors import Refused

MOST_LINES = 500
LONGEST_NAME = 300
_BULLET = re.compile(r"^(?:[-*•–+]|\d{1,3}[.)])\s+")
_TAB = 4


def read_lines(text: str) -> list[tuple[int, str]]:
    """(depth, name) of every line that says something; bullets and numbers at its start are left out.

    Refuses nothing at all, more than MOST_LINES, and a name that is too long, naming the line.
    """
    found: list[tuple[int, str]] = []
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        plain = line.replace("\x00", "").expandtabs(_TAB)
        name = _BULLET.sub("", " ".join(plain.split()))
        if not name:
            continue
        if len(name) > LONGEST_NAME:
            raise Refused.field("lines", _("Line %(n)s has %(count)s characters; at most %(limit)s fit.") % {
                "n": number, "count": len(name), "limit": LONGEST_NAME}, "range")
        found.append((len(plain) - len(plain.lstrip()), name))
    if not found:
        raise Refused.field("lines", _("Write what is to be done."), "required")
    if len(found) > MOST_LINES:
        raise Refused.field("lines", _("These are %(count)s lines; at most %(limit)s are added at once. Nothing was added. Import a file for more.") % {
            "count": len(found), "limit": MOST_LINES}, "range")
    return _as_steps(found)


def _as_steps(found: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Depths as steps of one, whatever people indent by."""
    steps: list[int] = []
    levels = []
    for indent, name in found:
        while steps and steps[-1] > indent:
            steps.pop()
        if not steps or indent > steps[-1]:
            steps.append(indent)
        levels.append((len(steps) - 1, name))
    return levels
