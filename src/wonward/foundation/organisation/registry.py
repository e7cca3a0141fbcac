"""Who keeps amounts in the reporting currency. Packages say so at start."""

from __future__ import annotations

from collections.abc import Callable

_KEEPERS: list[Callable[[], bool]] = []


def keeps_money(has_any: Callable[[], bool]) -> None:
    """Tell that a package keeps amounts worked out in the reporting currency; `has_any` says whether there are some."""
    _KEEPERS.append(has_any)


def is_money_kept() -> bool:
    """Whether any amount in the reporting currency is kept."""
    return any(has_any() for has_any in _KEEPERS)
