"""Every operation a person can set off, found in the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "wonward"
# Who sets something off: a colleague, whoever holds a link, somebody at the door.
DOORS = frozenset({"actor", "token", "user_id", "email", "sent", "challenge"})
# They look, hold a row for their caller, or work out a value; nothing of theirs stays.
WITHOUT_TRACE = frozenset({
    "access.begin_passkey", "access.begin_passkey_check", "access.check_new_passkey", "access.factor_address", "delivery.hold_for_told",
    "delivery.lock_project", "promises.preview_plan_file", "sales.hold_win", "sales.lock_deal", "sales.lock_lead", "sales.lock_proposal", "sales.require_deal_change",
})
ROOMS = ("operations.py", "operations/*.py", "closing.py", "history.py", "planning.py", "planning/*.py")


def find_operations() -> set[str]:
    """`package.verb_noun` of every public function of an operations room or a named door that somebody sets off."""
    return _found() - WITHOUT_TRACE


def arguments_of_operations() -> dict[str, set[str]]:
    """What each of them takes by name."""
    return {name: {argument.arg for argument in function.args.kwonlyargs} for name, function in _functions()}


def _found() -> set[str]:
    return {name for name, _function in _functions()}


def _functions() -> list[tuple[str, ast.FunctionDef]]:
    return [
        (f"{package.name}.{function.name}", function)
        for package in packages()
        for room in ROOMS
        for path in sorted(package.glob(room))
        if path.name != "__init__.py"
        for function in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_") and _is_set_off_by_a_person(function)
    ]


def packages() -> Iterator[Path]:
    """Packages of foundation, domains and journeys."""
    for floor in ("foundation", "domains", "journeys"):
        yield from sorted(path for path in (SOURCE / floor).iterdir() if path.is_dir() and not path.name.startswith("_"))


def _is_set_off_by_a_person(function: ast.FunctionDef) -> bool:
    names = {argument.arg for argument in function.args.kwonlyargs}
    return bool(names & DOORS)
