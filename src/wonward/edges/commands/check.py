"""`wonward check`: what must always be true, asked of every package that says so in its `invariants.py`."""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec

from django.conf import settings

from wonward.edges.commands.output import say, say_json

Check = Callable[..., list[str]]


def run(arguments: argparse.Namespace) -> int:
    """Print each violation as one sentence; exit 1 when there is any."""
    checks = dict(find_checks())
    violations = find_violations(checks)
    if arguments.json:
        say_json({"checks": sorted(checks), "violations": violations})
    else:
        for sentence in violations:
            say(sentence)
        say(f"{len(checks)} checks, {len(violations) or 'no'} violation{'' if len(violations) == 1 else 's'}.")
    return 1 if violations else 0


def find_checks() -> Iterator[tuple[str, Check]]:
    """Every function `check_…` of an `invariants` room, by its full name."""
    for package in settings.INSTALLED_APPS:
        if package.startswith("wonward.") and not package.startswith("wonward.config") and find_spec(f"{package}.invariants"):
            room = import_module(f"{package}.invariants")
            for name, function in sorted(vars(room).items()):
                if name.startswith("check_") and callable(function):
                    yield f"{package}.{name}", function


def find_violations(checks: dict[str, Check]) -> list[str]:
    """What does not hold; a check that takes `now` is told the time."""
    now = datetime.now(UTC)
    found: list[str] = []
    for check in checks.values():
        found.extend(check(now=now) if "now" in inspect.signature(check).parameters else check())
    return found
