"""Which values the record that stays takes from the one that goes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any


def fields_to_take(
    source: Mapping[str, Any], target: Mapping[str, Any], *, take: Collection[str] = (), own_id: int = 0, other_id: int = 0
) -> dict[str, Any]:
    """The fields the target gets from the source: those it lacks, and those asked for; never a reference to one of the two."""
    taken = {}
    for name, value in source.items():
        is_reference = name in ("parent_id", "referred_by_id")
        if value in ("", None) or (is_reference and value in (own_id, other_id)):
            continue
        if value != target[name] and (target[name] in ("", None) or name in take):
            taken[name] = value
    return taken
